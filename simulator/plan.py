"""What the people of a call do: planned beforehand, or ordered while it goes on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .call import Call

type Reaction = Literal["answer", "busy", "no_answer", "cancel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Say what the people of a call do; durations in seconds before the simulator's speed."""

    reaction: Reaction = "answer"
    ring: float = 3.0
    talk: float = 5.0
    hold: float = 0.0
    transfer_to: str | None = None
    transfers: Literal["caller", "callee"] = "callee"
    in_vain: bool = False
    """Nobody takes the transferred call."""
    waits: bool = False
    """Whoever is on the phone already takes the call all the same, and holds the other meanwhile."""
    rounds: int = 0
    """How often a queue's agents ring in vain before the caller's or the agent's patience begins."""
    hangs_up: Literal["caller", "callee"] = "caller"
    agent: str | None = None
    voicemail: bool = False


@dataclass(frozen=True, slots=True)
class HangUp:
    """Order to end a call, or the leg, of this extension or trunk."""

    party: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Order to move the other party of an extension's call elsewhere."""

    party: str
    target: str


@dataclass(frozen=True, slots=True)
class Join:
    """Order to connect the other party of this call to whoever was consulted, and how long they talk."""

    consulted: Call
    talk: float


type Order = HangUp | Transfer | Join
