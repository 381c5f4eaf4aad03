"""What the PBX pushes, lists and logs is one story: proved for every scenario, office and quirk."""

from collections import Counter
from dataclasses import replace

from aiohttp import ClientSession
import pytest
from simulator_harness import Client, Receiver, Start, events, until

from simulator import CallRecord, Office, Quirks, Simulator
from simulator.scenarios import SCENARIOS

CALLS = [name for name in SCENARIOS if name not in {"register", "unregister"}]
ANSWERED = {"answered", "voicemail", "ivr", "no_agents", "announcement"}


def check_legs(simulator: Simulator) -> None:
    """Check that every leg rings once, stops ringing, and is hung up once."""
    begins, ends, hangups = (events(simulator, kind) for kind in ("dialbegein", "dialend", "hangup"))
    ended = {end["destchannel"]: end for end in ends}
    legs = {begin["destuniqueid"] for begin in begins}
    gone = Counter(hangup["uniqueid"] for hangup in hangups)
    assert len(legs) == len(begins)
    assert max(gone.values(), default=1) == 1
    assert legs <= gone.keys()
    for begin in begins:
        end = ended[begin["destchannel"]]
        same = ["channel", "uniqueid", "calleridnum"]
        if not begin["destchannel"].startswith("Local/"):
            same.append("destcalleridnum")
        assert [end.get(key) for key in same] == [begin.get(key) for key in same]
        assert begin["mac"].strip() == simulator.mac


def check_states(simulator: Simulator) -> None:
    """Check that the last state pushed is the one an extension has, and none is pushed twice in a row."""
    told: dict[str, str] = {}
    for event in events(simulator, "extensionstatus"):
        assert told.get(event["exten"]) != event["status"]
        told[event["exten"]] = event["status"]
    for number, status in told.items():
        assert status == str(simulator.office.extensions[number].state)


def check_log(simulator: Simulator, record: CallRecord) -> None:
    """Check that the log says of a call what the truth does."""
    rows = [row for row in events(simulator, "cdr") if row["uniqueid"] == record.id]
    assert bool(rows) == (record.outcome not in {"blacklisted", "unreachable"})
    dispositions = {row["disposition"] for row in rows}
    assert ("ANSWERED" in dispositions) == (
        record.outcome in ANSWERED or (record.outcome == "no_answer" and record.did == "01632960100")
    )
    for row in rows:
        assert f"{record.start:%Y-%m-%d %H:%M:%S}" <= row["starttime"] <= row["endtime"]
        assert row["calltype"] == {"internal": ""}.get(record.direction, record.direction)
        assert row["destination"] in {record.callee, record.queue, "s", record.reached}
    if rows and record.end:
        assert max(row["endtime"] for row in rows) <= f"{record.end:%Y-%m-%d %H:%M:%S}"
    check_centre_log(simulator, record)


def check_centre_log(simulator: Simulator, record: CallRecord) -> None:
    logs = [log for log in events(simulator, "cc_cdr") if log["uuid"] == record.id]
    menus = [menu for menu in events(simulator, "ivr") if menu["uuid"] == record.id]
    through_menu = record.did == "01632960100" and record.outcome != "blacklisted"
    assert len(logs) == len(menus) == (1 if through_menu else 0)
    for log in logs:
        assert log["caller"] == record.caller
        assert log["queueCode"] == menus[0]["queueCode"] == (record.queue or "")
        assert (log["cdrState"] == "bridged") == (record.outcome == "answered")
        assert log["agentCode"] == record.agent or record.agent is None
        assert (log["missCause"] == "") == (record.outcome in {"answered", "ivr"})
        assert log["voicemailState"] == str(int(record.outcome == "voicemail"))
        assert log["startTime"] == f"{record.start:%Y-%m-%d %H:%M:%S}"


async def check_lists(simulator: Simulator, client: Client) -> None:
    assert await client.data("/extensions/current-calls") == []
    hints = await client.data("/extensions/extension-hints-status")
    assert {row["extension"]: row["status"] for row in hints} == {
        number: str(extension.state) for number, extension in simulator.office.extensions.items()
    }
    queues = await client.data("/queues/queue-info")
    for number, members in queues.items():
        queue = simulator.office.queues[number]
        assert members == [
            {"name": one.interface, "paused": str(int(one.paused)), "penalty": str(one.penalty)}
            for one in queue.members
            if one.logged_in
        ]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", CALLS)
async def test_a_scenario_is_one_story(
    name: str, seed: int, start: Start, receiver: Receiver, http: ClientSession
) -> None:
    simulator = await start(Office.build(seed=seed), seed=seed, push_url=receiver.url, wrap_up=0)
    record = await simulator.play(name)
    assert record is not None
    assert record.end is not None
    assert simulator.office.calls[-1] is record or name == "second_call"
    for call in simulator.office.calls:
        check_log(simulator, call)
    check_legs(simulator)
    check_states(simulator)
    await simulator.drain()
    assert receiver.bodies == events(simulator)
    assert all(push.acknowledged and push.attempts == 1 for push in simulator.pushed)
    await check_lists(simulator, Client(http, simulator))


async def test_an_office_with_traffic_is_one_story(start: Start, http: ClientSession) -> None:
    simulator = await start(Office.build(20, 4), speed=1000, wrap_up=0)
    simulator.set_traffic("busy")
    await until(lambda: len(simulator.office.calls) >= 30)
    simulator.set_traffic("none")
    await until(lambda: not simulator.engine.calls)
    for call in simulator.office.calls:
        check_centre_log(simulator, call)
    check_legs(simulator)
    check_states(simulator)
    await check_lists(simulator, Client(http, simulator))


@pytest.mark.parametrize(
    ("quirks", "kind", "has", "lacks"),
    [
        (Quirks(generation=2), "dialbegin", {"destuniqueid"}, set()),
        (Quirks(generation=2), "cdr", {"src", "billsec", "record_filename"}, {"source", "recordfile"}),
        (Quirks(old_firmware=True), "extensionstatus", {"statustext"}, {"status"}),
        (Quirks(old_firmware=True), "dialbegein", {"channelstate", "destchannelstate", "destexten"}, set()),
        (Quirks(old_firmware=True), "dialend", {"channelstate", "destchannelstate", "destexten"}, set()),
    ],
)
async def test_firmwares_spell_differently(
    quirks: Quirks, kind: str, has: set[str], lacks: set[str], start: Start
) -> None:
    simulator = await start(quirks=quirks)
    await simulator.play("internal")
    found = events(simulator, kind)
    assert found
    for event in found:
        assert has <= event.keys()
        assert not lacks & event.keys()


async def test_second_generation_words(start: Start) -> None:
    simulator = await start(quirks=Quirks(generation=2))
    await simulator.play("outbound")
    await simulator.play("no_answer", ring=1)
    first, second = events(simulator, "cdr")
    assert (first["calltype"], first["status"]) == ("outgoing", "ANSWER")
    assert (second["calltype"], second["status"]) == ("internal", "NOANSWER")
    assert first["record_filename"].startswith("asterisk/monitor/recording/20")


async def test_the_mac_is_padded_as_told(start: Start) -> None:
    simulator = await start()
    await simulator.play("queue")
    simulator.quirks = replace(simulator.quirks, pad_mac=True)
    await simulator.play("internal")
    plain, *_, padded = events(simulator, "dialbegein")
    assert plain["mac"] == simulator.mac
    assert padded["mac"] == simulator.mac + " "
    assert events(simulator, "ivr")[0]["mac"] == simulator.mac + " "
