"""What the tests of polling share: time that passes, what was asked meanwhile, and calls that do not end."""

from datetime import timedelta
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from simulator import Simulator
from tests.flow_harness import until

#: In the office's seconds; a call's end is not waited for.
_NEVER = 1e9


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let timers go off that are due within so many seconds, and what they begin come to its end."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


async def next_poll(hass: HomeAssistant) -> None:
    """Let the PBX be polled once more, at the interval of the default options."""
    await pass_time(hass, 31)


def asked(pbx: Simulator, what: str = "queue-info") -> int:
    """Return how often the PBX was asked for something since the last call; each poll asks for the queues once."""
    count = len([request for request in pbx.requests if request.path.endswith(what)])
    pbx.requests.clear()
    return count


async def begin_call(pbx: Simulator, caller: str = "802", callee: str = "801") -> str:
    """Let an extension call another, which answers; return the call's id when all of that is pushed."""
    await pbx.play("internal", caller=caller, callee=callee, talk=_NEVER, wait=False)
    (call,) = pbx.engine.live
    await until(lambda: call.bridged)
    await pbx.drain()
    return call.record.id


def status(extension: str, code: int) -> dict[str, Any]:
    """Return what is pushed when an extension does something else."""
    return {"event": "extensionstatus", "exten": extension, "status": str(code), "statustext": ""}


def written_states(hass: HomeAssistant) -> list[str]:
    """Return a list that every entity will be in as often as it writes its state, changed or not."""
    written: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    @callback
    def every(_data: Any) -> bool:
        return True

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    hass.bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=every)
    return written
