"""The parties of calls in the database: each pair of number and name once, and found by any part of either."""

from collections.abc import Collection, Iterable, Iterator
from itertools import batched
import re
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from ..pbx import Bounded, Party
from ..pbx.matching import number_key
from .schema import ID_BITS, PART_LENGTH, parties, party_parts

#: So many values stand in one condition; SQLite takes more, no database takes any number.
CHUNK = 500
_REMEMBERED = 50_000
_MAX_NUMBER = 64
_MAX_NAME = 255
#: A part that is shorter is in so many numbers that an index of it is of no use.
SHORTEST_PART = 2
_SEARCHED_NAME = 64
_ONLY_NUMBER = re.compile(r"[\d\s+()./*#-]+", re.ASCII)


class Parties:
    """Give each party of a PBX its id."""

    def __init__(self, pbx: int, region: str) -> None:
        self._pbx = pbx
        self._region = region
        self._ids: Bounded[Party, int] = Bounded(_REMEMBERED)
        self._next: int | None = None

    def ids(self, connection: Connection, wanted: Iterable[Party]) -> dict[Party, int]:
        """Return the ids of parties, after making those that were not there."""
        found, missing = dict[Party, int](), list[Party]()
        for party in dict.fromkeys(wanted):
            if (known := self._ids.get(party)) is not None:
                found[party] = known
            else:
                missing.append(party)
        for chunk in batched(missing, CHUNK, strict=False):
            found |= self._stored(connection, chunk)
        if new := [party for party in missing if party not in found]:
            found |= self._make(connection, new)
        for party in missing:
            self._ids[party] = found[party]
        return found

    def forget(self) -> None:
        """Ask the database for every id again: what was made lately may have been undone."""
        self._ids.clear()
        self._next = None

    def rekey(self, connection: Connection) -> None:
        """Tell anew which numbers are the same, by the plan of the country that counts now."""
        query = select(parties.c.id, parties.c.number, parties.c.name).where(parties.c.pbx == self._pbx)
        for chunk in batched(connection.execute(query).all(), CHUNK, strict=False):
            rows = [self._row(Party(row.number, row.name), row.id) for row in chunk]
            changes = [{"old_id": row["id"], "key": row["number_key"], "text": row["search"]} for row in rows]
            statement = update(parties).where(parties.c.id == bindparam("old_id"))
            connection.execute(statement.values(number_key=bindparam("key"), search=bindparam("text")), changes)
            connection.execute(delete(party_parts).where(party_parts.c.party.in_([row["id"] for row in rows])))
            self._insert_parts(connection, rows)

    def _stored(self, connection: Connection, wanted: Collection[Party]) -> dict[Party, int]:
        columns = parties.c.id, parties.c.number, parties.c.name
        pairs = [(party.number, party.name) for party in wanted]
        query = select(*columns).where(parties.c.pbx == self._pbx, tuple_(parties.c.number, parties.c.name).in_(pairs))
        return {Party(row.number, row.name): row.id for row in connection.execute(query)}

    def _make(self, connection: Connection, new: Collection[Party]) -> dict[Party, int]:
        first = self._next_id(connection)
        made = {party: first + index for index, party in enumerate(new)}
        rows = [self._row(party, number) for party, number in made.items()]
        connection.execute(insert(parties), rows)
        self._insert_parts(connection, rows)
        self._next = first + len(made)
        return made

    @staticmethod
    def _insert_parts(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
        parts = [
            {"part": part, "party": row["id"]}
            for row in rows
            for part in _parts(row["number"], row["number_key"], row["name"])
        ]
        if parts:
            connection.execute(insert(party_parts), parts)

    def _next_id(self, connection: Connection) -> int:
        if self._next is None:
            least = self._pbx << ID_BITS
            query = select(func.max(parties.c.id)).where(parties.c.id.between(least, least + (1 << ID_BITS) - 1))
            newest = connection.execute(query).scalar_one()
            self._next = least + 1 if newest is None else newest + 1
        return self._next

    def _row(self, party: Party, number: int) -> dict[str, Any]:
        key = number_key(party.number, self._region or None)[:_MAX_NUMBER]
        return {
            "id": number,
            "pbx": self._pbx,
            "number": party.number,
            "name": party.name,
            "number_key": key,
            "search": "\n".join((_bare(party.number), _bare(key), party.name.casefold()[:_SEARCHED_NAME])),
        }


def storable(party: Party) -> Party:
    """Return a party as it fits into the database."""
    return Party(party.number[:_MAX_NUMBER], party.name[:_MAX_NAME])


def words(text: str) -> list[str]:
    """Return what is searched for in the form in which it is stored, each part of it by itself."""
    if _ONLY_NUMBER.fullmatch(text):
        return [bare] if (bare := _bare(text)) else []
    return [_bare(word) if _ONLY_NUMBER.fullmatch(word) else word for word in text.casefold().split()]


def _bare(number: str) -> str:
    return "".join(sign for sign in number.casefold() if sign.isalnum() or sign in "*#")


def _parts(number: str, key: str, name: str) -> set[str]:
    return {part for text in (_bare(number), _bare(key), name.casefold()[:_SEARCHED_NAME]) for part in _ends(text)}


def _ends(text: str) -> Iterator[str]:
    for start in range(len(text) - SHORTEST_PART + 1):
        # Of a part that begins with a space nobody knows that it is one.
        if not text[start].isspace():
            yield text[start : start + PART_LENGTH]
