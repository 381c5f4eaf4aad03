"""Logs pushed into a real Home Assistant: how many a second are acknowledged after their commit."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
import os
from pathlib import Path
import time

from yarl import URL

from custom_components.coocenter.call_log import Office as LogOffice, Store, sqlite_url
from scripts.demo.hass import HassProcess
from scripts.measure.figures import Figure, Target, lateness, progress
from scripts.measure.push_client import push_each
from scripts.measure.site import add_pbx, open_site
from scripts.measure.traffic import EXTENSIONS, QUEUES, REGION, SEED, ZONE, Traffic
from simulator import Office

_RATE = Target(2_000, "median", at_least=True)
#: Seconds, in which Home Assistant makes the statistics of a new PBX.
_SETTLES = 10


class LogLost(Exception):
    """Tell that a log that was acknowledged is not in the log."""


async def measure(pushes: int, connections: Sequence[int]) -> list[Figure]:
    """Push logs over some connections at once, and then over as many as the next number says."""
    figures, calls = list[Figure](), set[str]()
    # Those of a day, as after a night without an answer: of a whole year statistics would be made meanwhile.
    traffic = Traffic(pushes * len(connections), end=datetime.now(UTC), days=1).pushes()
    async with open_site(Office.build(extensions=len(EXTENSIONS), queues=len(QUEUES), seed=SEED)) as (hass, pbx):
        entry_id, url = await add_pbx(hass, pbx)
        figures += await _at_rest(hass)
        for number in connections:
            batch = list(islice(traffic, pushes))
            calls |= {push.uid for push in batch}
            progress(f"pushing {len(batch)} logs over {number} connections")
            figures += await _measure(hass, URL(url), [push.raw for push in batch], number)
        await asyncio.to_thread(require_logged, len(calls), hass, entry_id)
    return figures


async def _measure(hass: HassProcess, url: URL, bodies: Sequence[bytes], connections: int) -> list[Figure]:
    await hass.call_service("loop_watch", "begin", {})
    began, busy = time.perf_counter(), cpu_time(hass)
    waits = await _push(url, bodies, connections)
    took, busy = time.perf_counter() - began, cpu_time(hass) - busy
    stalls = await hass.call_service("loop_watch", "end", {}, return_response=True)
    where = f"Home Assistant, {connections} connections"
    return [
        Figure(f"{where}: pushed logs acknowledged", "records/s", (len(bodies) / took,), _RATE),
        Figure(f"{where}: processor time of a push", "ms", (busy / len(bodies) * 1000,)),
        Figure(f"{where}: push → acknowledged", "ms", waits),
        *lateness(where, stalls),
    ]


def cpu_time(hass: HassProcess) -> float:
    """Return the seconds that all threads of Home Assistant were at work."""
    after_name = Path(f"/proc/{hass.child.pid}/stat").read_text().rpartition(")")[2].split()
    user, system = after_name[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def _at_rest(hass: HassProcess) -> list[Figure]:
    """Watch the event loop while nothing happens, after what follows from adding a PBX is over."""
    await asyncio.sleep(_SETTLES)
    await hass.call_service("loop_watch", "begin", {})
    await asyncio.sleep(_SETTLES)
    return lateness("Home Assistant at rest", await hass.call_service("loop_watch", "end", {}, return_response=True))


async def _push(url: URL, bodies: Sequence[bytes], connections: int) -> tuple[float, ...]:
    """Push each log over the connection that is free next; return how long each waited for its answer (ms)."""
    waits, left = list[float](), iter(bodies)
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(push_each(url, left, waits))
    return tuple(waits)


def require_logged(calls: int, hass: HassProcess, pbx: str) -> None:
    """Require that so many calls are in the log; raises LogLost."""
    path = hass.config_dir / ".storage" / "coocenter" / f"{pbx}.db"
    store = Store(sqlite_url(path), LogOffice(pbx=pbx, zone=ZONE, region=REGION))
    store.open()
    try:
        if (found := store.count()) != calls:
            message = f"{found} calls are in the log, and logs of {calls} were pushed"
            raise LogLost(message)
    finally:
        store.close()
