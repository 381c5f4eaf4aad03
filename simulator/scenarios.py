"""The scenarios that can be played by name: what happens in an office, one thing at a time."""

from collections.abc import Callable
import inspect

from .channels import UNKNOWN
from .engine import Course, Engine
from .plan import Plan
from .stage import Cast, Played, ScenarioError


class Stage(Cast):
    """Give each scenario as a method: its parameters are what can be chosen, its result is the call."""

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
        return self._passed_on(caller, callee, target, Plan(talk=talk))

    def transfer_by_caller(self, caller: str = "", callee: str = "", target: str = "", talk: float = 4) -> Course:
        """Let the caller pass the callee on to somebody else and leave; its own log comes in the middle."""
        return self._passed_on(caller, callee, target, Plan(talk=talk, transfers="caller"))

    def transfer_in_vain(self, caller: str = "", callee: str = "", target: str = "", ring: float = 5) -> Course:
        """Let the callee transfer the caller to somebody who does not answer."""
        return self._passed_on(caller, callee, target, Plan(ring=ring, in_vain=True))

    def consultation(self, number: str = "", callee: str = "", target: str = "", talk: float = 3) -> Course:
        """Let an extension ask another one about an outside caller, and connect the two (attended transfer)."""
        callee = callee or self._free()
        target = target or self._free(callee)
        for phone in (callee, target):
            self._extension(phone)
        trunk = self._office.trunks[1]
        return self._engine.consultation(trunk, number or self._outside(), callee, target, Plan(talk=talk))

    def outbound(self, extension: str = "", number: str = "", ring: float = 4, talk: float = 6) -> Course:
        """Let an extension call an outside number."""
        caller = self._phone(extension)
        return self._engine.outbound(caller, number or self._outside(), Plan(ring=ring, talk=talk))

    def outbound_in_vain(self, extension: str = "", number: str = "", ring: float = 8, busy: float = 0) -> Course:
        """Let an extension call an outside number that nobody answers, or that is busy (1)."""
        caller = self._phone(extension)
        plan = Plan(reaction="busy" if busy else "no_answer", ring=ring)
        return self._engine.outbound(caller, number or self._outside(), plan)

    def inbound(self, number: str = "", name: str = "", callee: str = "", ring: float = 3, talk: float = 6) -> Course:
        """Let an outside caller reach an extension by its DID."""
        return self._direct(number, name, callee, Plan(ring=ring, talk=talk))

    def inbound_missed(self, number: str = "", name: str = "", callee: str = "", ring: float = 5) -> Course:
        """Let an outside caller give up before the extension answers."""
        return self._direct(number, name, callee, Plan(reaction="cancel", ring=ring))

    def inbound_voicemail(self, number: str = "", callee: str = "", ring: float = 5) -> Course:
        """Let an outside caller leave a message because the extension does not answer."""
        return self._direct(number, "", callee, Plan(reaction="no_answer", voicemail=True, ring=ring))

    def withheld(self, number: str = UNKNOWN, callee: str = "", ring: float = 3, talk: float = 6) -> Course:
        """Let an outside caller who shows no number reach an extension; some carriers say `anonymous`."""
        return self._direct(number, "", callee, Plan(ring=ring, talk=talk))

    def announcement(self, number: str = "", talk: float = 5) -> Course:
        """Let an outside caller hear what a DID plays: nothing is pushed before the end."""
        return self._engine.inbound(self._office.trunks[2], number or self._outside(), "", Plan(talk=talk))

    def queue(self, number: str = "", queue: str = "", agent: str = "", ring: float = 3, talk: float = 6) -> Course:
        """Let an outside caller reach an agent through the menu and a queue."""
        chosen = self._queue(queue, agent)
        return self._through_menu(number, chosen, Plan(ring=ring, talk=talk, agent=agent or None))

    def queue_abandoned(self, number: str = "", queue: str = "", ring: float = 5) -> Course:
        """Let an outside caller give up in a queue."""
        return self._through_menu(number, self._queue(queue), Plan(reaction="cancel", ring=ring))

    def queue_rounds(
        self, number: str = "", queue: str = "", rounds: float = 1, ring: float = 3, talk: float = 6
    ) -> Course:
        """Let a queue's agents ring in vain for some rounds before one answers."""
        return self._through_menu(number, self._queue(queue), Plan(ring=ring, talk=talk, rounds=int(rounds)))

    def queue_local(self, number: str = "", queue: str = "", ring: float = 3, talk: float = 6) -> Course:
        """Let an outside caller reach an agent whom the queue rings through a Local channel."""
        chosen = self._queue(queue)
        usual = [member.local for member in chosen.members]

        def reach(ways: list[bool]) -> None:
            for member, local in zip(chosen.members, ways, strict=False):
                member.local = local

        reach([True] * len(usual))
        course = self._through_menu(number, chosen, Plan(ring=ring, talk=talk))
        course.add_done_callback(lambda _: reach(usual))
        return course

    def queue_transfer(self, number: str = "", queue: str = "", target: str = "", talk: float = 4) -> Course:
        """Let a queue's agent pass the caller on to somebody else."""
        chosen = self._queue(queue)
        target = target or self._free(*(member.extension for member in chosen.members))
        return self._through_menu(number, chosen, Plan(talk=talk, transfer_to=self._extension(target).number))

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
        plan = Plan(reaction="cancel", ring=talk / 4)
        return self._engine.exchange.spawn(self._call_while(first, second, callee, plan, 1 + talk / 4))

    def call_waiting(self, caller: str = "", callee: str = "", second: str = "", talk: float = 6) -> Course:
        """Let a phone in a call take a second one and hold the first, which ends while the second goes on."""
        caller, callee = self._pair(caller, callee)
        second = self._phone(second) if second else self._free(caller, callee)
        first = self._engine.internal(caller, callee, Plan(ring=1, talk=talk))
        plan = Plan(ring=talk / 4, talk=talk, waits=True)
        return self._engine.exchange.spawn(self._call_while(first, second, callee, plan, 1 + talk / 4))


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
