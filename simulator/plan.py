"""What the people of a call do: planned beforehand, or ordered while it goes on."""

from dataclasses import dataclass
from typing import Literal

type Reaction = Literal["answer", "busy", "no_answer", "cancel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Say what the people of a call do; durations in seconds before the simulator's speed."""

    reaction: Reaction = "answer"
    ring: float = 3.0
    talk: float = 5.0
    hold: float = 0.0
    transfer_to: str | None = None
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


type Order = HangUp | Transfer
