"""Sensors: what extensions do, the agents of queues, and the PBX's figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .call_info import describe_line, other_party
from .entity import ExtensionEntity, PbxEntity
from .figures_sensor import pbx_figures, queue_figures
from .link import Link
from .pbx import (
    Activity,
    Call,
    Direction,
    Extension,
    ExtensionKey,
    PbxKey,
    PbxState,
    QueueKey,
)
from .queue_sensor import queue_sensors
from .runtime import CooCenterConfigEntry
from .sensor_entity import CallsSensor, CooCenterSensor
from .today import Today

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PbxSensorDescription(SensorEntityDescription):
    """A figure of the PBX, and the part it follows."""

    part: PbxKey
    value_fn: Callable[[Link], StateType | datetime]
    calls_fn: Callable[[Link], Iterable[Call]] | None = None


@dataclass(frozen=True, kw_only=True)
class ExtensionSensorDescription(SensorEntityDescription):
    """A fact about an extension."""

    value_fn: Callable[[PbxState, Extension], StateType]
    attributes_fn: Callable[[PbxState, str], Mapping[str, Any]] = lambda _state, _number: {}


def _calls_that_go(direction: Direction) -> Callable[[Link], int]:
    return lambda link: sum(call.direction is direction for call in link.state.calls)


PBX_SENSORS = (
    PbxSensorDescription(
        key="active_calls",
        translation_key="active_calls",
        part=PbxKey.CALLS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda link: len(link.state.calls),
        calls_fn=lambda link: link.state.calls,
    ),
    *(
        PbxSensorDescription(
            key=f"{direction}_calls",
            translation_key=f"{direction}_calls",
            part=PbxKey.CALLS,
            state_class=SensorStateClass.MEASUREMENT,
            value_fn=_calls_that_go(direction),
        )
        for direction in Direction
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
        value_fn=lambda _state, extension: extension.activity,
        attributes_fn=describe_line,
    ),
    ExtensionSensorDescription(
        key="other_party",
        translation_key="other_party",
        value_fn=lambda state, extension: other_party(state, extension.number),
    ),
    ExtensionSensorDescription(
        key="latency",
        translation_key="latency",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda _state, extension: extension.latency,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of what is there, and of what comes."""
    coordinator = entry.runtime_data.coordinator
    today = Today(coordinator)
    await today.async_start()

    async_add_entities(PbxSensor(coordinator, description, description.part) for description in PBX_SENSORS)
    async_add_entities(pbx_figures(today))
    entry.runtime_data.roster.async_follow(
        async_add_entities,
        {
            ExtensionKey: lambda key: [ExtensionSensor(coordinator, sensor, key) for sensor in EXTENSION_SENSORS],
            QueueKey: lambda key: [
                *queue_sensors(coordinator, key),
                *queue_figures(today, key),
            ],
        },
    )


class PbxSensor(PbxEntity, CallsSensor):
    """A figure of the PBX."""

    entity_description: PbxSensorDescription

    @property
    @override
    def available(self) -> bool:
        # When a push came last is known without asking.
        return self.entity_description.part is PbxKey.PUSHES or super().available

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value_fn(self.coordinator.link)

    @override
    def _calls(self) -> Iterable[Call] | None:
        listed = self.entity_description.calls_fn
        return listed(self.coordinator.link) if listed else None


class ExtensionSensor(ExtensionEntity, CooCenterSensor):
    """A fact about an extension."""

    entity_description: ExtensionSensorDescription
    _unrecorded_attributes = frozenset({"other_party", "other_party_name", "since", "calls"})

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.coordinator.state, self.extension) if self.extension else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return self.entity_description.attributes_fn(self.coordinator.state, self.number)
