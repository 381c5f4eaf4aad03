"""Calendars: the calls of the PBX and of each extension, asked of the call log when somebody looks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .call_info import describe_call, describe_logged
from .call_log import CallFilter, LoggedCall
from .coordinator import CooCenterCoordinator
from .entity import CooCenterEntity, ExtensionEntity, PbxEntity
from .journal import logged_signal
from .log_filter import async_calls
from .pbx import ExtensionKey, PbxKey
from .runtime import CooCenterConfigEntry
from .sentences import Words

PARALLEL_UPDATES = 0

CALLS = CalendarEntityDescription(key="calls", translation_key="calls", entity_registry_enabled_default=False)
#: The log finds calls by their beginning; who telephones for longer than this is not found by the end.
_LONGEST = timedelta(hours=12)
#: Calls are put into words so many at a time: others have their turn in between.
_PAGE = 100
#: Nobody reads more, and no browser shows more.
_MOST = 10_000
_HOUR = timedelta(hours=1)


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar of the PBX, and those of the extensions that are there or come."""
    coordinator = entry.runtime_data.coordinator

    async_add_entities([PbxCalendar(coordinator)])
    entry.runtime_data.roster.async_follow(
        async_add_entities, {ExtensionKey: lambda key: [ExtensionCalendar(coordinator, key)]}
    )


class CallCalendar(CooCenterEntity, CalendarEntity):
    """A calendar of calls, there whether or not the PBX answers."""

    entity_description: CalendarEntityDescription
    number = ""
    """Of the extension whose calls these are; empty: all of the PBX."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the call that has gone on for longest."""
        calls = self.coordinator.state.calls
        live = calls.of_extension(self.number) if self.number else calls
        call = min(live, key=lambda call: call.started, default=None)
        if call is None:
            return None
        described, words = describe_call(self.coordinator.state, call), Words(self.hass)
        return CalendarEvent(
            uid=call.id,
            start=dt_util.as_local(call.started),
            # Nobody knows when it will end: within the hour, and then within the next.
            end=dt_util.as_local(
                call.started + (max(dt_util.utcnow() - call.started, timedelta()) // _HOUR + 1) * _HOUR
            ),
            summary=words.progress(described),
            description=words.details(described),
        )

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = logged_signal(self.coordinator.config_entry)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._logged))

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the calls of a time, the oldest first; of too many the newest."""
        wanted = CallFilter(start=start_date - _LONGEST, end=end_date, extension=self.number)
        events: list[CalendarEvent] = []
        cursor = None
        while True:
            page = await async_calls(self.coordinator.link, wanted, _PAGE, cursor)
            words = Words(hass)
            there = [call for call in page.calls if call.ended > start_date or call.started >= start_date]
            events += [self._event(call, words) for call in there]
            cursor = page.next
            if cursor is None or len(events) >= _MOST:
                break
        events += self._gaps(start_date, end_date)
        return sorted(events, key=lambda event: event.start)

    def _gaps(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        """Return the times in which calls may be missing."""
        words = Words(self.hass)
        return [
            CalendarEvent(
                uid=f"gap {gap.start.isoformat()} {gap.reason}",
                **_span(gap.start, gap.end),
                summary=words.gap(),
                description=words.why(gap),
            )
            for gap in self.coordinator.link.journal.gaps.between(start, end)
        ]

    def _event(self, call: LoggedCall, words: Words) -> CalendarEvent:
        described = describe_logged(self.coordinator.state, call)
        return CalendarEvent(
            uid=call.uid,
            **_span(call.started, call.ended),
            summary=words.sentence(described),
            description=words.details(described),
        )

    @callback
    def _logged(self, calls: Sequence[LoggedCall]) -> None:
        """Let who looks at the calendar see what has been logged: with each state they are told of the events."""
        if not self.number or any(self.number in call.extensions for call in calls):
            self.async_write_ha_state()


class _Span(TypedDict):
    start: datetime
    end: datetime


def _span(start: datetime, end: datetime) -> _Span:
    """Return the local beginning and end of an event.

    By the clock on the wall, which is all that Home Assistant compares, what lasts into the hour that autumn gives
    twice may be over before it begins; and one such event would hide all others.
    """
    begins = dt_util.as_local(start)
    return {"start": begins, "end": max(begins, dt_util.as_local(end))}


class PbxCalendar(CallCalendar, PbxEntity):
    """All calls of a PBX."""

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        super().__init__(coordinator, CALLS, PbxKey.CALLS)


class ExtensionCalendar(CallCalendar, ExtensionEntity):
    """The calls in which an extension took part."""

    def __init__(self, coordinator: CooCenterCoordinator, key: ExtensionKey) -> None:
        super().__init__(coordinator, CALLS, key)
