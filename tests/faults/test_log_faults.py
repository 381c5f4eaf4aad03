"""What happens to Home Assistant, its disk and its call log; the PBX goes on, and nothing is lost or there twice."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from resource import RLIMIT_FSIZE, prlimit
import sqlite3

import pytest
import pytest_asyncio
import pytest_socket

from scripts.demo.child import LOOPBACK
from tests.faults.fault_harness import SMALL, Branch, open_branches, settled

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SPEEDS = {"locked": "4", "full": "4", "reloaded": "40"}

type Branches = dict[str, Branch]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def branches(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Branches]:
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts([LOOPBACK])
    offices = {f"{name}-branch": (*SMALL, "--speed", speed) for name, speed in SPEEDS.items()}
    async with open_branches(tmp_path_factory.mktemp("faults"), offices) as opened:
        branches = dict(zip(SPEEDS, opened.values(), strict=True))
        await asyncio.gather(*(branch.add() for branch in branches.values()))
        yield branches
        assert "Traceback" not in branches["locked"].hass.child.output.read_text(errors="replace")


def database(branch: Branch) -> Path:
    return branch.hass.config_dir / ".storage" / "coocenter" / f"{branch.entry_id}.db"


async def a_call(branch: Branch) -> None:
    await branch.play("internal", caller="801", callee="802", ring=1, talk=1, wait=True)


async def everything_is_acknowledged(branch: Branch) -> None:
    async def acknowledged() -> bool:
        return not (await branch.control("state"))["push"]["pending"]

    assert await settled(acknowledged)


async def trouble(branch: Branch, key: str, *, fixable: bool = False) -> None:
    """See that what is wrong with the log is said to whom it concerns, once in the log and as a repair issue."""

    async def said() -> bool:
        return bool(await branch.issues())

    assert await settled(said)
    (issue,) = await branch.issues()
    assert (issue["translation_key"], issue["severity"], issue["is_fixable"]) == (f"call_log_{key}", "error", fixable)


async def no_trouble(branch: Branch, *said: str) -> None:
    async def mended() -> bool:
        return not await branch.issues()

    assert await settled(mended)
    await a_call(branch)
    await branch.everything_is_logged()
    await branch.is_at_rest()
    assert [line for line in branch.log() if "call log" in line] == list(said)


def lines(branch: Branch, word: str) -> tuple[str, str]:
    """Return what the log says at the beginning and at the end of a trouble."""
    about = f"The call log of {branch.name}"
    return f"{about} cannot be written: {word}", f"{about} works again"


async def test_a_log_that_another_program_locks(branches: Branches) -> None:
    branch = branches["locked"]
    await a_call(branch)
    await branch.everything_is_logged()
    with closing(sqlite3.connect(database(branch), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        await a_call(branch)
        # The PBX is not kept waiting, and what it tells is durable all the same.
        await everything_is_acknowledged(branch)
        await trouble(branch, "locked")
        assert len(await branch.calls()) == 1
        connection.execute("ROLLBACK")
    await no_trouble(branch, *lines(branch, "locked"))


async def test_a_log_without_space(branches: Branches) -> None:
    branch = branches["full"]
    await a_call(branch)
    await branch.everything_is_logged()
    await branch.hass.call_service("fault_maker", "fill", {"database": branch.entry_id})
    async with asyncio.timeout(120):
        # There is some room in the last pages.
        while not await branch.issues():
            await a_call(branch)
    await everything_is_acknowledged(branch)
    await trouble(branch, "full")
    assert await branch.calls()
    await branch.hass.call_service("fault_maker", "empty", {})
    await no_trouble(branch, *lines(branch, "full"))


async def test_reloads_while_pushes_arrive(branches: Branches) -> None:
    branch = branches["reloaded"]
    await branch.hass.call_service("homeassistant", "reload_config_entry", {"entry_id": branch.entry_id})
    before = await branch.hass.call_service("fault_maker", "count", {}, return_response=True)
    acknowledged = (await branch.control("state"))["push"]["acknowledged"]
    await branch.control("traffic", {"level": "busy"})
    for reload in range(1, 11):

        async def goes_on(wanted: int = acknowledged + 20 * reload) -> bool:
            return bool((await branch.control("state"))["push"]["acknowledged"] >= wanted)

        await branch.hass.call_service("homeassistant", "reload_config_entry", {"entry_id": branch.entry_id})
        assert await settled(goes_on)
    await branch.control("traffic", {"level": "none"})
    await branch.everything_is_logged()
    await branch.is_at_rest()
    after = await branch.hass.call_service("fault_maker", "count", {}, return_response=True)
    for kind in ("listeners", "dispatchers"):
        assert after[kind] <= before[kind], kind
    assert (branch.log(), await branch.issues()) == ([], [])


@contextmanager
def full_disk(branch: Branch) -> Iterator[None]:
    """Let no file of Home Assistant grow, and so nothing be written: neither the log nor what is kept beside it."""
    pid = branch.hass.child.pid
    _, hard = prlimit(pid, RLIMIT_FSIZE)
    before = prlimit(pid, RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        prlimit(pid, RLIMIT_FSIZE, before)


async def test_a_full_disk(branches: Branches) -> None:
    branch = branches["reloaded"]
    with full_disk(branch):
        await a_call(branch)
        await trouble(branch, "unavailable")
        # Nobody has it but the PBX, which is told to keep it.
        assert (await branch.control("state"))["push"]["pending"] > 0
        await branch.shows("active_calls", "0")
    # The line at the beginning had no place to be written to.
    await no_trouble(branch, lines(branch, "unavailable")[1])


async def test_a_power_cut_that_damages_the_log(branches: Branches) -> None:
    branch, path = branches["locked"], database(branches["locked"])
    await branch.play("internal", caller="801", callee="802", ring=1, talk=60)
    await branch.shows("active_calls", "1")
    await branch.hass.kill()
    path.write_bytes(b"\xaa" * 100 + path.read_bytes()[100:])
    # What was written last would heal it.
    path.with_name(f"{path.name}-wal").unlink()
    await branch.hass.start()
    await trouble(branch, "corrupt", fixable=True)
    # The rest of the integration goes on, and what is pushed meanwhile is kept.
    await branch.shows("active_calls", "1")
    await branch.hass.call_service("coocenter", "hangup", {"extension": "801", "config_entry_id": branch.entry_id})
    await branch.shows("active_calls", "0")
    await everything_is_acknowledged(branch)
    (issue,) = await branch.issues()
    chosen = {"handler": "coocenter", "issue_id": issue["issue_id"]}
    flow = await branch.hass.request("POST", "/api/repairs/issues/fix", chosen)
    await branch.hass.request("POST", f"/api/repairs/issues/fix/{flow['flow_id']}", {})
    (aside,) = path.parent.glob(f"{branch.entry_id}-damaged-*.db")
    assert aside.read_bytes().startswith(b"\xaa")
