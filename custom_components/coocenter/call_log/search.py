"""Pages of calls, chosen by anything: each way of choosing reads little more than the page it returns.

Pages go by key and not by offset, so that the thousandth is as quick as the first. Parties are found by an index of
every part of them; how their calls are then found depends on how many there are (`_source`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true, union

from ..pbx.matching import number_key
from .model import BadCursor, CallFilter, LoggedCall, Page
from .parties import SHORTEST_PART, words
from .rows import call_of, seconds, select_calls
from .schema import PART_LENGTH, call_parties, calls, parties, party_parts

#: So many parties are gone through one by one, the newest calls of each.
_FEW_PARTIES = 32
#: So many calls are gathered and put in order; where there are more, enough are found by going back in time.
_FEW_CALLS = 5_000
#: Comes after all that begins with the same part.
_LAST = "\U0010ffff"

type Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Parties of which one must be in a call."""

    query: Select[Any] | None
    """Their ids; None where the index is of no use."""
    word: str = ""
    ids: Sequence[int] = ()
    """The first of them, one more than few where there are many."""

    @property
    def few(self) -> bool:
        """Tell whether all of them are known."""
        return self.query is not None and len(self.ids) <= _FEW_PARTIES


class Search:
    """Find the calls of one PBX."""

    def __init__(self, pbx: int, region: str) -> None:
        self._pbx = pbx
        self._region = region

    def page(self, connection: Connection, wanted: CallFilter, limit: int, cursor: str | None = None) -> Page:
        """Return the newest calls that are wanted, or those that follow a page; raises BadCursor."""
        after = _parsed(cursor) if cursor else None
        parties_wanted = sorted(
            (self._with_ids(connection, one) for one in self._parties(wanted)), key=lambda one: len(one.ids) or 1 << 20
        )
        source = self._source(connection, self._conditions(wanted), parties_wanted, after, limit + 1)
        query = source.order_by(calls.c.started.desc(), calls.c.id.desc()).limit(limit + 1)
        rows = connection.execute(query).mappings().all()
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(
            calls=tuple(call_of(row) for row in rows[:limit]),
            next=f"{last['started']}.{last['id']}" if last else None,
        )

    def one(self, connection: Connection, uid: str) -> LoggedCall | None:
        """Return a call by the PBX's id of it."""
        query = select_calls().where(calls.c.pbx == self._pbx, calls.c.uid == uid)
        row = connection.execute(query).mappings().one_or_none()
        return call_of(row) if row else None

    def _conditions(self, wanted: CallFilter) -> list[Condition]:
        """Return what a call itself must say."""
        chosen: list[tuple[object, Condition]] = [
            (wanted.directions, calls.c.direction.in_(sorted(wanted.directions))),
            (wanted.outcomes, calls.c.outcome.in_(sorted(wanted.outcomes))),
            (wanted.queue, calls.c.queue == wanted.queue),
            (wanted.agent, calls.c.agent == wanted.agent),
            (wanted.recorded is not None, calls.c.recorded == int(bool(wanted.recorded))),
        ]
        times = [calls.c.started >= seconds(wanted.start)] if wanted.start else []
        times += [calls.c.started < seconds(wanted.end)] if wanted.end else []
        return [calls.c.pbx == self._pbx, *times, *(condition for given, condition in chosen if given)]

    def _parties(self, wanted: CallFilter) -> list[_Wanted]:
        numbers = [number for number in (wanted.extension, wanted.number) if number]
        return [*(_Wanted(self._of_number(number)) for number in numbers), *map(self._named, words(wanted.text))]

    def _of_number(self, number: str) -> Select[Any]:
        key = number_key(number, self._region or None)
        return select(parties.c.id).where(parties.c.pbx == self._pbx, parties.c.number_key == key)

    def _named(self, word: str) -> _Wanted:
        """Return the parties that a word is any part of."""
        if len(word) < SHORTEST_PART:
            return _Wanted(None, word)
        part = word[:PART_LENGTH]
        begins = and_(party_parts.c.part >= part, party_parts.c.part < part + _LAST)
        query = select(party_parts.c.party.label("id")).distinct().where(begins)
        if len(word) > PART_LENGTH:
            query = query.join(parties, parties.c.id == party_parts.c.party).where(_holds(word))
        return _Wanted(query, word)

    def _with_ids(self, connection: Connection, wanted: _Wanted) -> _Wanted:
        if wanted.query is None:
            return wanted
        ids = connection.execute(wanted.query.limit(_FEW_PARTIES + 1)).scalars().all()
        return _Wanted(wanted.query, wanted.word, ids)

    def _source(
        self,
        connection: Connection,
        conditions: list[Condition],
        parties_wanted: list[_Wanted],
        after: tuple[int, int] | None,
        limit: int,
    ) -> Select[Any]:
        """Return the query of the calls that fit, by way of the parties that are fewest."""
        if not parties_wanted:
            return select_calls().where(*conditions, _precedes(after))
        first, *others = parties_wanted
        conditions = [*conditions, *(_takes_part(other) for other in others)]
        if first.few:
            return _newest_of_each(first, conditions, after, limit)
        if first.query is not None and self._are_few(connection, first.query):
            of_them = select(call_parties.c.call).where(call_parties.c.party.in_(first.query))
            return select_calls().where(calls.c.id.in_(of_them), *conditions, _precedes(after))
        return select_calls().where(*conditions, _takes_part(first), _precedes(after))

    @staticmethod
    def _are_few(connection: Connection, query: Select[Any]) -> bool:
        """Tell whether parties have few calls; counts no further than that."""
        of_them = select(call_parties.c.call).where(call_parties.c.party.in_(query)).limit(_FEW_CALLS + 1)
        return connection.execute(select(func.count()).select_from(of_them.subquery())).scalar_one() <= _FEW_CALLS


def _newest_of_each(
    wanted: _Wanted, conditions: list[Condition], after: tuple[int, int] | None, limit: int
) -> Select[Any]:
    """Return the query of the newest calls of each party, of which the newest of all are some."""
    newest = [
        select(
            select(call_parties.c.call)
            .join(calls, calls.c.id == call_parties.c.call)
            .where(
                call_parties.c.party == party,
                *conditions,
                _precedes(after, call_parties.c.started, call_parties.c.call),
            )
            .order_by(call_parties.c.started.desc(), call_parties.c.call.desc())
            .limit(limit)
            .subquery()
        )
        for party in wanted.ids or (-1,)
    ]
    found = union(*newest).subquery()
    return select_calls().join(found, found.c.call == calls.c.id)


def _takes_part(wanted: _Wanted) -> Condition:
    """Return that one of the parties is in a call."""
    # Under a name of its own: the query around it may go by way of other parties.
    links = call_parties.alias("others")
    of_call = links.c.call == calls.c.id
    if wanted.few:
        return exists().where(of_call, links.c.party.in_(wanted.ids))
    return exists().where(of_call, parties.c.id == links.c.party, _holds(wanted.word))


def _holds(word: str) -> Condition:
    return parties.c.search.contains(word, autoescape=True)


def _precedes(
    after: tuple[int, int] | None,
    started: ColumnElement[int] = calls.c.started,
    number: ColumnElement[int] = calls.c.id,
) -> Condition:
    """Return that a call comes after a page that ended with another."""
    if after is None:
        return true()
    moment, last = after
    return and_(started <= moment, or_(started < moment, number < last))


def _parsed(cursor: str) -> tuple[int, int]:
    try:
        started, number = (int(part) for part in cursor.split("."))
    except ValueError as err:
        raise BadCursor(cursor) from err
    return started, number
