"""How long Home Assistant takes to start, from its process on, until everything is there."""

import asyncio
import gc
import os
from pathlib import Path
import time

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.start import async_at_started
from homeassistant.util.json import JsonValueType

_PLATFORMS = ("coocenter", "nothing")
_AGAIN = 0.01
_STARTED_FIELD = 19


class Start:
    """Note when Home Assistant ran, with all entities there."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._done: asyncio.Future[float] = hass.loop.create_future()
        async_at_started(hass, self._started)

    async def _started(self, hass: HomeAssistant) -> None:
        await complete(hass)
        self._done.set_result(_age())

    async def tell(self) -> dict[str, JsonValueType]:
        """Return the seconds that it took, the entities there are, and the memory in use (KiB)."""
        took = await self._done
        gc.collect()
        return {"took": took, "entities": len(self._hass.states.async_entity_ids()), "memory": _memory()}


async def complete(hass: HomeAssistant) -> None:
    """Wait until every entity that is known from before is there."""
    while _missing(hass):  # noqa: ASYNC110 - nobody tells of the last one
        await asyncio.sleep(_AGAIN)


@callback
def _missing(hass: HomeAssistant) -> bool:
    """Tell whether an entity is known from before, and not there yet."""
    wanted = [one for one in er.async_get(hass).entities.values() if one.platform in _PLATFORMS and not one.disabled]
    states = [hass.states.get(one.entity_id) for one in wanted]
    return any(state is None or "restored" in state.attributes for state in states)


def _age() -> float:
    """Return the seconds since this process was begun."""
    began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[_STARTED_FIELD])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")


def _memory() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
