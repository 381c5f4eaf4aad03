"""Pages of calls, chosen by anything: each way of choosing reads little more than the page it returns.

Pages go by key and not by offset, so that the thousandth is as quick as the first. Parties are found by an index of
every part of them; how their calls are then found depends on how many there are (`_source`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, intersect, or_, select, true, union

from .model import BadCursor, CallFilter, LoggedCall, Page
from .parties import SHORTEST_PART, key_of, words
from .record import MAX_UID
from .rows import MAX_NUMBER, call_of, seconds, select_calls, storable
from .schema import ID_BITS, PART_LENGTH, call_parties, calls, parties, party_parts

#: So many parties are gone through one by one, the newest calls of each.
_FEW_PARTIES = 32
#: So many calls are gathered and put in order; where there are more, enough are found by going back in time.
_FEW_CALLS = 20_000
#: Comes after all that begins with the same part.
_LAST = "\U0010ffff"
_CURSOR = re.compile(r"(\d{1,12})\.(\d{1,18})", re.ASCII)

type Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Parties of which one must be in a call."""

    fits: Condition
    """What is true of them."""
    query: Select[Any] | None
    """Their ids; None where the index is of no use."""
    ids: Sequence[int] = ()
    """The first of them, one more than few where there are many."""
    calls: int = _FEW_CALLS + 1
    """How many they have, counted no further than that."""

    @property
    def few(self) -> bool:
        """Tell whether all of them are known."""
        return self.query is not None and len(self.ids) <= _FEW_PARTIES


class _Span:
    """The time that the calls of a page are from, and where the page before ended."""

    def __init__(self, wanted: CallFilter, after: tuple[int, int] | None) -> None:
        self._wanted = wanted
        self._after = after

    def of(self, started: ColumnElement[int], number: ColumnElement[int]) -> Condition:
        """Return that a call is one of them; its beginning stands beside its id in several tables."""
        conditions: list[Condition] = [true()]
        if self._wanted.start:
            conditions.append(started >= seconds(self._wanted.start))
        if self._wanted.end:
            conditions.append(started < seconds(self._wanted.end))
        if self._after:
            moment, last = self._after
            conditions += [started <= moment, or_(started < moment, number < last)]
        return and_(*conditions)


class Search:
    """Find the calls of one PBX."""

    def __init__(self, pbx: int, region: str) -> None:
        self._pbx = pbx
        self._region = region

    def page(self, connection: Connection, wanted: CallFilter, limit: int, cursor: str | None = None) -> Page:
        """Return the newest calls that are wanted, or those that follow a page; raises BadCursor."""
        after = _parsed(cursor) if cursor else None
        parties_wanted = [_with_ids(connection, one) for one in self._parties(wanted)]
        if any(one.few and not one.ids for one in parties_wanted):
            return Page(calls=(), next=None)
        if len(parties_wanted) > 1 or not all(one.few for one in parties_wanted):
            parties_wanted = [_with_calls(connection, one) for one in parties_wanted]
        source = self._source(wanted, parties_wanted, after, limit + 1)
        query = source.order_by(calls.c.started.desc(), calls.c.id.desc()).limit(limit + 1)
        rows = connection.execute(query).mappings().all()
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(
            calls=tuple(call_of(row) for row in rows[:limit]),
            next=f"{last['started']}.{last['id']}" if last else None,
        )

    def one(self, connection: Connection, uid: str) -> LoggedCall | None:
        """Return a call by the PBX's id of it."""
        query = select_calls().where(calls.c.pbx == self._pbx, calls.c.uid == storable(uid, MAX_UID))
        row = connection.execute(query).mappings().one_or_none()
        return call_of(row) if row else None

    @staticmethod
    def _conditions(wanted: CallFilter) -> list[Condition]:
        """Return what a call itself must say, but for its time."""
        chosen: list[tuple[object, Condition]] = [
            (wanted.directions, calls.c.direction.in_(sorted(wanted.directions))),
            (wanted.outcomes, calls.c.outcome.in_(sorted(wanted.outcomes))),
            (wanted.queue, calls.c.queue == storable(wanted.queue, MAX_NUMBER)),
            (wanted.agent, calls.c.agent == storable(wanted.agent, MAX_NUMBER)),
            (wanted.recorded is not None, calls.c.recorded == int(bool(wanted.recorded))),
        ]
        return [condition for given, condition in chosen if given]

    def _parties(self, wanted: CallFilter) -> list[_Wanted]:
        numbers: list[tuple[str, ...]] = [(number,) for number in (wanted.extension, wanted.number) if number]
        if wanted.numbers:
            numbers.append(wanted.numbers)
        named = [self._named(forms, wanted.known.get(forms, ())) for forms in words(wanted.text)]
        return [*map(self._of_one, numbers), *named]

    def _of_one(self, numbers: Iterable[str]) -> _Wanted:
        """Return the parties that have one of the numbers."""
        keys = {key_of(number, self._region) for number in numbers}
        fits = and_(parties.c.pbx == self._pbx, parties.c.number_key.in_(keys))
        return _Wanted(fits, select(parties.c.id).where(fits))

    def _named(self, forms: Sequence[str], known: Collection[str]) -> _Wanted:
        """Return the parties that a word, in one of its forms, is any part of, or that are known by it."""
        wanted = self._spelled(forms)
        if not known:
            return wanted
        others = self._of_one(known)
        fits = or_(wanted.fits, others.fits)
        if wanted.query is None or others.query is None:
            return _Wanted(fits, None)
        return _Wanted(fits, select(union(wanted.query, others.query).subquery().c.party))

    def _spelled(self, forms: Sequence[str]) -> _Wanted:
        fits = or_(*(parties.c.search.contains(form, autoescape=True) for form in forms))
        if min(map(len, forms)) < SHORTEST_PART:
            return _Wanted(fits, None)
        parts = [form[:PART_LENGTH] for form in forms]
        begins = or_(*(and_(party_parts.c.part >= part, party_parts.c.part < part + _LAST) for part in parts))
        # As a range a database might take it for the shorter way.
        own = party_parts.c.party.bitwise_rshift(ID_BITS) == self._pbx
        query = select(party_parts.c.party).where(begins, own)
        if max(map(len, forms)) > PART_LENGTH:
            query = query.join(parties, parties.c.id == party_parts.c.party).where(fits)
        return _Wanted(fits, query)

    def _source(
        self, wanted: CallFilter, parties_wanted: Sequence[_Wanted], after: tuple[int, int] | None, limit: int
    ) -> Select[Any]:
        """Return the query of the calls that fit, by way of the parties that have the fewest."""
        conditions, span = self._conditions(wanted), _Span(wanted, after)
        if parties_wanted:
            first = min(parties_wanted, key=lambda one: one.calls)
            rare = [one for one in parties_wanted if one.calls <= _FEW_CALLS]
            if rare and not (len(rare) == 1 and first.few):
                others = [_takes_part(one) for one in parties_wanted if one not in rare]
                return _gathered(rare, [*conditions, *others], span, limit)
            if first.few:
                others = [_takes_part(one) for one in parties_wanted if one is not first]
                return _newest_of_each(first, [*conditions, *others], span, limit)
        conditions += map(_takes_part, parties_wanted)
        return select_calls().where(calls.c.pbx == self._pbx, span.of(calls.c.started, calls.c.id), *conditions)


def _with_ids(connection: Connection, wanted: _Wanted) -> _Wanted:
    if wanted.query is None:
        return wanted
    return replace(wanted, ids=connection.execute(wanted.query.distinct().limit(_FEW_PARTIES + 1)).scalars().all())


def _with_calls(connection: Connection, wanted: _Wanted) -> _Wanted:
    """Count the calls of parties, no further than necessary."""
    if wanted.query is None:
        return wanted
    some = select(call_parties.c.call).where(_one_of(wanted)).limit(_FEW_CALLS + 1).subquery()
    return replace(wanted, calls=connection.execute(select(func.count()).select_from(some)).scalar_one())


def _gathered(wanted: Sequence[_Wanted], conditions: Sequence[Condition], span: _Span, limit: int) -> Select[Any]:
    """Return the query of the newest calls that all have in common."""
    links = call_parties.c.started, call_parties.c.call
    of_each = [select(*links).distinct().where(_one_of(one), span.of(*links)) for one in wanted]
    found = (intersect(*of_each) if len(of_each) > 1 else of_each[0]).subquery()
    newest = select(found.c.call).order_by(found.c.started.desc(), found.c.call.desc()).limit(limit)
    if conditions:
        newest = newest.join(calls, calls.c.id == found.c.call).where(*conditions)
    chosen = newest.subquery()
    return select_calls().join(chosen, chosen.c.call == calls.c.id)


def _newest_of_each(wanted: _Wanted, conditions: Sequence[Condition], span: _Span, limit: int) -> Select[Any]:
    """Return the query of the newest calls of each party, of which the newest of all are some."""
    links = call_parties.c.started, call_parties.c.call
    newest = [
        select(
            select(call_parties.c.call)
            .join(calls, calls.c.id == call_parties.c.call)
            .where(call_parties.c.party == party, span.of(*links), *conditions)
            .order_by(*(column.desc() for column in links))
            .limit(limit)
            .subquery()
        )
        for party in wanted.ids
    ]
    found = union(*newest).subquery()
    return select_calls().join(found, found.c.call == calls.c.id)


def _one_of(wanted: _Wanted) -> Condition:
    """Return that a link is to one of the parties."""
    return call_parties.c.party.in_(wanted.ids if wanted.few or wanted.query is None else wanted.query)


def _takes_part(wanted: _Wanted) -> Condition:
    """Return that one of the parties is in a call."""
    # Under a name of its own: the query around it may go by way of other parties.
    links = call_parties.alias("others")
    of_call = links.c.call == calls.c.id
    if wanted.few:
        return exists().where(of_call, links.c.party.in_(wanted.ids))
    return exists().where(of_call, parties.c.id == links.c.party, wanted.fits)


def _parsed(cursor: str) -> tuple[int, int]:
    if not (match := _CURSOR.fullmatch(cursor)):
        raise BadCursor(cursor)
    return int(match[1]), int(match[2])
