"""Whole queue calls: how many a second are followed, and how soon after a push its state is on a websocket."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import batched
import json
import time

from yarl import URL

from scripts.demo.hass import HassProcess
from scripts.measure.figures import Figure, Target, lateness, progress
from scripts.measure.push_client import LANES, Connection, push_lanes
from scripts.measure.pushes import cpu_time, require_logged
from scripts.measure.recorded_calls import Pushed, queue_calls, staff
from scripts.measure.shown_states import states_shown
from scripts.measure.site import UNRECORDED, add_pbx, office_of, open_site, poll_seldom
from simulator import Office

EXTENSIONS, QUEUES = 500, 20
#: Seconds between two calls as they are played; with 20 queues some 20 calls go on at once.
_GAP = 0.75
#: In so many parts the calls are pushed, each of which is a sample of the rate.
_PARTS = 10
_CALLS_A_SECOND = 50
_SUSTAINED = Target(150, "median", at_least=True)
_SHOWN = Target(20, "p99")
#: Seconds, in which what follows from the last push comes to rest.
_SETTLES = 3
#: So much of what is pushed changes the state at the least: a phone that one queue rings may be rung by no other.
_MOST = 0.95
_STATES = {"0": "idle", "1": "in_use", "2": "busy", "4": "unavailable", "8": "ringing", "9": "ringing_in_use"}


class StateLost(Exception):
    """Tell of states that never came."""


async def measure(calls: int, seconds: float) -> list[Figure]:
    """Push calls as fast as they are taken, and then some seconds long as many as a very busy office has."""
    paced = round(seconds * _CALLS_A_SECOND)
    progress(f"playing {calls + paced} queue calls in virtual time")
    # A loop of its own needs a thread of its own.
    pushes = await asyncio.to_thread(queue_calls, _office(), calls + paced, _GAP)
    office = _office()
    staff(office)
    async with open_site(office, UNRECORDED) as (hass, pbx):
        entry_id, url = await add_pbx(hass, pbx)
        entities = await poll_seldom(hass, entry_id)
        figures = await _sustain(hass, URL(url), [push for push in pushes if push.call < calls], calls)
        await asyncio.sleep(_SETTLES)
        shown = {number: entities[f"{entry_id}_{number}_status"] for number in office.extensions}
        figures += await _pace(hass, URL(url), [push for push in pushes if push.call >= calls], shown)
        await asyncio.sleep(_SETTLES)
        await asyncio.to_thread(require_logged, calls + paced, hass, entry_id)
    return figures


def _office() -> Office:
    return office_of(EXTENSIONS, QUEUES)


async def _sustain(hass: HassProcess, url: URL, pushes: Sequence[Pushed], calls: int) -> list[Figure]:
    progress(f"pushing {calls} calls over {LANES} connections")
    await hass.call_service("loop_watch", "begin", {})
    rates, worked = list[float](), cpu_time(hass)
    for part in batched(pushes, -(-len(pushes) // _PARTS), strict=False):
        took = await push_lanes(url, [[one.body for one in lane] for lane in _lanes(part)])
        rates.append(len(part) / took)
    worked = cpu_time(hass) - worked
    stalls = await hass.call_service("loop_watch", "end", {}, return_response=True)
    where, each = f"queue calls, {EXTENSIONS} extensions", len(pushes) / calls
    return [
        Figure(f"{where}: pushes of a call", "pushes", (each,)),
        Figure(f"{where}: pushes", "events/s", tuple(rates)),
        Figure(f"{where}: processor time of a call, all threads", "ms", (worked / calls * 1000,)),
        Figure(f"{where}: whole calls", "calls/s", tuple(rate / each for rate in rates), _SUSTAINED),
        *lateness(where, stalls),
    ]


def _lanes(pushes: Sequence[Pushed]) -> list[list[Pushed]]:
    """Give each connection whole calls: what is pushed in one call keeps its order."""
    return [[push for push in pushes if push.call % LANES == lane] for lane in range(LANES)]


@dataclass(slots=True)
class _Watch:
    """Which states were pushed and not seen yet, by entity; and how long those took that were seen (ms)."""

    shown: Mapping[str, str]
    waiting: dict[str, deque[tuple[str, float]]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    def pushed(self, push: Pushed) -> None:
        """Note that a push is about to be sent."""
        body = json.loads(push.body)
        if body["event"] == "extensionstatus":
            told = self.waiting.setdefault(self.shown[body["exten"]], deque())
            told.append((_STATES[body["status"]], time.perf_counter()))

    def seen(self, entity: str, state: str) -> None:
        """Note that a state has come; one that was told again before it, changed nothing and does not come."""
        now, told = time.perf_counter(), self.waiting.get(entity, deque())
        while told:
            wanted, sent = told.popleft()
            if wanted == state:
                self.took.append((now - sent) * 1000)
                return


async def _pace(hass: HassProcess, url: URL, pushes: Sequence[Pushed], shown: Mapping[str, str]) -> list[Figure]:
    progress(f"pushing {_CALLS_A_SECOND} calls a second")
    watch, wanted = _Watch(shown), sum(b"extensionstatus" in push.body for push in pushes)
    async with states_shown(hass, list(shown.values())) as changes:
        watching = asyncio.create_task(_see(changes, watch))
        began = time.perf_counter() - pushes[0].at / (_GAP * _CALLS_A_SECOND)
        await asyncio.gather(*(_push_paced(url, lane, began, watch) for lane in _lanes(pushes)))
        await asyncio.sleep(_SETTLES)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    if len(watch.took) < wanted * _MOST:
        message = f"{len(watch.took)} states came of {wanted} that were pushed"
        raise StateLost(message)
    where = f"queue calls, {_CALLS_A_SECOND} a second"
    return [
        Figure(f"{where}: push → state on a websocket", "ms", tuple(watch.took), _SHOWN),
        Figure(f"{where}: pushed later than due", "ms", tuple(watch.late)),
    ]


async def _see(changes: AsyncIterator[tuple[str, str]], watch: _Watch) -> None:
    async for entity, state in changes:
        watch.seen(entity, state)


async def _push_paced(url: URL, pushes: Sequence[Pushed], began: float, watch: _Watch) -> None:
    """Push over one connection, each push when it is due."""
    connection = Connection(url)
    await connection.open()
    for push in pushes:
        due = began + push.at / (_GAP * _CALLS_A_SECOND)
        await asyncio.sleep(due - time.perf_counter())
        watch.late.append((time.perf_counter() - due) * 1000)
        watch.pushed(push)
        await connection.push(push.body)
    await connection.close()
