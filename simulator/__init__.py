"""A PBX to develop and test against: the CooCenter's HTTP API over a small call engine."""

from .office import CallRecord, Office
from .quirks import QuirkError, Quirks
from .server import Simulator
from .stage import ScenarioError

__all__ = ["CallRecord", "Office", "QuirkError", "Quirks", "ScenarioError", "Simulator"]
