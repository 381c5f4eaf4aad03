"""The logbook: each call in a sentence."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook.const import LOGBOOK_ENTRY_ICON, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_CALL

_ICONS = {"missed": "mdi:phone-missed", "voicemail": "mdi:voicemail"}

type Describe = Callable[[Event[dict[str, Any]]], dict[str, Any]]


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]) -> None:
    """Tell the logbook how to say what happened."""

    @callback
    def describe(event: Event[dict[str, Any]]) -> dict[str, Any]:
        call = event.data
        entry = hass.config_entries.async_get_entry(call.get("config_entry_id", ""))
        return {
            LOGBOOK_ENTRY_NAME: entry.title if entry else "CooCenter",
            LOGBOOK_ENTRY_MESSAGE: _Words(hass).sentence(call),
            LOGBOOK_ENTRY_ICON: _ICONS.get(call["type"], "mdi:phone"),
        }

    async_describe_event(DOMAIN, EVENT_CALL, describe)


class _Words:
    """Say things in the language of Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)

    def sentence(self, call: dict[str, Any]) -> str:
        """Return what happened, as in `Alice (01632…) rang Reception, missed after 20 s`."""
        # A voicemail is told of after the call was; what it is, its log has found out.
        outcome = call["type"] if call["type"] == "voicemail" else call.get("outcome") or "cancelled"
        who = self._say("queue", queue=call["queue"]) if call.get("queue") else self._callee(call)
        if outcome == "answered" and call.get("queue"):
            outcome = "answered_by"
        return self._say(
            f"logbook_{outcome}",
            caller=self._party(call.get("caller"), call.get("caller_name")),
            callee=who,
            agent=self._callee(call),
            wait=self._duration(call.get("wait_time")),
            talk=self._duration(call.get("talk_time")),
        )

    def _party(self, number: str | None, name: str | None) -> str:
        """Return a name with its number, or what there is of both."""
        if name and number:
            return f"{name} ({number})"
        return name or number or self._say("withheld")

    def _callee(self, call: dict[str, Any]) -> str:
        number, name = call.get("callee"), call.get("callee_name")
        return name or number or self._say("office")

    def _duration(self, seconds: int | None) -> str:
        minutes, rest = divmod(seconds or 0, 60)
        return self._say("minutes", minutes=minutes, seconds=rest) if minutes else self._say("seconds", seconds=rest)

    def _say(self, key: str, **values: object) -> str:
        return self._texts.get(f"component.{DOMAIN}.common.{key}", key).format(**values)
