"""Queues, the agents in them, and the wrap-up that pauses an agent after a call."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

type Strategy = Literal["ringall", "one-by-one"]


@dataclass(eq=False, slots=True, kw_only=True)
class Member:
    """Hold one agent's place in one queue."""

    extension: str
    penalty: int = 0
    paused: bool = False
    logged_in: bool = True
    local: bool = False
    """Reached through a Local channel instead of the phone's own."""
    wrap_up: WrapUp | None = None
    """What paused the agent, unless a person did."""

    @property
    def interface(self) -> str:
        """Return the member's name as queue-info shows it."""
        return f"Local/{self.extension}@agents/n" if self.local else f"sip/{self.extension}"

    def pause(self, *, paused: bool) -> None:
        """Pause or unpause the agent by hand, which takes it out of its wrap-up."""
        self.paused = paused
        if self.wrap_up:
            self.wrap_up.release(self)


@dataclass(eq=False, slots=True, kw_only=True)
class Queue:
    """Hold a queue, its agents and how it rings them."""

    number: str
    strategy: Strategy
    members: list[Member] = field(default_factory=list)
    turn: int = 0
    """Whose turn it is when agents ring one by one."""

    def member(self, extension: str) -> Member | None:
        """Return an extension's place in the queue, if it is logged in."""
        return next((one for one in self.logged_in if one.extension == extension), None)

    @property
    def logged_in(self) -> list[Member]:
        """Return the members that are logged in."""
        return [member for member in self.members if member.logged_in]

    def log_in(self, extension: str) -> bool:
        """Add an agent; return whether that changed anything."""
        if self.member(extension):
            return False
        gone = next((one for one in self.members if one.extension == extension), None)
        if gone:
            gone.logged_in, gone.paused = True, False
        else:
            self.members.append(Member(extension=extension))
        return True

    def log_out(self, extension: str) -> bool:
        """Remove an agent; return whether that changed anything."""
        member = self.member(extension)
        if not member:
            return False
        member.pause(paused=False)
        member.logged_in = False
        return True


class WrapUp:
    """Keep an agent paused after a call, until the time is up or a person unpauses it."""

    def __init__(self, members: list[Member]) -> None:
        self._members = [member for member in members if not member.paused]
        self._over = asyncio.Event()
        for member in self._members:
            member.paused, member.wrap_up = True, self

    def release(self, member: Member) -> None:
        """Let one queue's place go; without any left the wrap-up is over."""
        member.wrap_up = None
        self._members.remove(member)
        if not self._members:
            self._over.set()

    async def run(self, seconds: float) -> None:
        """Let the time pass and unpause the agent."""
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            for member in list(self._members):
                member.pause(paused=False)
