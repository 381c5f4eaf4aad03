"""What a loaded entry has at hand."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .agents import Pauses
from .coordinator import CooCenterCoordinator
from .devices import Roster
from .missed_calls import MissedCallsOfPbx


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of a loaded entry."""

    coordinator: CooCenterCoordinator
    roster: Roster
    pauses: Pauses
    missed: MissedCallsOfPbx


type CooCenterConfigEntry = ConfigEntry[Runtime]
