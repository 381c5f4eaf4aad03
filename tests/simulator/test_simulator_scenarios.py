"""Each scenario pushes what a real PBX pushes: the captures' sequences, races aside."""

from collections import Counter

from aiohttp import ClientSession
import pytest
from simulator_harness import Client, Start, brief, events, queue_office, until

from simulator import Quirks, ScenarioError

CALLED = ["begin 802", "802=8", "801=1"]
TALKED = [*CALLED, "end 802 ANSWER", "802=1"]
ENDED = ["cdr ANSWERED", "801=0", "hangup 801", "hangup 802", "802=0"]
RANG = ["ivr", "begin 803", "begin 804", "803=8", "804=8"]
GAVE_UP = ["end 803 CANCEL", "end 804 CANCEL", "end 803 CANCEL", "end 804 CANCEL"]
QUEUE_LEGS = ["hangup 803", "hangup 804", "803=0", "804=0"]


@pytest.mark.parametrize(
    ("name", "params", "pushed"),
    [
        ("internal", {}, [*TALKED, *ENDED]),
        ("cancelled", {}, [*CALLED, "end 802 CANCEL", "cdr NO ANSWER", *ENDED[1:]]),
        ("no_answer", {}, [*CALLED, "end 802 NOANSWER", "cdr NO ANSWER", *ENDED[1:]]),
        ("busy", {}, [*CALLED, "end 802 BUSY", "801=2", "cdr BUSY", *ENDED[1:]]),
        ("hold", {}, [*TALKED, "802=16", "802=1", *ENDED]),
        (
            "transfer",
            {"caller": "803", "callee": "802", "target": "801"},
            [
                *("begin 802", "802=8", "803=1", "802=1", "end 802 ANSWER", "hangup 802", "802=0"),
                *("begin 801", "801=8", "801=1", "end 801 ANSWER", "801=0", "hangup 801"),
                *("hangup 803", "803=0", "cdr ANSWERED", "cdr ANSWERED"),
            ],
        ),
        (
            "inbound",
            {"number": "5550123"},
            ["begin 801", "801=8", "801=1", "end 801 ANSWER", "801=0", "hangup 801", "hangup 5550123", "cdr ANSWERED"],
        ),
        (
            "inbound_missed",
            {"number": "5550123"},
            ["begin 801", "801=8", "end 801 CANCEL", "801=0", "hangup 801", "hangup 5550123", "cdr NO ANSWER"],
        ),
        (
            "queue",
            {"number": "5550123", "agent": "803"},
            [
                *(*RANG, "803=1", "end 803 ANSWER", "end 804 CANCEL", "end 804 CANCEL", *QUEUE_LEGS),
                *("cdr ANSWERED", "cdr NO ANSWER", "hangup 5550123", "cc_cdr"),
            ],
        ),
        (
            "queue_abandoned",
            {"number": "5550123"},
            [*RANG, *GAVE_UP, *QUEUE_LEGS, "cdr NO ANSWER", "cdr NO ANSWER", "hangup 5550123", "cc_cdr"],
        ),
        (
            "inbound_voicemail",
            {"number": "5550123"},
            [
                *("begin 801", "801=8", "end 801 NOANSWER", "801=0", "hangup 801"),
                *("cdr NO ANSWER", "cdr ANSWERED", "hangup 5550123"),
            ],
        ),
        ("announcement", {"number": "5550123"}, ["cdr ANSWERED", "hangup 5550123"]),
        (
            "withheld",
            {},
            [
                "begin 801",
                "801=8",
                "801=1",
                "end 801 ANSWER",
                "801=0",
                "hangup 801",
                "hangup <unknown>",
                "cdr ANSWERED",
            ],
        ),
        (
            "transfer_by_caller",
            {"caller": "801", "callee": "802", "target": "803"},
            [
                *(*TALKED, "cdr ANSWERED", "801=0", "hangup 801", "begin 803", "803=8", "803=1", "end 803 ANSWER"),
                *("hangup 802", "802=0", "hangup 803", "803=0", "cdr ANSWERED"),
            ],
        ),
        (
            "transfer_in_vain",
            {"caller": "803", "callee": "802", "target": "801"},
            [
                *("begin 802", "802=8", "803=1", "802=1", "end 802 ANSWER", "hangup 802", "802=0"),
                *("begin 801", "801=8", "end 801 NOANSWER", "801=0", "hangup 801"),
                *("hangup 803", "803=0", "cdr ANSWERED", "cdr NO ANSWER"),
            ],
        ),
        (
            "consultation",
            {"number": "5550123", "callee": "801", "target": "802"},
            [
                *("begin 801", "801=8", "801=1", "end 801 ANSWER", "begin 802", "802=8", "802=1", "end 802 ANSWER"),
                *("hangup 801", "hangup 801", "801=0", "cdr ANSWERED"),
                *("hangup 802", "802=0", "hangup 5550123", "cdr ANSWERED", "cdr ANSWERED"),
            ],
        ),
        (
            "queue_rounds",
            {"number": "5550123"},
            [
                *(*RANG, "end 803 NOANSWER", "end 803 CANCEL", "end 804 NOANSWER", "end 804 CANCEL", *QUEUE_LEGS),
                *(*RANG[1:], "begin 805", "805=8", "end 803 ANSWER", "803=1", *QUEUE_LEGS),
                *("end 804 CANCEL", "end 804 CANCEL", "end 805 CANCEL", "end 805 CANCEL", "hangup 805", "805=0"),
                *(*["cdr NO ANSWER"] * 4, "cdr ANSWERED", "hangup 5550123", "cc_cdr"),
            ],
        ),
        (
            "queue_local",
            {"number": "5550123"},
            [
                *("ivr", "begin 01632960100", "begin 803", "803=8", "begin 01632960100", "begin 804", "804=8"),
                *("end 803 ANSWER", "803=1", "end 803 ANSWER", *["end 804 CANCEL"] * 3, *QUEUE_LEGS),
                *("hangup 803", "hangup 804", "hangup 5550123", "hangup 5550123", "cdr NO ANSWER", "cdr ANSWERED"),
                *("cdr ANSWERED", "cdr NO ANSWER", "hangup 5550123", "cc_cdr"),
            ],
        ),
        ("queue_nobody", {"number": "5550123"}, ["ivr", "cdr ANSWERED", "hangup 5550123", "cc_cdr"]),
        ("ivr_only", {"number": "5550123"}, ["ivr", "cdr ANSWERED", "hangup 5550123", "cc_cdr"]),
        ("blacklisted", {"number": "5550123"}, ["hangup 5550123"]),
        ("internal", {"caller": "801", "callee": "807"}, ["hangup 801"]),
        ("inbound", {"number": "5550123", "callee": "807"}, ["hangup 5550123"]),
        ("unregister", {"extension": "805"}, ["805=4"]),
        ("register", {}, ["807=0"]),
    ],
)
async def test_pushes_what_the_captures_show(
    name: str, params: dict[str, str], pushed: list[str], start: Start
) -> None:
    simulator = await start(queue_office(), wrap_up=0)
    await simulator.play(name, **params)
    assert Counter(map(brief, events(simulator))) == Counter(pushed)


async def test_the_order_of_a_call_varies_as_little_as_in_the_captures(start: Start) -> None:
    """Answer follows ringing and ends follow answers in every run; only neighbours race."""
    simulator = await start(seed=7, wrap_up=0)
    orders = set()
    for _ in range(20):
        simulator.pushed.clear()
        await simulator.play("internal", ring=0.5, talk=0.5)
        order = [brief(body) for body in events(simulator)]
        assert order.index("begin 802") < order.index("end 802 ANSWER") < order.index("hangup 801")
        assert order.index("802=8") < order.index("802=1") < order.index("802=0")
        orders.add(tuple(order))
    assert len(orders) > 3


async def test_a_lost_leg_is_hung_up_in_the_middle_of_the_call(start: Start) -> None:
    simulator = await start(queue_office(), speed=50, wrap_up=0)
    await simulator.play("queue", wait=False, agent="803", talk=10_000)
    await until(lambda: simulator.engine.live[0].record.agent)
    order = [brief(body) for body in events(simulator)]
    assert order.index("end 803 ANSWER") < order.index("end 804 CANCEL") < order.index("hangup 804")


async def test_a_second_call_shows_nine(start: Start) -> None:
    simulator = await start(speed=20)
    record = await simulator.play("second_call")
    assert record
    assert record.outcome == "cancelled"
    states = [event["status"] for event in events(simulator, "extensionstatus") if event["exten"] == record.callee]
    assert states[:4] == ["8", "1", "9", "1"]


async def test_a_phone_in_use_declines_another_call(start: Start) -> None:
    simulator = await start(speed=50)
    await simulator.play("internal", wait=False, caller="801", callee="802", ring=0, talk=60)
    await until(lambda: simulator.office.extensions["802"].state == 1)
    record = await simulator.play("internal", caller="803", callee="802")
    assert record
    assert record.outcome == "busy"


async def test_one_by_one_rings_one_agent_after_the_other(start: Start) -> None:
    simulator = await start(queue_office(), wrap_up=0)
    record = await simulator.play("queue", queue="631", agent="806")
    assert record
    assert record.agent == "806"
    order = [brief(body) for body in events(simulator) if body["event"] in {"dialbegein", "dialend"}]
    assert order == ["begin 803", "end 803 NOANSWER", "end 803 CANCEL", "begin 806", "end 806 ANSWER"]


async def test_later_rounds_ring_agents_with_a_penalty(start: Start) -> None:
    simulator = await start(queue_office(), wrap_up=0)
    record = await simulator.play("queue", agent="805")
    assert record
    assert record.agent == "805"
    assert events(simulator, "cc_cdr")[0]["called"] == "805"


async def test_a_queue_whose_agents_are_busy_assigns_nobody(start: Start) -> None:
    simulator = await start(queue_office())
    for member in simulator.office.queues["630"].members:
        member.paused = True
    record = await simulator.play("queue_no_answer")
    assert record
    assert record.outcome == "no_answer"
    assert events(simulator, "cc_cdr")[0]["missCause"] == "NO_ASSIGN"
    assert events(simulator, "dialbegein") == []
    await simulator.play("queue_abandoned")
    assert events(simulator, "cdr")[-1]["disposition"] == "ANSWERED"


@pytest.mark.parametrize(
    ("name", "state", "cause"),
    [
        ("queue", "bridged", ""),
        ("queue_abandoned", "queue", "MEMBER_CANCEL"),
        ("queue_nobody", "queue", "NO_AGENT_LOGIN"),
        ("queue_no_answer", "queue", "NO_AGENT_ANSWER"),
        ("voicemail", "queue", "NO_AGENT_ANSWER"),
        ("ivr_only", "ivr", ""),
    ],
)
async def test_the_centre_log_says_where_a_call_ended(name: str, state: str, cause: str, start: Start) -> None:
    simulator = await start(wrap_up=0)
    await simulator.play(name)
    (log,) = events(simulator, "cc_cdr")
    assert (log["cdrState"], log["missCause"]) == (state, cause)


async def test_times_of_a_call_add_up(start: Start) -> None:
    simulator = await start(speed=8, wrap_up=0)
    record = await simulator.play("queue", ring=4, talk=8)
    assert record
    assert record.answer
    assert record.end
    (log,) = events(simulator, "cc_cdr")
    assert int(log["duration"]) == int(record.end.timestamp()) - int(record.start.timestamp()) >= 1
    assert int(log["ivrTime"]) + int(log["queueTime"]) + int(log["talkingTime"]) == int(log["duration"])
    answered = next(row for row in events(simulator, "cdr") if row["disposition"] == "ANSWERED")
    assert int(answered["duration"]) == int(record.end.timestamp() - record.start.timestamp())


async def test_the_name_of_a_caller_is_shown(start: Start) -> None:
    simulator = await start()
    await simulator.play("inbound", number="01632960555", name="Zoe", callee="802")
    (row,) = events(simulator, "cdr")
    assert row["callerid"] == '"Zoe" <01632960555>'
    assert "-01632960555-802-" in row["recordfile"]
    assert {event["calleridname"] for event in events(simulator, "hangup")} == {"Zoe", "Bob"}


async def test_outbound_goes_by_the_trunks_number(start: Start) -> None:
    simulator = await start()
    record = await simulator.play("outbound", extension="802", number="01632960321")
    assert record
    assert (record.caller, record.callee) == ("802", "901632960321")
    (row,) = events(simulator, "cdr")
    assert (row["source"], row["destination"], row["calltype"]) == ("01632960100", "901632960321", "outbound")
    assert events(simulator, "dialbegein")[0]["dialstring"] == "SIP/trunk/01632960321"


@pytest.mark.parametrize(
    ("name", "params", "text"),
    [
        ("dance", {}, "no such scenario: dance"),
        ("internal", {"caller": "899"}, "no such extension: 899"),
        ("internal", {"callee": "899"}, "no such extension: 899"),
        ("internal", {"caller": "807"}, "extension 807 is not registered"),
        ("internal", {"caller": "801", "callee": "801"}, "cannot call itself"),
        ("internal", {"colour": "red"}, "no parameter colour"),
        ("internal", {"talk": "long"}, "talk cannot be 'long'"),
        ("internal", {"talk": float("nan")}, "talk cannot be nan"),
        ("internal", {"caller": True}, "caller cannot be True"),
        ("queue", {"queue": "699"}, "no such queue: 699"),
        ("queue", {"queue": "630", "agent": "899"}, "no such queue: 630 with agent 899"),
        ("register", {"extension": "899"}, "no such extension: 899"),
    ],
)
async def test_what_cannot_be_played_is_said(name: str, params: dict[str, object], text: str, start: Start) -> None:
    simulator = await start()
    with pytest.raises(ScenarioError, match=text):
        await simulator.play(name, wait=False, **params)
    assert not simulator.pushed


async def test_nothing_is_pushed_while_the_menu_plays(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=1)
    await simulator.play("ivr_only", number="5550123", wait=False)
    rows = await Client(http, simulator).data("/extensions/current-calls")
    assert [(row["calleridnum"], row["channelstatedesc"], row["connectedlinenum"]) for row in rows] == [
        ("5550123", "Up", "<unknown>")
    ]
    assert not simulator.pushed


async def test_quirks_refuse_nonsense() -> None:
    quirks = Quirks()
    for fields in ({"reply": "maybe"}, {"hang": 1}, {"delay": -1}, {"delay": True}, {"refusal_style": 200}, {"x": 1}):
        with pytest.raises(ValueError, match=next(iter(fields))):
            quirks.changed(fields)
    assert quirks.changed({"delay": 1, "refusal_style": "200"}) == Quirks(delay=1, refusal_style="200")
