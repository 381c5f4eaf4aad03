"""The engine in virtual time: hours of calls without waiting, and the same ones every time."""

import asyncio
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from virtual_time import START, run_virtually, virtual_now

from simulator import CallRecord, Office
from simulator.engine import Engine
from simulator.scenarios import play
from simulator.settings import Settings
from simulator.traffic import Traffic

type Story = list[tuple[datetime, dict[str, Any]]]


async def an_hour(office: Office, seed: int) -> Story:
    """Play an hour of a busy office and return what is pushed, and when."""
    pushed: Story = []
    settings = Settings(office, seed=seed, clock=virtual_now)
    engine = Engine(settings, lambda body: pushed.append((settings.now(), body)))
    Traffic(settings, engine).start("busy")
    await asyncio.sleep(3600)
    await engine.exchange.stop()
    return pushed


def test_an_hour_passes_in_no_time_and_twice_the_same() -> None:
    begun = monotonic()
    first, second = (run_virtually(an_hour(Office.build(20, 4), 3)) for _ in range(2))
    assert monotonic() - begun < 30
    assert first == second
    assert len(first) > 3000
    assert first[-1][0] - START > timedelta(minutes=55)
    assert run_virtually(an_hour(Office.build(20, 4), 4)) != first


def test_durations_are_exact() -> None:
    async def call() -> CallRecord | None:
        engine = Engine(Settings(Office.build(), clock=virtual_now), lambda _body: None)
        course = play(engine, "internal", {"ring": 7, "talk": 1234.5})
        return await course if course else None

    record = run_virtually(call())
    assert record
    assert record.answer
    assert record.end
    assert record.start == START
    assert record.answer - record.start == timedelta(seconds=7)
    assert record.end - record.answer == timedelta(seconds=1234.5)
