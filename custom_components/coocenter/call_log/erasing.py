"""Taking calls out of the log: old ones, and all that names a number."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, replace
from itertools import batched
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update

from ..pbx import Party
from .parties import CHUNK
from .record import Kind, LogRecord, decode, encode
from .schema import call_parties, calls, marks, parties, party_parts, records

#: The fields of a record's body that name somebody's number, with the one that has the name to it.
_NUMBERS = {
    "caller": None,
    "called": None,
    "source": None,
    "destination": "destination_name",
    "forward_number": None,
}


def purge(connection: Connection, pbx: int, before: int, limit: int) -> int:
    """Delete the oldest calls that began before a moment, at most `limit`; return how many."""
    query = select(calls.c.id).where(calls.c.pbx == pbx, calls.c.started < before).order_by(calls.c.started)
    ids = connection.execute(query.limit(limit)).scalars().all()
    for chunk in batched(ids, CHUNK, strict=False):
        of_them = select(call_parties.c.party).where(call_parties.c.call.in_(chunk)).distinct()
        touched = connection.execute(of_them).scalars().all()
        connection.execute(delete(call_parties).where(call_parties.c.call.in_(chunk)))
        connection.execute(delete(records).where(records.c.call.in_(chunk)))
        connection.execute(delete(calls).where(calls.c.id.in_(chunk)))
        delete_unused(connection, touched)
    if not ids:
        connection.execute(delete(marks).where(marks.c.pbx == pbx, marks.c.at < before))
    return len(ids)


def calls_of_number(connection: Connection, pbx: int, key: str) -> Sequence[int]:
    """Return the calls that a number took part in."""
    query = (
        select(call_parties.c.call)
        .join(parties, parties.c.id == call_parties.c.party)
        .where(parties.c.pbx == pbx, parties.c.number_key == key)
        .distinct()
    )
    return connection.execute(query).scalars().all()


def parties_of_number(connection: Connection, pbx: int, key: str) -> Sequence[int]:
    """Return the spellings and names of a number."""
    query = select(parties.c.id).where(parties.c.pbx == pbx, parties.c.number_key == key)
    return connection.execute(query).scalars().all()


def scrub(connection: Connection, pbx: int, ids: Collection[int], is_meant: Callable[[str], bool]) -> None:
    """Erase a number from the records of calls; that they took place, and when, stays."""
    columns = records.c.digest, records.c.uid, records.c.kind, records.c.data
    for chunk in batched(ids, CHUNK, strict=False):
        for row in connection.execute(select(*columns).where(records.c.call.in_(chunk))).all():
            record = decode(row.uid, Kind(row.kind), row.data)
            if (clean := _without(record, is_meant)) is not record:
                connection.execute(
                    update(records)
                    .where(records.c.pbx == pbx, records.c.digest == row.digest)
                    .values(data=encode(clean))
                )


def delete_unused(connection: Connection, ids: Collection[int]) -> None:
    """Delete the parties that take part in no call."""
    used = exists().where(call_parties.c.party == parties.c.id)
    for chunk in batched(ids, CHUNK, strict=False):
        query = select(parties.c.id).where(parties.c.id.in_(chunk), ~used)
        if unused := connection.execute(query).scalars().all():
            connection.execute(delete(party_parts).where(party_parts.c.party.in_(unused)))
            connection.execute(delete(parties).where(parties.c.id.in_(unused)))


def _without(record: LogRecord, is_meant: Callable[[str], bool]) -> LogRecord:
    """Return a record without a number and the name to it; the path of its recording names it, too."""
    body = record.body
    emptied: dict[str, object] = {}
    for name in (field.name for field in fields(body) if field.name in (*_NUMBERS, "callee")):
        value = getattr(body, name)
        if isinstance(value, Party):
            if value.number and is_meant(value.number):
                emptied[name] = Party()
        elif value and is_meant(value):
            emptied[name] = ""
            if other := _NUMBERS[name]:
                emptied[other] = ""
    if not emptied:
        return record
    if hasattr(body, "recording"):
        emptied["recording"] = ""
    # Each field is emptied of its own kind.
    changes: Any = emptied
    return replace(record, body=replace(body, **changes))
