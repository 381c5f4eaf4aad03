"""Which phone somebody means who does not say: the one at hand, and never a wrong one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import CONF_DEFAULT_EXTENSION, CONF_DEVICE_EXTENSIONS, CONF_USER_EXTENSIONS, DOMAIN
from .devices import async_part_of_device
from .pbx import ExtensionKey
from .runtime import CooCenterConfigEntry


class FoundBy(StrEnum):
    """What told which phone is meant."""

    REQUEST = "request"
    DEVICE = "device"
    AREA = "area"
    USER = "user"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for something, and through what."""

    user_id: str | None = None
    device_id: str | None = None
    satellite_id: str | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """The extension that is meant, and its PBX."""

    entry: CooCenterConfigEntry
    extension: str
    by: FoundBy

    @property
    def registered(self) -> bool:
        """Tell whether the phone is there to ring, as far as is known."""
        extension = self.entry.runtime_data.coordinator.state.extensions.get(self.extension)
        return extension is not None and extension.registered is not False


class NoPhone(Exception):
    """Nothing tells which phone is meant, or it may be one of several."""

    def __init__(self, phones: Sequence[Phone] = ()) -> None:
        super().__init__("no phone" if not phones else "several phones")
        self.phones = phones


@callback
def async_dial_from(hass: HomeAssistant, asker: Asker, entry: CooCenterConfigEntry | None = None) -> Phone:
    """Return the phone that somebody means, of one PBX or of any; raises NoPhone.

    The first that tells decides: what is set up for the device, the area it is in, what is set up for the user, the
    default. In an area with several phones it is the user's own, or else one that is registered, where the others are
    not, or else the default one, if it is among them.
    """
    entries = [entry] if entry else hass.config_entries.async_loaded_entries(DOMAIN)
    finders: tuple[Callable[[HomeAssistant, Asker, CooCenterConfigEntry], Iterable[Phone]], ...] = (
        _of_device,
        _in_area,
        _of_user,
        _by_default,
    )
    steps = ([phone for one in entries for phone in find(hass, asker, one)] for find in finders)
    for phones in steps:
        if len(phones) == 1:
            return phones[0]
        if phones:
            return _only(phones, [*steps])
    raise NoPhone


def _only(phones: list[Phone], later: list[list[Phone]]) -> Phone:
    """Return the one of several phones that is meant; what would decide next decides between them."""
    among = {(phone.entry.entry_id, phone.extension): phone for phone in phones}
    registered = [phone for phone in phones if phone.registered]
    for step in (*later[:-1], registered, *later[-1:]):
        if len(among) == 1:
            break
        narrowed = {key: among[key] for phone in step if (key := (phone.entry.entry_id, phone.extension)) in among}
        among = narrowed or among
    if len(among) > 1:
        raise NoPhone([*among.values()])
    return next(iter(among.values()))


def _of_device(hass: HomeAssistant, asker: Asker, entry: CooCenterConfigEntry) -> list[Phone]:
    device_id = _device_id(hass, asker)
    mapped = entry.options.get(CONF_DEVICE_EXTENSIONS, ())
    return [Phone(entry, one["extension"], FoundBy.DEVICE) for one in mapped if one["device"] == device_id]


def _in_area(hass: HomeAssistant, asker: Asker, entry: CooCenterConfigEntry) -> list[Phone]:
    if not (area_id := _area_id(hass, asker)):
        return []
    registry = dr.async_get(hass)
    return [
        Phone(entry, part.number, FoundBy.AREA)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if dr.async_get_effective_area_id(hass, device) == area_id
        and not device.disabled
        and isinstance(part := async_part_of_device(entry, device), ExtensionKey)
    ]


def _of_user(_hass: HomeAssistant, asker: Asker, entry: CooCenterConfigEntry) -> list[Phone]:
    mapped = entry.options.get(CONF_USER_EXTENSIONS, ())
    return [Phone(entry, one["extension"], FoundBy.USER) for one in mapped if one["user"] == asker.user_id]


def _by_default(_hass: HomeAssistant, _asker: Asker, entry: CooCenterConfigEntry) -> list[Phone]:
    default = entry.options.get(CONF_DEFAULT_EXTENSION)
    return [Phone(entry, default, FoundBy.DEFAULT)] if default else []


def _device_id(hass: HomeAssistant, asker: Asker) -> str | None:
    """Return the satellite's device, else the one that the request came through."""
    satellite = er.async_get(hass).async_get(asker.satellite_id) if asker.satellite_id else None
    return (satellite.device_id if satellite else None) or asker.device_id


def _area_id(hass: HomeAssistant, asker: Asker) -> str | None:
    """Return the area of the satellite, or else of its device."""
    satellite = er.async_get(hass).async_get(asker.satellite_id) if asker.satellite_id else None
    if satellite and satellite.area_id:
        return satellite.area_id
    device_id = _device_id(hass, asker)
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return dr.async_get_effective_area_id(hass, device) if device else None
