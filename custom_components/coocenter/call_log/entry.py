"""What the records of one call amount to, in whatever order they came and however often."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ..pbx import CallDetail, Direction, Disposition, EndCause, MissCause, Outcome, Party, QueueCallDetail
from ..pbx.model import NOBODY
from ..pbx.numbers import is_extension
from .model import LoggedCall
from .record import LogRecord, Seen, distinct
from .times import believable, reference, utc_of

#: Where Asterisk was, instead of a number: a menu's start, time-out and end.
_NO_NUMBERS = frozenset({"s", "t", "h", "i"})
_CAUSES = {
    MissCause.NO_ASSIGN: EndCause.TOO_FEW_AGENTS,
    MissCause.NO_AGENT_ANSWER: EndCause.NO_ANSWER,
    MissCause.NO_AGENT_LOGIN: EndCause.NO_AGENTS,
    MissCause.MEMBER_CANCEL: EndCause.CALLER_GAVE_UP,
}
#: The longest that a log's span is believed, against a clock that was put right in mid-call.
_LONGEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Leg:
    """A row of the log of any call, its local times as moments (UTC)."""

    row: CallDetail
    started: datetime
    ended: datetime
    taken: datetime
    """When it was answered, its end where it was not."""

    @property
    def answered(self) -> bool:
        """Tell whether a person may have answered: a menu and the good-bye of no length are none."""
        real = self.row.destination not in _NO_NUMBERS and (self.row.billable or 0) > 0
        return self.row.disposition is Disposition.ANSWERED and real


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The records of one call by their kind, in an order that does not depend on their arrival."""

    legs: Sequence[_Leg]
    queue: QueueCallDetail | None
    seen: Seen | None
    extensions: frozenset[str]
    started: datetime
    ended: datetime

    @property
    def duration(self) -> int:
        """Return the seconds from the first ring to the end."""
        return round((self.ended - self.started).total_seconds())

    @property
    def talked_in_queue(self) -> bool:
        """Tell whether an agent answered, by the call centre's own log."""
        return self.queue is not None and bool(self.queue.agent) and (self.queue.talk_time or 0) > 0


def entry_of(uid: str, records: Iterable[LogRecord], zone: tzinfo) -> LoggedCall:
    """Return the call that its records tell of, at least one; `zone` is the PBX's."""
    ordered = sorted(records, key=lambda record: (record.kind, record.uid, record.received, repr(record.body)))
    pieces = _pieces(distinct(ordered).values(), zone)
    outcome = _outcome(pieces)
    answered = outcome is Outcome.ANSWERED
    wait = _wait(pieces, answered=answered)
    queue, seen = pieces.queue, pieces.seen
    return LoggedCall(
        uid=uid,
        direction=_direction(pieces),
        outcome=outcome,
        cause=None if answered else _cause(pieces),
        started=pieces.started,
        ended=pieces.ended,
        caller=_caller(pieces),
        callee=_callee(pieces, answered=answered),
        wait=wait,
        # What was seen may have ended for us later than for the PBX, and rows of its log overlap.
        talk=min(_talk(pieces), pieces.duration - wait) if answered else 0,
        did=(queue and queue.did) or (seen and seen.did) or _did(pieces),
        queue=_queue(pieces),
        agent=_agent(pieces) if answered else "",
        menu=(queue and (queue.ivr_name or queue.ivr_id)) or (seen and seen.menu) or "",
        digits=(queue and queue.digits) or (seen and seen.digits) or "",
        queue_wait=_queue_wait(pieces),
        hold=queue.hold_time if queue else None,
        wrap_up=queue.wrap_up_time if queue else None,
        score=queue.score or None if queue else None,
        extensions=pieces.extensions,
        recordings=_recordings(pieces, outcome),
        logged=bool(pieces.legs or queue),
    )


def _pieces(records: Collection[LogRecord], zone: tzinfo) -> _Pieces:
    legs = sorted(
        (_leg(record, record.body, zone) for record in records if isinstance(record.body, CallDetail)),
        key=lambda leg: (leg.started, leg.ended, repr(leg.row)),
    )
    logs = [(record, record.body) for record in records if isinstance(record.body, QueueCallDetail)]
    seen = [record.body for record in records if isinstance(record.body, Seen)]
    spans = [(leg.started, leg.ended) for leg in legs]
    spans += [_span(record, log.started, log.ended, log.duration, zone) for record, log in logs]
    # Our clock and the PBX's may differ: what it logged counts.
    spans = spans or [(_whole(seen[0].started), _whole(seen[0].ended))]
    return _Pieces(
        legs=legs,
        # One call has one; should there be two, the one that knows of a talk.
        queue=max((log for _, log in logs), key=lambda log: (log.talk_time or 0, repr(log)), default=None),
        seen=seen[0] if seen else None,
        extensions=frozenset().union(*(record.extensions for record in records)),
        started=min(start for start, _ in spans),
        ended=max(end for _, end in spans),
    )


def _leg(record: LogRecord, row: CallDetail, zone: tzinfo) -> _Leg:
    started, ended = _span(record, row.started, row.ended, row.duration, zone)
    answered = believable(row.answered) or believable(row.ended)
    taken = utc_of(answered, zone, started) if answered else ended
    return _Leg(row, started, ended, min(max(taken, started), ended))


def _span(
    record: LogRecord, start: datetime | None, end: datetime | None, duration: int | None, zone: tzinfo
) -> tuple[datetime, datetime]:
    """Return when something began and ended (UTC); what the PBX left out is worked out of the rest."""
    length = timedelta(seconds=min(max(duration or 0, 0), _LONGEST.total_seconds()))
    start, end = believable(start), believable(end)
    local = start or (end - length if end else None)
    near = reference(record.uid, local, zone, record.received)
    started = utc_of(local, zone, near) if local else _whole(near) - length
    ended = utc_of(end, zone, started + length) if end else started + length
    return started, ended if started <= ended <= started + _LONGEST else started + length


def _direction(pieces: _Pieces) -> Direction:
    if pieces.seen and pieces.seen.direction is not Direction.INTERNAL:
        return pieces.seen.direction
    logged = [leg.row.direction for leg in pieces.legs if leg.row.direction is not Direction.INTERNAL]
    if logged:
        return logged[0]
    if pieces.queue and not pieces.legs:
        return pieces.queue.direction
    return Direction.INTERNAL


def _outcome(pieces: _Pieces) -> Outcome:
    """Return how a call ended: what was seen of it knows more than a row, and the call centre's log the most."""
    if pieces.talked_in_queue:
        return Outcome.ANSWERED
    if pieces.queue and pieces.queue.voicemail:
        return Outcome.VOICEMAIL
    if pieces.seen:
        return pieces.seen.outcome
    if pieces.queue is None and any(leg.answered for leg in pieces.legs):
        return Outcome.ANSWERED
    return Outcome.MISSED if _direction(pieces) is Direction.INBOUND else _in_vain(pieces)


def _in_vain(pieces: _Pieces) -> Outcome:
    """Return why nobody answered a call of the office's own."""
    found = {leg.row.disposition for leg in pieces.legs}
    if Disposition.BUSY in found:
        return Outcome.BUSY
    return Outcome.FAILED if Disposition.FAILED in found else Outcome.CANCELLED


def _cause(pieces: _Pieces) -> EndCause | None:
    if pieces.queue and pieces.queue.miss_cause:
        return _CAUSES[pieces.queue.miss_cause]
    if pieces.seen:
        return pieces.seen.cause
    return {Outcome.BUSY: EndCause.BUSY, Outcome.FAILED: EndCause.UNREACHABLE}.get(_in_vain(pieces))


def _caller(pieces: _Pieces) -> Party:
    if pieces.seen and pieces.seen.caller != NOBODY:
        seen = pieces.seen.caller
        named = (leg.row.caller.name for leg in pieces.legs if leg.row.caller.number == seen.number)
        return seen if seen.name else Party(seen.number, next(filter(None, named), ""))
    for leg in pieces.legs:
        if leg.row.caller != NOBODY:
            return leg.row.caller
    if pieces.queue:
        return Party(pieces.queue.caller)
    return Party(pieces.legs[0].row.source) if pieces.legs else NOBODY


def _callee(pieces: _Pieces, *, answered: bool) -> Party:
    """Return who was called: of a call to the outside whoever is there, though it was passed on within the office."""
    called = _called_last(pieces, answered=answered)
    if _direction(pieces) is not Direction.OUTBOUND or called.number not in pieces.extensions:
        return called
    outside = (party for party in _rung(pieces, answered=answered) if party.number not in pieces.extensions)
    return next(outside, called)


def _called_last(pieces: _Pieces, *, answered: bool) -> Party:
    if pieces.seen and (pieces.seen.callee != NOBODY or _queue(pieces)):
        return pieces.seen.callee
    if pieces.talked_in_queue and pieces.queue:
        return Party(pieces.queue.agent)
    if _queue(pieces) and not answered:
        return NOBODY
    return (_rung(pieces, answered=answered) or [NOBODY])[-1]


def _rung(pieces: _Pieces, *, answered: bool) -> list[Party]:
    """Return whom the legs rang, in their order; where some were answered, those."""
    rows = [leg.row for leg in pieces.legs if leg.answered is answered] or [leg.row for leg in pieces.legs]
    return [Party(row.destination, row.destination_name) for row in rows if row.destination not in _NO_NUMBERS]


def _wait(pieces: _Pieces, *, answered: bool) -> int:
    if not answered:
        return pieces.duration
    if pieces.talked_in_queue and pieces.queue:
        return max(pieces.duration - (pieces.queue.talk_time or 0), 0)
    if pieces.seen and pieces.seen.answered:
        waited = round((pieces.seen.answered - pieces.seen.started).total_seconds())
        return min(max(waited, 0), pieces.duration)
    taken = next((leg.taken for leg in pieces.legs if leg.answered), pieces.started)
    return round((taken - pieces.started).total_seconds())


def _talk(pieces: _Pieces) -> int:
    if pieces.talked_in_queue and pieces.queue:
        return pieces.queue.talk_time or 0
    if pieces.seen and pieces.seen.answered:
        return max(round((pieces.seen.ended - pieces.seen.answered).total_seconds()), 0)
    return sum(leg.row.billable or 0 for leg in pieces.legs if leg.answered)


def _did(pieces: _Pieces) -> str:
    """Return the number that a caller from outside rang, where the log names it in place of the extension."""
    if _direction(pieces) is not Direction.INBOUND or _queue(pieces):
        return ""
    rung = (leg.row.destination for leg in pieces.legs)
    return next((number for number in rung if number.isdigit() and not is_extension(number)), "")


def _queue(pieces: _Pieces) -> str:
    return (pieces.queue and pieces.queue.queue) or (pieces.seen and pieces.seen.queue) or ""


def _agent(pieces: _Pieces) -> str:
    if pieces.talked_in_queue and pieces.queue:
        return pieces.queue.agent
    return pieces.seen.agent if pieces.seen and _queue(pieces) else ""


def _queue_wait(pieces: _Pieces) -> int | None:
    if pieces.queue and pieces.queue.queue_time is not None:
        return pieces.queue.queue_time
    if pieces.seen and pieces.seen.queued:
        until = pieces.seen.answered or pieces.seen.ended
        return max(round((until - pieces.seen.queued).total_seconds()), 0)
    return None


def _recordings(pieces: _Pieces, outcome: Outcome) -> tuple[str, ...]:
    """Return the files in which somebody is to be heard: an unanswered call has one too, but an empty one."""
    if outcome not in (Outcome.ANSWERED, Outcome.VOICEMAIL):
        return ()
    paths = [leg.row.recording for leg in pieces.legs if leg.answered]
    if pieces.queue:
        paths.append(pieces.queue.recording)
    return tuple(dict.fromkeys(filter(None, paths)))


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def extensions_in(record: LogRecord, known: Iterable[str]) -> frozenset[str]:
    """Return the extensions that a log names, of those that are known; an agent is always one."""
    match record.body:
        case CallDetail() as row:
            numbers = {row.source, row.destination, row.caller.number}
            return frozenset(numbers.intersection(known))
        case QueueCallDetail() as log:
            agent = {log.agent} if is_extension(log.agent) and (log.talk_time or 0) > 0 else set[str]()
            return frozenset({log.caller, log.called}.intersection(known) | agent)
        case Seen():
            return record.extensions
