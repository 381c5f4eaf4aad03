"""The call log for the event loop: many records share a commit, and each is durable before it is acknowledged."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from .model import CallFilter, Figures, HourFigures, LoggedCall, LogUnavailable, NotStored, Page, Trouble
from .record import LogRecord
from .spool import Spool
from .store import Office, Store

#: So many records share a commit at most: they are in one thread's hands for some milliseconds.
_BATCH = 250
#: So many records wait for a commit at most; more than that are to be sent again.
_MAX_WAITING = 20_000
#: Seconds between two attempts while the database is in trouble.
_RETRY_AFTER = 5.0

type Listener = Callable[[Sequence[LoggedCall]], None]


@dataclass(slots=True)
class _Waiting:
    """A record on its way to the disk, and who waits for that."""

    record: LogRecord
    stored: asyncio.Future[None]


class CallLog:
    """The durable log of one PBX's calls.

    `on_calls` is told of the calls that are new or changed, `on_trouble` of the database's troubles and, with None, of
    their end; both in the event loop. Reading raises LogUnavailable.
    """

    def __init__(
        self,
        url: str,
        office: Office,
        spool: Path,
        *,
        on_calls: Listener,
        on_trouble: Callable[[Trouble | None], None],
        retry_after: float = _RETRY_AFTER,
    ) -> None:
        self.trouble: Trouble | None = None
        self._store = Store(url, office)
        self._spool = Spool(spool)
        self._on_calls = on_calls
        self._on_trouble = on_trouble
        self._retry_after = retry_after
        self._waiting: list[_Waiting] = []
        self._writes = ThreadPoolExecutor(1, "coocenter-log")
        self._reads = ThreadPoolExecutor(2, "coocenter-log-read")
        self._work: asyncio.Task[None] | None = None
        self._mending: asyncio.Task[None] | None = None
        self._held = False
        #: Who writes or keeps aside does not do so while somebody empties what was kept aside.
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Open the database; where that fails records are kept aside, and it is tried again."""
        try:
            await self._write(self._store.open)
            async with self._lock:
                await self._unspool()
        except LogUnavailable as err:
            self._in_trouble(err.trouble)
        else:
            self._mending = asyncio.create_task(self._catch_up())

    async def close(self) -> None:
        """Write what waits and close the database."""
        if self._mending:
            self._mending.cancel()
            with suppress(asyncio.CancelledError):
                await self._mending
        if self._work:
            await self._work
        await self._write(self._store.close)
        # Their threads are idle by now.
        self._writes.shutdown()
        self._reads.shutdown()

    async def add(self, record: LogRecord) -> None:
        """Return when a record is durable; raises NotStored where it has to be sent again."""
        waiting = self._queue(record)
        await waiting.stored

    def note(self, record: LogRecord) -> None:
        """Store a record that nobody waits for."""
        with suppress(NotStored):
            # What is not stored is only less well known.
            self._queue(record).stored.add_done_callback(lambda stored: stored.exception())

    async def flush(self) -> None:
        """Return when all that was added so far is stored or kept aside."""
        while self._work:
            await self._work

    async def page(self, wanted: CallFilter, limit: int, cursor: str | None = None) -> Page:
        """Return a page of calls, the newest first; raises BadCursor too."""
        return await self._read(partial(self._store.page, wanted, limit, cursor))

    async def one(self, uid: str) -> LoggedCall | None:
        """Return a call by the PBX's id of it."""
        return await self._read(partial(self._store.one, uid))

    async def count(self) -> int:
        """Return how many calls there are."""
        return await self._read(self._store.count)

    async def contacts(self, limit: int) -> list[tuple[str, str, datetime]]:
        """Return number, name and last call of those outside who were in touch last, the newest first."""
        return await self._read(partial(self._store.contacts, limit))

    async def call_backs(self, since: datetime) -> list[LoggedCall]:
        """Return the missed calls from outside, and the answered ones with the same callers; the oldest first."""
        return await self._read(partial(self._store.call_backs, since))

    async def marks(self) -> Mapping[str, tuple[str, datetime]]:
        """Return what a person did with items of the list of missed calls, by the call of each."""
        return await self._read(self._store.marks)

    async def mark(self, uid: str, state: str | None, at: datetime) -> None:
        """Note what a person did with an item, None to take it back."""
        await self._write(partial(self._store.mark, uid, state, at))

    async def figures(self, start: datetime, end: datetime) -> Mapping[str, Figures]:
        """Return the figures of a span of time by queue, the PBX's as ""."""
        return await self._read(partial(self._store.figures, start, end))

    async def freshen_hours(self, since: datetime | None) -> list[datetime]:
        """Work out anew what changed of the hours, but not of those before `since`; return which."""
        return await self._write(partial(self._store.freshen_hours, since))

    async def hours(self, start: datetime) -> tuple[Mapping[str, Figures], list[HourFigures]]:
        """Return what all before `start` amounts to by queue, and each hour from then on."""
        return await self._read(partial(self._store.hours, start))

    async def purge(self, before: datetime) -> int:
        """Delete the calls that began before a moment, in small steps; return how many."""
        total = 0
        while gone := await self._write(partial(self._store.purge, before)):
            total += gone
        await self._write(self._store.optimise)
        return total

    async def forget(self, number: str) -> int:
        """Erase a number and its names everywhere; return of how many calls."""
        changed = await self._write(partial(self._store.forget, number))
        self._tell(changed)
        return len(changed)

    async def hold(self) -> None:
        """Let the database's files rest, whole, until `release`; records are kept aside meanwhile."""
        async with self._lock:
            self._held = True
            with suppress(LogUnavailable):
                await self._write(self._store.checkpoint)

    async def release(self) -> None:
        """Write again."""
        async with self._lock:
            self._held = False
            if self.trouble is None:
                try:
                    await self._unspool()
                except LogUnavailable as err:
                    self._in_trouble(err.trouble)

    def _queue(self, record: LogRecord) -> _Waiting:
        if len(self._waiting) >= _MAX_WAITING:
            raise NotStored
        waiting = _Waiting(record, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._work is None:
            self._work = asyncio.create_task(self._store_waiting())
        return waiting

    async def _store_waiting(self) -> None:
        """Store what waits, and what has come meanwhile, until nothing does."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                await self._store_batch(batch)
        finally:
            self._work = None

    async def _store_batch(self, batch: Sequence[_Waiting]) -> None:
        changed: Sequence[LoggedCall] = ()
        # Whatever goes wrong, nobody waits for ever: it is sent again.
        error: NotStored | None = NotStored()
        try:
            async with self._lock:
                changed = await self._store_records([waiting.record for waiting in batch])
            error = None
        except NotStored as err:
            error = err
        finally:
            for waiting in batch:
                # Who sent it may have hung up.
                if not waiting.stored.done():
                    waiting.stored.set_exception(error) if error else waiting.stored.set_result(None)
        self._tell(changed)

    async def _store_records(self, batch: Sequence[LogRecord]) -> Sequence[LoggedCall]:
        """Write records, or keep them aside; returns which calls changed, raises NotStored."""
        if not self.trouble and not self._held:
            try:
                return await self._write(partial(self._store.write, batch))
            except LogUnavailable as err:
                self._in_trouble(err.trouble)
        await self._read(partial(self._spool.append, batch))
        return ()

    async def _unspool(self) -> None:
        """Write what was kept aside."""
        waiting = await self._read(self._spool.read)
        for start in range(0, len(waiting), _BATCH):
            self._tell(await self._write(partial(self._store.write, waiting[start : start + _BATCH])))
        if waiting:
            await self._read(self._spool.clear)

    def _in_trouble(self, trouble: Trouble) -> None:
        if trouble is not self.trouble:
            self.trouble = trouble
            self._on_trouble(trouble)
        if self._mending is None or self._mending.done():
            self._mending = asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        """Try again and again until the database works and has what was kept aside."""
        while self.trouble:
            await asyncio.sleep(self._retry_after)
            try:
                # A server that does not answer must hold up nobody: what comes goes aside meanwhile.
                await self._write(self._store.open)
                async with self._lock:
                    await self._unspool()
                    self.trouble = None
            except LogUnavailable as err:
                self._in_trouble(err.trouble)
        self._on_trouble(None)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Make all calls anew after the office's time zone or country changed, some at a time."""
        with suppress(LogUnavailable):
            after: int | None = 0
            while after is not None:
                after = await self._write(partial(self._store.catch_up, after))

    def _tell(self, changed: Sequence[LoggedCall]) -> None:
        if changed:
            self._on_calls(changed)

    async def _read[T](self, read: Callable[[], T]) -> T:
        return await self._run(self._reads, read)

    async def _write[T](self, write: Callable[[], T]) -> T:
        return await self._run(self._writes, write)

    @staticmethod
    async def _run[T](executor: Executor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
