"""Make from within what cannot be made from outside, and count what may grow; an integration of the tests alone."""

import asyncio
import gc
import os
from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.helpers.typing import ConfigType
from sqlalchemy import Engine, event

DOMAIN = "fault_maker"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)

_FREE = 0xFFFFFFFE


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    full = set[str]()

    def limit(connection: sqlite3.Connection, *_args: object) -> None:
        """Let a file have as many pages as it has, as on a disk without space."""
        (_, _, path) = connection.execute("PRAGMA database_list").fetchone()
        connection.execute(f"PRAGMA max_page_count={1 if Path(path).stem in full else _FREE}")

    async def fill(call: ServiceCall) -> None:
        full.add(call.data["database"])

    async def empty(_call: ServiceCall) -> None:
        full.clear()

    async def poll(call: ServiceCall) -> None:
        for entry in hass.config_entries.async_loaded_entries("coocenter"):
            for _ in range(call.data["times"]):
                await entry.runtime_data.coordinator.async_refresh()

    async def count(_call: ServiceCall) -> ServiceResponse:
        gc.collect()
        return {
            "tasks": len(asyncio.all_tasks()),
            "listeners": sum(hass.bus.async_listeners().values()),
            "dispatchers": sum(len(receivers) for receivers in hass.data[DATA_DISPATCHER].values()),
            # Those that were cancelled stay until they would have been due.
            "timers": sum(not timer.cancelled() for timer in hass.loop._scheduled),
            "objects": len(gc.get_objects()),
            **await hass.async_add_executor_job(_of_the_process),
        }

    event.listen(Engine, "checkout", limit)
    for action in (fill, empty, poll):
        hass.services.async_register(DOMAIN, action.__name__, action)
    hass.services.async_register(DOMAIN, "count", count, supports_response=SupportsResponse.ONLY)
    return True


def _of_the_process() -> dict[str, int]:
    """Count what the system knows of; no disk is behind it."""
    process = Path("/proc/self")
    pages = int((process / "statm").read_text().split()[1])
    return {"files": len(list((process / "fd").iterdir())), "memory": pages * os.sysconf("SC_PAGE_SIZE")}
