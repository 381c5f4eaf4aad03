"""Live calls as attributes and actions show them."""

from typing import Any

from .pbx import Call, PbxState


def describe_line(state: PbxState, number: str) -> dict[str, Any]:
    """Return who is on an extension's line; of several calls the one that talks, else the newest."""
    calls = state.calls.of_extension(number)
    # The one that talks comes first, then the newest.
    calls.sort(key=lambda call: (call.answered is None, -call.started.timestamp()))
    if not calls:
        return {"other_party": None, "other_party_name": None, "direction": None, "since": None, "calls": 0}
    other = state.named(calls[0].other_party(number))
    return {
        "other_party": other.number or None,
        "other_party_name": other.name or None,
        "direction": calls[0].direction,
        "since": calls[0].answered or calls[0].started,
        "calls": len(calls),
    }


def describe_call(state: PbxState, call: Call) -> dict[str, Any]:
    """Return a live call as attributes and actions show it."""
    caller, callee = state.named(call.caller), state.named(call.callee)
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
        "extensions": sorted(call.extensions),
        "started": call.started.isoformat(),
        "answered": call.answered.isoformat() if call.answered else None,
    }
