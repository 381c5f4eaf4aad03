"""What the PBX's logs say of a call: they correct what live events guessed (captures: CDR)."""

from dataclasses import replace
from datetime import datetime, timedelta

from .call import Call, EndCause, Outcome
from .events import CallDetail, QueueCallDetail
from .model import DialStatus, Direction, Disposition, MissCause
from .settle import cause_of, outcome_of

_CAUSES = {
    MissCause.NO_ASSIGN: EndCause.TOO_FEW_AGENTS,
    MissCause.NO_AGENT_ANSWER: EndCause.NO_ANSWER,
    MissCause.NO_AGENT_LOGIN: EndCause.NO_AGENTS,
    MissCause.MEMBER_CANCEL: EndCause.CALLER_GAVE_UP,
}
_IN_VAIN = (DialStatus.NO_ANSWER, DialStatus.BUSY, DialStatus.CONGESTION, DialStatus.UNAVAILABLE)
#: Seconds; a busy tone and a good-bye are shorter, a greeting with a message is not.
_SHORTEST_MESSAGE = 5
_DIALLED = {Disposition.BUSY: DialStatus.BUSY, Disposition.FAILED: DialStatus.CONGESTION}


def learnt(call: Call, event: CallDetail | QueueCallDetail, now: datetime) -> Call:
    """Return a call with what a log says of it; of one that ended also how it did."""
    call = _queue_detail(call, event, now) if isinstance(event, QueueCallDetail) else _detail(call, event, now)
    if call.ended is None:
        return call
    if call.answered:
        return replace(call, outcome=Outcome.ANSWERED, cause=None)
    if call.outcome is Outcome.VOICEMAIL:
        return call
    return replace(call, outcome=outcome_of(call, call.cause))


def _detail(call: Call, event: CallDetail, now: datetime) -> Call:
    """Correct by the log of one leg: there are several, and ANSWERED may also be voicemail or a good-bye."""
    answered = event.disposition is Disposition.ANSWERED
    if event.direction is not Direction.INTERNAL:
        call = replace(call, direction=event.direction)
    if event.recording and (answered or not call.recording):
        call = replace(call, recording=event.recording)
    if event.caller.name and event.caller.number == call.caller.number and not call.caller.name:
        call = replace(call, caller=event.caller)
    is_direct = call.direction is Direction.INBOUND and call.queue is None and call.did is None
    if is_direct and event.destination.isdigit() and event.destination not in call.involved:
        call = replace(call, did=event.destination)
    if _is_voicemail(call, event):
        return replace(call, outcome=Outcome.VOICEMAIL)
    if call.answered or call.dialled or not call.ringing or call.queue:
        return call
    # How the ringing ended was lost, and the log has it.
    if answered:
        legs = tuple(replace(leg, connected=True) for leg in call.legs)
        since = (call.ended or now) - timedelta(seconds=max(event.billable or 0, 0))
        return replace(call, answered=since, legs=legs)
    if event.disposition in _DIALLED:
        dialled = _DIALLED[event.disposition]
        return replace(call, dialled=dialled, cause=cause_of(dialled) if call.ended else None)
    return call


def _is_voicemail(call: Call, event: CallDetail) -> bool:
    """Tell whether the PBX itself answered after a phone had rung in vain, and for longer than it takes to say so."""
    rang_in_vain = call.answered is None and call.dialled in _IN_VAIN and call.queue is None and call.menu is None
    return rang_in_vain and event.disposition is Disposition.ANSWERED and (event.billable or 0) >= _SHORTEST_MESSAGE


def _queue_detail(call: Call, event: QueueCallDetail, now: datetime) -> Call:
    call = replace(
        call,
        queue=event.queue or call.queue,
        did=event.did or call.did,
        menu=event.ivr_name or event.ivr_id or call.menu,
        digits=event.digits or call.digits,
        recording=event.recording or call.recording,
    )
    if event.agent and event.talk_time and event.talk_time > 0:
        answered = call.answered or (call.ended or now) - timedelta(seconds=event.talk_time)
        return replace(call, agent=event.agent, answered=answered)
    if call.answered:
        return call
    cause = _CAUSES[event.miss_cause] if event.miss_cause else call.cause
    return replace(call, cause=cause, outcome=Outcome.VOICEMAIL if event.voicemail else call.outcome)
