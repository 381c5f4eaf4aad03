"""Which PBX and which extension an action means: by number, by device, or by an entity of the device."""

from collections.abc import Iterable
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, service

from .const import CONF_INTERNATIONAL_PREFIX, DEFAULT_INTERNATIONAL_PREFIX, DOMAIN
from .devices import async_part_of_device
from .dial_from import Asker, NoPhone, async_dial_from
from .pbx import Call, ExtensionKey, QueueKey, dialable
from .runtime import CooCenterConfigEntry


def chosen(value: Any) -> Any:
    """Return what was chosen where the editor lets one choose between number, device and entity."""
    if isinstance(value, dict) and (choice := value.get("active_choice")):
        return value.get(choice)
    return value


@callback
def async_get_entry(call: ServiceCall, *fields: str) -> CooCenterConfigEntry:
    """Return the entry a call names, the one its devices belong to, or the only one there is."""
    entry: CooCenterConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, _entry_id(call, fields))
    return entry


@callback
def async_get_source(call: ServiceCall, field: str, *others: str) -> tuple[CooCenterConfigEntry, str]:
    """Return the extension that acts, and its PBX: what a field names, else the phone of whoever calls the action."""
    if field in call.data:
        named = async_get_entry(call, field, *others)
        return named, extension_of(call, named, field)
    entry = async_get_entry(call, *others) if _entry_id(call, others) else None
    try:
        phone = async_dial_from(call.hass, Asker(user_id=call.context.user_id), entry)
    except NoPhone as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="several_sources" if err.phones else "no_source"
        ) from err
    return phone.entry, phone.extension


@callback
def extension_of(call: ServiceCall, entry: CooCenterConfigEntry, field: str) -> str:
    """Return the extension a field names; raises NotDialable or ServiceValidationError."""
    reference = call.data[field]
    part = _part(call.hass, entry, reference, "unknown_extension")
    number = part.number if isinstance(part, ExtensionKey) else dialable(reference) if part is None else ""
    if number not in entry.runtime_data.coordinator.state.extensions:
        raise _unknown(reference, "unknown_extension")
    return number


@callback
def queue_of(call: ServiceCall, entry: CooCenterConfigEntry, field: str) -> str:
    """Return the queue a field names, which the PBX need not list while it is empty."""
    return part_number(call.hass, entry, call.data[field], QueueKey)


@callback
def part_number(
    hass: HomeAssistant, entry: CooCenterConfigEntry, reference: str, kind: type[ExtensionKey | QueueKey]
) -> str:
    """Return the number of an extension or queue that there is or was; raises NotDialable or ServiceValidationError."""
    part = _part(hass, entry, reference, error := "unknown_queue" if kind is QueueKey else "unknown_extension")
    if part is None:
        return dialable(reference)
    if not isinstance(part, kind):
        raise _unknown(reference, error)
    return part.number


@callback
def number_of(call: ServiceCall, entry: CooCenterConfigEntry, field: str) -> str:
    """Return the number to dial that a field names: an extension's, or any telephone number."""
    reference = call.data[field]
    part = _part(call.hass, entry, reference, "unknown_extension")
    if isinstance(part, (ExtensionKey, QueueKey)):
        return part.number
    return dialable(reference, plus=entry.options.get(CONF_INTERNATIONAL_PREFIX, DEFAULT_INTERNATIONAL_PREFIX))


@callback
def call_of(call: ServiceCall, field: str) -> tuple[CooCenterConfigEntry, Call]:
    """Return the live call whose id a field names, and its PBX; raises ServiceValidationError for one that is over."""
    call_id = call.data[field]
    named = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entries = [async_get_entry(call)] if named else call.hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        if live := entry.runtime_data.coordinator.state.calls.get(call_id):
            return entry, live
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="call_over", translation_placeholders={"call": call_id}
    )


def ending_extensions(call: Call) -> list[str]:
    """Return whose phones end a call: one that talks or calls, else all that ring; raises ServiceValidationError."""
    calling = [leg.extension for leg in call.legs if leg.calling and leg.extension]
    if extensions := sorted(call.talking)[:1] or calling[:1] or sorted(call.extensions):
        return extensions
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="call_without_extension")


def transferring_extension(call: Call) -> str:
    """Return whose call it is when it is passed on: who was called, else who called; raises ServiceValidationError."""
    called = call.talking - {leg.extension for leg in call.legs if leg.calling}
    if talking := sorted(called) or sorted(call.talking):
        return talking[0]
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="call_not_connected")


def _entry_id(call: ServiceCall, fields: Iterable[str]) -> str | None:
    """Return the entry that a call names, or that its devices belong to."""
    named: str | None = call.data.get(ATTR_CONFIG_ENTRY_ID)
    devices = (_device(call.hass, call.data[field]) for field in fields if field in call.data)
    return named or next((device.config_entry_id for device in devices if device), None)


def _part(hass: HomeAssistant, entry: CooCenterConfigEntry, reference: str, error: str) -> object | None:
    """Return the part a device or entity stands for, None where the reference is a plain number."""
    device = _device(hass, reference)
    if device is None:
        return None
    part = async_part_of_device(entry, device) if device.config_entry_id == entry.entry_id else None
    if part is None:
        raise _unknown(reference, error)
    return part


def _device(hass: HomeAssistant, reference: str) -> dr.AnyDeviceEntry | None:
    entity = er.async_get(hass).async_get(reference)
    device_id = entity.device_id if entity else reference
    return dr.async_get(hass).async_get(device_id) if device_id else None


def _unknown(reference: str, key: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"reference": reference}
    )
