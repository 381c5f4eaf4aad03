"""Calls in words, in the language of Home Assistant."""

from collections.abc import Mapping
from datetime import datetime
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .call_log import Gap, GapReason
from .const import DOMAIN
from .pbx import mask

#: A telephone number, also in a name; what is shorter may be an extension.
_NUMBER = re.compile(r"\+?\d(?:[ ()./-]*\d){6,}")
#: What a call's description has beside who and how long, and how each is said.
_DETAILS = {
    "did": "detail_did",
    "menu": "detail_menu",
    "digits": "detail_digits",
    "queue_time": "detail_queue_time",
    "hold_time": "detail_hold_time",
    "wrap_up_time": "detail_wrap_up_time",
    "score": "detail_score",
    "recordings": "detail_recordings",
}
#: Why calls may be missing, and how each is said.
_GAPS = {
    GapReason.STOPPED: "gap_stopped",
    GapReason.UNREACHABLE: "gap_unreachable",
    GapReason.SILENT: "gap_silent",
}


class Words:
    """Say things in the language of Home Assistant, numbers outside the office masked where that is wanted."""

    def __init__(self, hass: HomeAssistant, *, masked: bool = False) -> None:
        self._texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
        self._masked = masked

    def sentence(self, call: Mapping[str, Any]) -> str:
        """Return what happened, as in `Alice (01632…) rang Reception, missed after 20 s`."""
        # A voicemail is told of after the call was; what it is, its log has found out.
        outcome = "voicemail" if call.get("type") == "voicemail" else call.get("outcome") or "unknown"
        if outcome == "answered" and call.get("queue"):
            outcome = "answered_by"
        return self.say(
            f"logbook_{outcome}",
            caller=self.party(call.get("caller"), call.get("caller_name")),
            callee=self.rung(call),
            agent=self.short(call.get("callee"), call.get("callee_name")),
            wait=self.duration(call.get("wait_time")),
            talk=self.duration(call.get("talk_time")),
        )

    def progress(self, call: Mapping[str, Any]) -> str:
        """Return what happens in a live call, as in `Alice (01632…) waits in queue 630`."""
        caller = self.party(call["caller"], call["caller_name"])
        if call["answered"]:
            return self.say("live_talking", caller=caller, callee=self.short(call["callee"], call["callee_name"]))
        return self.say("live_waiting" if call["queue"] else "live_ringing", caller=caller, callee=self.rung(call))

    def details(self, call: Mapping[str, Any]) -> str:
        """Return what else is known of a call, a line each."""
        known = {name: call[name] for name in _DETAILS if call.get(name)}
        return "\n".join(
            self.say(_DETAILS[name], value=self.duration(value) if name.endswith("_time") else value)
            for name, value in known.items()
        )

    def party(self, number: str | None, name: str | None) -> str:
        """Return a name with its number, or what there is of both."""
        number, name = self._shown(number), self._shown(name)
        if name and number:
            return f"{name} ({number})"
        return name or number or self.say("withheld")

    def short(self, number: str | None, name: str | None) -> str:
        """Return a name, or else the number, of somebody in the office."""
        return self._shown(name) or self._shown(number) or self.say("office")

    def rung(self, call: Mapping[str, Any]) -> str:
        """Return whom a caller rang: a queue, or somebody."""
        if queue := call.get("queue"):
            return self.say("queue", queue=queue)
        return self.short(call.get("callee"), call.get("callee_name"))

    def duration(self, seconds: int | None) -> str:
        """Return a span of time."""
        minutes, rest = divmod(seconds or 0, 60)
        return self.say("minutes", minutes=minutes, seconds=rest) if minutes else self.say("seconds", seconds=rest)

    def moment(self, moment: datetime) -> str:
        """Return a moment in Home Assistant's time zone; how a user likes it written only the frontend knows."""
        return dt_util.as_local(moment).strftime("%Y-%m-%d %H:%M")

    def gap(self) -> str:
        """Return what a gap in the log is called."""
        return self.say("gap")

    def why(self, gap: Gap) -> str:
        """Return why calls may be missing from the log."""
        return self.say(_GAPS[gap.reason])

    def say(self, key: str, **values: object) -> str:
        """Return a text of the translations."""
        return self._texts.get(f"component.{DOMAIN}.common.{key}", key).format(**values)

    def _shown(self, text: str | None) -> str | None:
        """Return a number or a name as it may be shown."""
        return _NUMBER.sub(lambda found: mask(found[0]), text) if text and self._masked else text
