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
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .call_info import describe_call, describe_line, longest_wait, other_party, waiting_calls
from .const import WAIT_INTERVAL
from .entity import CooCenterEntity, ExtensionEntity, PbxEntity, QueueEntity
from .figures_sensor import pbx_figures, queue_figures
from .link import Link
from .pbx import Activity, Direction, Extension, ExtensionKey, PbxKey, PbxState, Queue, QueueKey
from .runtime import CooCenterConfigEntry
from .today import Today

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

    value_fn: Callable[[PbxState, Extension], StateType]
    attributes_fn: Callable[[PbxState, str], Mapping[str, Any]] = lambda _state, _number: {}


@dataclass(frozen=True, kw_only=True)
class QueueSensorDescription(SensorEntityDescription):
    """A figure of a queue."""

    value_fn: Callable[[PbxState, Queue], int]
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
        attributes_fn=lambda link: {"calls": [describe_call(link.state, call) for call in link.state.calls]},
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
    QueueSensorDescription(
        key="callers_waiting",
        translation_key="callers_waiting",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda state, queue: len(waiting_calls(state, queue.number)),
        attributes_fn=lambda state, number: {
            "calls": [describe_call(state, call) for call in waiting_calls(state, number)]
        },
    ),
)

LONGEST_WAIT = QueueSensorDescription(
    key="longest_wait",
    translation_key="longest_wait",
    device_class=SensorDeviceClass.DURATION,
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_display_precision=0,
    value_fn=lambda state, queue: longest_wait(state, queue.number, dt_util.utcnow()),
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
                *(QueueSensor(coordinator, sensor, key) for sensor in QUEUE_SENSORS),
                LongestWaitSensor(coordinator, LONGEST_WAIT, key),
                *queue_figures(today, key),
            ],
        },
    )


class CooCenterSensor(CooCenterEntity, SensorEntity):
    """A sensor that is written when it shows something new."""

    @override
    def _shows(self) -> object:
        return self.available, self.native_value, self.extra_state_attributes


class PbxSensor(PbxEntity, CooCenterSensor):
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


class QueueSensor(QueueEntity, CooCenterSensor):
    """A figure of a queue."""

    entity_description: QueueSensorDescription
    _unrecorded_attributes = frozenset({"calls"})

    @property
    @override
    def native_value(self) -> int | None:
        return self.entity_description.value_fn(self.coordinator.state, self.queue) if self.queue else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return self.entity_description.attributes_fn(self.coordinator.state, self.number)


class LongestWaitSensor(QueueSensor):
    """How long the first of a queue's callers has waited; it goes on while nothing is pushed."""

    _stop: CALLBACK_TYPE | None = None

    @override
    def _shows(self) -> object:
        # It counts on by itself.
        return None if self._stop else super()._shows()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._rest)
        self._count()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._count()
        super()._handle_coordinator_update()

    @callback
    def _count(self) -> None:
        """Count while somebody waits."""
        if not waiting_calls(self.coordinator.state, self.number):
            self._rest()
        elif self._stop is None:
            self._stop = async_track_time_interval(self.hass, self._tick, WAIT_INTERVAL)

    @callback
    def _tick(self, _now: datetime) -> None:
        self.async_write_ha_state()

    @callback
    def _rest(self) -> None:
        if self._stop:
            self._stop()
            self._stop = None
