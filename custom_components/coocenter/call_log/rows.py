"""A call as a row of the database, and a row as a call."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
import math
import re
from typing import Any

from sqlalchemy import RowMapping, Select, select

from ..pbx import Direction, EndCause, Outcome, Party
from .model import LoggedCall
from .record import MAX_UID
from .schema import calls, parties

HOUR = 3600
#: The largest that every database's integers hold.
_MOST = 2**31 - 1
#: No database takes all of these.
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
MAX_NUMBER = 64
MAX_NAME = 255
_MAX_PATH = 255
_LENGTHS = {"uid": MAX_UID, "did": 64, "queue": 64, "agent": 64, "menu": 255, "digits": 64}
_NUMBERS = ("wait", "talk", "queue_wait", "hold", "wrap_up", "score")

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


def storable(text: str, length: int) -> str:
    """Return a text as every database takes it; one of them takes no notice of blanks at its end."""
    return _UNSTORABLE.sub("", text)[:length].strip()


def fitting(call: LoggedCall) -> LoggedCall:
    """Return a call as the database holds it."""
    texts: dict[str, Any] = {name: storable(getattr(call, name), length) for name, length in _LENGTHS.items()}
    numbers: dict[str, Any] = {name: _bounded(getattr(call, name)) for name in _NUMBERS}
    return replace(
        call,
        caller=_party(call.caller),
        callee=_party(call.callee),
        extensions=frozenset(filter(None, (storable(number, MAX_NUMBER) for number in call.extensions))),
        recordings=tuple(filter(None, (storable(path, _MAX_PATH) for path in call.recordings))),
        **texts,
        **numbers,
    )


def seconds(moment: datetime) -> int:
    """Return a moment as the database has it: the first whole second that is not before it."""
    return math.ceil(moment.timestamp())


def moment(stored: int) -> datetime:
    """Return what the database has as a moment (UTC)."""
    return datetime.fromtimestamp(stored, UTC)


def hour_of(stored: int) -> int:
    """Return the beginning of the hour of a moment."""
    return stored - stored % HOUR


def row_of(call: LoggedCall, pbx: int, ids: Mapping[Party, int]) -> dict[str, Any]:
    """Return the columns of a call that fits but for its id; `ids` are those of its parties."""
    return {
        "pbx": pbx,
        "started": seconds(call.started),
        "ended": seconds(call.ended),
        "direction": call.direction.value,
        "outcome": call.outcome.value,
        "cause": call.cause.value if call.cause else None,
        "caller": ids[call.caller],
        "callee": ids[call.callee],
        "contact": ids[call.outside] if call.outside and call.outside.number else None,
        "extensions": "\n".join(sorted(call.extensions)),
        "recordings": "\n".join(call.recordings),
        "recorded": int(bool(call.recordings)),
        "logged": int(call.logged),
        **{name: getattr(call, name) for name in _AS_THEY_ARE},
    }


def call_of(row: RowMapping) -> LoggedCall:
    """Return the call of a row of `select_calls`."""
    return LoggedCall(
        started=moment(row["started"]),
        ended=moment(row["ended"]),
        direction=Direction(row["direction"]),
        outcome=Outcome(row["outcome"]),
        cause=EndCause(row["cause"]) if row["cause"] else None,
        caller=Party(row["caller_number"], row["caller_name"]),
        callee=Party(row["callee_number"], row["callee_name"]),
        extensions=frozenset(row["extensions"].split("\n") if row["extensions"] else ()),
        recordings=tuple(row["recordings"].split("\n")) if row["recordings"] else (),
        logged=bool(row["logged"]),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (*_LENGTHS, *_NUMBERS)


def _party(party: Party) -> Party:
    return Party(storable(party.number, MAX_NUMBER), storable(party.name, MAX_NAME))


def _bounded(value: int | None) -> int | None:
    return None if value is None else min(max(value, -_MOST), _MOST)
