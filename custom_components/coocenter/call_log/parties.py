"""The parties of calls in the database: each pair of number and name once, and found by any part of either."""

from collections.abc import Collection, Iterable, Iterator
from itertools import batched
import re
from typing import Any
import unicodedata

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from ..pbx import Bounded, Party
from ..pbx.matching import number_key
from .rows import MAX_NUMBER, storable
from .schema import ID_BITS, PART_LENGTH, parties, party_parts

#: So many values stand in one condition; SQLite takes more, no database takes any number.
CHUNK = 500
_REMEMBERED = 50_000
#: A part that is shorter is in so many numbers that an index of it is of no use.
SHORTEST_PART = 2
#: So much of a number or name is searched.
_SEARCHED = 64
_MOST_WORDS = 20
# Made once: to put a statement together takes longer than to execute it.
_OF_PAIRS = select(parties.c.id, parties.c.number, parties.c.name).where(
    parties.c.pbx == bindparam("pbx"),
    tuple_(parties.c.number, parties.c.name).in_(bindparam("pairs", expanding=True)),
)
_ADD_PARTIES, _ADD_PARTS = insert(parties), insert(party_parts)
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

    def rekey(self, connection: Connection, after: int) -> int | None:
        """Tell of some anew which numbers are the same, by the plan of the country that counts now.

        Returns the last of those that come after a party, None when all were before.
        """
        query = select(parties.c.id, parties.c.number, parties.c.name).order_by(parties.c.id).limit(CHUNK)
        found = connection.execute(query.where(parties.c.pbx == self._pbx, parties.c.id > after)).all()
        if not found:
            return None
        rows = [self._row(Party(row.number, row.name), row.id) for row in found]
        changes = [{"old_id": row["id"], "key": row["number_key"], "text": row["search"]} for row in rows]
        statement = update(parties).where(parties.c.id == bindparam("old_id"))
        connection.execute(statement.values(number_key=bindparam("key"), search=bindparam("text")), changes)
        connection.execute(delete(party_parts).where(party_parts.c.party.in_([row["id"] for row in rows])))
        self._insert_parts(connection, rows)
        return int(rows[-1]["id"])

    def _stored(self, connection: Connection, wanted: Collection[Party]) -> dict[Party, int]:
        pairs = [(party.number, party.name) for party in wanted]
        rows = connection.execute(_OF_PAIRS, {"pbx": self._pbx, "pairs": pairs})
        return {Party(row.number, row.name): row.id for row in rows}

    def _make(self, connection: Connection, new: Collection[Party]) -> dict[Party, int]:
        first = self._next_id(connection)
        made = {party: first + index for index, party in enumerate(new)}
        rows = [self._row(party, number) for party, number in made.items()]
        connection.execute(_ADD_PARTIES, rows)
        self._insert_parts(connection, rows)
        self._next = first + len(made)
        return made

    @staticmethod
    def _insert_parts(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
        parts = [
            {"part": part, "party": row["id"]}
            for row in rows
            for part in {part for text in row["search"].split("\n") for part in _ends(text)}
        ]
        if parts:
            connection.execute(_ADD_PARTS, parts)

    def _next_id(self, connection: Connection) -> int:
        if self._next is None:
            least = self._pbx << ID_BITS
            query = select(func.max(parties.c.id)).where(parties.c.id.between(least, least + (1 << ID_BITS) - 1))
            newest = connection.execute(query).scalar_one()
            self._next = least + 1 if newest is None else newest + 1
        return self._next

    def _row(self, party: Party, number: int) -> dict[str, Any]:
        key = key_of(party.number, self._region)
        return {
            "id": number,
            "pbx": self._pbx,
            "number": party.number,
            "name": party.name,
            "number_key": key,
            "search": "\n".join(text[:_SEARCHED] for text in (_bare(party.number), _bare(key), _folded(party.name))),
        }


def key_of(number: str, region: str) -> str:
    """Return what all spellings of a number have in common, as the database holds it."""
    return storable(number_key(storable(number, MAX_NUMBER), region or None), MAX_NUMBER)


def words(text: str) -> list[tuple[str, ...]]:
    """Return the words that are searched for, each in the forms of which one must be stored."""
    folded = _folded(storable(text, _SEARCHED * _MOST_WORDS))
    found = [folded] if _ONLY_NUMBER.fullmatch(folded) else folded.split()
    spelled = dict.fromkeys(_spellings(word) for word in found[:_MOST_WORDS])
    return [forms for forms in spelled if forms]


def _spellings(word: str) -> tuple[str, ...]:
    """Return a word, and a number without what people put between its digits; of that alone nothing is found."""
    # What is longer than all that is stored is found nowhere, however much longer it is.
    word = word[: _SEARCHED + 1]
    if not _ONLY_NUMBER.fullmatch(word):
        return (word,)
    return tuple(dict.fromkeys((bare, word))) if (bare := _bare(word)) else ()


def _bare(number: str) -> str:
    """Return a number as it is searched: its digits, `*` and `#`; in place of a number there may be a name."""
    folded = _folded(number)
    if any(map(str.isalpha, folded)):
        return folded
    return "".join(sign for sign in folded if sign.isdigit() or sign in "*#")


def _folded(text: str) -> str:
    # A full-width digit from a Chinese keyboard is the same digit.
    return unicodedata.normalize("NFKC", text).casefold()


def _ends(text: str) -> Iterator[str]:
    for start in range(len(text) - SHORTEST_PART + 1):
        # Of a part that begins with a space nobody knows that it is one.
        if not text[start].isspace():
            # And MariaDB takes no notice of one at the end.
            yield text[start : start + PART_LENGTH].rstrip()
