"""Who is on the phone, and who called."""

from datetime import datetime
from typing import ClassVar, override

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.util import dt as dt_util

from ..call_log.missed import MissedItem
from ..pbx import Activity, Call, Party, PbxState
from ..pbx.matching import number_key
from ..people import Person, async_get_people
from .base import CooCenterIntent, Request, Unanswered, Why

WHO = "who"
#: Nobody listens to more.
_TOLD = 5
_RINGING = (Activity.RINGING, Activity.RINGING_IN_USE)


class CallStatus(CooCenterIntent):
    """Tell who is on the phone."""

    intent_type = "CooCenterCallStatus"
    description = "Tells whether somebody is on the office telephone and with whom, or who is on the phone at all"
    optional: ClassVar = {WHO: "The name or extension of whom it is about; leave it out for everybody"}
    asks = True

    @override
    async def async_answer(self, request: Request) -> str:
        states = []
        for entry in request.entries():
            await request.async_check(entry, policy=POLICY_READ)
            if not entry.runtime_data.coordinator.last_update_success:
                # As little is known as its entities show.
                raise Unanswered(Why.PBX_UNREACHABLE)
            states.append(entry.runtime_data.coordinator.state)
        if WHO not in request.slots:
            return _everybody(request, states)
        person = request.person(request.slots[WHO])
        if person.entry and person.extension:
            return _of_extension(request, person.entry.runtime_data.coordinator.state, person)
        return _of_contact(request, states, person)


class MissedCalls(CooCenterIntent):
    """Tell who called in vain."""

    intent_type = "CooCenterMissedCalls"
    description = "Tells who called the office, was not answered, and has not been called back yet"
    asks = True

    @override
    async def async_answer(self, request: Request) -> str:
        waiting: list[tuple[MissedItem, PbxState]] = []
        for entry in request.entries():
            await request.async_check(entry, policy=POLICY_READ)
            items = entry.runtime_data.missed.items("")
            if items is None:
                raise Unanswered(Why.LOG_UNAVAILABLE)
            state = entry.runtime_data.coordinator.state
            waiting += [(item, state) for item in items if not item.done]
        waiting.sort(key=lambda one: one[0].last.started, reverse=True)
        return _missed(request, waiting)


def _missed(request: Request, waiting: list[tuple[MissedItem, PbxState]]) -> str:
    """Return who waits, the newest first."""
    if not waiting:
        return request.say("no_missed_calls")
    told = [_missed_item(request, item, state) for item, state in waiting[:_TOLD]]
    count = sum(len(item.calls) for item, _ in waiting)
    if more := sum(len(item.calls) for item, _ in waiting[_TOLD:]):
        return request.say("missed_calls_more", list=told, count=count, more=more)
    return request.say("missed_calls", list=told, count=count)


def _missed_item(request: Request, item: MissedItem, state: PbxState) -> str:
    """Return who called, when last, and how often."""
    caller = state.named(item.last.caller)
    name = caller.name or next((one.caller.name for one in item.calls[::-1] if one.caller.name), "")
    return request.say(
        "missed_call_item",
        name=name or caller.number or request.say("withheld"),
        when=_when(request, item.last.started),
        times=len(item.calls),
    )


def _when(request: Request, moment: datetime) -> str:
    local = dt_util.as_local(moment)
    time = f"{local.hour}:{local.minute:02}"
    match (dt_util.now().date() - local.date()).days:
        case 0:
            return request.say("at", time=time)
        case 1:
            return request.say("yesterday_at", time=time)
        case _:
            return request.say("on", date=local.date().isoformat(), time=time)


def _everybody(request: Request, states: list[PbxState]) -> str:
    """Return who of the office talks, and with whom."""
    calls = [_pair(request, state, call) for state in states for call in state.calls if call.talking]
    return request.say("calls_now", list=calls) if calls else request.say("nobody_on_the_phone")


def _pair(request: Request, state: PbxState, call: Call) -> str:
    extension = min(call.talking)
    return request.say(
        "call_now_item",
        name=_name(request, state, Party(extension)),
        other=_name(request, state, call.other_party(extension)),
    )


def _of_extension(request: Request, state: PbxState, person: Person) -> str:
    calls = state.calls.of_extension(person.extension)
    if talking := [call for call in calls if person.extension in call.talking]:
        other = _name(request, state, talking[-1].other_party(person.extension))
        return request.say("on_the_phone", name=person.name, other=other)
    extension = state.extensions[person.extension]
    if calls or extension.activity in _RINGING:
        return request.say("is_ringing", name=person.name)
    if not extension.reachable:
        return request.say("not_registered", name=person.name)
    # Of a call that the PBX tells nothing of, the phone knows.
    free = extension.activity in (Activity.IDLE, None)
    return request.say("is_free" if free else "on_the_phone_with_nobody", name=person.name)


def _of_contact(request: Request, states: list[PbxState], person: Person) -> str:
    """Return whom somebody outside the office talks with, or who is in a queue."""
    country = request.hass.config.country
    numbers = {number_key(one.number, country) for one in person.numbers}
    for state in states:
        for call in state.calls:
            parties = {number_key(party.number, country) for party in (call.caller, call.callee) if party.number}
            if call.talking and (numbers & parties or person.queue == (call.queue or None)):
                other = _name(request, state, Party(min(call.talking)))
                return request.say("on_the_phone", name=person.name, other=other)
    return request.say("is_free", name=person.name)


def _name(request: Request, state: PbxState, party: Party) -> str:
    """Return what somebody is called, as people of the office are in every other answer."""
    for entry in request.entries():
        if entry.runtime_data.coordinator.state is state and party.number in state.extensions:
            return async_get_people(request.hass).with_number(party.number, entry)[0].name
    named = state.named(party)
    return named.name or named.number or request.say("withheld")
