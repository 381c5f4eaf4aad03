"""What is asked of the PBX happens in its calls: click, hang up, transfer, spy, pause, restart."""

import asyncio
from collections import Counter

from aiohttp import ClientSession
import pytest
from simulator_harness import Client, Start, brief, events, until

from simulator import Office, Quirks, ScenarioError, Simulator


async def talking(simulator: Simulator, caller: str = "803", callee: str = "802") -> None:
    """Begin a call that lasts and wait until the two talk."""
    await simulator.play("internal", wait=False, caller=caller, callee=callee, talk=10_000)
    await until(lambda: simulator.office.extensions[callee].state == 1)
    simulator.pushed.clear()


async def over(simulator: Simulator) -> list[str]:
    await until(lambda: not simulator.engine.calls)
    return [brief(body) for body in events(simulator)]


async def test_click_rings_the_source_first(start: Start, http: ClientSession) -> None:
    simulator = await start()
    client = Client(http, simulator)
    status, body = await client.ask("POST", "/extensions/click-number", src="804", dst="805")
    assert (status, body["message"]) == (200, "Originate successfully queued")
    order = await over(simulator)
    assert order[:4] == ["begin 804", "804=8", "804=1", "end 804 ANSWER"]
    first, second = events(simulator, "dialbegein")
    assert not {"channel", "calleridnum", "uniqueid"} & first.keys()
    assert second["channel"] == first["destchannel"]
    assert second["uniqueid"] == first["destuniqueid"]
    (row,) = events(simulator, "cdr")
    assert (row["source"], row["destination"], row["disposition"]) == ("804", "805", "ANSWERED")
    assert simulator.office.calls[-1].outcome == "answered"


async def test_click_to_an_outside_number(start: Start, http: ClientSession) -> None:
    simulator = await start()
    await Client(http, simulator).ask("POST", "/extensions/click-number", src="804", dst="901632960321")
    await over(simulator)
    (row,) = events(simulator, "cdr")
    assert (row["source"], row["calltype"]) == ("01632960100", "outbound")
    assert events(simulator, "dialbegein")[1]["dialstring"] == "SIP/trunk/01632960321"
    assert simulator.office.calls[-1].caller == "804"


async def test_click_from_a_phone_that_is_not_there_does_nothing(start: Start, http: ClientSession) -> None:
    simulator = await start()
    for src in ("807", "899"):
        assert (await Client(http, simulator).ask("POST", "/extensions/click-number", src=src, dst="801"))[0] == 200
    assert not simulator.engine.calls
    assert not simulator.pushed


@pytest.mark.parametrize("dst", ["807", "899"])
async def test_click_to_a_phone_that_is_not_there(dst: str, start: Start, http: ClientSession) -> None:
    simulator = await start()
    await Client(http, simulator).ask("POST", "/extensions/click-number", src="804", dst=dst)
    order = Counter(await over(simulator))
    assert order == Counter(["begin 804", "804=8", "804=1", "end 804 ANSWER", "cdr ANSWERED", "hangup 804", "804=0"])


async def test_click_to_a_phone_in_use_is_busy(start: Start, http: ClientSession) -> None:
    simulator = await start()
    await talking(simulator)
    await Client(http, simulator).ask("POST", "/extensions/click-number", src="804", dst="802")
    await until(lambda: simulator.office.calls)
    assert [row["disposition"] for row in events(simulator, "cdr")] == ["BUSY", "ANSWERED"]
    assert "802=9" in [brief(body) for body in events(simulator)]


async def test_click_from_a_phone_in_use_or_hung_up_ends_there(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=20)
    await talking(simulator)
    client = Client(http, simulator)
    await client.ask("POST", "/extensions/click-number", src="802", dst="804")
    await until(lambda: simulator.office.calls)
    assert brief(events(simulator, "dialend")[-1]) == "end 802 BUSY"
    simulator.speed = 1
    await client.ask("POST", "/extensions/click-number", src="805", dst="804")
    await client.ask("POST", "/extensions/hangup", extension="805")
    await until(lambda: len(simulator.office.calls) == 2)
    assert brief(events(simulator, "dialend")[-1]) == "end 805 NOANSWER"
    assert not events(simulator, "cdr")


@pytest.mark.parametrize("extension", ["802", "803"])
async def test_hangup_ends_the_calls_of_an_extension(extension: str, start: Start, http: ClientSession) -> None:
    simulator = await start()
    await talking(simulator)
    client = Client(http, simulator)
    for who in (extension, "806"):
        assert (await client.ask("POST", "/extensions/hangup", extension=who))[0] == 200
    order = await over(simulator)
    assert Counter(order) == Counter(["cdr ANSWERED", "hangup 802", "hangup 803", "802=0", "803=0"])


@pytest.mark.parametrize(("who", "status"), [("801", "CANCEL"), ("802", "NOANSWER")])
async def test_hangup_while_it_rings(who: str, status: str, start: Start, http: ClientSession) -> None:
    simulator = await start(speed=1)
    await simulator.play("internal", wait=False, ring=60)
    client = Client(http, simulator)
    await client.ask("POST", "/extensions/transfer", src="801", dst="803")
    await client.ask("POST", "/extensions/hangup", extension=who)
    order = await over(simulator)
    assert [one for one in order if one.startswith("end")] == [f"end 802 {status}"]
    assert "cdr NO ANSWER" in order


async def test_an_agent_who_declines_drops_out_of_the_ring(start: Start, http: ClientSession) -> None:
    simulator = await start()
    await simulator.play("queue", wait=False, ring=60)
    await until(lambda: events(simulator, "dialbegein"))
    declining, other = [begin["destcalleridnum"] for begin in events(simulator, "dialbegein")]
    await Client(http, simulator).ask("POST", "/extensions/hangup", extension=declining)
    await until(lambda: simulator.office.calls)
    assert simulator.office.calls[-1].agent == other
    ends = [brief(body) for body in events(simulator, "dialend")]
    assert ends == [f"end {declining} NOANSWER", f"end {other} ANSWER"]


async def test_transfer_moves_the_caller(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=100)
    await talking(simulator)
    await Client(http, simulator).ask("POST", "/extensions/transfer", src="802", dst="801")
    await until(lambda: events(simulator, "dialend"))
    rows = await Client(http, simulator).data("/extensions/current-calls")
    assert {(row["calleridnum"], row["connectedlinenum"]) for row in rows} == {("803", "801"), ("801", "803")}
    simulator.engine.hang_up("803")
    await over(simulator)
    logs = events(simulator, "cdr")
    assert [row["destination"] for row in logs] == ["801", "801"]
    assert len({row["recordfile"] for row in logs}) == 2


async def test_transfer_moves_the_called_party(start: Start, http: ClientSession) -> None:
    simulator = await start()
    await talking(simulator)
    await Client(http, simulator).ask("POST", "/extensions/transfer", src="803", dst="801")
    await until(lambda: events(simulator, "dialend"))
    (begin,) = events(simulator, "dialbegein")
    assert (begin["calleridnum"], begin["destcalleridnum"]) == ("802", "801")
    assert simulator.office.extensions["803"].state == 0
    simulator.engine.hang_up("801")
    assert Counter(await over(simulator))["cdr ANSWERED"] == 2


@pytest.mark.parametrize("target", ["807", "803", "805"])
async def test_a_transfer_that_fails_ends_the_call(target: str, start: Start, http: ClientSession) -> None:
    simulator = await start()
    await talking(simulator)
    client = Client(http, simulator)
    if target == "805":
        simulator.speed = 0.1
    await client.ask("POST", "/extensions/transfer", src="802", dst=target)
    if target == "805":
        await until(lambda: events(simulator, "dialbegein"))
        await client.ask("POST", "/extensions/hangup", extension="805")
    order = await over(simulator)
    assert "hangup 803" in order
    assert simulator.office.calls[-1].outcome == "answered"


async def test_hangup_during_hold(start: Start) -> None:
    simulator = await start()
    await simulator.play("hold", wait=False, hold=10_000)
    await until(lambda: simulator.office.extensions["802"].state == 16)
    simulator.engine.hang_up("802")
    assert (await over(simulator))[-5:].count("802=0") == 1


async def test_hangup_before_hold(start: Start) -> None:
    simulator = await start()
    await simulator.play("hold", wait=False, talk=10_000)
    await until(lambda: simulator.office.extensions["802"].state == 1)
    simulator.engine.hang_up("801")
    assert "802=16" not in await over(simulator)


async def test_a_spy_listens_until_the_call_ends(start: Start, http: ClientSession) -> None:
    simulator = await start()
    await talking(simulator)
    client = Client(http, simulator)
    status, body = await client.ask("POST", "/extensions/extenSpy", src="806", dst="802")
    assert (status, body["message"]) == (200, "spy extension success")
    await until(lambda: events(simulator, "dialend"))
    await until(lambda: "806" not in {channel.number for channel in simulator.engine.exchange.channels})
    rows = await client.data("/extensions/current-calls")
    assert [row["calleridnum"] for row in rows if row["channel"].startswith("SIP/806-")] == ["802"]
    await client.ask("POST", "/extensions/hangup", extension="803")
    order = await over(simulator)
    assert order.count("hangup 802") == 2
    assert order[-1] in {"806=0", "hangup 802"}
    assert [call.direction for call in simulator.office.calls] == ["internal"]


async def test_a_spy_without_a_call_or_a_phone(start: Start, http: ClientSession) -> None:
    simulator = await start()
    client = Client(http, simulator)
    await client.ask("POST", "/extensions/extenSpy", src="807", dst="802")
    assert not simulator.engine.calls
    await client.ask("POST", "/extensions/extenSpy", src="806", dst="802")
    assert (await over(simulator)).count("hangup 802") == 1
    simulator.speed = 1
    await client.ask("POST", "/extensions/extenSpy", src="806", dst="802")
    await client.ask("POST", "/extensions/hangup", extension="806")
    assert (await over(simulator))[-3] == "end 806 NOANSWER"


async def test_a_spy_comes_too_late(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=20)
    await talking(simulator)
    await Client(http, simulator).ask("POST", "/extensions/extenSpy", src="806", dst="802")
    simulator.engine.hang_up("802")
    assert (await over(simulator)).count("hangup 802") == 2


async def test_wrap_up_pauses_the_agent_and_pushes_nothing(start: Start, http: ClientSession) -> None:
    simulator = await start(wrap_up=40)
    client = Client(http, simulator)
    record = await simulator.play("queue")
    assert record
    paused = [member for member in simulator.office.memberships(str(record.agent)) if member.paused]
    assert len(paused) == len(simulator.office.memberships(str(record.agent)))
    count = len(simulator.pushed)
    queues = await client.data("/queues/queue-info")
    assert f"sip/{record.agent}" in {row["name"] for row in queues["630"] if row["paused"] == "1"}
    await until(lambda: not any(member.paused for member in paused))
    assert len(simulator.pushed) == count


async def test_an_agent_can_end_its_wrap_up(start: Start, http: ClientSession) -> None:
    simulator = await start(wrap_up=10_000, quirks=Quirks(late_cc_cdr=True))
    await simulator.play("queue", wait=False)
    await until(lambda: any(member.wrap_up for member in simulator.office.queues["630"].members))
    assert not events(simulator, "cc_cdr")
    client = Client(http, simulator)
    for number, queue in simulator.office.queues.items():
        for member in queue.members:
            if member.wrap_up:
                form = {"queue": number, "member": member.extension, "state": "off"}
                await client.ask("POST", "/queues/agent-pause", **form)
    await until(lambda: events(simulator, "cc_cdr"))


async def test_a_late_log_tells_the_time_of_the_wrap_up(start: Start) -> None:
    simulator = await start(wrap_up=220, quirks=Quirks(late_cc_cdr=True))
    await simulator.play("queue")
    (log,) = events(simulator, "cc_cdr")
    assert log["pauseTime"] in {1, 2}


async def test_a_restart_loses_calls_without_a_word(start: Start, http: ClientSession) -> None:
    simulator = await start(Office.build(4))
    client = Client(http, simulator)
    await talking(simulator)
    old = simulator.engine.exchange.channels[0].uniqueid
    restarting = simulator.engine.exchange.spawn(simulator.restart(down=0.1))
    status, body = await client.ask("GET", "/extensions/current-calls")
    assert (status, body["message"]) == (503, "PBX not connected")
    with pytest.raises(ScenarioError, match="restarting"):
        await simulator.play("internal")
    await restarting
    assert simulator.office.calls[-1].outcome == "lost"
    assert {body["event"] for body in events(simulator)} == {"extensionstatus"}
    assert {body["exten"] for body in events(simulator) if body["status"] == "0"} == {"801", "802", "803"}
    assert await client.data("/extensions/current-calls") == []
    await simulator.play("internal")
    begin = events(simulator, "dialbegein")[-1]
    assert begin["channel"] == "SIP/801-00000000"
    assert begin["uniqueid"] != old


async def test_a_restart_may_tell_of_absent_phones_first(start: Start) -> None:
    simulator = await start()
    seen = set()
    for _ in range(20):
        simulator.pushed.clear()
        await simulator.restart(down=0)
        seen.add(len(events(simulator)))
    assert seen == {6, 13}


async def test_a_restart_ends_what_is_awaited(start: Start) -> None:
    simulator = await start(speed=1)
    playing = simulator.engine.exchange.spawn(simulator.play("internal"))
    second = simulator.engine.exchange.spawn(simulator.play("second_call", caller="803", callee="804", talk=0))
    await until(lambda: len(simulator.engine.live) == 2)
    restarting = simulator.engine.exchange.spawn(simulator.restart(down=1.5))
    record = await playing
    assert record
    assert record.outcome == "lost"
    lost = await second
    assert lost
    assert lost.outcome == "lost"
    await restarting


async def test_stopping_in_the_middle_leaves_nothing(start: Start) -> None:
    simulator = await start(speed=1, traffic="busy", push_url="http://127.0.0.1:9/")
    await simulator.play("internal", wait=False)
    await simulator.play("queue", wait=False)
    before = asyncio.all_tasks()
    await simulator.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()} < before
    assert not simulator.engine.calls
    assert not simulator.engine.exchange.channels
    await simulator.stop()
    await simulator.start()
    simulator.speed = 200
    record = await simulator.play("internal")
    assert record
    assert record.outcome == "answered"
