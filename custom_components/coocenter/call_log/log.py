"""The call log for the event loop: many records share a commit, and each is durable before it is acknowledged."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import batched
from pathlib import Path

from .model import CallFilter, Figures, HourFigures, LoggedCall, LogUnavailable, NotStored, Page, Trouble
from .record import LogRecord
from .spool import Spool
from .store import Office, Store

#: So many records share a commit at most: they are in one thread's hands for some milliseconds.
_BATCH = 250
#: Seconds that a record waits for company where nobody waits for it: a commit is as dear with one as with ten.
_UNHURRIED = 0.1
#: So many records wait for a commit at most; more than that are to be sent again.
_MAX_WAITING = 20_000
#: Seconds between two attempts while the database is in trouble.
_RETRY_AFTER = 5.0

type Listener = Callable[[Sequence[LoggedCall]], None]
#: A record on its way to the disk, and who waits for that.
type _Waiting = tuple[LogRecord, asyncio.Future[None]]


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
        self._soon: asyncio.TimerHandle | None = None
        self._mending: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._held = False
        self._closed = False
        #: Whoever writes, or keeps aside, has the turn: what was kept aside is emptied in one.
        self._turn = asyncio.Condition()

    async def open(self) -> None:
        """Open the database; where that fails records are kept aside, and it is tried again."""
        try:
            await self._write(self._store.open)
            async with self._turn:
                await self._unspool()
        except LogUnavailable as err:
            self._in_trouble(err.trouble)
        else:
            self._catching_up = asyncio.create_task(self._catch_up())

    async def close(self) -> None:
        """Write what waits and close the database; what comes later is not stored."""
        if self._closed:
            return
        self._closed = True
        await self.flush()
        for task in filter(None, (self._mending, self._catching_up)):
            task.cancel()
            await asyncio.wait([task])
        async with self._turn:
            self._turn.notify_all()
        await self._write(self._store.close)
        # The event loop does not wait for whoever still reads.
        for executor in (self._writes, self._reads):
            await _run(None, executor.shutdown)

    async def add(self, record: LogRecord) -> None:
        """Return when a record is durable; raises NotStored where it has to be sent again."""
        stored = self._queue(record)
        self._begin()
        await stored

    def note(self, record: LogRecord) -> None:
        """Store a record that nobody waits for."""
        with suppress(NotStored):
            # What is not stored is only less well known.
            self._queue(record).add_done_callback(lambda stored: stored.exception())
            if self._soon is None:
                self._soon = asyncio.get_running_loop().call_later(_UNHURRIED, self._begin)

    async def flush(self) -> None:
        """Return when all that was added so far is stored or kept aside."""
        self._begin()
        while self._work:
            # Who waits no longer does not end the work.
            await asyncio.wait([self._work])

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
        await self._change(partial(self._store.mark, uid, state, at))

    async def figures(self, start: datetime, end: datetime) -> Mapping[str, Figures]:
        """Return the figures of a span of time by queue, the PBX's as ""."""
        return await self._read(partial(self._store.figures, start, end))

    async def freshen_hours(self, since: datetime | None) -> list[datetime]:
        """Work out anew what changed of the hours, but not of those before `since`; return which."""
        return await self._change(partial(self._store.freshen_hours, since))

    async def hours(self, start: datetime) -> tuple[Mapping[str, Figures], list[HourFigures]]:
        """Return what all before `start` amounts to by queue, and each hour from then on."""
        return await self._read(partial(self._store.hours, start))

    async def purge(self, before: datetime) -> int:
        """Delete the calls that began before a moment, in small steps; return how many."""
        total = 0
        while gone := await self._change(partial(self._store.purge, before)):
            total += gone
        await self._change(self._store.optimise)
        return total

    async def forget(self, number: str) -> int:
        """Erase a number and its names everywhere; return of how many calls."""
        changed = await self._change(partial(self._store.forget, number))
        self._tell(changed)
        return len(changed)

    async def hold(self) -> None:
        """Let the database's files rest, whole, until `release`; records are kept aside meanwhile, the rest waits."""
        async with self._turn:
            self._held = True
            if not self._closed:
                with suppress(LogUnavailable):
                    await self._write(self._store.checkpoint)

    async def release(self) -> None:
        """Write again."""
        async with self._turn:
            self._held = False
            self._turn.notify_all()
            if self.trouble is None and not self._closed:
                try:
                    await self._unspool()
                except LogUnavailable as err:
                    self._in_trouble(err.trouble)

    def _queue(self, record: LogRecord) -> asyncio.Future[None]:
        if self._closed or len(self._waiting) >= _MAX_WAITING:
            raise NotStored
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((record, stored))
        return stored

    def _begin(self) -> None:
        """Store what waits, if that is not being done."""
        if self._soon:
            self._soon.cancel()
            self._soon = None
        if self._work is None and self._waiting:
            self._work = asyncio.create_task(self._store_waiting())

    async def _store_waiting(self) -> None:
        """Store what waits, and what has come meanwhile, until nothing does."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                await self._store_batch(batch)
        finally:
            # After an error that nobody foresaw there may be some left.
            self._work = asyncio.create_task(self._store_waiting()) if self._waiting else None

    async def _store_batch(self, batch: Sequence[_Waiting]) -> None:
        changed: Sequence[LoggedCall] = ()
        # Whatever goes wrong, nobody waits for ever: it is sent again.
        error: NotStored | None = NotStored()
        try:
            async with self._turn:
                changed = await self._store_records([record for record, _ in batch])
            error = None
        except NotStored as err:
            error = err
        finally:
            for _, stored in batch:
                # Who sent it may have hung up.
                if not stored.done():
                    stored.set_exception(error) if error else stored.set_result(None)
        self._tell(changed)

    async def _store_records(self, batch: Sequence[LogRecord]) -> Sequence[LoggedCall]:
        """Write records, or keep them aside; returns which calls changed, raises NotStored."""
        if not self.trouble and not self._held:
            try:
                return await self._write(partial(self._store.write, batch))
            except LogUnavailable as err:
                self._in_trouble(err.trouble)
        await _run(None, partial(self._spool.append, batch))
        return ()

    async def _unspool(self) -> None:
        """Write what was kept aside."""
        for batch in batched(await _run(None, self._spool.read), _BATCH, strict=False):
            self._tell(await self._write(partial(self._store.write, batch)))
        await _run(None, self._spool.clear)

    def _in_trouble(self, trouble: Trouble) -> None:
        if trouble is not self.trouble:
            self.trouble = trouble
            self._on_trouble(trouble)
        if not self._closed and (self._mending is None or self._mending.done()):
            self._mending = asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        """Try again and again until the database works and has what was kept aside."""
        while self.trouble:
            await asyncio.sleep(self._retry_after)
            try:
                # A server that does not answer must hold up nobody: what comes goes aside meanwhile.
                await self._write(self._store.open)
                async with self._turn:
                    await self._turn.wait_for(lambda: not self._held)
                    await self._unspool()
                    self.trouble = None
            except LogUnavailable as err:
                self._in_trouble(err.trouble)
        self._on_trouble(None)
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        """Make all calls anew after the office's time zone or country changed, some at a time."""
        after: int | None = 0
        while after is not None:
            try:
                after = await self._change(partial(self._store.catch_up, after))
            except LogUnavailable:
                await asyncio.sleep(self._retry_after)

    def _tell(self, changed: Sequence[LoggedCall]) -> None:
        if changed:
            self._on_calls(changed)

    async def _read[T](self, read: Callable[[], T]) -> T:
        if self._closed:
            raise LogUnavailable(Trouble.UNAVAILABLE)
        return await _run(self._reads, read)

    async def _change[T](self, change: Callable[[], T]) -> T:
        """Write what is no record: it waits while the files rest."""
        async with self._turn:
            await self._turn.wait_for(lambda: self._closed or not self._held)
            if self._closed:
                raise LogUnavailable(Trouble.UNAVAILABLE)
            return await self._write(change)

    async def _write[T](self, write: Callable[[], T]) -> T:
        return await _run(self._writes, write)


async def _run[T](executor: Executor | None, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
