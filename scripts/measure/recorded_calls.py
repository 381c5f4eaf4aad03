"""What the simulator pushes, played in virtual time: hours of an office in seconds, and each push with its moment."""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, cycle
import json

from simulator import Office
from simulator.engine import Engine
from simulator.events import Body
from simulator.queues import Member
from simulator.scenarios import play
from simulator.settings import Settings
from simulator.traffic import Traffic
from tests.virtual_time import run_virtually

#: So many of a queue's agents are rung at once.
_RUNG = 2
#: A call's first moments are this long ago, at the least (it has a beginning and an end that are past).
_AGO = timedelta(hours=2)
#: Seconds after the last call's beginning, by which its last log is pushed.
_LAST_WORDS = 120
#: Which call is played; whatever a call does, it does in tasks that were begun in its context.
_CALL: ContextVar[int] = ContextVar("call", default=0)


@dataclass(frozen=True, slots=True)
class Pushed:
    """One push: when (seconds), by which call, and what."""

    at: float
    call: int
    body: bytes


def queue_calls(office: Office, calls: int, gap: float) -> list[Pushed]:
    """Return what is pushed in queue calls, one of which begins every few seconds."""
    return run_virtually(_queue_calls(office, calls, gap))


def busy_traffic(office: Office, seconds: float) -> list[Pushed]:
    """Return what is pushed in so many seconds of the simulator's busy traffic."""
    return run_virtually(_busy_traffic(office, seconds))


def staff(office: Office) -> None:
    """Make each phone an agent, each in one queue, where two are rung at once."""
    numbers = [phone.number for phone in office.extensions.values() if phone.registered]
    for index, queue in enumerate(office.queues.values()):
        queue.strategy = "ringall"
        queue.members = [Member(extension=number) for number in numbers[index :: len(office.queues)]]
        office.ivr.keys[str(index)] = queue.number


async def _queue_calls(office: Office, calls: int, gap: float) -> list[Pushed]:
    staff(office)
    agents = {queue: cycle(batched(office.queues[queue].members, _RUNG, strict=False)) for queue in office.queues}
    pushed, engine = _engine(office)
    for number, queue in zip(range(calls), cycle(office.queues), strict=False):
        _CALL.set(number)
        office.queues[queue].members = list(next(agents[queue]))
        play(engine, "queue", {"number": f"01632960{number % 1000:03}", "queue": queue})
        await asyncio.sleep(gap)
    await asyncio.sleep(_LAST_WORDS)
    await engine.exchange.stop()
    return pushed


async def _busy_traffic(office: Office, seconds: float) -> list[Pushed]:
    pushed, engine = _engine(office)
    Traffic(engine.settings, engine).start("busy")
    await asyncio.sleep(seconds)
    await engine.exchange.stop()
    return pushed


def _engine(office: Office) -> tuple[list[Pushed], Engine]:
    loop, pushed = asyncio.get_running_loop(), list[Pushed]()
    begin = datetime.now(UTC) - _AGO

    def push(body: Body) -> None:
        pushed.append(Pushed(loop.time(), _CALL.get(), json.dumps(body).encode()))

    settings = Settings(office, clock=lambda: begin + timedelta(seconds=loop.time()))
    return pushed, Engine(settings, push)
