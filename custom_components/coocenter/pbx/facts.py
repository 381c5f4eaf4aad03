"""What happened to a call between two of its records, told once to each part it is about."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from .call import Call, CallState, CallStep, EndCause, Outcome
from .changes import CallFact, ExtensionKey, PbxKey, QueueKey
from .model import Direction

#: What a phone that rang in vain missed, though the call as a whole was not.
_MISSED = (Outcome.MISSED, Outcome.VOICEMAIL, Outcome.CANCELLED)


def facts_between(before: Call | None, after: Call, now: datetime) -> Iterator[CallFact]:
    """Yield what is new in a call, in the order of its happening."""
    if _joins_queue(before, after):
        yield _to_queue(CallStep.QUEUED, after, now)
    yield from _ringing(before, after, now)
    yield from _answered(before, after, now)
    yield from _moved(before, after, now)
    yield from _left(before, after, now)
    if after.ended:
        yield from facts_ended(after, now)


def facts_learnt(before: Call, after: Call, now: datetime) -> Iterator[CallFact]:
    """Yield what a log that came after the end adds to what was told; what was told wrongly is not unsaid."""
    if before.outcome is not Outcome.VOICEMAIL:
        yield from _voicemail(after, now)
    if after.queue and not before.queue:
        yield _to_queue(last_step(after), after, now)


def facts_ended(call: Call, now: datetime) -> Iterator[CallFact]:
    """Yield the end of a call for the PBX and its queue; one that never rang anybody else is nobody's news."""
    if call.ringing or call.answered or call.direction is Direction.INBOUND:
        yield from _to_all(last_step(call), call, now)
        yield from _voicemail(call, now)


def facts_transferred(call: Call, now: datetime) -> Iterator[CallFact]:
    """Yield that a call was passed on: for those who talked, and the one who passed it on."""
    yield from _to_all(CallStep.TRANSFERRED, call, now)
    talked = call.talking | ({call.left} if call.left else frozenset())
    yield from _to_extensions(CallStep.TRANSFERRED, call, now, talked)


def last_step(call: Call) -> CallStep:
    """Return what the end of a call is for the PBX and its queue."""
    # Who left a message was missed all the same.
    return CallStep.MISSED if call.outcome in (Outcome.MISSED, Outcome.VOICEMAIL) else CallStep.ENDED


def _voicemail(call: Call, now: datetime) -> Iterator[CallFact]:
    """Yield that a message was left: in the queue's box, else in the phone's."""
    if call.outcome is Outcome.VOICEMAIL:
        yield from _to_all(CallStep.VOICEMAIL, call, now)
        yield from _to_extensions(CallStep.VOICEMAIL, call, now, frozenset() if call.queue else call.parties)


def _joins_queue(before: Call | None, after: Call) -> bool:
    return after.is_waiting and (before is None or before.queue != after.queue)


def _ringing(before: Call | None, after: Call, now: datetime) -> Iterator[CallFact]:
    if after.ringing is None or after.ended:
        return
    first = before is None or before.ringing is None
    if first:
        step = CallStep.DIALING if after.direction is Direction.OUTBOUND else CallStep.RINGING
        yield CallFact(about=PbxKey.CALLS, step=step, call=after, cause=None, at=now)
    if after.is_waiting and (first or _joins_queue(before, after)):
        yield _to_queue(CallStep.RINGING, after, now)
    new = after.parties - (before.parties if before else frozenset())
    calling = {leg.extension for leg in after.legs if leg.calling}
    ringing = {leg.extension for leg in after.legs if not leg.connected}
    yield from _to_extensions(CallStep.DIALING, after, now, new & calling)
    yield from _to_extensions(CallStep.RINGING, after, now, (new & ringing) - calling)


def _answered(before: Call | None, after: Call, now: datetime) -> Iterator[CallFact]:
    if after.answered and not (before and before.answered):
        yield from _to_all(CallStep.ANSWERED, after, now)
    talked = before.talking if before else frozenset[str]()
    yield from _to_extensions(CallStep.ANSWERED, after, now, after.talking - talked)


def _moved(before: Call | None, after: Call, now: datetime) -> Iterator[CallFact]:
    if before is None or after.state is before.state:
        return
    if after.state is CallState.ON_HOLD:
        yield from _to_all(CallStep.HELD, after, now)
        yield from _to_extensions(CallStep.HELD, after, now, after.talking)
    elif after.state is CallState.TRANSFERRED:
        yield from facts_transferred(after, now)


def _left(before: Call | None, after: Call, now: datetime) -> Iterator[CallFact]:
    """Yield the end of the call for the phones that are no longer in it."""
    if before is None:
        return
    gone = before.parties if after.ended else before.parties - after.parties
    yield from _to_extensions(CallStep.ENDED, after, now, gone & before.talking)
    in_vain = gone - before.talking
    if after.ended and before.state is CallState.TRANSFERRED:
        yield from _to_extensions(CallStep.MISSED, after, now, in_vain, EndCause.NO_ANSWER)
    elif after.answered:
        yield from _to_extensions(CallStep.ENDED, after, now, in_vain, EndCause.ANSWERED_ELSEWHERE)
    else:
        calling = {leg.extension for leg in before.legs if leg.calling}
        missed = CallStep.MISSED if after.outcome in _MISSED else CallStep.ENDED
        yield from _to_extensions(missed, after, now, in_vain - calling)
        yield from _to_extensions(CallStep.ENDED, after, now, in_vain & calling)


def _to_all(step: CallStep, call: Call, now: datetime) -> Iterator[CallFact]:
    yield CallFact(about=PbxKey.CALLS, step=step, call=call, cause=call.cause, at=now)
    if call.queue:
        yield _to_queue(step, call, now)


def _to_queue(step: CallStep, call: Call, now: datetime) -> CallFact:
    return CallFact(about=QueueKey(call.queue or ""), step=step, call=call, cause=call.cause, at=now)


def _to_extensions(
    step: CallStep, call: Call, now: datetime, extensions: Iterable[str], cause: EndCause | None = None
) -> Iterator[CallFact]:
    for extension in sorted(extensions):
        yield CallFact(about=ExtensionKey(extension), step=step, call=call, cause=cause or call.cause, at=now)
