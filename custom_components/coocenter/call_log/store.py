"""The database of one PBX's call log, for the threads that may wait for it. Everything here blocks."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from ..pbx import Direction, Outcome
from . import erasing, figures
from .database import explained, is_file, open_database
from .model import CallFilter, Figures, HourFigures, LoggedCall, LogUnavailable, Page, Trouble
from .parties import key_of
from .record import MAX_UID, LogRecord
from .rows import call_of, moment, seconds, select_calls, storable
from .schema import calls, marks, metadata, parties, pbxs
from .search import Search
from .writing import Writer

#: So many calls are made anew or purged at once: a push waits for no more than that.
STEP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a log must know of the office to read its numbers and times."""

    pbx: str
    """Which PBX of those whose calls are in the database."""
    zone: tzinfo
    region: str = ""
    """Its country (ISO 3166), empty where nobody said."""
    in_time: int = 20
    """Seconds within which a call is to be answered (service level)."""


class Store:
    """The calls of one PBX in a database; all writing methods in one thread, all may raise LogUnavailable."""

    def __init__(self, url: str, office: Office) -> None:
        self._url = url
        self._office = office
        self._engine: Engine | None = None
        self._pbx = 0
        self._writer = Writer(0, office.zone, office.region)
        self._search = Search(0, office.region)

    def open(self) -> None:
        """Open the database; what it says of other zones or countries is out of date until `catch_up`."""
        engine = open_database(self._url)
        try:
            with explained(), engine.begin() as connection:
                self._pbx = self._own_id(connection)
        except LogUnavailable:
            engine.dispose()
            raise
        self._writer = Writer(self._pbx, self._office.zone, self._office.region)
        self._search = Search(self._pbx, self._office.region)
        # Until here what was open is read, as of a file that is only locked.
        before, self._engine = self._engine, engine
        if before:
            before.dispose()

    def close(self) -> None:
        """Close the database; the last one out leaves a single file behind."""
        if self._engine:
            self._engine.dispose()
        self._engine = None

    def write(self, batch: Iterable[LogRecord]) -> list[LoggedCall]:
        """Store what is new and return the calls that it changed; durable on return."""
        with self._writing() as connection:
            return self._writer.write(connection, batch)

    def catch_up(self, after: int = 0) -> int | None:
        """Make some calls anew for another time zone or country than they were made for; return where to go on.

        None when nothing is left to do. What is below zero is the last party, of which all come before the calls.
        """
        with self._writing() as connection:
            if self._is_current(connection):
                return None
            if after <= 0 and (last := self._writer.rekey(connection, -after)):
                return -last
            query = select(calls.c.id).where(calls.c.pbx == self._pbx, calls.c.id > after).order_by(calls.c.id)
            ids = connection.execute(query.limit(STEP)).scalars().all()
            if ids:
                self._writer.remake(connection, ids)
                return int(ids[-1])
            figures.all_hours_are_stale(connection, self._pbx)
            self._writer.hours_are_fresh()
            connection.execute(update(pbxs).where(pbxs.c.id == self._pbx).values(self._made_for))
            return None

    def page(self, wanted: CallFilter, limit: int, cursor: str | None = None) -> Page:
        """Return a page of calls, the newest first; raises BadCursor too."""
        with self._reading() as connection:
            return self._search.page(connection, wanted, limit, cursor)

    def one(self, uid: str) -> LoggedCall | None:
        """Return a call by the PBX's id of it."""
        with self._reading() as connection:
            return self._search.one(connection, uid)

    def count(self) -> int:
        """Return how many calls there are."""
        with self._reading() as connection:
            query = select(func.count()).select_from(calls).where(calls.c.pbx == self._pbx)
            return int(connection.execute(query).scalar_one())

    def contacts(self, limit: int) -> list[tuple[str, str, datetime]]:
        """Return number, name and last call of those outside who were in touch last, the newest first."""
        newest = func.max(calls.c.started).label("newest")
        query = (
            select(parties.c.number, parties.c.name, newest)
            .join(calls, calls.c.contact == parties.c.id)
            .where(calls.c.pbx == self._pbx)
            .group_by(parties.c.id, parties.c.number, parties.c.name)
            .order_by(newest.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return [(row.number, row.name, moment(row.newest)) for row in connection.execute(query)]

    def call_backs(self, since: datetime) -> list[LoggedCall]:
        """Return the missed calls from outside, and the answered ones with the same callers; the oldest first."""
        missed = (
            calls.c.pbx == self._pbx,
            calls.c.started >= seconds(since),
            calls.c.direction == Direction.INBOUND.value,
            calls.c.outcome.in_((Outcome.MISSED.value, Outcome.VOICEMAIL.value)),
        )
        callers = select(parties.c.number_key).join(calls, calls.c.contact == parties.c.id).where(*missed)
        same = select(parties.c.id).where(parties.c.pbx == self._pbx, parties.c.number_key.in_(callers))
        answered = (
            calls.c.pbx == self._pbx,
            calls.c.started >= seconds(since),
            calls.c.outcome == Outcome.ANSWERED.value,
            calls.c.contact.in_(same),
        )
        queries = [select_calls().where(*missed), select_calls().where(*answered)]
        with self._reading() as connection:
            found = [call_of(row) for query in queries for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda call: (call.started, call.uid))

    def marks(self) -> Mapping[str, tuple[str, datetime]]:
        """Return what a person did with items of the list of missed calls, by the call of each."""
        with self._reading() as connection:
            rows = connection.execute(select(marks).where(marks.c.pbx == self._pbx))
            return {row.uid: (row.state, moment(row.at)) for row in rows}

    def mark(self, uid: str, state: str | None, at: datetime) -> None:
        """Note what a person did with an item, None to take it back."""
        with self._writing() as connection:
            uid = storable(uid, MAX_UID)
            connection.execute(delete(marks).where(marks.c.pbx == self._pbx, marks.c.uid == uid))
            if state:
                connection.execute(insert(marks).values(pbx=self._pbx, uid=uid, state=state, at=seconds(at)))

    def figures(self, start: datetime, end: datetime) -> Mapping[str, Figures]:
        """Return the figures of a span of time by queue, the PBX's as ""."""
        with self._reading() as connection:
            return figures.figures_between(connection, self._pbx, start, end, self._office.in_time)

    def freshen_hours(self, since: datetime | None) -> list[datetime]:
        """Work out anew what changed of the hours, but not of those before `since`; return which."""
        with self._writing() as connection:
            changed = figures.freshen(connection, self._pbx, self._office.in_time, since)
        self._writer.hours_are_fresh()
        return [moment(hour) for hour in changed]

    def hours(self, start: datetime) -> tuple[Mapping[str, Figures], list[HourFigures]]:
        """Return what all before `start` amounts to by queue, and each hour from then on."""
        with self._reading() as connection:
            before = figures.sums_before(connection, self._pbx, start)
            return before, figures.hours_since(connection, self._pbx, start)

    def purge(self, before: datetime) -> int:
        """Delete a few of the calls that began before a moment; return how many, 0 when none is left."""
        with self._writing() as connection:
            gone = erasing.purge(connection, self._pbx, seconds(before), STEP)
            self._writer.forget()
            return gone

    def forget(self, number: str) -> list[LoggedCall]:
        """Erase a number and its names, and return its calls as they are without; an extension stays."""
        region = self._office.region
        if not (key := key_of(number, region)):
            return []
        with self._writing() as connection:
            ids = erasing.calls_of_number(connection, self._pbx, key)
            ids = erasing.scrub(connection, self._pbx, ids, key, lambda other: key_of(other, region))
            changed = self._writer.remake(connection, ids)
            erasing.delete_unused(connection, self._pbx, key)
            self._writer.forget()
        # What the database learnt of its columns, and the log of the file, have the number, too.
        self.optimise()
        self.checkpoint()
        return changed

    def checkpoint(self) -> None:
        """Bring all of a file's log into the file: what was erased is gone, and a copy of the file is whole."""
        if self._engine and is_file(self._engine):
            with explained(), self._engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def optimise(self) -> None:
        """Let the database learn what its tables hold."""
        names = ", ".join(table.name for table in metadata.sorted_tables)
        with explained(), self._opened.connect() as connection:
            match connection.dialect.name:
                case "sqlite":
                    raw: Any = connection.connection.driver_connection
                    raw.execute("PRAGMA optimize=0x10002")
                case "postgresql":
                    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(f"ANALYZE {names}"))
                case _:
                    connection.execute(text(f"ANALYZE TABLE {names}"))

    @property
    def _opened(self) -> Engine:
        if self._engine is None:
            raise LogUnavailable(Trouble.UNAVAILABLE)
        return self._engine

    @property
    def _made_for(self) -> dict[str, str]:
        return {"zone": str(self._office.zone)[:64], "region": self._office.region[:2]}

    def _own_id(self, connection: Connection) -> int:
        own = connection.execute(select(pbxs.c.id).where(pbxs.c.name == self._office.pbx)).scalar_one_or_none()
        if own is None:
            own = int(connection.execute(select(func.coalesce(func.max(pbxs.c.id), 0))).scalar_one()) + 1
            connection.execute(insert(pbxs).values(id=own, name=self._office.pbx, **self._made_for))
        return own

    def _is_current(self, connection: Connection) -> bool:
        row = connection.execute(select(pbxs.c.zone, pbxs.c.region).where(pbxs.c.id == self._pbx)).one()
        return {"zone": row.zone, "region": row.region} == self._made_for

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with explained(), self._opened.begin() as connection:
                yield connection
        except BaseException:
            # Nothing of what was begun is in the database.
            self._writer.forget()
            raise

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(), self._opened.connect().execution_options(reads_only=True) as connection:
            yield connection
