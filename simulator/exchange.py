"""The exchange: channels, the extension states that follow from them, and what is told about both."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from .channels import Channel, ChannelState
from .events import Body, Events
from .office import Dice, Extension, Office
from .queues import Member, Queue
from .settings import Settings

KEPT_RECORDINGS = 500
# How often the captures show the rarer order of two events that race (captures README, 17 and 22).
STATUS_FIRST = 0.08
EVEN = 0.5
IDLE_BEFORE_HANGUP = 0.35


class Exchange:
    """Own the channels of the PBX and push what happens to them."""

    def __init__(self, settings: Settings, push: Callable[[Body], None]) -> None:
        self.settings = settings
        self.office: Office = settings.office
        self.dice = Dice(settings.seed)
        self.events = Events(settings)
        self.channels: list[Channel] = []
        # What is on the PBX's disk: seconds of sound by path.
        self.recordings: OrderedDict[str, float] = OrderedDict()
        self._push = push
        self._told = {one.number: one.state for one in self.office.extensions.values()}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._channel_count = 0
        self._local_count = 0
        self._id_count = 0
        self._epoch = 0

    def push(self, *bodies: Body | None) -> None:
        """Push events in this order; None stands for nothing to say."""
        for body in bodies:
            if body:
                self._push(body)

    def push_racing(self, first: Body | None, second: Body | None, odds: float) -> None:
        """Push two events in the usual order, or by these odds in the other."""
        if self.dice.random() < odds:
            first, second = second, first
        self.push(first, second)

    def open(self, peer: str, number: str, label: str, state: ChannelState) -> Channel:
        """Open a channel of an extension or a trunk."""
        channel = self._channel(f"SIP/{peer}-{self._channel_count:08x}", peer, number, label, state)
        self._channel_count += 1
        if extension := self.office.extensions.get(peer):
            extension.channels.append(channel)
        return channel

    def open_local(self, agent: str, caller: Channel, did: str) -> tuple[Channel, Channel]:
        """Open the two halves of a Local channel to an agent; the near one goes by the DID at first."""
        peer = f"Local/{agent}@agents"
        name = f"{peer}-{self._local_count:08x}"
        self._local_count += 1
        near = self._channel(f"{name};1", peer, did, "", ChannelState.RINGING)
        far = self._channel(f"{name};2", peer, caller.number, caller.label, ChannelState.RING)
        return near, far

    def _channel(self, name: str, peer: str, number: str, label: str, state: ChannelState) -> Channel:
        now = self.settings.now()
        # Nobody else may have had this id, not even before a restart within the same second.
        if self._id_count == 0:
            self._epoch = max(self._epoch + 1, int(now.timestamp()))
        self._epoch = max(self._epoch, int(now.timestamp()))
        channel = Channel(
            name=name,
            uniqueid=f"{self._epoch}.{self._id_count}",
            peer=peer,
            number=number,
            label=label,
            state=state,
            created=now,
        )
        self._id_count += 1
        self.channels.append(channel)
        return channel

    def close(self, channel: Channel) -> Body:
        """Take a channel away and return its hangup, to be pushed when its turn comes."""
        self.channels.remove(channel)
        if extension := self.office.extensions.get(channel.peer):
            extension.channels.remove(channel)
        return self.events.hangup(channel)

    def hang_up(self, channel: Channel) -> None:
        """Take a channel away and push its hangup and its extension's new state."""
        hangup = self.close(channel)
        self.push_racing(hangup, self.status(channel.peer), IDLE_BEFORE_HANGUP)

    def hold(self, channel: Channel, *, held: bool) -> None:
        """Put whoever is on a channel on hold or take them off it: the one being held shows it."""
        if channel.held is not held:
            channel.held = held
            self.push(self.status(channel.peer))

    def hold_others(self, channel: Channel, *, held: bool) -> None:
        """Hold those whom a phone also talks to while it takes another call."""
        extension = self.office.extensions.get(channel.peer)
        for other in extension.channels if extension else ():
            if other is not channel and other.state is ChannelState.UP and other.linked:
                self.hold(other.linked, held=held)

    def status(self, peer: str) -> Body | None:
        """Return the event of an extension's state if that is news."""
        extension = self.office.extensions.get(peer)
        if not extension or self._told[peer] == extension.state:
            return None
        self._told[peer] = extension.state
        return self.events.extension_status(extension, extension.state)

    def announce(self, extension: Extension, code: int) -> None:
        """Push an extension's state even if it is no news, as after a restart."""
        self._told[extension.number] = code
        self.push(self.events.extension_status(extension, code))

    def reset(self) -> None:
        """Lose every channel without a word and count from zero again."""
        self.channels.clear()
        for extension in self.office.extensions.values():
            extension.channels.clear()
        self._channel_count = self._local_count = self._id_count = 0

    def keep_recording(self, path: str, seconds: float) -> None:
        """Remember a recording; the oldest make room."""
        self.recordings[path] = seconds
        while len(self.recordings) > KEPT_RECORDINGS:
            self.recordings.popitem(last=False)

    def candidates(self, queue: Queue, turn: int) -> list[Member]:
        """Return the agents a queue rings now; each turn without an answer admits one more penalty."""
        free = [member for member in queue.logged_in if not member.paused and self._is_idle(member)]
        lowest = min((member.penalty for member in free), default=0)
        admitted = [member for member in free if member.penalty <= lowest + turn]
        if queue.strategy == "ringall" or not admitted:
            return admitted
        queue.turn += 1
        return [admitted[(queue.turn - 1) % len(admitted)]]

    def _is_idle(self, member: Member) -> bool:
        extension = self.office.extensions.get(member.extension)
        return bool(extension and extension.state == 0)

    def spawn[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run something beside the rest; it ends with the exchange at the latest."""
        # Eager: what the PBX does at once is done when the request for it is answered.
        task = asyncio.create_task(work, eager_start=True)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        """Wait until whatever is running has come to its end."""
        while tasks := [task for task in self._tasks if not task.done()]:
            await asyncio.wait(tasks)

    async def stop(self) -> None:
        """Cancel whatever is running and wait until it is gone."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
