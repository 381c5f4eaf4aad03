"""Channels: the PBX's ends of a call, one for each phone or trunk line that takes part."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

UNKNOWN = "<unknown>"
# No number at all, and the word that carriers put in its place.
WITHHELD = (UNKNOWN, "anonymous")


class ChannelState(Enum):
    """Name the states of Asterisk's channels with its own code and word."""

    RING = ("4", "Ring")
    RINGING = ("5", "Ringing")
    UP = ("6", "Up")

    @property
    def code(self) -> str:
        """Return the number that stands in `channelstate`."""
        return self.value[0]

    @property
    def word(self) -> str:
        """Return the word that stands in `channelstatedesc`."""
        return self.value[1]


@dataclass(eq=False, slots=True, kw_only=True)
class Channel:
    """Hold one end of a call: its names, who is on it and whom it is connected to."""

    name: str
    uniqueid: str
    peer: str
    """The extension's number or the trunk's name."""
    number: str
    """Asterisk's own word if it was withheld."""
    label: str = ""
    """The caller id's name, empty when there is none."""
    state: ChannelState
    created: datetime
    dialstring: str = ""
    linked: Channel | None = None
    held: bool = False
    busy: bool = False

    @property
    def known_number(self) -> str:
        """Return the number, empty if it was withheld."""
        return "" if self.number in WITHHELD else self.number

    @property
    def logged_number(self) -> str:
        """Return the number as the log has it, empty if there was none."""
        return "" if self.number == UNKNOWN else self.number

    @property
    def shown_name(self) -> str:
        """Return the name as events and lists show it."""
        return self.label or UNKNOWN

    @property
    def linked_number(self) -> str:
        """Return the number of the other party, as far as this end knows it."""
        return self.linked.number if self.linked else UNKNOWN

    @property
    def linked_name(self) -> str:
        """Return the name of the other party, as far as this end knows it."""
        return self.linked.shown_name if self.linked else UNKNOWN
