"""Taking calls out of the log: old ones, and all that names a number."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields, replace
from itertools import batched
import re
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update

from ..pbx import Party
from .parties import CHUNK
from .record import Kind, LogRecord, decode, encode
from .schema import call_parties, calls, marks, parties, party_parts, records

#: The fields of a record's body that may name somebody's number, with the one that has the name to it.
_NUMBERS = {
    "caller": "",
    "callee": "",
    "called": "",
    "source": "",
    "destination": "destination_name",
    "forward_number": "",
    "digits": "",
}
_FEWEST_DIGITS, _MOST_DIGITS = 7, 9
#: So many are looked for at once; what is left is found the night after.
_MOST_UNUSED = 5_000
_UNUSED = select(parties.c.id).where(~exists().where(call_parties.c.party == parties.c.id))


def purge(connection: Connection, pbx: int, before: int, limit: int) -> int:
    """Delete the oldest calls that began before a moment, at most `limit`; return how many."""
    query = (
        select(calls.c.id, calls.c.uid).where(calls.c.pbx == pbx, calls.c.started < before).order_by(calls.c.started)
    )
    found = connection.execute(query.limit(limit)).all()
    for chunk in batched(found, CHUNK, strict=False):
        ids = [row.id for row in chunk]
        of_them = select(call_parties.c.party).where(call_parties.c.call.in_(ids)).distinct()
        touched = connection.execute(of_them).scalars().all()
        connection.execute(delete(call_parties).where(call_parties.c.call.in_(ids)))
        connection.execute(delete(records).where(records.c.call.in_(ids)))
        connection.execute(delete(calls).where(calls.c.id.in_(ids)))
        connection.execute(delete(marks).where(marks.c.pbx == pbx, marks.c.uid.in_([row.uid for row in chunk])))
        _delete(connection, connection.execute(_UNUSED.where(parties.c.id.in_(touched))).scalars().all())
    if not found:
        # Of some the name was learnt later, and who has it is another party.
        _delete(connection, connection.execute(_UNUSED.where(parties.c.pbx == pbx).limit(_MOST_UNUSED)).scalars().all())
    return len(found)


def calls_of_number(connection: Connection, pbx: int, key: str) -> list[int]:
    """Return the calls that a number took part in, or whose records seem to have it elsewhere.

    But not those in which it is an extension: that is a part of the office.
    """
    of_number = select(parties.c.id).where(parties.c.pbx == pbx, parties.c.number_key == key)
    queries = [select(call_parties.c.call).where(call_parties.c.party.in_(of_number))]
    if tail := _tail(key):
        queries.append(select(records.c.call).where(records.c.pbx == pbx, records.c.data.contains(tail)))
    found = {call for query in queries for call in connection.execute(query).scalars()}
    kept: list[int] = []
    for chunk in batched(sorted(found), CHUNK, strict=False):
        rows = connection.execute(select(calls.c.id, calls.c.extensions).where(calls.c.id.in_(chunk)))
        kept += (row.id for row in rows if key not in row.extensions.split("\n"))
    return kept


def scrub(connection: Connection, pbx: int, ids: Collection[int], key: str, key_of: Callable[[str], str]) -> list[int]:
    """Erase a number from the records of calls that have it, and return these; that they took place stays."""
    touched: list[int] = []
    columns = records.c.call, records.c.digest, records.c.kind, records.c.data
    for chunk in batched(ids, CHUNK, strict=False):
        of_calls: dict[int, dict[str, LogRecord]] = {}
        for row in connection.execute(select(*columns).where(records.c.call.in_(chunk))):
            of_calls.setdefault(row.call, {})[row.digest] = decode("", Kind(row.kind), row.data)
        for call, kept in of_calls.items():
            if any(_has(record, key, key_of) for record in kept.values()):
                touched.append(call)
                for digest, record in kept.items():
                    clean = encode(_without(record, key, key_of))
                    of_record = records.c.pbx == pbx, records.c.digest == digest
                    connection.execute(update(records).where(*of_record).values(data=clean))
    return touched


def delete_unused(connection: Connection, pbx: int, key: str) -> None:
    """Delete the spellings and names of a number that takes part in no call."""
    of_number = _UNUSED.where(parties.c.pbx == pbx, parties.c.number_key == key)
    _delete(connection, connection.execute(of_number).scalars().all())


def _delete(connection: Connection, ids: Sequence[int]) -> None:
    for chunk in batched(ids, CHUNK, strict=False):
        connection.execute(delete(party_parts).where(party_parts.c.party.in_(chunk)))
        connection.execute(delete(parties).where(parties.c.id.in_(chunk)))


def _numbers(record: LogRecord) -> Iterator[tuple[str, str]]:
    """Yield the fields that name a number, and it."""
    for name in (field.name for field in fields(record.body) if field.name in _NUMBERS):
        value = getattr(record.body, name)
        if number := value.number if isinstance(value, Party) else value:
            yield name, number


def _has(record: LogRecord, key: str, key_of: Callable[[str], str]) -> bool:
    tail, path = _tail(key), getattr(record.body, "recording", "")
    return bool(tail and tail in path) or any(key_of(number) == key for _, number in _numbers(record))


def _without(record: LogRecord, key: str, key_of: Callable[[str], str]) -> LogRecord:
    """Return a record without a number and the name to it, nor the recording: its path names all who were called."""
    # Each field is emptied of its own kind.
    emptied: dict[str, Any] = {"recording": ""} if hasattr(record.body, "recording") else {}
    for name, number in _numbers(record):
        if key_of(number) == key:
            emptied[name] = type(getattr(record.body, name))()
            if other := _NUMBERS[name]:
                emptied[other] = ""
    return replace(record, body=replace(record.body, **emptied))


def _tail(key: str) -> str:
    """Return the digits that all spellings of a number end with, empty where they are too few to tell it."""
    digits = re.sub(r"\D", "", key)
    return digits[-_MOST_DIGITS:] if len(digits) >= _FEWEST_DIGITS else ""
