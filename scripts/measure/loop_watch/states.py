"""What the states are, and how many are written."""

import asyncio
from collections.abc import Mapping
import time
from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, EventStateChangedData, EventStateReportedData, HomeAssistant, callback
from homeassistant.helpers.recorder import get_instance
import voluptuous as vol

#: How soon it is looked again (seconds), and when no more.
_AGAIN, _WITHIN = 0.001, 30


@websocket_command({vol.Required("type"): "loop_watch/expect", vol.Required("states"): vol.Schema({str: str})})
@async_response
async def expect(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Wait until entities have these states; tell which never had, and how long it took after the first look (ms)."""
    began = looked = time.perf_counter()
    wrong = _wrong(hass, message["states"])
    while wrong and looked - began < _WITHIN:
        await asyncio.sleep(_AGAIN)
        looked = time.perf_counter()
        wrong = _wrong(hass, wrong)
    connection.send_result(message["id"], {"wrong": wrong, "waited": (looked - began) * 1000})


def _wrong(hass: HomeAssistant, states: Mapping[str, str]) -> dict[str, str]:
    return {
        entity: wanted
        for entity, wanted in states.items()
        if (state := hass.states.get(entity)) is None or state.state != wanted
    }


async def all_recorded(hass: HomeAssistant) -> None:
    """Wait until the recorder has written what it was told, where there is one."""
    if "recorder" in hass.config.components:
        await get_instance(hass).async_block_till_done()


class Written:
    """Count the states that are written, changed or not."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.count = 0
        self._stop = (
            hass.bus.async_listen(EVENT_STATE_CHANGED, self._changed),
            # Nobody may listen to all of these without a filter: the filter is the listener.
            hass.bus.async_listen(EVENT_STATE_REPORTED, self._reported, event_filter=self._count),
        )

    def stop(self) -> int:
        """Return how many there were."""
        for stop in self._stop:
            stop()
        return self.count

    @callback
    def _changed(self, _event: Event[EventStateChangedData]) -> None:
        self.count += 1

    @callback
    def _count(self, _data: EventStateReportedData) -> bool:
        self.count += 1
        return False

    @callback
    def _reported(self, _event: Event[EventStateReportedData]) -> None:
        """Do nothing: it was counted."""
