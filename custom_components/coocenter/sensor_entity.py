"""What the sensors have in common: they are written when they show something new."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, override

from homeassistant.components.sensor import SensorEntity

from .call_info import describe_call
from .entity import CooCenterEntity
from .pbx import Call


class CooCenterSensor(CooCenterEntity, SensorEntity):
    """A sensor that is written when it shows something new."""

    @override
    def _shows(self) -> object:
        return self.available, self.native_value, self.extra_state_attributes


class CallsSensor(CooCenterSensor):
    """A sensor that may list calls."""

    # Numbers of callers belong into the call log, not into the recorder.
    _unrecorded_attributes = frozenset({"calls"})

    @override
    def _shows(self) -> object:
        # To describe the calls takes as long as to write them, and one of them is nearly always another than before.
        return (self.available, self.native_value) if self._calls() is None else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        calls, state = self._calls(), self.coordinator.state
        return {} if calls is None else {"calls": [describe_call(state, call) for call in calls]}

    @abstractmethod
    def _calls(self) -> Iterable[Call] | None:
        """Return the calls that are listed, None where there is no list."""
