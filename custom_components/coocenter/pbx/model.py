"""What a PBX is made of: frozen records, replaced whole when something changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag, StrEnum


class Activity(StrEnum):
    """What an extension is doing."""

    IDLE = "idle"
    IN_USE = "in_use"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    RINGING = "ringing"
    RINGING_IN_USE = "ringing_in_use"
    ON_HOLD = "on_hold"
    IN_USE_ON_HOLD = "in_use_on_hold"


class Hint(IntFlag):
    """Asterisk's extension state, which is made of bits (protocol.md, Extension state codes)."""

    IN_USE = 1
    BUSY = 2
    UNAVAILABLE = 4
    RINGING = 8
    ON_HOLD = 16


class Direction(StrEnum):
    """Which way a call goes, seen from the office."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class DialStatus(StrEnum):
    """How the ringing of one leg ended; HANGUP is the vendor's sample, the rest Asterisk's."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CANCEL = "cancel"
    CONGESTION = "congestion"
    UNAVAILABLE = "unavailable"
    ABORTED = "aborted"
    HANGUP = "hangup"
    OTHER = "other"


class Disposition(StrEnum):
    """How a call ended, by the call log."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


class MissCause(StrEnum):
    """Why a queue's caller reached nobody."""

    NO_ASSIGN = "no_assign"
    NO_AGENT_ANSWER = "no_agent_answer"
    NO_AGENT_LOGIN = "no_agent_login"
    MEMBER_CANCEL = "member_cancel"


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call; an empty number was withheld."""

    number: str = ""
    name: str = ""


NOBODY = Party()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An extension: what it does, and where its phone is."""

    number: str
    activity: Activity | None = None
    registered: bool | None = None
    latency: int | None = None
    """Milliseconds of the last qualify."""
    address: str | None = None
    technology: str | None = None
    agent_name: str | None = None
    agent_type: str | None = None

    @property
    def reachable(self) -> bool:
        """Tell whether a call could make it ring."""
        return self.registered is not False and self.activity is not Activity.UNAVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMember:
    """An agent who is logged in to a queue."""

    extension: str
    paused: bool = False
    penalty: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue and its members by extension."""

    number: str
    members: Mapping[str, QueueMember] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A row of current-calls: one channel, not one call."""

    name: str
    caller: Party
    connected: Party
    state: str = ""
    duration: int = 0
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStatus:
    """A row of extension-status: where a phone is."""

    number: str
    technology: str | None = None
    address: str | None = None
    registered: bool | None = None
    latency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HintStatus:
    """A row of extension-hints-status: what an extension does."""

    number: str
    activity: Activity | None = None
    agent_name: str | None = None
    agent_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the PBX said when it was asked; None is what was not asked or not told.

    `taken` is the moment (UTC) before the first question: what was pushed later is newer.
    """

    taken: datetime
    hints: tuple[HintStatus, ...] | None = None
    peers: tuple[PeerStatus, ...] | None = None
    queues: tuple[Queue, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    blacklist: tuple[str, ...] | None = None
