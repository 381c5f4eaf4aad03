"""Dialling, hanging up, passing on, calling back, dialling again."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, override

from homeassistant.util import dt as dt_util

from ..call_log import CallFilter, LoggedCall
from ..const import CONF_EMERGENCY_BY_VOICE, CONF_INTERNATIONAL_PREFIX, DEFAULT_INTERNATIONAL_PREFIX
from ..dial_from import FoundBy, Phone
from ..pbx import Call, Direction, dialable
from ..people import Person, async_get_people
from ..phone_book import fold
from .base import CooCenterIntent, Request, Unanswered, Why, source_slot
from .emergency import is_emergency

CALLEE = "callee"
LABEL = "label"
_CALLEE = {CALLEE: "Whom: the name of a contact, a colleague or a queue, or a telephone number"}
_LABEL = {LABEL: "Which number of somebody who has several, such as work or mobile; only if the user says so"}
#: Among so many of the last calls one is looked for that can be called again.
_LOOKED_AT = 20
#: A caller in vain goes before those who reached somebody, for so long.
_MEANT_FOR = timedelta(hours=12)
#: Whoever says nothing of a phone expects the one at hand; another is named in the answer.
_AT_HAND = (FoundBy.DEVICE, FoundBy.AREA)


class Dial(CooCenterIntent):
    """Ring a phone, and the callee once it is taken up."""

    intent_type = "CooCenterDial"
    description = "Calls somebody on the office telephone: rings the user's phone first, and then the other side"
    required: ClassVar = _CALLEE
    optional: ClassVar = {**_LABEL, **source_slot()}

    @override
    async def async_answer(self, request: Request) -> str:
        callee = request.person(request.slots[CALLEE])
        return await _async_dial(request, request.phone(callee.entry), callee)


class HangUp(CooCenterIntent):
    """End the call of a phone."""

    intent_type = "CooCenterHangUp"
    description = "Ends the call on the user's office telephone, or stops its ringing"
    optional: ClassVar = source_slot()

    @override
    async def async_answer(self, request: Request) -> str:
        phone = _own(request.phone())
        await request.async_check(phone.entry, phone.extension)
        if not await _async_calls(phone):
            raise Unanswered(Why.NOTHING_TO_HANG_UP)
        await phone.entry.runtime_data.coordinator.client.hang_up(phone.extension)
        return request.say("hung_up")


class Transfer(CooCenterIntent):
    """Pass the call of a phone on."""

    intent_type = "CooCenterTransfer"
    description = "Passes the call on the user's office telephone on to somebody else, at once"
    required: ClassVar = _CALLEE
    optional: ClassVar = {**_LABEL, **source_slot()}

    @override
    async def async_answer(self, request: Request) -> str:
        callee = request.person(request.slots[CALLEE])
        phone = _own(request.phone(callee.entry))
        await request.async_check(phone.entry, phone.extension)
        number = _dialled(request, phone, callee)
        if not any(phone.extension in call.talking for call in await _async_calls(phone)):
            raise Unanswered(Why.NO_CALL_TO_TRANSFER)
        await phone.entry.runtime_data.coordinator.client.transfer(phone.extension, number)
        return request.say("transferred", name=callee.name)


class CallBack(CooCenterIntent):
    """Call whoever waits to be called back, or else whoever called last."""

    intent_type = "CooCenterCallBack"
    description = "Calls the last missed caller back who still waits for it, or else whoever called last"
    optional: ClassVar = source_slot()

    @override
    async def async_answer(self, request: Request) -> str:
        phone = request.phone()
        runtime = phone.entry.runtime_data
        waiting = [item.last for item in runtime.missed.items("") or () if not item.done]
        called = CallFilter(directions=frozenset({Direction.INBOUND}))
        last = await runtime.coordinator.link.journal.log.page(called, _LOOKED_AT)
        # Who waits since another day is not whom somebody means by the last caller, if anybody else has called since.
        since = max((call.started for call in last.calls), default=dt_util.utcnow()) - _MEANT_FOR
        recent = [call for call in waiting if call.started >= since]
        numbers = [call.caller.number for call in (*recent, *last.calls) if call.caller.number]
        return await _async_dial_first(request, phone, numbers, Why.NO_LAST_CALLER)


class Redial(CooCenterIntent):
    """Dial again what a phone dialled last."""

    intent_type = "CooCenterRedial"
    description = "Calls again whom the user's office telephone called last"
    optional: ClassVar = source_slot()

    @override
    async def async_answer(self, request: Request) -> str:
        phone = request.phone()
        wanted = CallFilter(directions=frozenset({Direction.OUTBOUND, Direction.INTERNAL}), extension=phone.extension)
        last = await phone.entry.runtime_data.coordinator.link.journal.log.page(wanted, _LOOKED_AT)
        numbers = [call.callee.number for call in last.calls if _dialled_by(call, phone) and call.callee.number]
        return await _async_dial_first(request, phone, numbers, Why.NOTHING_TO_REDIAL)


def _own(phone: Phone) -> Phone:
    """Return a phone that is somebody's; raises Unanswered.

    The default one is there to dial from for whoever has none: the call on it is another's.
    """
    if phone.by is FoundBy.DEFAULT:
        raise Unanswered(Why.WHO_ARE_YOU)
    return phone


async def _async_dial_first(request: Request, phone: Phone, numbers: Iterable[str], none: Why) -> str:
    """Dial the first of some numbers; raises Unanswered where there is none."""
    number = next(iter(numbers), None)
    if number is None:
        raise Unanswered(none)
    (callee, *_) = async_get_people(request.hass).with_number(number, phone.entry)
    return await _async_dial(request, phone, callee)


async def _async_dial(request: Request, phone: Phone, callee: Person) -> str:
    await request.async_check(phone.entry, phone.extension)
    number = _dialled(request, phone, callee)
    await phone.entry.runtime_data.coordinator.client.dial(phone.extension, number)
    if phone.by in _AT_HAND:
        return request.say("dialling", name=callee.name)
    return request.say("dialling_from", name=callee.name, source=request.name_of(phone))


def _dialled(request: Request, phone: Phone, callee: Person) -> str:
    """Return what to dial; raises Unanswered or NotDialable."""
    number = _number(request, callee)
    if number in ("", phone.extension):
        # Nor does anybody call themselves.
        raise Unanswered(Why.CANNOT_BE_DIALLED, name=callee.name)
    if callee.entry and number in (callee.extension, callee.queue):
        if callee.entry is not phone.entry:
            # There, the same number is somebody else's.
            raise Unanswered(Why.CANNOT_BE_DIALLED, name=callee.name)
        return number
    options = phone.entry.options
    dialled = dialable(number, plus=options.get(CONF_INTERNATIONAL_PREFIX, DEFAULT_INTERNATIONAL_PREFIX))
    country = request.hass.config.country or ""
    if is_emergency(dialled, country) and not options.get(CONF_EMERGENCY_BY_VOICE, False):
        raise Unanswered(Why.EMERGENCY_OFF, number=number)
    return dialled


def _number(request: Request, callee: Person) -> str:
    """Return the number of somebody that is asked for, else the first; empty where there is none.

    What it is called may be said in another language than the phone book's. Where no number of a contact is called
    anything, nothing tells that the first is not the one.
    """
    first = next((one.number for one in callee.numbers), "")
    if not (label := request.slots.get(LABEL, "")):
        return first
    wanted = {fold(label), request.language.label(label)}
    labels = [(one.number, {fold(one.label), request.language.label(one.label)}) for one in callee.numbers if one.label]
    if not labels and not callee.entry:
        return first
    return next((number for number, names in labels if wanted & names - {None}), "")


async def _async_calls(phone: Phone) -> list[Call]:
    """Return the live calls of a phone; where none is known the PBX is asked, for a push may be on its way."""
    coordinator = phone.entry.runtime_data.coordinator
    if not coordinator.state.calls.of_extension(phone.extension):
        await coordinator.async_read_calls()
    return coordinator.state.calls.of_extension(phone.extension)


def _dialled_by(call: LoggedCall, phone: Phone) -> bool:
    """Tell whether a call was placed by a phone, and is not one that it took or was given.

    As the caller of a call to the outside some trunks log the office's number.
    """
    alone = call.direction is Direction.OUTBOUND and call.extensions == {phone.extension}
    return alone or call.caller.number == phone.extension
