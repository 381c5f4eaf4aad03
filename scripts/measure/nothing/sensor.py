"""Sensors that say nothing."""

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add as many as are wanted, on as many devices."""
    devices = entry.data["devices"]
    async_add_entities(NoSensor(entry, number, number % devices) for number in range(entry.data["entities"]))


class NoSensor(SensorEntity):
    """An entity and no more."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_native_value = "nothing"

    def __init__(self, entry: ConfigEntry, number: int, device: int) -> None:
        self._attr_unique_id = f"{entry.entry_id}_{number}"
        self._attr_name = f"Nothing {number}"
        self._attr_device_info = DeviceInfo(
            identifiers={("nothing", f"{entry.entry_id}_{device}")}, name=f"Agent {device}"
        )
