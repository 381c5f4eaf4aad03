"""Sensors of a queue: its agents, and who waits."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .call_info import longest_wait, waiting_calls
from .const import WAIT_INTERVAL
from .coordinator import CooCenterCoordinator
from .entity import QueueEntity
from .pbx import Call, Key, PbxState, Queue, QueueAgentsKey, QueueCallsKey, QueueKey
from .sensor_entity import CallsSensor


@dataclass(frozen=True, kw_only=True)
class QueueSensorDescription(SensorEntityDescription):
    """A figure of a queue."""

    value_fn: Callable[[PbxState, Queue], int]
    calls_fn: Callable[[PbxState, str], Iterable[Call]] | None = None
    follows: Callable[[str], Key] = QueueKey


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
        follows=QueueAgentsKey,
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
        calls_fn=waiting_calls,
        follows=QueueCallsKey,
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
    follows=QueueCallsKey,
)


def queue_sensors(coordinator: CooCenterCoordinator, key: QueueKey) -> Iterator[SensorEntity]:
    """Yield the sensors of a queue."""
    yield from (QueueSensor(coordinator, sensor, key) for sensor in QUEUE_SENSORS)
    yield LongestWaitSensor(coordinator, LONGEST_WAIT, key)


class QueueSensor(QueueEntity, CallsSensor):
    """A figure of a queue."""

    entity_description: QueueSensorDescription

    def __init__(self, coordinator: CooCenterCoordinator, description: QueueSensorDescription, key: QueueKey) -> None:
        super().__init__(coordinator, description, key, description.follows(key.number))

    @property
    @override
    def native_value(self) -> int | None:
        return self.entity_description.value_fn(self.coordinator.state, self.queue) if self.queue else None

    @override
    def _calls(self) -> Iterable[Call] | None:
        listed = self.entity_description.calls_fn
        return listed(self.coordinator.state, self.number) if listed else None


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
