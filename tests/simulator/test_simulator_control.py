"""The control endpoint shows the truth and makes things happen; so does the command, as a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
import re
import signal
import sys
from typing import Any

from aiohttp import ClientSession
import pytest
from simulator_harness import Receiver, Start, until

from simulator import Simulator
import simulator.__main__ as command

ROOT = Path(command.__file__).parents[1]


async def post(http: ClientSession, simulator: Simulator, action: str, body: Any) -> tuple[int, Any]:
    async with http.post(f"{simulator.url}/control/{action}", json=body) as reply:
        return reply.status, await reply.json()


async def get(http: ClientSession, simulator: Simulator, what: str) -> Any:
    async with http.get(f"{simulator.url}/control/{what}") as reply:
        assert reply.status == 200
        return await reply.json()


async def test_the_page_is_self_contained(start: Start, http: ClientSession) -> None:
    simulator = await start()
    async with http.get(simulator.url) as reply:
        assert (reply.status, reply.content_type) == (200, "text/html")
        text = await reply.text()
    assert "PBX simulator" in text
    assert not re.search(r"(src|href)=|//[a-z]+\.", text)


async def test_the_state_is_the_truth(start: Start, http: ClientSession, receiver: Receiver) -> None:
    simulator = await start(push_url=receiver.url, wrap_up=100_000)
    await simulator.play("queue", number="5550123")
    await simulator.play("blacklisted", number="5550124")
    await simulator.drain()
    await simulator.play("internal", wait=False, talk=10_000)
    state = await get(http, simulator, "state")
    assert state["blacklist"] == ["5550124"]
    assert [call["outcome"] for call in state["calls"]] == ["answered", "blacklisted"]
    assert state["calls"][0]["caller"] == "5550123"
    assert await get(http, simulator, "calls") == state["calls"]
    assert state["calls"][0]["start"].startswith("20")
    assert state["live"][0]["peers"] == ["801", "802"]
    assert {member["extension"] for member in state["queues"][0]["members"] if member["paused"]} == {
        state["calls"][0]["agent"]
    }
    assert state["extensions"][6] == {
        "number": "807",
        "name": "Grace",
        "state": 4,
        "text": "Unavailable",
        "registered": False,
    }
    assert state["push"]["url"] == receiver.url
    assert state["push"]["acknowledged"] >= 10
    assert state["push"]["last"]["event"]


async def test_scenarios_are_played(start: Start, http: ClientSession) -> None:
    simulator = await start()
    assert (await get(http, simulator, "state"))["push"]["last"] is None
    assert await post(http, simulator, "play", {"name": "internal"}) == (200, {"call": None})
    await until(lambda: simulator.office.calls)
    body = {"name": "inbound", "wait": True, "number": 5550123, "caller_name": "Zoe", "talk": 1.5}
    status, answer = await post(http, simulator, "play", body)
    assert (status, answer["call"]["caller"], answer["call"]["outcome"]) == (200, "5550123", "answered")
    assert await post(http, simulator, "play", {"name": "unregister", "wait": True}) == (200, {"call": None})


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("play", {"name": "dance"}),
        ("play", {}),
        ("play", ["internal"]),
        ("push-url", {"url": "ftp://nowhere"}),
        ("quirks", {"reply": "maybe"}),
        ("quirks", {"colour": "red"}),
        ("restart", {"down": -1}),
        ("restart", {"down": "long"}),
        ("restart", {"down": True}),
        ("traffic", {"level": "wild"}),
        ("clock", {}),
        ("clock", {"ahead": True}),
        ("clock", {"ahead": 1e300}),
    ],
)
async def test_what_cannot_be_done_is_said(action: str, body: Any, start: Start, http: ClientSession) -> None:
    simulator = await start()
    status, answer = await post(http, simulator, action, body)
    assert status == 400
    assert answer["error"]


async def test_no_json_is_said_too(start: Start, http: ClientSession) -> None:
    simulator = await start()
    async with http.post(f"{simulator.url}/control/play", data=b"{") as reply:
        assert reply.status == 400


async def test_everything_can_be_changed(start: Start, http: ClientSession, receiver: Receiver) -> None:
    simulator = await start()
    assert await post(http, simulator, "push-url", {"url": receiver.url}) == (200, {"url": receiver.url})
    assert simulator.push_url == receiver.url
    assert await post(http, simulator, "push-url", {"url": None}) == (200, {"url": None})
    status, quirks = await post(http, simulator, "quirks", {"generation": 2})
    assert (status, quirks["generation"], simulator.quirks.generation) == (200, 2, 2)
    assert await post(http, simulator, "traffic", {"level": "quiet"}) == (200, {"level": "quiet"})
    assert await post(http, simulator, "restart", {"down": 0}) == (200, {"down": 0})
    status, clock = await post(http, simulator, "clock", {"ahead": 26 * 3600})
    ahead = datetime.fromisoformat(clock["now"]) - datetime.now(UTC)
    assert (status, round(ahead.total_seconds() / 3600)) == (200, 26)
    await until(lambda: not simulator.engine.down)
    async with http.get(f"{simulator.url}/coocenter-api/blacklist/index") as reply:
        assert reply.status == 200
    (request,) = await get(http, simulator, "requests")
    assert (request["method"], request["path"]) == ("GET", "/coocenter-api/blacklist/index")


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run the command and yield it with its first line."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *arguments, cwd=ROOT, stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    assert running.stdout
    try:
        yield running, (await running.stdout.readline()).decode()
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
async def test_the_command_serves_until_it_is_ended(ending: signal.Signals, http: ClientSession) -> None:
    arguments = ["--port", "0", "--extensions", "3", "--queues", "1", "--speed", "100", "--web-key", "key", "--ssl"]
    async with process(*arguments, "--time-zone", "Asia/Shanghai", "--traffic", "busy") as (running, line):
        assert re.fullmatch(
            r"PBX simulator at https://127\.0\.0\.1:\d+/ \(3 extensions, 1 queues, traffic busy\)\n", line
        )
        url = line.split()[3]
        async with http.get(f"{url}coocenter-api/blacklist/index", ssl=False) as reply:
            assert reply.status == 401
        async with http.get(f"{url}control/state", ssl=False) as reply:
            assert (await reply.json())["now"].endswith("+08:00")
        running.send_signal(ending)
        assert running.stdout
        assert await running.stdout.read() == b""
        assert await running.wait() == 0


async def test_a_port_in_use_is_said(start: Start) -> None:
    simulator = await start()
    async with process("--port", str(simulator.port)) as (running, line):
        assert line.startswith("Cannot listen: ")
        assert await running.wait() == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--port", "70000"], "argument --port: invalid port value: '70000'"),
        (["--push-url", "nowhere"], "invalid address value"),
        (["--mac", "68-69"], "invalid mac_address value"),
        (["--time-zone", "Mars/Base"], "invalid time_zone value"),
        (["--speed", "0"], "invalid speed value"),
        (["--wrap-up", "-1"], "invalid seconds value"),
        (["--traffic", "wild"], "invalid choice: 'wild'"),
        (["--extensions", "0"], "an office has 1 to 1000 extensions"),
    ],
)
def test_bad_arguments_are_said(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert text in capsys.readouterr().err


def test_good_arguments_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    served = []

    async def serve(simulator: Simulator) -> None:
        served.append(simulator)

    monkeypatch.setattr(command, "_serve", serve)
    arguments = ["--push-url", "http://192.0.2.1/push", "--mac", "68:69:2E:00:00:02", "--ssl", "--wrap-up", "5"]
    assert command.main([*arguments, "--time-zone", "Asia/Shanghai", "--speed", "2"]) == 0
    (simulator,) = served
    assert (simulator.push_url, simulator.mac, simulator.wrap_up, simulator.speed) == (
        "http://192.0.2.1/push",
        "68:69:2E:00:00:02",
        5,
        2,
    )
    assert simulator.url.startswith("https")
