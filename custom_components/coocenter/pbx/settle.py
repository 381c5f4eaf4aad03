"""What follows from a call's legs: its state, its parties, its direction; and at its end, how it ended."""

from dataclasses import replace
from datetime import datetime

from .call import Call, CallState, EndCause, Leg, Outcome
from .model import NOBODY, DialStatus, Direction, Party
from .numbers import is_local

#: More than any queue rings at once.
MAX_LEGS = 200

_CAUSES = {
    DialStatus.CANCEL: EndCause.CALLER_GAVE_UP,
    DialStatus.ABORTED: EndCause.CALLER_GAVE_UP,
    DialStatus.HANGUP: EndCause.CALLER_GAVE_UP,
    DialStatus.NO_ANSWER: EndCause.NO_ANSWER,
    DialStatus.BUSY: EndCause.BUSY,
    DialStatus.CONGESTION: EndCause.UNREACHABLE,
    DialStatus.UNAVAILABLE: EndCause.UNREACHABLE,
}
_OUTCOMES = {EndCause.BUSY: Outcome.BUSY, EndCause.UNREACHABLE: Outcome.FAILED}


def settled(call: Call, now: datetime) -> Call:
    """Return a call with what follows from its legs now."""
    placing = next((leg for leg in call.legs if leg.calling), None)
    others = [leg for leg in call.legs if not leg.calling]
    # The halves of a Local channel stand for the phone behind them while that is not known yet.
    others = [leg for leg in others if not is_local(leg.channel)] or [leg for leg in others if leg.extension]
    talking = [leg for leg in others if leg.connected]
    rings = any(not leg.connected for leg in others)
    call = replace(
        call,
        # Who passes a call on and leaves has called all the same.
        caller=placing.party if placing and call.answered is None else call.caller,
        callee=_callee(call, talking, others),
        direction=_direction(call, placing, others),
        held_by=call.held_by & call.extensions,
        ringing=call.ringing or (now if rings else None),
        answered=call.answered or (now if talking else None),
        agent=call.agent or (talking[-1].extension if talking and call.queue else None),
    )
    state = _state(call, placing, others, connected=bool(talking))
    return replace(
        call,
        state=state,
        parties=(parties := _parties(call, state)),
        involved=call.involved | parties if len(call.involved) < MAX_LEGS else call.involved,
        held=now if state is CallState.ON_HOLD and call.state is not CallState.ON_HOLD else call.held,
        transferred=now if state is CallState.TRANSFERRED and call.state is not state else call.transferred,
    )


def over(call: Call, now: datetime, *, staffed: bool, watched: bool = True) -> Call:
    """Return a call that has just ended, with how it did as far as live events tell.

    One that was not `watched`, but only seen now and then, may have been answered unseen.
    """
    unknown = not watched and call.answered is None
    cause = None if call.answered or unknown else call.cause or _cause(call, staffed=staffed)
    return replace(
        call,
        state=CallState.ENDED,
        ended=now,
        outcome=call.outcome or (None if unknown else outcome_of(call, cause)),
        cause=cause,
        # Of a queue's caller nobody in particular was called.
        callee=NOBODY if call.queue and not call.answered else call.callee,
        legs=(),
    )


def outcome_of(call: Call, cause: EndCause | None) -> Outcome:
    """Return how a call ended, by why nobody talked."""
    if call.answered:
        return Outcome.ANSWERED
    if call.direction is Direction.INBOUND:
        return Outcome.MISSED
    if cause is EndCause.NO_ANSWER:
        return Outcome.MISSED if call.direction is Direction.INTERNAL else Outcome.FAILED
    return _OUTCOMES.get(cause, Outcome.CANCELLED) if cause else Outcome.CANCELLED


def cause_of(dialled: DialStatus) -> EndCause | None:
    """Return why nobody talked, by how the last phone stopped to ring."""
    return _CAUSES.get(dialled)


def _cause(call: Call, *, staffed: bool) -> EndCause | None:
    if call.dialled:
        return cause_of(call.dialled)
    if call.ringing:
        # Its end was lost.
        return None
    return EndCause.CALLER_GAVE_UP if staffed or not call.queue else EndCause.NO_AGENTS


def _callee(call: Call, talking: list[Leg], others: list[Leg]) -> Party:
    # Of two who talk the later one took over in a transfer; of several who ring nobody is the callee yet.
    if talking:
        return talking[-1].party
    if others:
        return others[0].party if len({leg.party for leg in others}) == 1 else NOBODY
    return call.callee


def _state(call: Call, placing: Leg | None, others: list[Leg], *, connected: bool) -> CallState:
    if connected:
        return CallState.ON_HOLD if call.held_by else CallState.CONNECTED
    if others:
        return CallState.TRANSFERRED if call.answered else CallState.RINGING
    if call.answered:
        # Between two legs of a transfer, or of the end, is only a moment.
        return call.state
    if placing and not placing.connected:
        return CallState.RINGING
    # Nobody on the other side: a caller from outside waits in a queue or menu, one from inside hears a tone.
    waits = call.queue or placing is None or placing.extension is None
    return CallState.QUEUED if waits else call.state


def _direction(call: Call, placing: Leg | None, others: list[Leg]) -> Direction:
    if placing is None or call.answered:
        # Who is passed on later does not change who called.
        return call.direction
    if placing.extension is None:
        return Direction.INBOUND
    if others:
        return Direction.INTERNAL if any(leg.extension for leg in others) else Direction.OUTBOUND
    return call.direction


def _parties(call: Call, state: CallState) -> frozenset[str]:
    """Return the extensions that take part, and those that rang in vain while it is open who answers."""
    present = call.extensions
    if call.ringing is None and call.answered is None:
        # A click-to-dial's first phone rings for whoever asked: nobody calls it.
        return call.parties & present
    if state in (CallState.CONNECTED, CallState.ON_HOLD):
        return present
    return present | call.parties
