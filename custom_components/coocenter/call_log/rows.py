"""A call as a row of the database, and a row as a call."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select

from ..pbx import Direction, EndCause, Outcome, Party
from .model import LoggedCall
from .schema import calls, parties

HOUR = 3600
#: The largest that every database's integers hold.
_MOST = 2**31 - 1

_CALLERS = parties.alias("caller")
_CALLEES = parties.alias("callee")


def select_calls() -> Select[Any]:
    """Return the query of all calls, ready to be narrowed."""
    return (
        select(
            calls,
            _CALLERS.c.number.label("caller_number"),
            _CALLERS.c.name.label("caller_name"),
            _CALLEES.c.number.label("callee_number"),
            _CALLEES.c.name.label("callee_name"),
        )
        .join(_CALLERS, _CALLERS.c.id == calls.c.caller)
        .join(_CALLEES, _CALLEES.c.id == calls.c.callee)
    )


def seconds(moment: datetime) -> int:
    """Return a moment as the database has it."""
    return int(moment.timestamp())


def moment(stored: int) -> datetime:
    """Return what the database has as a moment (UTC)."""
    return datetime.fromtimestamp(stored, UTC)


def hour_of(stored: int) -> int:
    """Return the beginning of the hour of a moment."""
    return stored - stored % HOUR


def row_of(call: LoggedCall, pbx: int, ids: Mapping[Party, int]) -> dict[str, Any]:
    """Return the columns of a call but for its id; `ids` are those of its parties."""
    return {
        "pbx": pbx,
        "uid": call.uid[:255],
        "started": seconds(call.started),
        "ended": seconds(call.ended),
        "direction": call.direction.value,
        "outcome": call.outcome.value,
        "cause": call.cause.value if call.cause else None,
        "caller": ids[call.caller],
        "callee": ids[call.callee],
        "contact": ids[call.outside] if call.outside and call.outside.number else None,
        "did": call.did[:64],
        "queue": call.queue[:64],
        "agent": call.agent[:64],
        "menu": call.menu[:255],
        "digits": call.digits[:64],
        "wait": _bounded(call.wait),
        "talk": _bounded(call.talk),
        "queue_wait": _bounded(call.queue_wait),
        "hold": _bounded(call.hold),
        "wrap_up": _bounded(call.wrap_up),
        "score": _bounded(call.score),
        "extensions": " ".join(sorted(call.extensions)),
        "recordings": "\n".join(call.recordings),
        "recorded": int(bool(call.recordings)),
        "logged": int(call.logged),
    }


def call_of(row: RowMapping) -> LoggedCall:
    """Return the call of a row of `select_calls`."""
    return LoggedCall(
        uid=row["uid"],
        started=moment(row["started"]),
        ended=moment(row["ended"]),
        direction=Direction(row["direction"]),
        outcome=Outcome(row["outcome"]),
        cause=EndCause(row["cause"]) if row["cause"] else None,
        caller=Party(row["caller_number"], row["caller_name"]),
        callee=Party(row["callee_number"], row["callee_name"]),
        extensions=frozenset(row["extensions"].split()),
        recordings=tuple(row["recordings"].split("\n")) if row["recordings"] else (),
        logged=bool(row["logged"]),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = ("did", "queue", "agent", "menu", "digits", "wait", "talk", "queue_wait", "hold", "wrap_up", "score")


def _bounded(value: int | None) -> int | None:
    return None if value is None else min(max(value, -_MOST), _MOST)
