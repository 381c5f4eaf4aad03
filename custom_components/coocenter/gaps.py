"""When a PBX's pushes could be received, and when not: kept beside its call log, from Home Assistant's start on.

What is down cannot write that it is. So a moment of being up is written every minute, and read at the next start.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
import json
import os
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util
from yarl import URL

from .call_log import SHORTEST, Gap, GapReason, merged, overlapping, time_in
from .const import LOGGER
from .helpers import KeyRefused
from .push_view import async_own_origin
from .rhythm import Rhythm

_EVERY = timedelta(minutes=1)
#: What is less is no quiet, and not worth a look at the clock on the wall with each push.
_QUIET = timedelta(seconds=10)
#: More than anybody has in the years that calls are kept.
_MOST = 1_000
#: What is later cannot be told in every time zone.
_LATEST = datetime(9999, 12, 30, tzinfo=dt_util.UTC).timestamp()
#: What a PBX may have been told to push to; what else is in a header is shown to nobody.
_ORIGIN = re.compile(r"https?://[\w.:\[\]-]{1,255}", re.ASCII)


class Gaps:
    """The gaps of one PBX's call log, those that go on included, and what tells a gap from a quiet time."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, path: Path) -> None:
        self.rhythm = Rhythm()
        #: Where the last push came to by its own word, and where Home Assistant said that it was then.
        self.arrived_at: str | None = None
        self.told_at: str | None = None
        self._hass = hass
        self._entry = entry
        self._path = path
        self._closed: list[Gap] = []
        self._open: dict[GapReason, datetime] = {}
        #: When the last push came, by the clock and by the event loop.
        self._pushed: tuple[datetime, float] | None = None
        #: That word as it came; looked at once a minute.
        self._origin = ""
        #: Since when pushes are received.
        self.began = self._heard = self._up = dt_util.utcnow()
        self._stop: CALLBACK_TYPE | None = None
        self._forget_stop: CALLBACK_TYPE | None = None

    async def async_begin(self) -> None:
        """Take pushes as received from now on: since it was last known that they were, there is a gap."""
        if self._stop:
            return
        self._stop = async_track_time_interval(self._hass, self._async_beat, _EVERY, cancel_on_shutdown=True)
        self._forget_stop = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_beat_last)
        data = await self._hass.async_add_executor_job(_read, self._path)
        now = self.began = self._heard = self._up = dt_util.utcnow()
        self._pushed = None
        self._restore(data, now)
        await self._async_write(now)

    @callback
    def async_end(self) -> None:
        """Take pushes as not received from now on."""
        if self._stop:
            self._stop()
        if self._forget_stop:
            self._forget_stop()
        self._stop = self._forget_stop = None

    @callback
    def arrived(self, origin: str) -> None:
        """Note that a push arrived, and where by its own word: at which scheme, host and port."""
        now, self._origin = dt_util.utcnow(), origin
        self._learn(now)
        self.heard(now)
        if self.end(GapReason.SILENT, now):
            LOGGER.info("%s pushes again", self._entry.title)

    def _learn(self, now: datetime) -> None:
        """Learn how long nothing was pushed that would have been received.

        Not of a time that the clock was set in, or the machine suspended: then the event loop counts another.
        """
        ticks = self._hass.loop.time()
        (last, ticked), self._pushed = self._pushed or (now, ticks), (now, ticks)
        quiet = now - last
        if quiet > _QUIET and abs(quiet - timedelta(seconds=ticks - ticked)) <= _QUIET:
            self.rhythm.learn(dt_util.as_local(last), quiet - time_in(self.between(last, now), last, now))

    @callback
    def heard(self, now: datetime) -> None:
        """Note that the PBX answered or pushed."""
        self._heard = now
        self.end(GapReason.UNREACHABLE, now)

    @callback
    def begin(self, reason: GapReason, since: datetime) -> bool:
        """Let a gap begin; tell whether none of that reason goes on already."""
        if reason in self._open:
            return False
        self._open[reason] = since
        return True

    @callback
    def end(self, reason: GapReason, now: datetime) -> bool:
        """Let the gap of a reason be over; tell whether one went on."""
        if not (since := self._open.pop(reason, None)):
            return False
        self._add(since, now, reason)
        return True

    def between(self, start: datetime | None = None, end: datetime | None = None) -> list[Gap]:
        """Return the gaps that have a part between two moments, the oldest first."""
        now = dt_util.utcnow()
        ongoing = (Gap(since, now, reason, ongoing=True) for reason, since in self._open.items())
        gaps = merged([*self._closed, *(gap for gap in ongoing if gap.end - gap.start >= SHORTEST)])
        return overlapping(gaps, start, end)

    def seconds(self, start: datetime, end: datetime) -> int:
        """Return how many seconds between two moments are in a gap."""
        return round(time_in(self.between(start, end), start, end).total_seconds())

    @callback
    def purge(self, before: datetime) -> None:
        """Forget the gaps that were over before a moment, as the calls of that time."""
        self._closed = overlapping(self._closed, before, None)

    def _add(self, start: datetime, end: datetime, reason: GapReason) -> None:
        if end - start >= SHORTEST:
            self._closed = merged([*self._closed, Gap(start, end, reason)])[-_MOST:]

    def _is_up(self, now: datetime) -> None:
        """Note that pushes are received now; and that they were not, where a minute took much longer.

        Whoever was suspended receives nothing. A clock that was put forward looks alike, and mostly is: a machine that
        has none of its own starts at the time of its end, and learns later how long it was off. That the loop's clock
        went on or stood still tells neither: it stands while the machine is suspended, and goes on for a process that
        is. Of a clock that was put back nothing is known of what is then to come.
        """
        if now < self._up:
            self._closed = [replace(gap, end=min(gap.end, now)) for gap in self._closed if now - gap.start >= SHORTEST]
            self._open = {reason: min(since, now) for reason, since in self._open.items()}
            self._heard, self.began = min(self._heard, now), min(self.began, now)
        elif now - self._up > SHORTEST + _EVERY:
            self._add(self._up, now, GapReason.STOPPED)
        self._up = now

    async def _async_beat(self, _now: datetime) -> None:
        self._is_up(now := dt_util.utcnow())
        if self._entry.disabled_by:
            # Its pushes are refused from now on.
            self.async_end()
        elif _cannot_be_asked(self._entry):
            self.begin(GapReason.UNREACHABLE, self._heard)
        if self._origin:
            self.arrived_at = _origin(self._origin)
            self.told_at, self._origin = async_own_origin(self._hass), ""
        await self._async_write(now)

    async def _async_beat_last(self, _event: Event) -> None:
        self._forget_stop = None
        self.async_end()
        self._is_up(now := dt_util.utcnow())
        await self._async_write(now)

    async def _async_write(self, now: datetime) -> None:
        data = {
            "up": now.timestamp(),
            "gaps": [[gap.start.timestamp(), gap.end.timestamp(), gap.reason] for gap in self._closed],
            "open": {reason: since.timestamp() for reason, since in self._open.items()},
            "quiet": self.rhythm.quiet,
            "arrived_at": self.arrived_at,
            "told_at": self.told_at,
        }
        await self._hass.async_add_executor_job(_write, self._path, json.dumps(data))

    def _restore(self, data: Mapping[str, Any], now: datetime) -> None:
        """Take over what was written; a file that is none begins anew."""
        self._open = {}
        try:
            gaps = [Gap(_moment(start), _moment(end), GapReason(why)) for start, end, why in data["gaps"]]
            up = _moment(data["up"])
            # What went on then may be over; where it is not, it is noticed again.
            gaps += [Gap(_moment(since), up, GapReason(why)) for why, since in data["open"].items()]
            rhythm = Rhythm(map(float, data["quiet"]))
            words = [word if isinstance(word, str) else None for word in (data["arrived_at"], data["told_at"])]
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as err:
            if data:
                LOGGER.warning("What was known of the gaps in the call log of %s is lost: %s", self._entry.title, err)
            return
        self.rhythm, (self.arrived_at, self.told_at) = rhythm, words
        gaps.append(Gap(up, now, GapReason.STOPPED))
        self._closed = merged(gap for gap in gaps if gap.end - gap.start >= SHORTEST)[-_MOST:]


def describe_gap(gap: Gap) -> dict[str, Any]:
    """Return a gap as actions, cards and diagnostics show it."""
    return {
        "start": gap.start.isoformat(),
        "end": None if gap.ongoing else gap.end.isoformat(),
        "reason": gap.reason,
    }


def _origin(word: str) -> str | None:
    """Return what a header says as Home Assistant writes it; None for what is no address."""
    with suppress(ValueError):
        return str(URL(word).origin()) if _ORIGIN.fullmatch(word) else None
    return None


def _cannot_be_asked(entry: ConfigEntry[Any]) -> bool:
    """Tell whether the PBX does not answer; one that refuses the key answers."""
    if entry.state is ConfigEntryState.LOADED:
        coordinator = entry.runtime_data.coordinator
        return not coordinator.last_update_success and not isinstance(coordinator.last_exception, KeyRefused)
    return entry.state is ConfigEntryState.SETUP_RETRY


def _moment(timestamp: float) -> datetime:
    if not 0 <= timestamp <= _LATEST:
        message = f"{timestamp} is no moment"
        raise ValueError(message)
    return dt_util.utc_from_timestamp(timestamp)


def _read(path: Path) -> Mapping[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        data = json.loads(path.read_text())
        if isinstance(data, dict):
            return data
    return {}


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all; where it cannot be written the log cannot either, and says so.

    Home Assistant's own atomic writing would log an error each minute then.
    """
    part = path.with_name(f"{path.name}.part")
    with suppress(OSError):
        with part.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
