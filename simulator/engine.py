"""The call engine: starts calls, carries out what is asked of the PBX, and restarts it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .call import Call
from .centre import CentreCall
from .channels import ChannelState
from .events import Body
from .exchange import Exchange
from .flows import announce, centre, click, direct, refuse, spy
from .office import ANNOUNCEMENT, UNAVAILABLE, CallRecord, Direction, Trunk
from .plan import HangUp, Join, Plan, Transfer
from .settings import Settings

AWAY_FIRST = 0.5

type Course = asyncio.Task[CallRecord]


class Engine:
    """Run the calls of an office."""

    def __init__(self, settings: Settings, push: Callable[[Body], None]) -> None:
        self.settings = settings
        self.office = settings.office
        self.exchange = Exchange(settings, push)
        self.calls: list[Call] = []
        self.down = False
        self._courses: set[Course] = set()

    @property
    def live(self) -> list[Call]:
        """Return the calls that are not over; a call-centre call's log comes a little later."""
        return [call for call in self.calls if call.record.end is None]

    def internal(self, caller: str, callee: str, plan: Plan) -> Course:
        """Have one extension call another."""
        call = self._from_extension(caller, callee, plan, "internal")
        return self._start(call, direct(call, callee))

    def outbound(self, extension: str, number: str, plan: Plan) -> Course:
        """Have an extension call an outside number; the caller goes by the trunk's number."""
        dialled = self.office.outside_prefix + number
        call = self._from_extension(extension, dialled, plan, "outbound")
        call.caller.number = self.office.trunks[0].did
        return self._start(call, direct(call, dialled))

    def _from_extension(self, number: str, callee: str, plan: Plan, direction: Direction) -> Call:
        name = self.office.extensions[number].name
        channel = self.exchange.open(number, number, name, ChannelState.RING)
        return Call(self.exchange, channel, plan, direction, callee)

    def inbound(self, trunk: Trunk, number: str, name: str, plan: Plan, *, target: str = "", key: str = "") -> Course:
        """Have an outside number call a DID: to an extension, or through the menu."""
        channel = self.exchange.open(trunk.name, number, name, ChannelState.RING)
        call = CentreCall(self.exchange, channel, plan, trunk)
        target = target or trunk.target
        if number in self.office.blacklist:
            return self._start(call, refuse(call))
        if target == ANNOUNCEMENT:
            return self._start(call, announce(call))
        if target in self.office.extensions:
            return self._start(call, direct(call, target))
        return self._start(call, centre(call, self.office.ivr, key))

    def consultation(self, trunk: Trunk, number: str, callee: str, target: str, plan: Plan) -> Course:
        """Have an outside number call an extension, which asks another one and connects the two."""
        channel = self.exchange.open(trunk.name, number, "", ChannelState.RING)
        talk = plan.ring + 3 * plan.talk
        call = CentreCall(self.exchange, channel, replace(plan, talk=talk), trunk)
        course = self._start(call, direct(call, callee))
        self.exchange.spawn(self._consult(call, target, plan))
        return course

    async def _consult(self, call: Call, target: str, plan: Plan) -> None:
        """Have the called party hold the caller, call somebody else, and join them if there was an answer."""
        await self.settings.sleep(plan.ring + plan.talk)
        if not call.bridged:
            return
        asking = self._from_extension(call.bridged.channel.peer, target, replace(plan, talk=2 * plan.talk), "internal")
        self.exchange.hold(call.caller, held=True)
        self._start(asking, direct(asking, target))
        await self.settings.sleep(plan.ring + plan.talk)
        if asking.bridged:
            call.order(Join(asking, plan.talk))
        else:
            self.exchange.hold(call.caller, held=False)

    def click(self, src: str, dst: str, plan: Plan) -> Course | None:
        """Ring `src`, then `dst`; return None if there is no phone to ring at `src`."""
        if not self._can_ring(src):
            return None
        direction: Direction = "outbound" if self.office.is_outside(dst) else "internal"
        call = self._originate(src, dst, plan, direction)
        return self._start(call, click(call, dst))

    def spy(self, src: str, dst: str, plan: Plan) -> Course | None:
        """Have `src` listen to `dst`; return None if there is no phone to ring at `src`."""
        if not self._can_ring(src):
            return None
        watched = next((call for call in self.live if dst in call.peers and call.record.direction != "spy"), None)
        call = self._originate(src, dst, plan, "spy")
        return self._start(call, spy(call, watched))

    def _can_ring(self, number: str) -> bool:
        extension = self.office.extensions.get(number)
        return bool(extension and extension.registered)

    def _originate(self, src: str, dst: str, plan: Plan, direction: Direction) -> Call:
        channel = self.exchange.open(src, src, self.office.extensions[src].name, ChannelState.RINGING)
        channel.dialstring = f"SIP/{src}"
        return Call(self.exchange, channel, plan, direction, dst)

    def hang_up(self, extension: str) -> None:
        """End the calls of an extension."""
        for call in self.live:
            if extension in call.peers:
                call.order(HangUp(extension))

    def transfer(self, src: str, dst: str) -> None:
        """Move the other party of an extension's call."""
        for call in self.live:
            if src in call.peers and call.bridged:
                call.order(Transfer(src, dst))

    def register(self, number: str, *, registered: bool) -> None:
        """Switch a phone on or off."""
        self.office.extensions[number].registered = registered
        self.exchange.push(self.exchange.status(number))

    def _start(self, call: Call, course: Coroutine[Any, Any, None]) -> Course:
        self.calls.append(call)
        task = self.exchange.spawn(self._run(call, course))
        self._courses.add(task)
        task.add_done_callback(self._courses.discard)
        return task

    async def _run(self, call: Call, course: Coroutine[Any, Any, None]) -> CallRecord:
        """Conduct a call and keep its truth, even if the PBX loses it."""
        record = call.record
        try:
            # A restart takes the calls away: whoever waits for one still gets its truth.
            with suppress(asyncio.CancelledError):
                await course
        finally:
            if record.end is None:
                record.outcome, record.end = "lost", self.settings.now()
            self.calls.remove(call)
            if record.direction != "spy":
                self.office.calls.append(record)
        return record

    async def go_down(self) -> None:
        """Go down: what is running vanishes without a word."""
        self.down = True
        courses = list(self._courses)
        for course in courses:
            course.cancel()
        await asyncio.gather(*courses, return_exceptions=True)
        self.exchange.reset()

    def come_back(self) -> None:
        """Come up: the phones register again and their states are told once more."""
        self.down = False
        extensions = list(self.office.extensions.values())
        self.exchange.dice.shuffle(extensions)
        # How quickly the pushing part is back decides whether the others hear of phones being away.
        if self.exchange.dice.random() < AWAY_FIRST:
            for extension in extensions:
                self.exchange.announce(extension, UNAVAILABLE)
        for extension in extensions:
            if extension.registered:
                self.exchange.announce(extension, extension.state)
