"""The logbook: each call in a sentence."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook.const import LOGBOOK_ENTRY_ICON, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import CONF_MASK_NUMBERS, DOMAIN, EVENT_CALL
from .sentences import Words

_ICONS = {"missed": "mdi:phone-missed", "voicemail": "mdi:voicemail"}

type Describe = Callable[[Event[dict[str, Any]]], dict[str, Any]]


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]) -> None:
    """Tell the logbook how to say what happened."""

    @callback
    def describe(event: Event[dict[str, Any]]) -> dict[str, Any]:
        call = event.data
        entry = hass.config_entries.async_get_entry(call.get("config_entry_id", ""))
        masked = entry is not None and entry.options.get(CONF_MASK_NUMBERS, False)
        return {
            LOGBOOK_ENTRY_NAME: entry.title if entry else "CooCenter",
            LOGBOOK_ENTRY_MESSAGE: Words(hass, masked=masked).sentence(call),
            LOGBOOK_ENTRY_ICON: _ICONS.get(call["type"], "mdi:phone"),
        }

    async_describe_event(DOMAIN, EVENT_CALL, describe)
