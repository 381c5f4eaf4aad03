"""What PBXs and networks do to offices, all at once: each branch has another trouble, and one has none.

Of each: the entities say so, its calls are heard of all the same, and when it is over all is right within one poll.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
import re
from typing import Any

import pytest
import pytest_asyncio
import pytest_socket

from scripts.demo.child import LOOPBACK
from tests.e2e.conftest import free_port
from tests.faults.fault_harness import ONE_POLL, SMALL, Branch, open_branches
from tests.faults.tls_front import TlsFront, make_certificate

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

OTHER_SHAPE = {
    "current_calls_method": "POST",
    "queue_info_method": "POST",
    "wrong_method_status": 405,
    "hints_style": "envelope",
    "status_style": "text",
    "error_style": "200",
    "refusal_style": "200",
    "push_encoding": "form",
    "generation": 2,
    "pad_mac": True,
    "sign_pushes": True,
    "late_cc_cdr": True,
}
THIS_SHAPE = {
    "current_calls_method": "GET",
    "queue_info_method": "GET",
    "wrong_method_status": 404,
    "hints_style": "list",
    "status_style": "code",
    "error_style": "404",
    "refusal_style": 401,
    "push_encoding": "json",
    "generation": 1,
    "pad_mac": False,
    "sign_pushes": False,
    "late_cc_cdr": False,
}

type Step = Callable[[Branch], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What begins and ends, and what the log says of it; nothing where the PBX can be asked all the while."""

    begin: Step
    end: Step
    says: str = ""
    #: How many questions are to be asked meanwhile where nothing is said.
    asked: int = 6
    #: Whether the PBX has lost its memory afterwards, and tells nothing meanwhile.
    silent: bool = False


def quirks(**fields: object) -> Step:
    return lambda branch: branch.control("quirks", fields)


def clock(hours: float) -> Step:
    return lambda branch: branch.control("clock", {"ahead": hours * 3600})


def replying(reply: str, says: str) -> Fault:
    return Fault(begin=quirks(reply=reply), end=quirks(reply="ok"), says=says)


async def go_through_midnight(branch: Branch) -> None:
    """Let a call begin today and end tomorrow."""
    await branch.control("clock", {"ahead": 0})
    now = datetime.fromisoformat((await branch.control("state"))["now"])
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    await branch.control("clock", {"ahead": (midnight - now).total_seconds() - 4})
    call = (await branch.play("internal", caller="801", callee="802", ring=4, talk=32, wait=True))["call"]
    assert call["start"][:10] < call["end"][:10]


async def switch_off(branch: Branch) -> None:
    """Let nothing listen at the PBX's address any more."""
    branch.forgotten = await branch.control("calls")
    await branch.pbx.child.kill()


async def switch_on(branch: Branch) -> None:
    await branch.pbx.start()
    await branch.pbx.push_to(branch.push_url)


async def nothing(_branch: Branch) -> None:
    """Let it end by itself."""


FAULTS = {
    "hanging": Fault(begin=quirks(hang=True), end=quirks(hang=False), says="The PBX did not answer in time"),
    "slow": Fault(begin=quirks(delay=5), end=quirks(delay=0), asked=3),
    "half": replying("half", "Response payload is not completed"),
    "cut": replying("cut", "Response payload is not completed.*reset by peer"),
    "garbage": replying("garbage", "The answer is not JSON"),
    "wrong": replying("wrong", "A list was expected"),
    "html": replying("html", "The answer is not JSON"),
    "failing": replying("500", "HTTP 500"),
    "reset": replying("reset", "Server disconnected|reset by peer"),
    "empty": Fault(begin=quirks(reply="empty"), end=quirks(reply="ok"), asked=9),
    "off": Fault(begin=switch_off, end=switch_on, says="Cannot connect to host", silent=True),
    "clock": Fault(begin=clock(26), end=clock(0)),
    "midnight": Fault(begin=go_through_midnight, end=nothing),
    "updated": Fault(begin=quirks(**OTHER_SHAPE), end=quirks(**THIS_SHAPE)),
}
CERTIFICATE = "certificate"
HEALTHY = "healthy"


def title(name: str) -> str:
    return f"{name}-branch"


async def play(branch: Branch, fault: Fault) -> None:
    """Let a branch have its trouble, and compare what Home Assistant shows and says with the truth."""
    paused = branch.entity("630_801_paused")
    since = (await branch.hass.get_state(branch.entity("connectivity")))["last_changed"]
    if not fault.silent:
        await branch.at_the_phone("queues/agent-pause", queue="630", member="801", state="on")
    await fault.begin(branch)
    if fault.says:
        await branch.nudge()
        await branch.shows("connectivity", "off", within=2 * ONE_POLL)
        assert (await branch.hass.get_state(branch.entity("802_status")))["state"] == "unavailable"
    else:
        await branch.polled(fault.asked)
        await branch.is_at_rest()
    if not fault.silent:
        await branch.play("internal", caller="801", callee="802", ring=1, talk=1, wait=True)
        await branch.everything_is_logged()
    await fault.end(branch)
    await branch.nudge()
    await branch.shows("connectivity", "on")
    if not fault.silent:
        await branch.hass.wait_for_state(paused, "on", within=ONE_POLL)
    await branch.a_call_is_seen()
    await branch.is_at_rest()
    await branch.everything_is_logged()
    assert await branch.issues() == []
    if fault.says:
        begins, ends = branch.log()
        assert re.fullmatch(rf"Error fetching \S+ data: The PBX could not be asked: .*({fault.says}).*", begins)
        assert ends == f"Fetching {branch.name} data recovered"
    else:
        assert branch.log() == []
        assert (await branch.hass.get_state(branch.entity("connectivity")))["last_changed"] == since


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stories(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[dict[str, asyncio.Task[None]]]:
    """The stories of the branches, which go on at the same time; that of the healthy one ends with the others'."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts([LOOPBACK])
    folder = tmp_path_factory.mktemp("faults")
    first, second = make_certificate(folder / "first.pem"), make_certificate(folder / "second.pem")
    names = [title(name) for name in (*FAULTS, CERTIFICATE, HEALTHY)]
    with pytest.MonkeyPatch.context() as patch:
        # Home Assistant trusts whom this file names.
        patch.setenv("REQUESTS_CA_BUNDLE", str(first))
        opened = open_branches(folder, dict.fromkeys(names, (*SMALL, "--speed", "4")))
        async with opened as branches:
            front = TlsFront(free_port(), branches[title(CERTIFICATE)].pbx.port)
            await front.show(first)
            secure = {title(CERTIFICATE): {"port": front.port, "ssl": True}}
            await asyncio.gather(*(branch.add(**secure.get(name, {})) for name, branch in branches.items()))
            changed = Fault(
                begin=lambda _branch: front.show(second),
                end=lambda _branch: front.show(first),
                says="certificate verify failed",
            )
            told = {
                name: asyncio.create_task(play(branches[title(name)], fault))
                for name, fault in {**FAULTS, CERTIFICATE: changed}.items()
            }
            yield told | {HEALTHY: asyncio.create_task(be_healthy(branches[title(HEALTHY)], [*told.values()]))}
            await front.close()
            (hass,) = {branch.hass for branch in branches.values()}
            assert [line for line in hass.log_lines() if "The PBX could not be asked" not in line] == []
            assert "Traceback" not in hass.child.output.read_text(errors="replace")


async def be_healthy(branch: Branch, others: list[asyncio.Task[None]]) -> None:
    """Have a busy day as long as the others have trouble."""
    since = (await branch.hass.get_state(branch.entity("connectivity")))["last_changed"]
    await branch.control("traffic", {"level": "busy"})
    await asyncio.wait(others)
    await branch.control("traffic", {"level": "none"})
    await branch.everything_is_logged()
    await branch.is_at_rest()
    assert len(await branch.calls()) > len(others) / 2
    assert (await branch.hass.get_state(branch.entity("connectivity")))["last_changed"] == since
    assert (branch.log(), await branch.issues()) == ([], [])


@pytest.mark.parametrize("name", [*FAULTS, CERTIFICATE, HEALTHY])
async def test_what_happens_to_one_pbx(stories: dict[str, asyncio.Task[None]], name: str) -> None:
    await stories[name]
