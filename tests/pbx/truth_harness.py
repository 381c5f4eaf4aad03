"""Days in simulated offices: what is pushed and could be asked, when, and what truly happened."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from inspect import signature
import json
from typing import Any

from hypothesis import strategies as st
from virtual_time import virtual_now

from custom_components.coocenter.pbx import Snapshot
from custom_components.coocenter.pbx.wire import reply
from simulator import CallRecord, Office, ScenarioError
from simulator.api import Api
from simulator.channels import UNKNOWN
from simulator.engine import Engine
from simulator.office import Dice
from simulator.plan import Plan
from simulator.queues import Member, Queue
from simulator.scenarios import SCENARIOS, Stage, play
from simulator.settings import Settings

#: What is asked of the PBX over its API; who asks for a click has to be free for it.
ACTIONS = {"click": {"caller"}, "hang up": set[str](), "pass on": set[str]()}
#: What each scenario can be told.
TAKES = ACTIONS | {name: set(signature(getattr(Stage, name)).parameters) for name in SCENARIOS}
#: Phones that go away in the midst of a call are another story.
KINDS = tuple(name for name in TAKES if name not in {"register", "unregister"})
WITHHELD = (UNKNOWN, "anonymous")
#: How soon somebody who doubts what was pushed asks, in seconds.
ASKED_AFTER = 0.7
RETRY = timedelta(seconds=2)
NO_TIME = timedelta(0)
RACING = timedelta(seconds=0.05)
EVEN = 0.5


@dataclass(frozen=True)
class Step:
    """One more call: how long after the one before, which, and whom it is about."""

    gap: float
    kind: str
    phones: tuple[str, str, str]
    queue: str
    seconds: tuple[float, float]

    def params(self, number: str) -> dict[str, object]:
        """Return what the scenario is told; the caller from outside has this number."""
        one, other, third = self.phones
        ring, talk = self.seconds
        chosen: dict[str, object] = {
            "caller": one,
            "callee": one if self.kind == "consultation" else other,
            "extension": one,
            "target": other if self.kind == "consultation" else third,
            "second": third,
            "number": number,
            "queue": self.queue,
            "ring": ring,
            "talk": talk,
        }
        if self.kind == "withheld":
            chosen["number"] = WITHHELD[talk > 10]
        return {name: value for name, value in chosen.items() if name in TAKES[self.kind]}


#: What was pushed (bytes) or could be asked (a snapshot), each with its moment.
type Told = list[tuple[datetime, bytes | Snapshot]]


@dataclass
class Day:
    """What was told of an office, and what truly happened."""

    opening: Snapshot
    told: Told = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    """The ids of the calls that an answer listed, by the name of the caller's channel."""


class Scene:
    """Let calls happen in an office and note what a listener gets to know."""

    def __init__(self, office: Office, *, seed: int, wrap_up: float) -> None:
        settings = Settings(office, seed=seed, wrap_up=wrap_up, clock=virtual_now)
        self.engine = Engine(settings, self._push)
        self._api = Api(settings, self.engine)
        self._asking: asyncio.TimerHandle | None = None
        self.day = Day(self._asked())

    async def run(self, steps: list[Step]) -> Day:
        """Play the steps to the end of the last call."""
        for index, step in enumerate(steps):
            await asyncio.sleep(step.gap)
            self._begin(step, index)
        await self.engine.exchange.finish()
        # Who still doubts, asks.
        await asyncio.sleep(2 * ASKED_AFTER)
        self.day.records = list(self.engine.office.calls)
        return self.day

    def _begin(self, step: Step, index: int) -> None:
        params = step.params(f"01632960{200 + index}")
        caller = params.get("caller", params.get("extension"))
        if caller and self.engine.office.extensions[str(caller)].state:
            return
        if step.kind in ACTIONS:
            self._act(step.kind, *step.phones[:2])
            return
        # There may be no such queue, or a phone is off: then nobody can do this here and now.
        with suppress(ScenarioError):
            play(self.engine, step.kind, params)

    def _act(self, action: str, one: str, other: str) -> None:
        """Do what somebody asks of the PBX rather than of a phone."""
        match action:
            case "click":
                self.engine.click(one, other, Plan())
            case "hang up":
                self.engine.hang_up(one)
            case "pass on":
                self.engine.transfer(one, other)

    def _push(self, body: dict[str, Any]) -> None:
        self.day.told.append((virtual_now(), json.dumps(body).encode()))
        if not self._asking or self._asking.when() - ASKED_AFTER < asyncio.get_running_loop().time():
            self._asking = asyncio.get_running_loop().call_later(ASKED_AFTER, self._ask)

    def _ask(self) -> None:
        self.day.told.append((virtual_now(), self._asked()))
        self.day.asked |= {call.caller.name: call.record.id for call in self.engine.live}

    def _asked(self) -> Snapshot:
        return Snapshot(
            taken=virtual_now(),
            hints=reply.hints(self._data("/extensions/extension-hints-status")),
            peers=reply.peers(self._data("/extensions/extension-status")),
            queues=reply.queues(self._data("/queues/queue-info")),
            channels=reply.channels(self._data("/extensions/current-calls")),
            blacklist=reply.blacklist(self._data("/blacklist/index")),
        )

    def _data(self, path: str) -> object:
        return reply.unwrap(json.loads(self._api._answer("GET", path, {}).text or ""))


def resent(told: Told) -> Told:
    """Return what is told where every push comes twice: of a call the PBX's retry, of a phone's state at once."""
    again: Told = []
    for now, what in told:
        if isinstance(what, bytes):
            again.append((now + (RETRY if b'"extensionstatus"' not in what else NO_TIME), what))
    return sorted((*told, *again), key=lambda entry: entry[0])


def swapped(told: Told, dice: Dice) -> Told:
    """Return what is told where neighbours of one moment, but of different calls or phones, change places."""
    owners = _owners(told)
    result = list(told)
    for index in range(len(result) - 1):
        (now, one), (later, other) = result[index : index + 2]
        if isinstance(one, bytes) and isinstance(other, bytes) and later - now < RACING:
            apart = owners[one] != owners[other]
            if apart and dice.random() < EVEN:
                result[index : index + 2] = [(now, other), (later, one)]
    return result


def _owners(told: Told) -> dict[bytes, str]:
    """Return whose each push is: the call's, by a name that all of its pushes lead to, or the phone's."""
    call_of: dict[str, str] = {}
    owners: dict[bytes, str] = {}
    for _, what in told:
        if not isinstance(what, bytes):
            continue
        body = json.loads(what)
        names = [body[key] for key in ("uniqueid", "uuid", "channel", "destuniqueid", "destchannel") if key in body]
        names = [name[:-2] if name.startswith("Local/") else name for name in names]
        call = next((call_of[name] for name in names if name in call_of), names[0] if names else body.get("exten"))
        call_of |= dict.fromkeys(names, call)
        owners[what] = call
    return owners


async def a_day(office: Office, steps: list[Step], *, seed: int, wrap_up: float) -> Day:
    return await Scene(office, seed=seed, wrap_up=wrap_up).run(steps)


@st.composite
def offices(draw: st.DrawFn) -> Office:
    """Draw an office of a few phones, of which some may be off, and queues of all kinds."""
    office = Office.build(draw(st.integers(4, 7)), 0)
    numbers = list(office.extensions)
    for number in numbers:
        office.extensions[number].registered = draw(st.integers(0, 9)) > 0
    for index in range(draw(st.integers(0, 3))):
        members = draw(st.lists(st.sampled_from(numbers), max_size=4, unique=True))
        local = draw(st.integers(0, 4)) == 0
        queue = Queue(
            number=str(630 + index),
            strategy=draw(st.sampled_from(("ringall", "one-by-one"))),
            members=[
                Member(
                    extension=number, penalty=draw(st.integers(0, 2)), local=local, paused=draw(st.integers(0, 9)) > 8
                )
                for number in members
            ],
        )
        office.queues[queue.number] = queue
        office.ivr.keys[str(index)] = queue.number
    return office


@st.composite
def plays(draw: st.DrawFn) -> tuple[Office, list[Step], int, float]:
    """Draw an office and calls in it that overlap."""
    office = draw(offices())
    numbers = list(office.extensions)
    steps = [
        Step(
            gap=draw(st.integers(0, 200)) / 10,
            kind=draw(st.sampled_from(KINDS)),
            phones=tuple(draw(st.permutations(numbers))[:3]),
            queue=str(630 + draw(st.integers(0, max(len(office.queues) - 1, 0)))),
            seconds=(draw(st.integers(5, 200)) / 10, draw(st.integers(10, 300)) / 10),
        )
        for _ in range(draw(st.integers(1, 7)))
    ]
    return office, steps, draw(st.integers(0, 2**16)), draw(st.sampled_from((0.0, 10.0)))
