"""The missed calls of a configured PBX: filled from its log, and kept as the log and people change them."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .call_log import LoggedCall, LogUnavailable
from .call_log.missed import LISTED_FOR, Mark, MissedCalls, MissedItem
from .const import LOGGER
from .coordinator import CooCenterCoordinator
from .journal import logged_signal

#: So many times as long as it takes to show what changed, nothing more is shown.
_REST = 20

type Change = Callable[[MissedCalls], set[str]]


class MissedCallsOfPbx:
    """Keep the lists of missed calls, and tell who shows one of them."""

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self.coordinator = coordinator
        self._hass = coordinator.hass
        self._entry = coordinator.config_entry
        self._missed: MissedCalls | None = None
        self._listeners: dict[str, list[CALLBACK_TYPE]] = {}
        #: What has come since the log began to be read, None while it is not.
        self._meanwhile: list[Change] | None = None
        #: The lists that changed and are not told yet, and who tells them.
        self._changed = set[str]()
        self._telling: asyncio.Task[None] | None = None

    async def async_start(self) -> None:
        """Read the log, and follow it until the entry is unloaded."""
        self._entry.async_on_unload(async_dispatcher_connect(self._hass, logged_signal(self._entry), self._take))
        self._entry.async_on_unload(async_track_time_change(self._hass, self._tick, second=0))
        await self._async_read()

    def items(self, queue: str) -> list[MissedItem] | None:
        """Return the list of a queue, or of the PBX as "", the newest first; None until the log could be read."""
        return self._missed.items(queue, dt_util.utcnow()) if self._missed else None

    @callback
    def async_listen(self, queue: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Be told when the list of a queue, or of the PBX as "", may be another."""
        listeners = self._listeners.setdefault(queue, [])
        listeners.append(listener)
        return partial(listeners.remove, listener)

    async def async_mark(self, items: Iterable[MissedItem], state: Mark) -> None:
        """Note what a person did with items; raises LogUnavailable."""
        for item in items:
            at = self._now()
            if state is Mark.OPEN and self._missed and (answered := self._missed.answered_last(item)):
                # The clocks may differ: what is known to be answered does not do the item again.
                at = max(at, answered)
            await self._async_keep([call.uid for call in item.calls], state, at)

    async def _async_keep(self, uids: Sequence[str], state: Mark, at: datetime) -> None:
        for uid in uids:
            await self.coordinator.link.journal.log.mark(uid, state, at)
        # Who ticks an item sees it ticked.
        self._apply(lambda missed: missed.mark(uids, state, at), self._show)

    @callback
    def _take(self, calls: Sequence[LoggedCall]) -> None:
        """Take what the log tells; a number that was erased from it takes its calls off the lists."""
        forgotten = self._missed.forgotten(calls) if self._missed else []
        at = self._now()

        def take(missed: MissedCalls) -> set[str]:
            return missed.take(calls) | missed.mark(forgotten, Mark.HIDDEN, at)

        self._apply(take)
        if forgotten:
            self._entry.async_create_task(self._hass, self._async_forget(forgotten, at), "forget missed calls")
        if self._missed is None and self._meanwhile is None:
            self._read_soon()

    async def _async_forget(self, uids: Sequence[str], at: datetime) -> None:
        try:
            await self._async_keep(uids, Mark.HIDDEN, at)
        except LogUnavailable as err:
            # They come back at the next start, without a number.
            LOGGER.debug("Missed calls of %s were not taken off the list: %s", self._entry.title, err)

    @callback
    def _tick(self, now: datetime) -> None:
        """Read the log again every hour, or while it could not be read.

        Time passes, calls are purged, another time zone moves them: that is not told call by call.
        """
        if self._meanwhile is None and (self._missed is None or now.minute == 0):
            self._read_soon()

    @callback
    def _read_soon(self) -> None:
        self._entry.async_create_task(self._hass, self._async_read(), "read missed calls")

    async def _async_read(self) -> None:
        self._meanwhile = []
        try:
            missed = await self._async_missed()
            for change in self._meanwhile:
                change(missed)
        except LogUnavailable as err:
            # The repair issue says so.
            LOGGER.debug("The missed calls of %s cannot be read: %s", self._entry.title, err)
            return
        finally:
            self._meanwhile = None
        self._missed = missed
        self._tell(self._listeners)

    async def _async_missed(self) -> MissedCalls:
        """Return what the log says now."""
        journal = self.coordinator.link.journal
        since = dt_util.utcnow() - LISTED_FOR
        calls = await journal.log.call_backs(max(since, journal.keeps_since or since))
        missed = MissedCalls(self._hass.config.country or "", await journal.log.marks())
        # There may be many, and phonenumbers takes its time with each number.
        await self._hass.async_add_executor_job(_fill, missed, calls, tuple(self._listeners))
        return missed

    @callback
    def _apply(self, change: Change, tell: Callable[[Iterable[str]], None] | None = None) -> None:
        """Change the lists, and once more those that are being read."""
        if self._meanwhile is not None:
            self._meanwhile.append(change)
        if self._missed:
            (tell or self._tell)(change(self._missed))

    @callback
    def _tell(self, queues: Iterable[str]) -> None:
        self._changed.update(queues)
        if self._telling is None or self._telling.done():
            self._telling = self._entry.async_create_task(self._hass, self._async_tell(), "show missed calls")

    async def _async_tell(self) -> None:
        """Tell what changed: at once, but where many calls are logged not so often that there is time for nothing else.

        Home Assistant copies a list with each change, and it may have hundreds of items.
        """
        while self._changed:
            queues, self._changed = self._changed, set()
            began = self._hass.loop.time()
            self._show(queues)
            await asyncio.sleep((self._hass.loop.time() - began) * _REST)

    @callback
    def _show(self, queues: Iterable[str]) -> None:
        for listener in [listener for queue in queues for listener in self._listeners.get(queue, ())]:
            listener()

    @staticmethod
    def _now() -> datetime:
        """Return the moment as the log holds it."""
        return dt_util.utcnow().replace(microsecond=0)


def _fill(missed: MissedCalls, calls: Sequence[LoggedCall], queues: Sequence[str]) -> None:
    """Let the lists have calls, and make those that are shown: from then on only what changes is made anew."""
    missed.take(calls)
    for queue in queues:
        missed.items(queue, dt_util.utcnow())
