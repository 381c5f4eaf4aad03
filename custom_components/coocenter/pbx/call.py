"""What a call is: one for each time somebody rings somebody, whatever number of legs, dials and agents it takes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .model import NOBODY, DialStatus, Direction, Party


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    QUEUED = "queued"
    CONNECTED = "connected"
    ON_HOLD = "on_hold"
    TRANSFERRED = "transferred"
    """Passed on: the next phone rings, and nobody talks."""
    ENDED = "ended"


class Outcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    MISSED = "missed"
    """Nobody took a call from outside, or let one from inside ring out."""
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Whoever called from inside gave up."""


class EndCause(StrEnum):
    """Why nobody talked."""

    CALLER_GAVE_UP = "caller_gave_up"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    NO_AGENTS = "no_agents"
    """Nobody was logged in to the queue."""
    TOO_FEW_AGENTS = "too_few_agents"
    """Nobody in the queue was free."""
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    """Another phone was quicker; of one phone, never of a call."""


class CallStep(StrEnum):
    """What happens to a call, at one moment."""

    RINGING = "ringing"
    DIALING = "dialing"
    QUEUED = "queued"
    ANSWERED = "answered"
    HELD = "held"
    TRANSFERRED = "transferred"
    ENDED = "ended"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    IVR_SELECTION = "ivr_selection"


#: The steps that are a call's last, or a phone's last in it.
LAST_STEPS = frozenset({CallStep.ENDED, CallStep.MISSED, CallStep.VOICEMAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One channel of a live call."""

    channel: str = ""
    uniqueid: str = ""
    extension: str | None = None
    party: Party = NOBODY
    calling: bool = False
    """The side that placed the call."""
    connected: bool = False
    picked_up: bool = False
    """Its phone went from ringing to in use: should the end of the ringing be lost, it was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call with the legs that ring, wait or talk, and the moments (UTC) of its steps."""

    id: str
    """The uniqueid of the channel that placed the call; that channel's name where the PBX told no more."""
    direction: Direction
    state: CallState
    started: datetime
    caller: Party
    callee: Party = NOBODY
    """Who is rung or talks, once there is only one; of a queue's caller the agent."""
    legs: tuple[Leg, ...] = ()
    parties: frozenset[str] = frozenset()
    """The extensions that were told of the call, and not of its end while it went on."""
    involved: frozenset[str] = frozenset()
    """The extensions that ever took part."""
    did: str | None = None
    queue: str | None = None
    agent: str | None = None
    """The extension that took a queue's call."""
    menu: str | None = None
    digits: str | None = None
    left: str | None = None
    """The extension that left the call last while the other side stayed, as in a transfer."""
    held_by: frozenset[str] = frozenset()
    queued: datetime | None = None
    ringing: datetime | None = None
    answered: datetime | None = None
    held: datetime | None = None
    transferred: datetime | None = None
    ended: datetime | None = None
    dialled: DialStatus | None = None
    """How the last phone stopped to ring, if nobody answered it."""
    outcome: Outcome | None = None
    cause: EndCause | None = None
    recording: str | None = None

    @property
    def extensions(self) -> frozenset[str]:
        """Return the extensions that take part, ringing ones included."""
        return frozenset(leg.extension for leg in self.legs if leg.extension)

    @property
    def is_waiting(self) -> bool:
        """Tell whether the caller waits in a queue."""
        return self.queue is not None and self.answered is None and self.ended is None

    @property
    def is_lonely(self) -> bool:
        """Tell whether somebody talks alone: for a moment at the end or in a transfer, else something was lost."""
        return self.answered is not None and len(self.legs) == 1

    @property
    def talking(self) -> frozenset[str]:
        """Return the extensions that talk, or would if the other side were back from being passed on."""
        if self.answered is None:
            return frozenset()
        return frozenset(leg.extension for leg in self.legs if leg.extension and (leg.connected or leg.calling))

    def other_party(self, extension: str) -> Party:
        """Return who an extension of this call rings or talks to."""
        others = [leg.party for leg in self.legs if leg.extension != extension and leg.connected]
        if others:
            return others[-1]
        calls = any(leg.calling for leg in self.legs if leg.extension == extension)
        return self.callee if calls else self.caller
