"""Sensors: what extensions do, the agents of queues, and the PBX's figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .call_info import describe_call, describe_line
from .entity import ExtensionEntity, PbxEntity, QueueEntity
from .link import Link
from .pbx import Activity, Extension, ExtensionKey, PbxKey, PbxState, Queue, QueueKey
from .runtime import CooCenterConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PbxSensorDescription(SensorEntityDescription):
    """A figure of the PBX, and the part it follows."""

    part: PbxKey
    value_fn: Callable[[Link], StateType | datetime]
    attributes_fn: Callable[[Link], Mapping[str, Any]] = lambda _link: {}


@dataclass(frozen=True, kw_only=True)
class ExtensionSensorDescription(SensorEntityDescription):
    """A fact about an extension."""

    value_fn: Callable[[Extension], StateType]
    attributes_fn: Callable[[PbxState, str], Mapping[str, Any]] = lambda _state, _number: {}


@dataclass(frozen=True, kw_only=True)
class QueueSensorDescription(SensorEntityDescription):
    """A figure of a queue."""

    value_fn: Callable[[PbxState, Queue], int]


PBX_SENSORS = (
    PbxSensorDescription(
        key="active_calls",
        translation_key="active_calls",
        part=PbxKey.CALLS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda link: len(link.state.calls),
        attributes_fn=lambda link: {"calls": [describe_call(link.state, call) for call in link.state.calls]},
    ),
    PbxSensorDescription(
        key="last_push",
        translation_key="last_push",
        part=PbxKey.PUSHES,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda link: link.pushes.last,
    ),
    PbxSensorDescription(
        key="blacklist_size",
        translation_key="blacklist_size",
        part=PbxKey.BLACKLIST,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda link: len(link.state.blacklist),
    ),
)

EXTENSION_SENSORS = (
    ExtensionSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[activity.value for activity in Activity],
        value_fn=lambda extension: extension.activity,
        attributes_fn=describe_line,
    ),
    ExtensionSensorDescription(
        key="latency",
        translation_key="latency",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda extension: extension.latency,
    ),
)

QUEUE_SENSORS = (
    QueueSensorDescription(
        key="agents_logged_in",
        translation_key="agents_logged_in",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda _state, queue: len(queue.members),
    ),
    QueueSensorDescription(
        key="agents_available",
        translation_key="agents_available",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda state, queue: state.agents_available(queue),
    ),
    QueueSensorDescription(
        key="agents_paused",
        translation_key="agents_paused",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda _state, queue: sum(member.paused for member in queue.members.values()),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of what is there, and of what comes."""
    coordinator = entry.runtime_data.coordinator

    async_add_entities(PbxSensor(coordinator, description, description.part) for description in PBX_SENSORS)
    entry.runtime_data.roster.async_follow(
        async_add_entities,
        {
            ExtensionKey: lambda key: [ExtensionSensor(coordinator, sensor, key) for sensor in EXTENSION_SENSORS],
            QueueKey: lambda key: [QueueSensor(coordinator, sensor, key) for sensor in QUEUE_SENSORS],
        },
    )


class PbxSensor(PbxEntity, SensorEntity):
    """A figure of the PBX."""

    entity_description: PbxSensorDescription
    # Numbers of callers belong into the call log, not into the recorder.
    _unrecorded_attributes = frozenset({"calls"})

    @property
    @override
    def available(self) -> bool:
        # When a push came last is known without asking.
        return self.entity_description.part is PbxKey.PUSHES or super().available

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value_fn(self.coordinator.link)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return self.entity_description.attributes_fn(self.coordinator.link)


class ExtensionSensor(ExtensionEntity, SensorEntity):
    """A fact about an extension."""

    entity_description: ExtensionSensorDescription
    _unrecorded_attributes = frozenset({"other_party", "other_party_name", "since", "calls"})

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.extension) if self.extension else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return self.entity_description.attributes_fn(self.coordinator.state, self.number)


class QueueSensor(QueueEntity, SensorEntity):
    """A figure of a queue."""

    entity_description: QueueSensorDescription

    @property
    @override
    def native_value(self) -> int | None:
        return self.entity_description.value_fn(self.coordinator.state, self.queue) if self.queue else None
