"""The passive part answers what the protocol says, and every quirk changes what it names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import md5
from pathlib import Path
import ssl

from aiohttp import ClientConnectionError, ClientPayloadError, ClientSession, ClientTimeout
import pytest
from simulator_harness import Client, Start, events, until

from simulator import Office, Quirks
from simulator.certificate import self_signed_context
import simulator.recording as recording_module


def digest(key: str, day: datetime) -> str:
    return md5(f"{key}{day:%Y-%m-%d}".encode(), usedforsecurity=False).hexdigest()


async def test_it_knows_nothing_of_what_it_tests() -> None:
    """Keep the reading of the protocol independent: two parties must not share one misunderstanding."""
    for source in Path(recording_module.__file__).parent.glob("*.py"):
        text = source.read_text(encoding="utf-8")
        assert "homeassistant" not in text
        assert "custom_components" not in text


async def test_the_lists_of_a_call(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=10)
    client = Client(http, simulator)
    await simulator.play("internal", wait=False, ring=8, talk=10_000)
    rows = {row["calleridnum"]: row for row in await client.data("/extensions/current-calls")}
    assert rows["801"] == {
        "calleridname": "Alice",
        "calleridnum": "801",
        "channel": "SIP/801-00000000",
        "channelstate": "4",
        "channelstatedesc": "Ring",
        "connectedlinename": "Bob",
        "connectedlinenum": "802",
        "duration": "00:00:00",
    }
    assert (rows["802"]["channelstate"], rows["802"]["channelstatedesc"]) == ("5", "Ringing")
    await until(lambda: simulator.office.extensions["802"].state == 1)
    rows = {row["calleridnum"]: row for row in await client.data("/extensions/current-calls")}
    assert {row["channelstatedesc"] for row in rows.values()} == {"Up"}
    hints = {row["extension"]: row for row in await client.data("/extensions/extension-hints-status")}
    assert hints["802"] == {"agentName": "Bob", "extension": "802", "extenType": "sipCallCenter", "status": "1"}
    assert hints["807"]["status"] == "4"


async def test_a_long_call_shows_hours(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=1)
    await simulator.play("internal", wait=False)
    simulator.clock_offset = timedelta(hours=1, minutes=2, seconds=3)
    rows = await Client(http, simulator).data("/extensions/current-calls")
    assert {row["duration"] for row in rows} <= {"01:02:03", "01:02:04"}


async def test_peers_show_how_they_are_reached(start: Start, http: ClientSession) -> None:
    client = Client(http, await start())
    peers = await client.data("/extensions/extension-status")
    assert {peer["Status"] for peer in peers} >= {"OK (45 ms)", "UNKNOWN", "Unmonitored"}
    assert peers[-1] == {"Exten": "807", "Type": "SIP", "IPAddr": "-none-", "Status": "UNKNOWN"}


@pytest.mark.parametrize(
    ("quirk", "path"),
    [
        ("current_calls_method", "/extensions/current-calls"),
        ("queue_info_method", "/queues/queue-info"),
    ],
)
async def test_methods_can_be_narrowed(quirk: str, path: str, start: Start, http: ClientSession) -> None:
    simulator = await start()
    client = Client(http, simulator)
    assert [(await client.ask(method, path))[0] for method in ("GET", "POST", "DELETE")] == [200, 200, 404]
    simulator.quirks = Quirks().changed({quirk: "GET", "wrong_method_status": 405})
    assert [(await client.ask(method, path))[0] for method in ("GET", "POST")] == [200, 405]
    simulator.quirks = Quirks().changed({quirk: "POST"})
    assert [(await client.ask(method, path))[0] for method in ("GET", "POST")] == [404, 200]


async def test_hints_can_be_wrapped_and_worded(start: Start, http: ClientSession) -> None:
    simulator = await start(quirks=Quirks(hints_style="envelope", status_style="text"))
    status, body = await Client(http, simulator).ask("GET", "/extensions/extension-hints-status")
    assert (status, body["status"]) == (200, "success")
    assert [row["status"] for row in body["data"]] == ["Idle"] * 6 + ["Unavailable"]


async def test_agents_log_in_and_out_and_pause(start: Start, http: ClientSession) -> None:
    simulator = await start()
    client = Client(http, simulator)
    agent = simulator.office.queues["630"].members[0].extension
    pause = {"queue": "630", "member": agent}
    place = {"queue": "630", "extension": "899"}
    steps = [
        ("agent-pause", {**pause, "state": "on"}, 200, "Interface paused successfully"),
        ("agent-pause", {**pause, "state": "on"}, 200, "Interface paused successfully"),
        ("agent-pause", {**pause, "state": "off"}, 200, "Interface unpaused successfully"),
        ("agent-pause", {**pause, "member": "899", "state": "on"}, 404, "Interface not found"),
        ("agent-pause", {**pause, "queue": "699", "state": "on"}, 404, "Interface not found"),
        ("agent-login", place, 200, "login extension success"),
        ("agent-login", place, 404, "Unable to add interface: Already there"),
        ("agent-logout", place, 200, "logout extension success"),
        ("agent-logout", place, 404, "Unable to remove interface: Not there"),
        ("agent-login", place, 200, "login extension success"),
        ("agent-logout", {"extension": "899"}, 200, "logout extension success"),
        ("agent-login", {**place, "queue": "699"}, 404, "Unable to add interface to queue: No such queue"),
        ("agent-logout", {**place, "queue": "699"}, 404, "Unable to remove interface from queue: No such queue"),
        ("agent-login", {"queue": "630"}, 404, "parameter extension is missing or invalid"),
        ("agent-logout", {"queue": "630"}, 200, "logout extension success"),
    ]
    for path, form, status, message in steps:
        got, body = await client.ask("POST", f"/queues/{path}", **form)
        assert (got, body["message"]) == (status, message)
    assert (await client.data("/queues/queue-info"))["630"] == []
    assert not simulator.pushed


async def test_errors_can_come_with_200(start: Start, http: ClientSession) -> None:
    client = Client(http, await start(quirks=Quirks(error_style="200")))
    answer = await client.ask("POST", "/queues/agent-pause", queue="1", member="2", state="on")
    assert answer == (200, {"status": "error", "message": "Interface not found"})


async def test_the_blacklist(start: Start, http: ClientSession) -> None:
    simulator = await start()
    client = Client(http, simulator)
    assert (await client.ask("GET", "/blacklist/index"))[1]["data"] == []
    simulator.quirks = Quirks(blacklist_without_data=True)
    assert "data" not in (await client.ask("GET", "/blacklist/index"))[1]
    for _ in range(2):
        assert (await client.ask("POST", "/blacklist/create", number="5550123"))[0] == 200
    assert await client.data("/blacklist/index") == ["5550123"]
    record = await simulator.play("inbound", number="5550123")
    assert record
    assert record.outcome == "blacklisted"
    assert (await client.ask("DELETE", "/blacklist/delete", number="5550123"))[0] == 200
    status, body = await client.ask("DELETE", "/blacklist/delete", number="5550123")
    assert (status, body["message"]) == (404, "Database entry not found")
    assert (await client.ask("POST", "/blacklist/create"))[0] == 404


async def test_what_is_not_there(start: Start, http: ClientSession) -> None:
    client = Client(http, await start())
    for path in ("/extensions/nothing", "/monitor/2001-01-01/nothing.wav", "/monitor/%2e%2e%2fsettings.py"):
        assert (await client.ask("GET", path))[0] == 404


@pytest.mark.parametrize(("style", "status"), [(401, 401), (403, 403), ("200", 200)])
async def test_the_web_key_is_enforced(style: str | int, status: int, start: Start, http: ClientSession) -> None:
    offset = timedelta(hours=26)
    simulator = await start(
        web_key="secret",
        clock_offset=offset,
        time_zone="Asia/Shanghai",
        quirks=Quirks().changed({"refusal_style": style}),
    )
    client = Client(http, simulator)
    today = datetime.now(UTC)
    wrong = ["", digest("secret", today), digest("other", today), f"Bearer {digest('secret', simulator.now())}", "\xe9"]
    for value in wrong:
        client.headers = {"Authorization": value} if value else {}
        got, body = await client.ask("GET", "/extensions/current-calls")
        assert (got, body["status"]) == (status, "unauthorized")
    client.headers = {"Authorization": digest("secret", simulator.now())}
    assert (await client.ask("GET", "/extensions/current-calls"))[0] == 200


async def test_the_pbx_has_its_own_time(start: Start, http: ClientSession) -> None:
    simulator = await start(clock_offset=timedelta(hours=26), time_zone="Asia/Shanghai")
    await simulator.play("internal")
    start_time = datetime.fromisoformat(events(simulator, "cdr")[0]["starttime"]).replace(tzinfo=UTC)
    assert abs(start_time - datetime.now(UTC) - timedelta(hours=34)) < timedelta(seconds=10)
    async with http.get(f"{simulator.url}/coocenter-api/blacklist/index") as answer:
        told = parsedate_to_datetime(answer.headers["Date"])
    assert abs(told - datetime.now(UTC) - timedelta(hours=26)) < timedelta(seconds=10)


async def test_requests_are_kept_for_looking_at(start: Start, http: ClientSession) -> None:
    simulator = await start()
    client = Client(http, simulator)
    client.headers = {"Authorization": "x"}
    await client.ask("POST", "/extensions/hangup", extension="801")
    (request,) = simulator.requests
    assert (request.method, request.path) == ("POST", "/coocenter-api/extensions/hangup")
    assert request.form == {"extension": "801"}
    assert request.headers["Authorization"] == "x"


@pytest.mark.parametrize(
    ("reply", "status", "text"),
    [
        ("html", 200, "<html>"),
        ("garbage", 200, '{"status": "succ'),
        ("wrong", 200, '{"status": "success", "message": "OK", "data": "all is well"}'),
        ("empty", 200, '{"status": "success", "message": "OK", "data": []}'),
        ("500", 500, "Internal"),
    ],
)
async def test_replies_can_be_of_no_use(reply: str, status: int, text: str, start: Start, http: ClientSession) -> None:
    simulator = await start(quirks=Quirks().changed({"reply": reply}))
    async with http.get(f"{simulator.url}/coocenter-api/blacklist/index") as answer:
        assert answer.status == status
        assert (await answer.text()).startswith(text)


@pytest.mark.parametrize(("reply", "reason"), [("half", r"of 4096 bytes\).'>$"), ("cut", "reset by peer")])
async def test_a_reply_can_break_off(reply: str, reason: str, start: Start, http: ClientSession) -> None:
    simulator = await start(quirks=Quirks().changed({"reply": reply}))
    async with http.get(f"{simulator.url}/coocenter-api/blacklist/index") as answer:
        assert answer.status == 200
        with pytest.raises(ClientPayloadError, match=reason):
            await answer.read()


async def test_a_reply_can_fail_to_come(start: Start, http: ClientSession) -> None:
    simulator = await start(quirks=Quirks(reply="reset"))
    url = f"{simulator.url}/coocenter-api/blacklist/index"
    with pytest.raises(ClientConnectionError):
        await http.get(url)
    simulator.quirks = Quirks(hang=True)
    with pytest.raises(TimeoutError):
        await http.get(url, timeout=ClientTimeout(total=0.1))
    simulator.quirks = replace(Quirks(), delay=0.2)
    with pytest.raises(TimeoutError):
        await http.get(url, timeout=ClientTimeout(total=0.1))
    simulator.quirks = Quirks()
    async with http.get(url) as answer:
        assert answer.status == 200


async def test_https_with_a_certificate_of_its_own(start: Start, http: ClientSession) -> None:
    simulator = await start(Office.build(3), ssl_context=self_signed_context("127.0.0.1"))
    assert simulator.url.startswith("https://127.0.0.1:")
    async with http.get(f"{simulator.url}/coocenter-api/blacklist/index", ssl=False) as answer:
        assert answer.status == 200
    assert isinstance(self_signed_context("pbx.test"), ssl.SSLContext)
