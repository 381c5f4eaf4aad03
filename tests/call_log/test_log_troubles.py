"""A database that is locked, full, damaged, too new or away: nothing is lost, and trouble is told once, and its end."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
import sqlite3
from zoneinfo import ZoneInfo

from log_store import at, live, row
from log_watch import PATIENCE, Watched, file_url, watched
import pytest
from sqlalchemy import Engine, event

from custom_components.coocenter.call_log import LogUnavailable, NotStored, Trouble, database

type Affliction = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_MILLISECONDS", 5)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let another program write for a long time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def full(path: Path) -> Iterator[None]:
    """Let the file not grow any more, as on a disk without space."""
    afflicted = True

    def limit(connection: sqlite3.Connection, *_args: object) -> None:
        if afflicted:
            connection.execute("PRAGMA max_page_count=1")

    event.listen(Engine, "connect", limit)
    event.listen(Engine, "checkout", limit)
    yield
    # The listeners stay: the thread that writes may be about to call them, and would find their list changed.
    afflicted = False


@contextmanager
def newer(path: Path) -> Iterator[None]:
    """Let a later version have written it."""

    def write(version: str) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE coocenter_facts SET value = ? WHERE name = 'version'", (version,))

    write("99")
    yield
    write("1")


@contextmanager
def damaged(path: Path, start: int, end: int) -> Iterator[None]:
    """Overwrite a part of the file, until somebody brings the whole one back."""
    whole = path.read_bytes()
    path.write_bytes(whole[:start] + b"\xaa" * (end - start) + whole[end:])
    yield
    for name in (f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    mended = path.with_name("mended")
    mended.write_bytes(whole)
    mended.replace(path)


@contextmanager
def away(path: Path) -> Iterator[None]:
    """Let the folder be gone, as a disk that is not mounted."""
    elsewhere = path.parent.rename(path.parent.with_name("elsewhere"))
    yield
    elsewhere.rename(path.parent)


def damaged_at(start: int, end: int) -> Affliction:
    return lambda path: damaged(path, start, end)


AFFLICTIONS: dict[str, tuple[Affliction, Trouble]] = {
    "locked": (locked, Trouble.LOCKED),
    "newer": (newer, Trouble.NEWER),
    "no database": (damaged_at(0, 100), Trouble.CORRUPT),
    "damaged": (damaged_at(4096, 4096 * 20), Trouble.CORRUPT),
    "away": (away, Trouble.UNAVAILABLE),
}


def block(path: Path, *, folder: bool = False) -> None:
    """Put something else where a folder or a file is to be."""
    if folder:
        path.mkdir()
    else:
        path.write_text("a file, where a folder is to be")


def unblock(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    folder.mkdir()
    return folder


async def add(log: Watched, numbers: range) -> None:
    """Add records, some of which are sent again."""
    await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in [*numbers, *numbers[::7]]))


def expected(count: int) -> list[str]:
    return sorted(f"{index}.1" for index in range(count))


@pytest.mark.parametrize("name", AFFLICTIONS)
async def test_what_comes_while_the_file_is_in_trouble_is_there_afterwards(name: str, folder: Path) -> None:
    afflict, trouble = AFFLICTIONS[name]
    spool = folder.with_name("spool")
    async with watched(file_url(folder), spool) as log:
        await add(log, range(300))
    with afflict(folder / "calls.db"):
        log = Watched(file_url(folder), spool)
        await log.open()
        if trouble is Trouble.LOCKED:
            # Opening changes nothing: the first record is the first to notice.
            await log.until(lambda: log.trouble) if log.troubles else await log.add(row("300.1", 300))
        assert log.trouble is trouble
        await add(log, range(300, 600))
        log.note(live("600.1", 600))
        await log.flush()
        assert spool.stat().st_size > 1000
        # It is tried again and again, and told once.
        tried = log._mending
        assert tried
        await log.tried(4)
        assert log.troubles == [trouble]
        with pytest.raises(LogUnavailable):
            await log.mark("1.1", "completed", at(0))
        assert tried is log._mending
    await log.until(lambda: log.trouble is None)
    assert log.troubles == [trouble, None]
    assert await log.uids() == expected(601)
    assert not spool.exists()
    await add(log, range(590, 610))
    assert await log.uids() == expected(610)
    # Of what was only seen live the log was told again.
    assert sorted(call.uid for call in log.calls) == sorted([*(f"{index}.1" for index in range(300, 610)), "600.1"])
    await log.close()
    assert log.troubles == [trouble, None]


@pytest.mark.parametrize("afflict", [locked, full])
async def test_trouble_that_comes_in_the_midst_is_told_and_mended(
    folder: Path, afflict: Affliction, request: pytest.FixtureRequest
) -> None:
    async with watched(file_url(folder), folder / "spool") as log:
        await add(log, range(100))
        with afflict(folder / "calls.db"):
            await add(log, range(100, 500))
            assert log.troubles == [Trouble(afflict.__name__)]
            # A file without space can be read all the same.
            assert await log.uids() == expected(100)
            assert len(log.calls) == 100
        await log.until(lambda: log.trouble is None)
        assert log.troubles == [Trouble(afflict.__name__), None]
        assert await log.uids() == expected(500)
        assert len(log.calls) == 500


async def test_another_trouble_is_told_too(folder: Path) -> None:
    async with watched(file_url(folder), folder / "spool") as log:
        await add(log, range(10))
        with locked(folder / "calls.db"):
            await add(log, range(10, 20))
            with full(folder / "calls.db"):
                pass
        await log.until(lambda: log.trouble is None)
        with full(folder / "calls.db"):
            await add(log, range(20, 300))
            with locked(folder / "calls.db"):
                await log.until(lambda: log.trouble is Trouble.LOCKED)
            await log.until(lambda: log.trouble is Trouble.FULL)
        await log.until(lambda: log.trouble is None)
        assert log.troubles[:2] == [Trouble.LOCKED, None]
        assert log.troubles[2:] == [Trouble.FULL, Trouble.LOCKED, Trouble.FULL, None]
        assert await log.uids() == expected(300)


async def test_what_is_in_the_way_while_all_is_made_anew_is_waited_for(folder: Path) -> None:
    async with watched(file_url(folder), folder / "spool") as log:
        await add(log, range(300))
    log = Watched(file_url(folder), folder / "spool", zone=ZoneInfo("Asia/Shanghai"))
    await log.open()
    with locked(folder / "calls.db"):
        await log.add(row("300.1", 300))
        await log.until(lambda: log.trouble is Trouble.LOCKED)
        await log.tried(3)
    await log.until(lambda: log.trouble is None)
    assert log._catching_up
    async with asyncio.timeout(PATIENCE):
        await log._catching_up
    assert (await log.one("0.1")).started == at(-8 * 3600)
    assert await log.uids() == expected(301)
    await log.close()


async def test_files_rest_though_there_is_trouble(folder: Path) -> None:
    with away(folder / "calls.db"):
        log = Watched(file_url(folder), folder.with_name("spool"))
        await log.open()
        await log.hold()
        await add(log, range(10))
    # It could be opened now, but nothing is written before the end of the rest.
    await log.tried(1)
    assert log.trouble is Trouble.UNAVAILABLE
    await add(log, range(10, 20))
    await log.release()
    await log.until(lambda: log.trouble is None)
    assert await log.uids() == expected(20)
    await log.close()


async def test_trouble_after_a_rest_is_told(folder: Path) -> None:
    async with watched(file_url(folder), folder / "spool") as log:
        await log.hold()
        await add(log, range(10))
        with locked(folder / "calls.db"):
            await log.release()
            assert log.trouble is Trouble.LOCKED
        await log.until(lambda: log.trouble is None)
        assert await log.uids() == expected(10)


async def test_a_log_is_closed_in_the_midst_of_trouble(folder: Path) -> None:
    with away(folder / "calls.db"):
        async with watched(file_url(folder), folder.with_name("spool")) as log:
            adding = [asyncio.create_task(log.add(row(f"{index}.1", index))) for index in range(10)]
            await asyncio.sleep(0)
        await asyncio.gather(*adding)
    async with watched(file_url(folder), folder.with_name("spool")) as log:
        assert (await log.uids(), log.troubles) == (expected(10), [])


async def test_trouble_at_the_very_end_keeps_what_waits(folder: Path) -> None:
    async with watched(file_url(folder), folder / "spool") as log:
        await add(log, range(10))
        with locked(folder / "calls.db"):
            adding = [asyncio.create_task(log.add(row(f"{index}.1", index))) for index in range(10, 20)]
            await asyncio.sleep(0)
            await log.close()
            await asyncio.gather(*adding)
        assert log.troubles == [Trouble.LOCKED]
    async with watched(file_url(folder), folder / "spool") as log:
        assert await log.uids() == expected(20)


async def test_where_nothing_can_be_kept_aside_it_is_to_be_sent_again(folder: Path) -> None:
    spool = folder / "spool"
    with away(folder / "calls.db"):
        block(folder)
        log = Watched(file_url(folder), spool)
        await log.open()
        with pytest.raises(NotStored):
            await log.add(row("1.1"))
        unblock(folder)
    await log.until(lambda: log.trouble is None)
    await log.add(row("1.1"))
    assert await log.uids() == ["1.1"]

    # The database works, but what was kept aside cannot be read.
    await log.close()
    block(spool, folder=True)
    async with watched(file_url(folder), spool) as log:
        assert log.trouble is Trouble.UNAVAILABLE
        with pytest.raises(NotStored):
            await log.add(row("2.1"))
        unblock(spool)
        await log.until(lambda: log.trouble is None)
        await log.add(row("2.1"))
        assert await log.uids() == ["1.1", "2.1"]
