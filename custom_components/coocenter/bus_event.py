"""Events on Home Assistant's bus: what is pushed, typed and with clean names, and each call at its end."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, tzinfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .call_info import describe_fact
from .const import DOMAIN, EVENT_CALL, EVENT_COOCENTER
from .pbx import (
    LAST_STEPS,
    Call,
    CallDetail,
    CallFact,
    DialBegin,
    DialEnd,
    Event,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    Party,
    PbxKey,
    PbxState,
    QueueCallDetail,
    Unknown,
)

_TYPES: dict[type[Event], str] = {
    DialBegin: "dial_begin",
    DialEnd: "dial_end",
    Hangup: "hangup",
    ExtensionStatus: "extension_status",
    IvrSelection: "ivr_selection",
    CallDetail: "cdr",
    QueueCallDetail: "cc_cdr",
    Unknown: "unknown",
}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _TYPES}


@callback
def fire(hass: HomeAssistant, entry: ConfigEntry, state: PbxState, event: Event, zone: tzinfo) -> None:
    """Fire an event with the entry and the device it is about: the called phone's, or else the PBX's."""
    data: dict[str, object] = {"type": _TYPES[type(event)], "config_entry_id": entry.entry_id}
    data["device_id"] = _device_of(hass, entry, _numbers(event))
    for name in _FIELDS[type(event)]:
        value = getattr(event, name)
        data.update(_plain(name, state.named(value) if isinstance(value, Party) else value, zone))
    hass.bus.async_fire(EVENT_COOCENTER, data)


@callback
def fire_call(hass: HomeAssistant, entry: ConfigEntry, state: PbxState, fact: CallFact) -> None:
    """Fire how a call ended, for the logbook: with the PBX's call entity, and the device of the phone it was for."""
    if fact.about is not PbxKey.CALLS or fact.step not in LAST_STEPS:
        return
    data = {"type": fact.step, "config_entry_id": entry.entry_id, **describe_fact(state, fact)}
    data["entity_id"] = er.async_get(hass).async_get_entity_id("event", DOMAIN, f"{entry.entry_id}_call")
    data["device_id"] = _device_of(hass, entry, _phones(fact.call))
    hass.bus.async_fire(EVENT_CALL, data)


def _phones(call: Call) -> Iterator[str]:
    """Yield the extensions a call is about, the called side first."""
    yield call.callee.number
    yield from sorted(call.involved - {call.caller.number})
    yield call.caller.number


def _plain(name: str, value: object, zone: tzinfo) -> dict[str, object]:
    """Return a field as JSON and templates can hold it; a number is a text everywhere, its name beside it."""
    match value:
        case datetime():
            return {name: value.replace(tzinfo=zone).isoformat()}
        case Party():
            return {name: value.number or None, f"{name}_name": value.name or None}
        case tuple():
            return {name: dict(value)}
        case _:
            return {name: None if value == "" else value}


def _device_of(hass: HomeAssistant, entry: ConfigEntry, numbers: Iterator[str]) -> str | None:
    """Return the device of the first number that has one, else the PBX's."""
    registry = dr.async_get(hass)
    for number in numbers:
        identifier = (DOMAIN, f"{entry.entry_id}_{number}")
        if number and (device := registry.async_get_device_by_identifier(identifier, entry.entry_id)):
            return device.id
    pbx = registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    return pbx.id if pbx else None


def _numbers(event: Event) -> Iterator[str]:
    """Yield the numbers an event is about, the called side first; a menu and an unknown event are the PBX's."""
    match event:
        case ExtensionStatus():
            yield event.extension
        case DialBegin() | DialEnd():
            yield from (event.destination, event.caller)
        case Hangup():
            yield from (event.caller.number, event.connected.number)
        case CallDetail():
            yield from (event.destination, event.source)
        case QueueCallDetail():
            yield from (event.agent, event.called, event.caller)
