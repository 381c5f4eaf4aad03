"""Live calls as attributes and actions show them."""

from datetime import datetime
from typing import Any

from homeassistant.const import MAX_LENGTH_STATE_STATE

from .call_log import LoggedCall
from .pbx import Call, CallFact, PbxState


def describe_line(state: PbxState, number: str) -> dict[str, Any]:
    """Return who is on an extension's line; of several calls the one that talks, else the newest."""
    if not (calls := state.calls.of_extension(number)):
        return {"other_party": None, "other_party_name": None, "direction": None, "since": None, "calls": 0}
    # The one that talks comes first, then the newest.
    calls.sort(key=lambda call: (call.answered is None, -call.started.timestamp()))
    other = state.named(calls[0].other_party(number))
    return {
        "other_party": other.number or None,
        "other_party_name": other.name or None,
        "direction": calls[0].direction,
        "since": calls[0].answered or calls[0].started,
        "calls": len(calls),
    }


def describe_call(state: PbxState, call: Call, now: datetime | None = None) -> dict[str, Any]:
    """Return a call as attributes, automations and actions show it.

    Durations are in seconds until `now` or its end, None where neither is given.
    """
    caller, callee = state.named(call.caller), state.named(call.callee)
    end = call.ended or now
    return {
        "id": call.id,
        "direction": call.direction,
        "state": call.state,
        "caller": caller.number or None,
        "caller_name": caller.name or None,
        "callee": callee.number or None,
        "callee_name": callee.name or None,
        "did": call.did,
        "queue": call.queue,
        "agent": call.agent,
        "menu": call.menu,
        "digits": call.digits,
        "extensions": sorted(call.extensions or call.involved),
        "started": call.started.isoformat(),
        "answered": call.answered.isoformat() if call.answered else None,
        "outcome": call.outcome,
        "cause": call.cause,
        "wait_time": _seconds(call.started, call.answered or end),
        "talk_time": _seconds(call.answered, end),
        "duration": _seconds(call.started, end),
        "recording": call.recording,
    }


def describe_logged(state: PbxState, call: LoggedCall) -> dict[str, Any]:
    """Return a call of the log in the words that describe a live one."""
    caller, callee = state.named(call.caller), state.named(call.callee)
    return {
        "id": call.uid,
        "direction": call.direction,
        "outcome": call.outcome,
        "cause": call.cause,
        "caller": caller.number or None,
        "caller_name": caller.name or None,
        "callee": callee.number or None,
        "callee_name": callee.name or None,
        "did": call.did or None,
        "queue": call.queue or None,
        "agent": call.agent or None,
        "menu": call.menu or None,
        "digits": call.digits or None,
        "extensions": sorted(call.extensions),
        "started": call.started.isoformat(),
        "answered": call.answered.isoformat() if call.answered else None,
        "ended": call.ended.isoformat(),
        "wait_time": call.wait,
        "queue_time": call.queue_wait,
        "talk_time": call.talk,
        "hold_time": call.hold,
        "wrap_up_time": call.wrap_up,
        "duration": call.duration,
        "score": call.score,
        "recordings": len(call.recordings),
        "logged": call.logged,
    }


def describe_fact(state: PbxState, fact: CallFact) -> dict[str, Any]:
    """Return the call of a fact as it is for the part it is about."""
    return describe_call(state, fact.call, fact.at) | {"cause": fact.cause}


def other_party(state: PbxState, number: str) -> str:
    """Return who is on an extension's line: a name or number, or the word for nobody or a withheld number."""
    line = describe_line(state, number)
    party = line["other_party_name"] or line["other_party"] or ("withheld" if line["calls"] else "none")
    # A state is no longer.
    return str(party)[:MAX_LENGTH_STATE_STATE]


def waiting_calls(state: PbxState, queue: str) -> list[Call]:
    """Return the calls that wait in a queue, who waits longest first."""
    waiting = [call for call in state.calls if call.queue == queue and call.is_waiting]
    return sorted(waiting, key=waits_since)


def longest_wait(state: PbxState, queue: str, now: datetime) -> int:
    """Return the seconds that the first of a queue's callers has waited, 0 where nobody waits."""
    waiting = waiting_calls(state, queue)
    return max(round((now - waits_since(waiting[0])).total_seconds()), 0) if waiting else 0


def waits_since(call: Call) -> datetime:
    """Return when a caller joined the queue (UTC)."""
    return call.queued or call.started


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    return max(round((end - start).total_seconds()), 0) if start and end else None
