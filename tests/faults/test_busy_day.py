"""As many calls as a busy office has in 24 hours, in less than a minute: nothing grows.

Calls come one a minute by the office's time, which goes two thousand times as fast as ours; polls go by ours, so that
half a thousand of them are asked for beside.
"""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
import pytest_socket

from scripts.demo.child import LOOPBACK
from tests.faults.fault_harness import Branch, open_branches, settled

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

OFFICE = ("--extensions", "12", "--queues", "3", "--speed", "2000")
#: At which calls it is counted: when the calls, events and numbers that are remembered for a while are as many as they
#: may be, which is the warm-up, and at the end of the day.
WARM, DAY = 900, 1_440
POLLS = 250
#: What comes and goes by itself: connections, their tasks, and what waits for the next moment.
SLACK = {"tasks": 6, "listeners": 2, "dispatchers": 0, "timers": 12, "files": 8}
#: So few objects may a call leave behind, which pushes about 14: of the last ten thousand something is known.
OBJECTS = 10
#: SQLite's caches grow with the log, up to 16 MB a connection; a leak of a page's size for each push would be 30 MB.
MEMORY = 20 * 1024 * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def branch(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Branch]:
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts([LOOPBACK])
    async with open_branches(tmp_path_factory.mktemp("day"), {"busy-branch": OFFICE}) as branches:
        (branch,) = branches.values()
        await branch.add()
        yield branch


async def logged(branch: Branch) -> int:
    """Return how many calls Home Assistant has in its log."""
    found, cursor = 0, dict[str, str]()
    while True:
        page = await branch.hass.command("coocenter/calls/list", limit=500, **cursor)
        found += len(page["calls"])
        if not page["next"]:
            return found
        cursor = {"cursor": page["next"]}


async def count_at(branch: Branch, calls: int) -> dict[str, int]:
    """Let the office telephone until so many calls are logged, and count when everybody is at rest."""

    async def enough() -> bool:
        return await logged(branch) >= calls

    await branch.control("traffic", {"level": "quiet"})
    assert await settled(enough, within=240)
    await branch.control("traffic", {"level": "none"})
    assert await settled(branch.has_told_all)
    await branch.hass.call_service("fault_maker", "poll", {"times": POLLS})
    await branch.is_at_rest()
    counted = await branch.hass.call_service("fault_maker", "count", {}, return_response=True)
    return {**counted, "calls": await logged(branch)}


async def test_nothing_grows_in_a_busy_day(branch: Branch) -> None:
    warm = await count_at(branch, WARM)
    end = await count_at(branch, DAY)
    grown = {kind: end[kind] - warm[kind] for kind in warm}
    assert {kind: grown[kind] for kind, slack in SLACK.items() if grown[kind] > slack} == {}
    assert grown["objects"] <= OBJECTS * grown["calls"], grown
    assert grown["memory"] <= MEMORY, grown
    assert (branch.log(), await branch.issues()) == ([], [])
    assert "Traceback" not in branch.hass.child.output.read_text(errors="replace")
