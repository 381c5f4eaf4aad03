"""The scenarios that can be played by name: what happens in an office, one thing at a time."""

import asyncio
from collections.abc import Callable
import inspect

from .engine import Course, Engine
from .office import CallRecord, Extension, Trunk
from .plan import Plan
from .queues import Queue

type Played = asyncio.Task[CallRecord] | None


class ScenarioError(ValueError):
    """A scenario, or what it is about, does not exist."""


class Stage:
    """Give each scenario as a method: its parameters are what can be chosen, its result is the call."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._office = engine.office

    def internal(self, caller: str = "", callee: str = "", ring: float = 2, talk: float = 5) -> Course:
        """Let one extension call another, which answers."""
        return self._between(caller, callee, Plan(ring=ring, talk=talk))

    def busy(self, caller: str = "", callee: str = "", ring: float = 1) -> Course:
        """Let an extension call another, which declines."""
        return self._between(caller, callee, Plan(reaction="busy", ring=ring))

    def no_answer(self, caller: str = "", callee: str = "", ring: float = 15) -> Course:
        """Let an extension call another until the PBX gives up."""
        return self._between(caller, callee, Plan(reaction="no_answer", ring=ring))

    def cancelled(self, caller: str = "", callee: str = "", ring: float = 4) -> Course:
        """Let an extension call another and give up."""
        return self._between(caller, callee, Plan(reaction="cancel", ring=ring))

    def hold(self, caller: str = "", callee: str = "", hold: float = 3, talk: float = 4) -> Course:
        """Let the caller put the callee on hold in between."""
        return self._between(caller, callee, Plan(hold=hold, talk=talk))

    def transfer(self, caller: str = "", callee: str = "", target: str = "", talk: float = 4) -> Course:
        """Let the callee transfer the caller to somebody else."""
        caller, callee = self._pair(caller, callee)
        target = target or self._free(caller, callee)
        if target in self._office.extensions:
            self._extension(target)
        return self._engine.internal(caller, callee, Plan(talk=talk, transfer_to=target))

    def outbound(self, extension: str = "", number: str = "", ring: float = 4, talk: float = 6) -> Course:
        """Let an extension call an outside number."""
        caller = self._phone(extension)
        return self._engine.outbound(caller, number or self._outside(), Plan(ring=ring, talk=talk))

    def inbound(self, number: str = "", name: str = "", callee: str = "", ring: float = 3, talk: float = 6) -> Course:
        """Let an outside caller reach an extension by its DID."""
        return self._direct(number, name, callee, Plan(ring=ring, talk=talk))

    def inbound_missed(self, number: str = "", name: str = "", callee: str = "", ring: float = 5) -> Course:
        """Let an outside caller give up before the extension answers."""
        return self._direct(number, name, callee, Plan(reaction="cancel", ring=ring))

    def queue(self, number: str = "", queue: str = "", agent: str = "", ring: float = 3, talk: float = 6) -> Course:
        """Let an outside caller reach an agent through the menu and a queue."""
        chosen = self._queue(queue, agent)
        return self._through_menu(number, chosen, Plan(ring=ring, talk=talk, agent=agent or None))

    def queue_abandoned(self, number: str = "", queue: str = "", ring: float = 5) -> Course:
        """Let an outside caller give up in a queue."""
        return self._through_menu(number, self._queue(queue), Plan(reaction="cancel", ring=ring))

    def queue_no_answer(self, number: str = "", queue: str = "") -> Course:
        """Let a queue's agents ring in vain until the PBX says good-bye."""
        return self._through_menu(number, self._queue(queue), Plan(reaction="no_answer"))

    def queue_nobody(self, number: str = "", queue: str = "") -> Course:
        """Let an outside caller find a queue without agents; they log in again afterwards."""
        chosen = self._queue(queue)
        agents = [member.extension for member in chosen.logged_in]
        for agent in agents:
            chosen.log_out(agent)
        course = self._through_menu(number, chosen, Plan())
        course.add_done_callback(lambda _: [chosen.log_in(agent) for agent in agents])
        return course

    def voicemail(self, number: str = "", queue: str = "") -> Course:
        """Let an outside caller leave a message because no agent answers."""
        return self._through_menu(number, self._queue(queue), Plan(reaction="no_answer", voicemail=True))

    def ivr_only(self, number: str = "") -> Course:
        """Let an outside caller hang up in the menu."""
        return self._engine.inbound(self._office.trunks[0], number or self._outside(), "", Plan())

    def blacklisted(self, number: str = "") -> Course:
        """Let a blacklisted number call; it is put on the blacklist if it is not there."""
        number = number or next(iter(self._office.blacklist), "") or self._outside()
        if number not in self._office.blacklist:
            self._office.blacklist.append(number)
        return self._engine.inbound(self._office.trunks[0], number, "", Plan())

    def unregister(self, extension: str = "") -> None:
        """Switch a phone off."""
        self._engine.register(self._phone(extension), registered=False)

    def register(self, extension: str = "") -> None:
        """Switch a phone on: this one, or the first that is off."""
        off = next((one.number for one in self._office.extensions.values() if not one.registered), "")
        self._engine.register(self._extension(extension or off).number, registered=True)

    def second_call(self, caller: str = "", callee: str = "", second: str = "", talk: float = 6) -> Course:
        """Let somebody call a phone that is already in a call, and give up."""
        caller, callee = self._pair(caller, callee)
        second = self._phone(second) if second else self._free(caller, callee)
        first = self._engine.internal(caller, callee, Plan(ring=1, talk=talk))
        return self._engine.exchange.spawn(self._call_into(first, second, callee, talk))

    async def _call_into(self, first: Course, caller: str, callee: str, talk: float) -> CallRecord:
        await self._engine.settings.sleep(1 + talk / 4)
        if self._engine.down:
            return await first
        second = await self._engine.internal(caller, callee, Plan(reaction="cancel", ring=talk / 4))
        await first
        return second

    def _between(self, caller: str, callee: str, plan: Plan) -> Course:
        caller, callee = self._pair(caller, callee)
        return self._engine.internal(caller, callee, plan)

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


SCENARIOS = tuple(name for name in vars(Stage) if not name.startswith("_"))


def play(engine: Engine, name: str, params: dict[str, object]) -> Played:
    """Begin a scenario and return its call, if it is about one."""
    if engine.down:
        msg = "the PBX is restarting"
        raise ScenarioError(msg)
    if name not in SCENARIOS:
        msg = f"no such scenario: {name}; there are {', '.join(SCENARIOS)}"
        raise ScenarioError(msg)
    method: Callable[..., Played] = getattr(Stage(engine), name)
    hints = inspect.signature(method).parameters
    unknown = sorted(set(params) - set(hints))
    if unknown:
        msg = f"scenario {name} has no parameter {', '.join(unknown)}; it has {', '.join(hints) or 'none'}"
        raise ScenarioError(msg)
    return method(**{key: _value(key, value, hints[key].annotation) for key, value in params.items()})


def _value(name: str, value: object, kind: object) -> str | float:
    """Return a parameter as its type: they also come from the network."""
    valid = not isinstance(value, bool)
    if valid and kind is float and isinstance(value, int | float) and 0 <= value < float("inf"):
        return value
    if valid and kind is str and isinstance(value, str | int):
        return str(value)
    msg = f"{name} cannot be {value!r}"
    raise ScenarioError(msg)
