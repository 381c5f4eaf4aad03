"""Sensors of today's figures, which come from the call log and not from the PBX."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfTime
from homeassistant.core import callback

from .call_log import Figures
from .entity import CooCenterEntity, PbxEntity, QueueEntity
from .pbx import QueueKey
from .today import Today


@dataclass(frozen=True, kw_only=True)
class FigureSensorDescription(SensorEntityDescription):
    """A figure of today."""

    value_fn: Callable[[Figures], float | None]


def _count(key: str, value_fn: Callable[[Figures], int]) -> FigureSensorDescription:
    # Not TOTAL_INCREASING: what was taken for missed may turn out to have been answered.
    return FigureSensorDescription(key=key, translation_key=key, state_class=SensorStateClass.TOTAL, value_fn=value_fn)


def _percentage(key: str, value_fn: Callable[[Figures], float | None]) -> FigureSensorDescription:
    return FigureSensorDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=value_fn,
    )


def _duration(key: str, value_fn: Callable[[Figures], float | None]) -> FigureSensorDescription:
    return FigureSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value_fn=value_fn,
    )


FIGURES = (
    _count("calls_today", lambda figures: figures.calls),
    _count("missed_today", lambda figures: figures.missed),
    _percentage("answer_rate_today", lambda figures: figures.answer_rate),
    _percentage("service_level_today", lambda figures: figures.service_level),
    _duration("average_wait_today", lambda figures: figures.average_wait),
    _duration("average_talk_today", lambda figures: figures.average_talk),
    FigureSensorDescription(
        key="satisfaction_today",
        translation_key="satisfaction_today",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda figures: figures.satisfaction,
    ),
)
#: What the whole PBX is seldom asked for, which has calls that are no queue's.
_OF_QUEUES = frozenset({"service_level_today", "average_wait_today", "average_talk_today", "satisfaction_today"})
PBX_FIGURES = tuple(replace(figure, entity_registry_enabled_default=figure.key not in _OF_QUEUES) for figure in FIGURES)


def pbx_figures(today: Today) -> Iterable[SensorEntity]:
    """Yield the sensors of the PBX's figures."""
    return (PbxFigureSensor(today, figure) for figure in PBX_FIGURES)


def queue_figures(today: Today, key: QueueKey) -> Iterable[SensorEntity]:
    """Yield the sensors of a queue's figures."""
    return (QueueFigureSensor(today, figure, key) for figure in FIGURES)


class FigureSensor(CooCenterEntity, SensorEntity):
    """A figure of today, there whether or not the PBX answers."""

    entity_description: FigureSensorDescription
    _unrecorded_attributes = frozenset({"gap_time"})
    today: Today
    queue_number = ""
    _was_available: bool | None = None

    @property
    @override
    def available(self) -> bool:
        return self.today.of(self.queue_number) is not None

    @property
    @override
    def native_value(self) -> float | None:
        figures = self.today.of(self.queue_number)
        return self.entity_description.value_fn(figures) if figures else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, int]:
        """Tell for how many seconds of the day calls may be missing."""
        return {"gap_time": self.today.gap_time}

    @property
    @override
    def last_reset(self) -> datetime | None:
        return self.today.begins if self.state_class is SensorStateClass.TOTAL else None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._was_available = self.available
        self.async_on_remove(self.today.async_listen(self.queue_number, self._tell))

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        # Polls and pushes change no figure; but a queue comes and goes by them.
        if self.available is not self._was_available:
            self._tell()

    @callback
    def _tell(self) -> None:
        self._was_available = self.available
        self.async_write_ha_state()


class PbxFigureSensor(FigureSensor, PbxEntity):
    """A figure of all the PBX's calls."""

    def __init__(self, today: Today, description: FigureSensorDescription) -> None:
        super().__init__(today.coordinator, description)
        self.today = today


class QueueFigureSensor(FigureSensor, QueueEntity):
    """A figure of a queue's calls."""

    def __init__(self, today: Today, description: FigureSensorDescription, key: QueueKey) -> None:
        super().__init__(today.coordinator, description, key)
        self.today = today
        self.queue_number = key.number

    @property
    @override
    def available(self) -> bool:
        return self.queue is not None and super().available
