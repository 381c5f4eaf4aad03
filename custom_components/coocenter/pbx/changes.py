"""What a fold changed: the keys of the parts, and the facts that are true at one moment."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .call import Call, CallStep, EndCause
from .events import Event


@dataclass(frozen=True, slots=True)
class ExtensionKey:
    """An extension, or who is on its line."""

    number: str


@dataclass(frozen=True, slots=True)
class QueueKey:
    """A queue as the PBX lists it."""

    number: str


@dataclass(frozen=True, slots=True)
class QueueAgentsKey:
    """Which of its agents a queue could ring: told apart, since it changes with each of their calls."""

    number: str


@dataclass(frozen=True, slots=True)
class QueueCallsKey:
    """Who waits in a queue."""

    number: str


@dataclass(frozen=True, slots=True)
class MemberKey:
    """An agent's place in a queue."""

    queue: str
    extension: str


class PbxKey(StrEnum):
    """The parts that a PBX has once."""

    CALLS = "calls"
    BLACKLIST = "blacklist"
    PUSHES = "pushes"
    """The moment of the last push; no part of the state, but listened to alike."""


type Key = ExtensionKey | QueueKey | QueueAgentsKey | QueueCallsKey | MemberKey | PbxKey


@dataclass(frozen=True, slots=True)
class Pushed:
    """An event arrived that had not been seen before."""

    event: Event


@dataclass(frozen=True, slots=True)
class AgentReleased:
    """A call of a queue's agent ended: its wrap-up begins, and the PBX tells nobody."""

    extension: str


@dataclass(frozen=True, slots=True)
class ExtensionFound:
    """A push spoke of an extension that the last snapshot does not know."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact:
    """Something happened to a call, told once to each part it is about: the PBX (CALLS), a queue, an extension."""

    about: ExtensionKey | QueueKey | PbxKey
    step: CallStep
    call: Call
    """The call as it is after the step."""
    cause: EndCause | None
    """Why nobody talked; of an extension, seen from its phone."""
    at: datetime
    """When it was heard of (UTC)."""


@dataclass(frozen=True, slots=True)
class CallsDoubtful:
    """A phone at rest is said to take part in a call, or somebody to talk alone: unless more is pushed, that was lost.

    current-calls knows better.
    """


type Signal = Pushed | AgentReleased | ExtensionFound | CallFact | CallsDoubtful


@dataclass(slots=True)
class Changes:
    """What one event or snapshot changed; falsy if nothing."""

    keys: set[Key] = field(default_factory=set)
    signals: list[Signal] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.keys or self.signals)
