"""What the call log keeps of a call as it arrived: the PBX's log records, and what was seen of it live."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
import json
from typing import Any

from ..pbx import (
    Call,
    CallDetail,
    Direction,
    Disposition,
    EndCause,
    MissCause,
    Outcome,
    Party,
    QueueCallDetail,
)
from ..pbx.model import NOBODY

#: Longer than any id of the PBX.
MAX_UID = 255

type LogEvent = CallDetail | QueueCallDetail


class Kind(StrEnum):
    """Where a record comes from."""

    CDR = "cdr"
    CC_CDR = "cc_cdr"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What pushes and polls told of a call while it went on; moments are UTC, by our clock."""

    direction: Direction
    started: datetime
    ended: datetime
    outcome: Outcome
    caller: Party = NOBODY
    callee: Party = NOBODY
    cause: EndCause | None = None
    queued: datetime | None = None
    answered: datetime | None = None
    did: str = ""
    queue: str = ""
    agent: str = ""
    menu: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One piece of a call's log; the call is what all its pieces amount to."""

    uid: str
    """The PBX's id of the channel it is about: mostly the call's."""
    body: LogEvent | Seen
    received: datetime
    """UTC."""
    extensions: frozenset[str] = frozenset()
    """Those of the numbers in it that are extensions, as was known when it came."""
    call_uid: str = ""
    """The id of the call, where it is known that the channel is only a part of one."""

    @property
    def kind(self) -> Kind:
        """Return where it comes from."""
        match self.body:
            case CallDetail():
                return Kind.CDR
            case QueueCallDetail():
                return Kind.CC_CDR
            case Seen():
                return Kind.LIVE


def seen(call: Call, uid: str, received: datetime) -> LogRecord | None:
    """Return what was seen of a call that is over; None while it goes on, or where no log could be joined to it."""
    if call.ended is None or call.outcome is None or not uid:
        return None
    body = Seen(
        direction=call.direction,
        started=call.started,
        ended=call.ended,
        caller=call.caller,
        callee=call.callee,
        outcome=call.outcome,
        cause=call.cause,
        queued=call.queued,
        answered=call.answered,
        did=call.did or "",
        queue=call.queue or "",
        agent=call.agent or "",
        menu=call.menu or "",
        digits=call.digits or "",
    )
    return LogRecord(uid=uid, body=body, received=received, extensions=call.involved)


def encode(record: LogRecord) -> str:
    """Return a record as JSON text; what says nothing is left out."""
    head = {"received": record.received.isoformat(), "extensions": sorted(record.extensions)}
    # In ASCII, because there are signs that no database takes.
    return json.dumps({**head, "body": _said(record.body)}, separators=(",", ":"))


def decode(uid: str, kind: Kind, data: str) -> LogRecord:
    """Return the record that `encode` made a text of."""
    stored = json.loads(data)
    body = {name: _read(name, value) for name, value in stored["body"].items()}
    return LogRecord(
        uid=uid,
        body=_KINDS[kind](**body),
        received=datetime.fromisoformat(stored["received"]),
        extensions=frozenset(stored["extensions"]),
    )


def digest(record: LogRecord) -> str:
    """Return what a record and its resent copies have in common; of what was seen live the newest counts.

    It begins with the id, which begins with the time: what is stored lately lies together, and not all over the disk.
    """
    uid, said = (record.uid, "") if isinstance(record.body, Seen) else (record.body.uniqueid, _said(record.body))
    text = json.dumps([record.kind, uid, said])
    plain = "".join(sign for sign in uid if " " < sign < "\x7f")
    return f"{plain[:MAX_UID]}:{blake2b(text.encode(), digest_size=12).hexdigest()}"


def distinct(records: Iterable[LogRecord]) -> dict[str, LogRecord]:
    """Return records by their digest: of those that were resent the first, of what was seen live the last."""
    found = dict[str, LogRecord]()
    for record in records:
        key = digest(record)
        if key not in found or record.kind is Kind.LIVE:
            found[key] = record
    return found


def _said(body: LogEvent | Seen) -> dict[str, Any]:
    """Return the fields that say something, plain."""
    values = ((name, getattr(body, name)) for name in _NAMES[type(body)])
    return {name: _plain(value) for name, value in values if value not in _NOTHING}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Party():
            parts = {"number": value.number, "name": value.name}
            return {name: part for name, part in parts.items() if part}
        case _:
            return value


def _read(name: str, value: Any) -> Any:
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    if name in _PARTIES and isinstance(value, dict):
        return Party(**value)
    return _WORDS[name](value) if name in _WORDS else value


_NOTHING = (None, "", NOBODY)
_NAMES = {kind: [field.name for field in fields(kind)] for kind in (CallDetail, QueueCallDetail, Seen)}
_KINDS: dict[Kind, Any] = {Kind.CDR: CallDetail, Kind.CC_CDR: QueueCallDetail, Kind.LIVE: Seen}
_MOMENTS = frozenset({"started", "answered", "ended", "queued"})
_PARTIES = frozenset({"caller", "callee"})
_WORDS: dict[str, type[StrEnum]] = {
    "direction": Direction,
    "disposition": Disposition,
    "miss_cause": MissCause,
    "outcome": Outcome,
    "cause": EndCause,
}
