"""Today's figures of a PBX: what its log amounts to since midnight, read again when that changes."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .call_log import Figures, LogUnavailable
from .const import LOGGER
from .coordinator import CooCenterCoordinator
from .journal import logged_signal

#: Seconds between two readings, however many calls are logged.
_READ_EVERY = 2.0
#: Seconds by which a gap that goes on has to grow to be told: each of the sensors would write a state every minute.
_GAP_STEP = 900


class Today:
    """The figures of the local day, of the PBX and of its queues."""

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self.coordinator = coordinator
        self.begins = dt_util.start_of_local_day()
        #: Seconds of the day in which calls may be missing; of a gap that goes on those that were told last.
        self.gap_time = 0
        self._figures: Mapping[str, Figures] | None = None
        self._listeners: dict[str, list[CALLBACK_TYPE]] = {}
        self._reading = Debouncer(
            coordinator.hass, LOGGER, cooldown=_READ_EVERY, immediate=True, function=self._async_read
        )

    async def async_start(self) -> None:
        """Read the figures, and again when they change, until the entry is unloaded."""
        hass, entry = self.coordinator.hass, self.coordinator.config_entry
        entry.async_on_unload(self._reading.async_shutdown)
        entry.async_on_unload(async_dispatcher_connect(hass, logged_signal(entry), self._read_soon))
        # A full minute is the first of a day, too. And what else changes the figures is not told call by call: the log
        # can be read again, or another time zone has moved its calls.
        entry.async_on_unload(async_track_time_change(hass, self._read_soon, second=0))
        await self._reading.async_call()

    def of(self, queue: str) -> Figures | None:
        """Return the figures of a queue, or of the PBX as ""; None while the log cannot be read."""
        return None if self._figures is None else self._figures.get(queue, Figures())

    @callback
    def async_listen(self, queue: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Be told when the figures of a queue, or of the PBX as "", are others."""
        listeners = self._listeners.setdefault(queue, [])
        listeners.append(listener)
        return partial(listeners.remove, listener)

    @callback
    def _read_soon(self, _what: object) -> None:
        self._reading.async_schedule_call()

    async def _async_read(self) -> None:
        began, gap_time, figures = self.begins, self.gap_time, self._figures
        before = {queue: self.of(queue) for queue in self._listeners}
        journal, begins = self.coordinator.link.journal, dt_util.start_of_local_day()
        ends = dt_util.start_of_local_day(begins.date() + timedelta(days=1))
        try:
            self._figures = await journal.log.figures(begins, ends)
        except LogUnavailable:
            # The repair issue says so.
            self._figures = None
        self.begins, exact = begins, journal.gaps.seconds(begins, ends)
        grows = any(gap.ongoing for gap in journal.gaps.between(begins, ends))
        changed = (began, figures) != (begins, self._figures)
        if changed or not grows or not gap_time or not gap_time <= exact < gap_time + _GAP_STEP:
            self.gap_time = exact
        for queue, listeners in self._listeners.items():
            if (began, gap_time, before.get(queue)) != (begins, self.gap_time, self.of(queue)):
                for listener in tuple(listeners):
                    listener()
