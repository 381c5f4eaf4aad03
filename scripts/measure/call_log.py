"""The call log with a great many calls in it: storing, the database's size, each query of the UI, the event loop."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import batched, cycle, islice
import os
from pathlib import Path
from tempfile import TemporaryDirectory
import time

from sqlalchemy import create_engine, text

from custom_components.coocenter.call_log import CallLog, LogRecord, Office, Store, sqlite_url
from scripts.measure.databases import mariadb_url, postgresql_url
from scripts.measure.figures import Figure, Target, lateness, progress
from scripts.measure.log_queries import PAGE, Ask, Query, pages_of, queries
from scripts.measure.loop_watch.stalls import Stalls
from scripts.measure.traffic import REGION, SEED, ZONE, Traffic

_OFFICE = Office(pbx="bench", zone=ZONE, region=REGION)
#: So many records share a commit at most, as in CallLog.
_BATCH = 250
#: Each rate is that of so many commits.
_COMMITS = 200
#: How often each question is asked again.
_AGAIN = 5
#: So many records are stored while the event loop is watched, and so many wait for a commit at once.
_ADDED, _AT_ONCE = 40_000, 64
_STORED = Target(2_000, "median", at_least=True)
_SIZES: Mapping[str, str] = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "mariadb": "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A database and how it is called in the result."""

    name: str
    url: str
    file: Path | None = None

    def size(self) -> int:
        """Return the bytes it takes on the disk; what is not flushed yet is for the server to know."""
        if self.file:
            return self.file.stat().st_size
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return int(connection.execute(text(_SIZES[self.name])).scalar_one())
        finally:
            engine.dispose()

    def chill(self) -> None:
        """Let the operating system forget what it has of the file; a server's memory stays as it is."""
        if self.file:
            with self.file.open("rb") as file:
                os.fdatasync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


async def measure(calls: int, databases: Sequence[str]) -> list[Figure]:
    """Fill a log in each database, ask it everything, and watch the event loop while it is written and read."""
    figures = []
    for name in databases:
        with PLACES[name]() as place, TemporaryDirectory(prefix="coocenter-bench-") as folder:
            figures += await asyncio.to_thread(_measure_store, place, calls)
            figures += await _measure_log(place, calls, Path(folder) / "spool")
    return figures


def _measure_store(place: _Place, calls: int) -> list[Figure]:
    store = Store(place.url, _OFFICE)
    store.open()
    try:
        figures = _fill(place, store, calls)
        progress(f"{place.name}: asking")
        asked = queries(Traffic(calls), store)
        unknown = tuple(_timed(ask, store) for ask in pages_of(asked) for _ in range(2))[1::2]
        figures.append(Figure(f"{place.name}: every page, before it was ever optimised", "ms", unknown, Target(PAGE)))
        store.optimise()
        store.checkpoint()
        figures.append(Figure(f"{place.name}: size of {calls:,} calls", "MB", (place.size() / 1e6,)))
        return figures + [figure for query in asked for figure in _ask(place, store, query)]
    finally:
        store.close()


def _fill(place: _Place, store: Store, calls: int) -> list[Figure]:
    """Write all calls as they would be pushed, only without pauses."""
    rates, total, done = list[float](), 0.0, 0
    batches = batched(Traffic(calls).pushes(), _BATCH, strict=False)
    while some := list(islice(batches, _COMMITS)):
        ready = [[push.record() for push in batch] for batch in some]
        began = time.perf_counter()
        for batch in ready:
            store.write(batch)
        took = time.perf_counter() - began
        records = sum(map(len, ready))
        rates.append(records / took)
        total, done = total + took, done + records
        progress(f"{place.name}: {done:,} records, {rates[-1]:,.0f} a second")
    return [
        Figure(f"{place.name}: storing, {_BATCH} records a commit", "records/s", tuple(rates)),
        Figure(f"{place.name}: storing, {_BATCH} records a commit", "calls/s", (calls / total,)),
    ]


def _ask(place: _Place, store: Store, query: Query) -> list[Figure]:
    """Ask with each value, first when nothing of it is in any memory of ours, and then again and again."""
    first, again = list[float](), list[float]()
    for ask in query.asked:
        store.close()
        place.chill()
        store.open()
        first.append(_timed(ask, store))
        again += [_timed(ask, store) for _ in range(_AGAIN)]
    target = Target(query.target) if query.target else None
    name = f"{place.name}: {query.name}"
    return [Figure(name, "ms", tuple(again), target), Figure(f"{name}, the first time", "ms", tuple(first))]


def _timed(ask: Ask, store: Store) -> float:
    began = time.perf_counter()
    ask(store)
    return (time.perf_counter() - began) * 1000


async def _measure_log(place: _Place, calls: int, spool: Path) -> list[Figure]:
    """Write and read through what Home Assistant uses; the calls are others than those that are there already."""
    log = CallLog(place.url, _OFFICE, spool, on_calls=lambda _calls: None, on_trouble=lambda _trouble: None)
    await log.open()
    try:
        asked = await asyncio.to_thread(_queries, place, calls)
        pushes = Traffic(_ADDED, seed=SEED + 1).pushes()
        records = [push.record() for push in islice(pushes, _ADDED)]
        half = len(records) // 2
        progress(f"{place.name}: storing while nobody reads, and while two readers do")
        alone = await _watched(f"{place.name}: storing", log, records[:half], ())
        return alone + await _watched(f"{place.name}: storing, two readers", log, records[half:], asked)
    finally:
        await log.close()


def _queries(place: _Place, calls: int) -> Sequence[Ask]:
    store = Store(place.url, _OFFICE)
    store.open()
    try:
        return pages_of(queries(Traffic(calls), store))
    finally:
        store.close()


async def _watched(what: str, log: CallLog, records: Sequence[LogRecord], asked: Sequence[Ask]) -> list[Figure]:
    """Store records, some at once, while questions are asked all the time; watch how late the event loop is."""
    left = iter(records)

    async def store() -> None:
        for record in left:
            await log.add(record)

    async def read(asks: Iterator[Ask]) -> None:
        for ask in asks:
            await ask(log)

    stalls = Stalls()
    began = time.perf_counter()
    readers = [asyncio.create_task(read(cycle(asked[reader::2]))) for reader in range(2) if asked]
    await asyncio.gather(*(store() for _ in range(_AT_ONCE)))
    took = time.perf_counter() - began
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return [
        Figure(f"{what}, {_AT_ONCE} at once, each acknowledged", "records/s", (len(records) / took,), _STORED),
        *lateness(what, await stalls.stop()),
    ]


@contextmanager
def _sqlite() -> Iterator[_Place]:
    with TemporaryDirectory(prefix="coocenter-bench-") as folder:
        file = Path(folder) / "calls.db"
        yield _Place("sqlite", sqlite_url(file), file)


@contextmanager
def _postgresql() -> Iterator[_Place]:
    with postgresql_url(durable=True) as url:
        yield _Place("postgresql", url)


@contextmanager
def _mariadb() -> Iterator[_Place]:
    with mariadb_url(durable=True) as url:
        yield _Place("mariadb", url)


PLACES: Mapping[str, Callable[[], AbstractContextManager[_Place]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mariadb": _mariadb,
}
