"""The stage of the scenarios: who and what is free for them, and whom they begin with."""

import asyncio
from dataclasses import replace

from .engine import Course, Engine
from .office import CallRecord, Extension, Trunk
from .plan import Plan
from .queues import Queue

type Played = asyncio.Task[CallRecord] | None


class ScenarioError(ValueError):
    """A scenario, or what it is about, does not exist."""


class Cast:
    """Choose phones, numbers and queues where a scenario leaves them open, and begin its calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._office = engine.office

    def _between(self, caller: str, callee: str, plan: Plan) -> Course:
        caller, callee = self._pair(caller, callee)
        return self._engine.internal(caller, callee, plan)

    def _passed_on(self, caller: str, callee: str, target: str, plan: Plan) -> Course:
        caller, callee = self._pair(caller, callee)
        target = target or self._free(caller, callee)
        return self._engine.internal(caller, callee, replace(plan, transfer_to=target))

    async def _call_while(self, first: Course, caller: str, callee: str, plan: Plan, after: float) -> CallRecord:
        """Call a phone some time after another call began; return the truth about this one once both are over."""
        await self._engine.settings.sleep(after)
        if self._engine.down:
            return await first
        second = await self._engine.internal(caller, callee, plan)
        await first
        return second

    def _pair(self, caller: str, callee: str) -> tuple[str, str]:
        """Return two different extensions; those not chosen are free."""
        if callee:
            self._extension(callee)
        caller = self._phone(caller) if caller else self._free(callee)
        callee = callee or self._free(caller)
        if caller == callee:
            msg = f"extension {caller} cannot call itself"
            raise ScenarioError(msg)
        return caller, callee

    def _extension(self, number: str) -> Extension:
        if number not in self._office.extensions:
            msg = f"no such extension: {number or 'none is free'}"
            raise ScenarioError(msg)
        return self._office.extensions[number]

    def _phone(self, number: str) -> str:
        """Return a phone that can call: the one chosen, or a free one."""
        number = number or self._free()
        if not self._extension(number).registered:
            msg = f"extension {number} is not registered"
            raise ScenarioError(msg)
        return number

    def _free(self, *taken: str) -> str:
        """Return the first extension that is idle."""
        idle = (one.number for one in self._office.extensions.values() if one.state == 0)
        number = next((one for one in idle if one not in taken), "")
        return self._extension(number).number

    def _outside(self) -> str:
        return f"01632960{self._engine.exchange.dice.randrange(200, 1000)}"

    def _queue(self, number: str, agent: str = "") -> Queue:
        """Return a queue that the menu leads to: the one chosen, or the agent's first."""
        for queue in self._office.queues.values():
            fits = queue.member(agent) if agent else True
            if number in {"", queue.number} and fits and self._office.ivr.key_of(queue.number):
                return queue
        what = f"{number or 'any'} with agent {agent}" if agent else number or "any"
        msg = f"no such queue: {what}"
        raise ScenarioError(msg)

    def _direct(self, number: str, name: str, callee: str, plan: Plan) -> Course:
        trunk: Trunk = self._office.trunks[1]
        target = self._extension(callee or trunk.target).number
        return self._engine.inbound(trunk, number or self._outside(), name, plan, target=target)

    def _through_menu(self, number: str, queue: Queue, plan: Plan) -> Course:
        key = self._office.ivr.key_of(queue.number) or ""
        return self._engine.inbound(self._office.trunks[0], number or self._outside(), "", plan, key=key)
