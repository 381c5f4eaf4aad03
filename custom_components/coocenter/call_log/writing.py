"""Records into the database: each once, and the call that they amount to beside them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import batched
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from ..pbx import Party
from .entry import entry_of
from .model import LoggedCall
from .parties import CHUNK, Parties
from .record import MAX_UID, Kind, LogRecord, decode, digest, distinct, encode
from .rows import fitting, hour_of, row_of, storable
from .schema import ID_BITS, call_parties, calls, records, stale_hours

# Made once: to put a statement together takes longer than to execute it.
_OF_DIGESTS = select(records.c.digest, records.c.kind, records.c.data).where(
    records.c.pbx == bindparam("pbx"), records.c.digest.in_(bindparam("digests", expanding=True))
)
_OF_UIDS = select(calls).where(calls.c.pbx == bindparam("pbx"), calls.c.uid.in_(bindparam("uids", expanding=True)))
_OF_CALLS = select(records.c.call, records.c.digest, records.c.kind, records.c.data).where(
    records.c.call.in_(bindparam("ids", expanding=True))
)
_ADD_RECORDS, _ADD_CALLS, _ADD_LINKS = insert(records), insert(calls), insert(call_parties)


@dataclass(slots=True)
class _Call:
    """A call that records of a batch are about."""

    id: int
    uid: str
    records: dict[str, LogRecord] = field(default_factory=dict)
    """By their digest."""
    before: Mapping[str, Any] | None = None
    """Its row as it was."""


class Writer:
    """Write the records of one PBX, all in one thread. After an error nothing may be believed: `forget`."""

    def __init__(self, pbx: int, zone: tzinfo, region: str) -> None:
        self._pbx = pbx
        self._zone = zone
        self._parties = Parties(pbx, region)
        self._next: int | None = None
        self._stale: set[int] = set()

    def write(self, connection: Connection, batch: Iterable[LogRecord]) -> list[LoggedCall]:
        """Store what is new in a batch, and return the calls that are new or changed by it."""
        fresh = self._fresh(connection, distinct(map(_with_storable_ids, batch)))
        if not fresh:
            return []
        found = self._calls_of(connection, fresh)
        self._insert_records(connection, fresh, found)
        return self._put(connection, list({call.id: call for call in found.values()}.values()))

    def remake(self, connection: Connection, ids: Collection[int]) -> list[LoggedCall]:
        """Make calls anew of their records, and return those that changed."""
        found = dict[int, _Call]()
        for chunk in batched(ids, CHUNK, strict=False):
            query = select(calls).where(calls.c.id.in_(chunk))
            found |= {row["id"]: _stored(row) for row in connection.execute(query).mappings()}
        self._load(connection, found)
        return self._put(connection, list(found.values()))

    def forget(self) -> None:
        """Ask the database for everything again."""
        self._parties.forget()
        self._next = None
        self._stale.clear()

    def rekey(self, connection: Connection, after: int) -> int | None:
        """Tell of some parties anew which numbers are the same; return where to go on, None after the last."""
        return self._parties.rekey(connection, after)

    def hours_are_fresh(self) -> None:
        """Note the next change of an hour again."""
        self._stale.clear()

    def _fresh(self, connection: Connection, batch: dict[str, LogRecord]) -> dict[str, LogRecord]:
        """Return the records that are not stored as they are."""
        fresh = dict(batch)
        for chunk in batched(batch, CHUNK, strict=False):
            for row in connection.execute(_OF_DIGESTS, {"pbx": self._pbx, "digests": chunk}):
                if row.kind != Kind.LIVE or _is_told_again(fresh[row.digest], row.data):
                    del fresh[row.digest]
        return fresh

    def _calls_of(self, connection: Connection, fresh: Mapping[str, LogRecord]) -> dict[str, _Call]:
        """Return the call of each record by its digest: the one that has its id already, or a new one."""
        uids = {uid for record in fresh.values() for uid in (record.uid, record.call_uid) if uid}
        known = self._known(connection, uids)
        found = dict[str, _Call]()
        for key, record in fresh.items():
            root = record.call_uid or record.uid
            call = known.get(record.uid) or known.get(root)
            if call is None:
                call = known[root] = _Call(self._next_id(connection), root)
            # What is a part of the call is one from now on.
            call.records[key] = replace(record, uid=call.uid)
            found[key] = call
        return found

    def _known(self, connection: Connection, uids: Collection[str]) -> dict[str, _Call]:
        found = dict[str, _Call]()
        for chunk in batched(uids, CHUNK, strict=False):
            rows = connection.execute(_OF_UIDS, {"pbx": self._pbx, "uids": chunk}).mappings()
            found |= {row["uid"]: _stored(row) for row in rows}
        self._load(connection, {call.id: call for call in found.values()})
        return found

    @staticmethod
    def _load(connection: Connection, found: Mapping[int, _Call]) -> None:
        """Fill in the records that are stored of calls."""
        for chunk in batched(found, CHUNK, strict=False):
            for row in connection.execute(_OF_CALLS, {"ids": chunk}):
                call = found[row.call]
                call.records[row.digest] = decode(call.uid, Kind(row.kind), row.data)

    def _insert_records(
        self, connection: Connection, fresh: Mapping[str, LogRecord], found: Mapping[str, _Call]
    ) -> None:
        if live := [key for key, record in fresh.items() if record.kind is Kind.LIVE]:
            connection.execute(delete(records).where(records.c.pbx == self._pbx, records.c.digest.in_(live)))
        rows = [
            {
                "pbx": self._pbx,
                "digest": key,
                "call": found[key].id,
                "kind": record.kind.value,
                "data": encode(record),
            }
            for key, record in fresh.items()
        ]
        connection.execute(_ADD_RECORDS, rows)

    def _put(self, connection: Connection, found: Collection[_Call]) -> list[LoggedCall]:
        """Write the calls as their records say, where that is new, and who took part."""
        entries = {call.id: fitting(entry_of(call.uid, call.records.values(), self._zone)) for call in found}
        ids = self._parties.ids(connection, (party for entry in entries.values() for party in _parties(entry)))
        before = {call.id: call.before for call in found}
        rows = {number: {"id": number, **row_of(entry, self._pbx, ids)} for number, entry in entries.items()}
        changed = {number: row for number, row in rows.items() if row != before[number]}
        new = [row for number, row in changed.items() if before[number] is None]
        old = [row for number, row in changed.items() if before[number] is not None]
        if new:
            connection.execute(_ADD_CALLS, new)
        if old:
            names: dict[str, Any] = {name: bindparam(f"new_{name}") for name in old[0] if name != "id"}
            statement = update(calls).where(calls.c.id == bindparam("old_id")).values(names)
            connection.execute(
                statement, [{"old_id": row["id"]} | {f"new_{name}": row[name] for name in names} for row in old]
            )
            self._unlink(connection, [row["id"] for row in old])
        if changed:
            links = [
                {"party": party, "started": row["started"], "call": number}
                for number, row in changed.items()
                for party in dict.fromkeys(ids[party] for party in _parties(entries[number]))
            ]
            connection.execute(_ADD_LINKS, links)
            self._note_stale(connection, [*changed.values(), *(row for key in changed if (row := before[key]))])
        return [entries[number] for number in changed]

    def _unlink(self, connection: Connection, ids: Collection[int]) -> None:
        for chunk in batched(ids, CHUNK, strict=False):
            connection.execute(delete(call_parties).where(call_parties.c.call.in_(chunk)))

    def _note_stale(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Note the hours whose figures changed."""
        touched = {hour_of(row["started"]) for row in rows} - self._stale
        if not touched:
            return
        query = select(stale_hours.c.hour).where(stale_hours.c.pbx == self._pbx)
        missing = touched.difference(connection.execute(query).scalars())
        if missing:
            connection.execute(insert(stale_hours), [{"pbx": self._pbx, "hour": hour} for hour in sorted(missing)])
        self._stale |= touched

    def _next_id(self, connection: Connection) -> int:
        least = self._pbx << ID_BITS
        if self._next is None:
            query = select(func.max(calls.c.id)).where(calls.c.id.between(least, least + (1 << ID_BITS) - 1))
            self._next = (connection.execute(query).scalar_one() or least) + 1
        number, self._next = self._next, self._next + 1
        return number


def _stored(row: RowMapping) -> _Call:
    return _Call(row["id"], row["uid"], before=dict(row))


def _parties(entry: LoggedCall) -> list[Party]:
    """Return who took part: the two parties, and the extensions that are neither."""
    numbers = {entry.caller.number, entry.callee.number}
    return [entry.caller, entry.callee, *(Party(number) for number in sorted(entry.extensions - numbers))]


def _with_storable_ids(record: LogRecord) -> LogRecord:
    uid = storable(record.uid, MAX_UID) or f"?{digest(record)[-24:]}"
    # What was seen is of a whole call.
    call_uid = "" if record.kind is Kind.LIVE else storable(record.call_uid, MAX_UID)
    return replace(record, uid=uid, call_uid=call_uid)


def _is_told_again(record: LogRecord, data: str) -> bool:
    """Tell whether what was seen live is what was stored of it."""
    stored = decode(record.uid, Kind.LIVE, data)
    return (stored.body, stored.extensions) == (record.body, record.extensions)
