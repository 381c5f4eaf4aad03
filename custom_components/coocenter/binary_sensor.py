"""Binary sensors: what is reachable, and whether a queue is staffed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import ExtensionEntity, PbxEntity, QueueEntity
from .pbx import Extension, ExtensionKey, PbxState, Queue, QueueAgentsKey, QueueKey
from .runtime import CooCenterConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ExtensionBinarySensorDescription(BinarySensorEntityDescription):
    """A yes or no about an extension."""

    is_on_fn: Callable[[Extension], bool | None]


@dataclass(frozen=True, kw_only=True)
class QueueBinarySensorDescription(BinarySensorEntityDescription):
    """A yes or no about a queue."""

    is_on_fn: Callable[[PbxState, Queue], bool]


CONNECTIVITY = BinarySensorEntityDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)

# Not diagnostic: whether a phone is registered is what automations ask about it.
REGISTERED = ExtensionBinarySensorDescription(
    key="registered",
    translation_key="registered",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    is_on_fn=lambda extension: extension.registered,
)

UNSTAFFED = QueueBinarySensorDescription(
    key="unstaffed",
    translation_key="unstaffed",
    device_class=BinarySensorDeviceClass.PROBLEM,
    is_on_fn=lambda state, queue: state.is_unstaffed(queue),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of what is there, and of what comes."""
    coordinator = entry.runtime_data.coordinator

    async_add_entities([ConnectivitySensor(coordinator, CONNECTIVITY)])
    entry.runtime_data.roster.async_follow(
        async_add_entities,
        {
            ExtensionKey: lambda key: [ExtensionBinarySensor(coordinator, REGISTERED, key)],
            QueueKey: lambda key: [QueueBinarySensor(coordinator, UNSTAFFED, key, QueueAgentsKey(key.number))],
        },
    )


class ConnectivitySensor(PbxEntity, BinarySensorEntity):
    """Whether the PBX answers."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.last_update_success


class ExtensionBinarySensor(ExtensionEntity, BinarySensorEntity):
    """A yes or no about an extension."""

    entity_description: ExtensionBinarySensorDescription

    @override
    def _shows(self) -> object:
        return self.available, self.is_on

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on_fn(self.extension) if self.extension else None


class QueueBinarySensor(QueueEntity, BinarySensorEntity):
    """A yes or no about a queue."""

    entity_description: QueueBinarySensorDescription

    @override
    def _shows(self) -> object:
        return self.available, self.is_on

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on_fn(self.coordinator.state, self.queue) if self.queue else None
