"""An hour's busy traffic, pushed as fast as it is taken: how long the event loop does nothing else."""

import asyncio

from yarl import URL

from scripts.measure.figures import Figure, Target, progress
from scripts.measure.push_client import push_lanes
from scripts.measure.recorded_calls import busy_traffic
from scripts.measure.site import add_pbx, office_of, open_site

EXTENSIONS, QUEUES = 500, 10
#: But for Python's collector, which stops everything for whomever it collects.
_LONGEST = Target(25, "max")
#: Seconds, in which what follows from adding a PBX is over, and then what follows from the pushes.
_SETTLES = 10


async def measure(seconds: float) -> list[Figure]:
    """Push over one connection, in the order of the PBX."""
    # A loop of its own needs a thread of its own.
    pushes = await asyncio.to_thread(busy_traffic, office_of(EXTENSIONS, QUEUES), seconds)
    async with open_site(office_of(EXTENSIONS, QUEUES)) as (hass, pbx):
        _, url = await add_pbx(hass, pbx)
        await asyncio.sleep(_SETTLES)
        progress(f"pushing {len(pushes)} events of {seconds / 60:g} busy minutes")
        await hass.call_service("loop_watch", "begin", {})
        took = await push_lanes(URL(url), [[push.body for push in pushes]])
        await asyncio.sleep(_SETTLES)
        stalls = await hass.call_service("loop_watch", "end", {}, return_response=True)
    where = f"{seconds / 60:g} busy minutes, {EXTENSIONS} extensions"
    return [
        Figure(f"{where}: pushes", "events/s", (len(pushes) / took,)),
        Figure(f"{where}: event loop late", "ms", tuple(stalls["late"])),
        Figure(f"{where}: event loop late, but for Python's collector", "ms", tuple(stalls["own"]), _LONGEST),
        Figure(f"{where}: processor time between two turns", "ms", tuple(stalls["busy"])),
    ]
