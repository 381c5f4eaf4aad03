"""A poll that finds nothing new: what it takes of the event loop, and that it writes nothing."""

from scripts.measure.figures import Figure, Target, progress
from scripts.measure.site import UNRECORDED, add_pbx, office_of, open_site, poll_seldom

EXTENSIONS = 2_000
_TAKES, _WRITES = Target(30, "median"), Target(0, "max")


async def measure(times: int) -> list[Figure]:
    """Poll a large office in which nothing happens."""
    async with open_site(office_of(EXTENSIONS), UNRECORDED) as (hass, pbx):
        progress(f"adding a PBX with {EXTENSIONS} extensions")
        entry_id, _ = await add_pbx(hass, pbx)
        await poll_seldom(hass, entry_id)
        # The first one after the reload is that of the start; what it is said in may be new to the client.
        await hass.call_service("loop_watch", "poll", {"times": 2}, return_response=True)
        progress(f"polling {times} times")
        seen = await hass.call_service("loop_watch", "poll", {"times": times}, return_response=True)
    where = f"poll of {EXTENSIONS} extensions that changed nothing"
    return [
        Figure(f"{where}: processor time of the event loop", "ms", tuple(seen["took"]), _TAKES),
        Figure(f"{where}: states written", "states", tuple(seen["written"]), _WRITES),
    ]
