"""What a poll takes of the event loop."""

import time

from homeassistant.core import HomeAssistant
from homeassistant.util.json import JsonValueType

from .states import Written


async def poll(hass: HomeAssistant, times: int) -> dict[str, JsonValueType]:
    """Poll the first PBX some times; return the processor time of this thread for each (ms), and the states written."""
    coordinator = hass.config_entries.async_loaded_entries("coocenter")[0].runtime_data.coordinator
    took, written = list[JsonValueType](), list[JsonValueType]()
    for _ in range(times):
        states, began = Written(hass), time.thread_time()
        await coordinator.async_refresh()
        took.append((time.thread_time() - began) * 1000)
        written.append(states.stop())
        if not coordinator.last_update_success:
            raise coordinator.last_exception
    return {"took": took, "written": written}
