"""The log for the event loop: what is acknowledged is durable, many share a commit, and nobody spoils it for others."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
import shutil
import sqlite3
from typing import Any
from zoneinfo import ZoneInfo

from log_store import ALICE, NOW, at, live, missed, row
from log_watch import Watched, file_url, watched
import pytest
from sqlalchemy import Engine, event

from custom_components.coocenter.call_log import CallFilter, LogRecord, LogUnavailable, NotStored, log as log_module
from custom_components.coocenter.call_log.writing import Writer

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def commits() -> Iterator[list[object]]:
    """What was committed since the beginning of the test."""
    found: list[object] = []
    note = found.append
    event.listen(Engine, "commit", note)
    yield found
    event.remove(Engine, "commit", note)


def in_file(folder: Path) -> list[str]:
    """Return the calls in a log's file, read as another program would."""
    with closing(sqlite3.connect(f"file:{folder / 'calls.db'}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sorted(found[0] for found in connection.execute("SELECT uid FROM coocenter_calls"))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_what_is_acknowledged_is_in_the_file(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        for uid in ("1.1", "2.1"):
            await log.add(row(uid))
            assert in_file(tmp_path)[-1] == uid
        assert [call.uid for call in log.calls] == ["1.1", "2.1"]
        await log.add(row("1.1"))
        assert len(log.calls) == 2
    assert log.troubles == []
    assert names_in(tmp_path) == ["calls.db"]


async def test_many_share_a_commit(tmp_path: Path, commits: list[object]) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        before = len(commits)
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(1000)))
        assert 4 <= len(commits) - before <= 5
        assert await log.count() == len(log.calls) == 1000


async def test_who_hangs_up_does_not_spoil_it_for_others(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        adding = [asyncio.create_task(log.add(row(f"{index}.1", index))) for index in range(600)]
        await asyncio.sleep(0)
        for task in adding[::3]:
            task.cancel()
        done = await asyncio.gather(*adding, return_exceptions=True)
        assert [isinstance(one, asyncio.CancelledError) for one in done] == [index % 3 == 0 for index in range(600)]
        await log.flush()
        assert await log.count() == 600


async def test_who_waits_no_longer_does_not_end_the_work(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        for index in range(600):
            log.note(live(f"{index}.1", index))
        flushing = asyncio.create_task(log.flush())
        await asyncio.sleep(0)
        flushing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flushing
        await log.flush()
        assert await log.count() == 600


async def test_more_than_can_wait_is_to_be_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "_MAX_WAITING", 2)
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        added = await asyncio.gather(*(log.add(row(f"{index}.1")) for index in range(4)), return_exceptions=True)
        assert [type(one) for one in added] == [type(None), type(None), NotStored, NotStored]
        for index in range(4):
            log.note(live(f"live{index}.1"))
        await log.flush()
        await log.add(row("4.1"))
        assert await log.uids() == ["0.1", "1.1", "4.1", "live0.1", "live1.1"]


async def test_an_error_that_nobody_foresaw_costs_nobody_else_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Writer.write

    def poisoned(self: Writer, connection: Any, batch: list[LogRecord]) -> Any:
        made = write(self, connection, batch)
        if any(record.uid == "bad.1" for record in batch):
            raise ZeroDivisionError
        return made

    monkeypatch.setattr(Writer, "write", poisoned)
    errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        first = [log.add(row("bad.1")), *(log.add(row(f"{i}.1", i)) for i in range(400))]
        added = await asyncio.gather(*first, return_exceptions=True)
        assert [type(one) for one in added] == [NotStored] * 250 + [type(None)] * 151
        # What was begun with it is not believed to be in the database.
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(400)))
        assert await log.count() == 400
        assert len((await log.page(CallFilter(number=ALICE), 500)).calls) == 400
        assert log.troubles == []


async def test_everything_a_store_tells_is_told(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        for record in (missed("1.1"), row("2.1", 10), row("3.1", -9999)):
            await log.add(record)
        assert (await log.one("2.1")) == log.calls[1]
        assert [number for number, *_ in await log.contacts(5)] == [ALICE]
        assert [call.uid for call in await log.call_backs(NOW)] == ["1.1", "2.1"]
        await log.mark("1.1", "completed", NOW)
        assert await log.marks() == {"1.1": ("completed", NOW)}
        assert (await log.figures(NOW, at(60)))[""].calls == 2
        assert len(await log.freshen_hours(None)) == 2
        before, hours = await log.hours(NOW - timedelta(hours=1))
        assert (before[""].calls, [hour.figures.calls for hour in hours]) == (1, [2])
        assert await log.purge(NOW) == 1
        assert await log.forget(ALICE) == 2
        assert [call.caller.number for call in log.calls] == [ALICE] * 3 + [""] * 2
        assert await log.uids() == ["1.1", "2.1"]


async def test_files_rest_while_they_are_copied(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    async with watched(file_url(folder), folder / "spool") as log:
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(300)))
        adding = [asyncio.create_task(log.add(row(f"{index}.1", index))) for index in range(300, 400)]
        await log.hold()
        database = (folder / "calls.db").read_bytes()
        kept = in_file(folder)
        waiting = [
            asyncio.create_task(change)
            for change in (log.mark("1.1", "completed", NOW), log.freshen_hours(None), log.purge(at(10)))
        ]
        await asyncio.gather(*adding, *(log.add(row(f"{index}.1", index)) for index in range(400, 500)))
        # Reading goes on.
        assert await log.uids() == kept
        copy = shutil.copytree(folder, tmp_path / "copy")
        assert (copy / "calls.db").read_bytes() == database
        assert in_file(copy) == kept
        assert not any(task.done() for task in waiting)

        await log.release()
        await asyncio.gather(*waiting)
        assert await log.count() == 490
        assert len(log.calls) == 500
        assert not (folder / "spool").exists()
    # In the copy there is nothing lost either: what came meanwhile is beside the database.
    async with watched(file_url(copy), copy / "spool") as again:
        assert await again.count() == 500
    assert log.troubles == again.troubles == []


async def test_a_log_is_closed_while_files_rest(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        await log.hold()
        marking = asyncio.create_task(log.mark("1.1", "completed", NOW))
        adding = [asyncio.create_task(log.add(row(f"{index}.1"))) for index in range(3)]
        await asyncio.sleep(0)
        await log.close()
        with pytest.raises(LogUnavailable):
            await marking
        await asyncio.gather(*adding)
        with pytest.raises(NotStored):
            await log.add(row("9.1"))
        with pytest.raises(LogUnavailable):
            await log.count()
        # As a backup does that began before.
        await log.release()
        await log.hold()
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        assert await log.uids() == ["0.1", "1.1", "2.1"]


async def test_what_waits_is_written_before_the_log_is_closed(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        for index in range(700):
            log.note(live(f"{index}.1", index))
    assert len(in_file(tmp_path)) == 700


async def test_another_zone_is_caught_up_with_while_calls_come(tmp_path: Path) -> None:
    async with watched(file_url(tmp_path), tmp_path / "spool") as log:
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(500)))
        await log.freshen_hours(None)
    async with watched(file_url(tmp_path), tmp_path / "spool", zone=SHANGHAI) as log:
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(500, 600)))
        await caught_up(log)
        calls = [call for page in (await log.page(CallFilter(), 999),) for call in page.calls]
        assert [call.started for call in reversed(calls)] == [at(index - 8 * 3600) for index in range(600)]
        assert await log.freshen_hours(None)


async def caught_up(log: Watched) -> None:
    assert log._catching_up
    await log._catching_up
