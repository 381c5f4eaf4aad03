"""Figures of the log: of a span of time, and of every hour, which outlive the calls."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
)

from ..pbx import Direction, Outcome
from .model import Figures, HourFigures
from .parties import CHUNK
from .rows import HOUR, moment, seconds
from .schema import calls, hours, stale_hours

NAMES = ("calls", "inbound", "answered", "missed", "wait", "talk", "talked", "in_time", "scores", "score")

# As a literal: of two parameters a database does not know that they are the same.
_HOUR = (calls.c.started - calls.c.started % literal_column(str(HOUR))).label("hour")
_INBOUND = calls.c.direction == Direction.INBOUND.value
_ANSWERED = and_(_INBOUND, calls.c.outcome == Outcome.ANSWERED.value)
_MISSED = and_(_INBOUND, calls.c.outcome.in_((Outcome.MISSED.value, Outcome.VOICEMAIL.value)))


def figures_between(
    connection: Connection, pbx: int, start: datetime, end: datetime, in_time: int
) -> Mapping[str, Figures]:
    """Return the figures of each queue with calls in a span of time, and of the PBX as a whole, which is ""."""
    query = (
        select(calls.c.queue, *_sums(in_time))
        .where(calls.c.pbx == pbx, calls.c.started >= seconds(start), calls.c.started < seconds(end))
        .group_by(calls.c.queue)
    )
    return _with_whole({row["queue"]: _read(row) for row in connection.execute(query).mappings()})


def freshen(connection: Connection, pbx: int, in_time: int, since: datetime | None) -> list[int]:
    """Work out anew the figures of hours whose calls changed, and return these hours.

    Hours before `since`, whose calls may be purged, stay as they are.
    """
    stale = sorted(connection.execute(select(stale_hours.c.hour).where(stale_hours.c.pbx == pbx)).scalars())
    kept = [hour for hour in stale if since is None or hour >= seconds(since)]
    for chunk in batched(kept, CHUNK, strict=False):
        connection.execute(delete(hours).where(hours.c.pbx == pbx, hours.c.hour.in_(chunk)))
        if rows := _of_hours(connection, pbx, chunk, in_time):
            connection.execute(insert(hours), rows)
    connection.execute(delete(stale_hours).where(stale_hours.c.pbx == pbx))
    return kept


def all_hours_are_stale(connection: Connection, pbx: int) -> None:
    """Note that every hour is to be worked out anew."""
    known = set(connection.execute(select(stale_hours.c.hour).where(stale_hours.c.pbx == pbx)).scalars())
    found = set(connection.execute(select(_HOUR).where(calls.c.pbx == pbx).distinct()).scalars())
    if new := found - known:
        connection.execute(insert(stale_hours), [{"pbx": pbx, "hour": one} for one in sorted(new)])


def hours_since(connection: Connection, pbx: int, start: datetime) -> list[HourFigures]:
    """Return the figures of each hour from `start` on, the oldest first, the PBX's beside its queues'."""
    query = (
        select(hours).where(hours.c.pbx == pbx, hours.c.hour >= seconds(start)).order_by(hours.c.hour, hours.c.queue)
    )
    by_hour: dict[int, dict[str, Figures]] = {}
    for row in connection.execute(query).mappings():
        by_hour.setdefault(row["hour"], {})[row["queue"]] = _read(row)
    return [
        HourFigures(hour=moment(hour), queue=queue, figures=figures)
        for hour, queues in by_hour.items()
        for queue, figures in sorted(_with_whole(queues).items())
    ]


def sums_before(connection: Connection, pbx: int, start: datetime) -> Mapping[str, Figures]:
    """Return what all hours before `start` amount to, as `figures_between` does."""
    sums = (func.coalesce(func.sum(hours.c[name]), 0).label(name) for name in NAMES)
    query = (
        select(hours.c.queue, *sums).where(hours.c.pbx == pbx, hours.c.hour < seconds(start)).group_by(hours.c.queue)
    )
    return _with_whole({row["queue"]: _read(row) for row in connection.execute(query).mappings()})


def _of_hours(connection: Connection, pbx: int, wanted: Collection[int], in_time: int) -> list[dict[str, Any]]:
    spans = or_(*(and_(calls.c.started >= start, calls.c.started < end) for start, end in _spans(wanted)))
    query: Select[Any] = (
        select(_HOUR, calls.c.queue, *_sums(in_time)).where(calls.c.pbx == pbx, spans).group_by(_HOUR, calls.c.queue)
    )
    return [{"pbx": pbx, **row, **_integers(row)} for row in connection.execute(query).mappings()]


def _spans(wanted: Collection[int]) -> list[tuple[int, int]]:
    """Return hours as spans of time, those that follow each other as one."""
    spans: list[tuple[int, int]] = []
    for hour in sorted(wanted):
        if spans and spans[-1][1] == hour:
            spans[-1] = (spans[-1][0], hour + HOUR)
        else:
            spans.append((hour, hour + HOUR))
    return spans


def _sums(in_time: int) -> list[ColumnElement[Any]]:
    # What a queue's callers waited in its menu is not the queue's.
    wait = func.coalesce(calls.c.queue_wait, calls.c.wait)
    wanted = {
        "calls": func.count(),
        "inbound": _sum(_INBOUND),
        "answered": _sum(_ANSWERED),
        "missed": _sum(_MISSED),
        "wait": _sum(_ANSWERED, wait),
        "talk": func.sum(calls.c.talk),
        "talked": _sum(calls.c.talk > 0),
        "in_time": _sum(and_(_ANSWERED, wait <= in_time)),
        "scores": func.count(calls.c.score),
        "score": func.coalesce(func.sum(calls.c.score), 0),
    }
    return [column.label(name) for name, column in wanted.items()]


def _sum(condition: ColumnElement[bool], value: ColumnElement[int] | int = 1) -> ColumnElement[int]:
    return func.sum(case((condition, value), else_=0))


def _integers(row: Mapping[Any, Any]) -> dict[str, int]:
    # Some drivers return sums as decimals.
    return {name: int(row[name] or 0) for name in NAMES}


def _read(row: Mapping[Any, Any]) -> Figures:
    return Figures(**_integers(row))


def _with_whole(queues: Mapping[str, Figures]) -> dict[str, Figures]:
    """Return the figures by queue with their sum as that of the PBX; calls without a queue are only in the latter."""
    whole = Figures(**{name: sum(getattr(one, name) for one in queues.values()) for name in NAMES})
    return {**queues, "": whole}
