"""Calls that are passed on, joined, put on hold for another one, or reach an agent on a detour."""

from aiohttp import ClientSession
import pytest
from simulator_harness import Client, Start, brief, events, queue_office, until

from simulator.plan import Join, Plan


async def test_a_phone_that_takes_a_second_call_holds_the_first(start: Start) -> None:
    simulator = await start(speed=20)
    record = await simulator.play("call_waiting", caller="801", callee="802", second="803")
    assert record
    assert (record.caller, record.outcome) == ("803", "answered")
    told = [(event["exten"], event["status"]) for event in events(simulator, "extensionstatus")]
    assert [status for number, status in told if number == "801"] == ["1", "16", "0"]
    assert [status for number, status in told if number == "802"] == ["8", "1", "9", "1", "0"]
    first, second = simulator.office.calls
    assert first.answer
    assert first.end
    assert second is record
    assert second.answer
    assert second.end
    assert first.answer < second.answer < first.end < second.end


async def test_a_phone_that_ends_the_second_call_goes_back_to_the_first(start: Start) -> None:
    simulator = await start(speed=20)
    first = simulator.engine.internal("801", "802", Plan(ring=1, talk=20))
    await until(lambda: simulator.office.extensions["802"].state == 1)
    await simulator.engine.internal("803", "802", Plan(ring=1, talk=1, waits=True))
    assert simulator.office.extensions["801"].state == 1
    await first
    told = [event["status"] for event in events(simulator, "extensionstatus") if event["exten"] == "801"]
    assert told == ["1", "16", "1", "0"]


async def test_a_withheld_number_is_nowhere(start: Start) -> None:
    simulator = await start()
    for number, source in (("<unknown>", ""), ("anonymous", "anonymous")):
        simulator.pushed.clear()
        record = await simulator.play("withheld", number=number)
        assert record
        assert (record.caller, record.reached) == ("", "801")
        (begin,) = events(simulator, "dialbegein")
        assert begin["calleridnum"] == number
        (row,) = events(simulator, "cdr")
        assert (row["callerid"], row["source"]) == (f'"" <{source}>', source)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_a_caller_who_passes_the_called_party_on_leaves_its_log_behind(seed: int, start: Start) -> None:
    simulator = await start(seed=seed)
    record = await simulator.play("transfer_by_caller", caller="801", callee="802", target="803")
    assert record
    assert (record.caller, record.callee, record.reached, record.outcome) == ("801", "802", "803", "answered")
    first, second = events(simulator, "cdr")
    assert (first["uniqueid"], first["source"], first["destination"]) == (record.id, "801", "802")
    assert (second["source"], second["destination"], second["disposition"]) == ("802", "803", "ANSWERED")
    asked, moved = events(simulator, "dialbegein")
    assert (moved["channel"], moved["uniqueid"]) == (asked["destchannel"], asked["destuniqueid"])
    order = [brief(body) for body in events(simulator)]
    assert order.index("cdr ANSWERED") < order.index("end 803 ANSWER")


async def test_a_consultation_is_a_call_of_its_own_until_it_is_joined(start: Start) -> None:
    simulator = await start(speed=20)
    record = await simulator.play("consultation", number="5550123", callee="801", target="802")
    assert record
    assert (record.caller, record.reached, record.outcome) == ("5550123", "802", "answered")
    asking, whole = simulator.office.calls
    assert whole is record
    assert (asking.direction, asking.caller, asking.callee, asking.outcome) == ("internal", "801", "802", "answered")
    assert asking.end
    assert record.end
    assert asking.end < record.end


async def test_who_consults_in_vain_goes_back_to_the_caller(start: Start) -> None:
    simulator = await start(speed=20)
    await simulator.play("internal", wait=False, caller="803", callee="802", talk=30)
    record = await simulator.play("consultation", number="5550123", callee="801", target="802")
    assert record
    assert (record.reached, record.outcome) == ("801", "answered")
    assert {call.outcome for call in simulator.office.calls} == {"busy", "answered"}


async def test_nobody_is_consulted_about_a_caller_who_is_gone(start: Start) -> None:
    simulator = await start(speed=20)
    call = simulator.begin("consultation", {"number": "5550123", "callee": "801", "target": "802", "talk": 5})
    await until(lambda: simulator.office.extensions["801"].state == 1)
    simulator.engine.hang_up("801")
    assert call
    await call
    await simulator.engine.exchange.finish()
    assert len(simulator.office.calls) == 1


async def test_nobody_is_joined_to_who_has_just_hung_up(start: Start) -> None:
    simulator = await start(speed=20)
    course = simulator.engine.internal("801", "802", Plan(ring=1, talk=60))
    (call,) = simulator.engine.calls
    await until(lambda: call.bridged)
    over = simulator.engine.internal("803", "804", Plan(reaction="cancel", ring=60))
    call.order(Join(simulator.engine.calls[1], 0.1))
    assert (await course).reached == "802"
    simulator.engine.hang_up("803")
    await over


@pytest.mark.parametrize("dialends", [0, 4])
async def test_a_caller_may_give_up_at_any_time(dialends: int, start: Start) -> None:
    simulator = await start(queue_office(), speed=20, wrap_up=0)
    call = simulator.begin("queue_rounds", {"rounds": 2})
    await until(lambda: len(events(simulator, "dialbegein")) == 2)
    await until(lambda: len(events(simulator, "dialend")) == dialends)
    simulator.engine.hang_up("trunk")
    assert call
    assert (await call).outcome == "abandoned"
    assert len(events(simulator, "dialbegein")) == 2


async def test_a_local_member_is_two_pairs_and_four_rows(start: Start, http: ClientSession) -> None:
    simulator = await start(queue_office(), speed=20)
    client = Client(http, simulator)
    call = simulator.begin("queue_local", {"number": "5550123", "talk": 60})
    assert (await client.data("/queues/queue-info"))["630"][0]["name"] == "Local/803@agents/n"
    await until(lambda: simulator.engine.live[0].record.agent)
    outer, inner = events(simulator, "dialbegein")[:2]
    assert (outer["destchannel"], inner["channel"]) == ("Local/803@agents-00000000;1", "Local/803@agents-00000000;2")
    assert len(await client.data("/extensions/current-calls")) == 4
    simulator.engine.hang_up("803")
    assert call
    record = await call
    assert (record.agent, record.reached) == ("803", "803")
    extra = [row for row in events(simulator, "cdr") if row["uniqueid"] != record.id]
    assert [(row["source"], row["destination"]) for row in extra] == [("5550123", "804"), ("5550123", "803")]
    assert (await client.data("/queues/queue-info"))["630"][0]["name"] == "sip/803"


async def test_an_agent_who_passes_the_caller_on_stays_the_one_who_took_it(start: Start) -> None:
    simulator = await start(queue_office(), wrap_up=0)
    record = await simulator.play("queue_transfer", target="801")
    assert record
    assert (record.agent, record.reached, record.outcome) == ("803", "801", "answered")


@pytest.mark.parametrize(("busy", "outcome"), [(0, "no_answer"), (1, "busy")])
async def test_an_outside_number_may_not_answer(busy: int, outcome: str, start: Start) -> None:
    simulator = await start()
    record = await simulator.play("outbound_in_vain", extension="802", number="01632960321", busy=busy)
    assert record
    assert (record.outcome, record.reached) == (outcome, "901632960321")
