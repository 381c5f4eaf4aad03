"""The folders of recordings: by day, extension or contact, and there by call, the newest first.

An identifier is a path: the PBX's entry, what is listed, then which one of it, and where the page begins.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .call_info import describe_logged
from .call_log import CallFilter, LoggedCall
from .const import DOMAIN
from .contacts import async_get_contacts
from .log_filter import async_calls, known
from .pbx import Outcome, Party
from .pbx.matching import number_key
from .recordings import from_token, to_token, unknown
from .runtime import CooCenterConfigEntry
from .sentences import Words
from .sound import WAV

#: So many calls are on a page, and a page of contacts are those of so many calls.
_PAGE = 500
_DAYS = 31
_RESULTS = 100


class RecordingsOfPbx:
    """The recordings of one PBX as folders; everything here may raise HomeAssistantError."""

    def __init__(self, hass: HomeAssistant, entry: CooCenterConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._link = entry.runtime_data.coordinator.link
        self._words = Words(hass)
        self._state = self._link.state

    def root(self) -> BrowseMediaSource:
        """Return the PBX's own folder."""
        names = {
            "days": self._words.say("recordings_by_day"),
            "extensions": self._words.say("recordings_by_extension"),
            "contacts": self._words.say("recordings_by_contact"),
        }
        return self._list((), self._entry.title, [self._list((name,), title) for name, title in names.items()])

    async def browse(self, *where: str) -> BrowseMediaSource:
        """Return the folder of a path."""
        match where:
            case ():
                return self.root()
            case ("days", *before) if len(before) <= 1:
                return await self._days(*before)
            case ("extensions",):
                return self._extensions()
            case ("contacts", *cursor) if len(cursor) <= 1:
                return await self._contacts(*cursor)
            case ("day" | "extension" | "contact", _, *cursor) if len(cursor) <= 1:
                return await self._calls(where[:2], *cursor)
        raise unknown()

    async def search(self, wanted: CallFilter) -> list[BrowseMediaSource]:
        """Return the newest recordings of calls that are wanted."""
        page = await async_calls(self._link, wanted, _RESULTS)
        return self._recordings(page.calls)

    async def _days(self, before: str = "") -> BrowseMediaSource:
        """Return the folder of the days on which something was recorded."""
        end, days = (_midnight(before) if before else None), list[str]()
        while len(days) <= _DAYS:
            page = await async_calls(self._link, CallFilter(recorded=True, end=end), 1)
            if not page.calls:
                break
            day = dt_util.as_local(page.calls[0].started).date()
            days.append(day.isoformat())
            end = dt_util.start_of_local_day(day)
        folders = [self._list(("day", day), day) for day in days[:_DAYS]]
        following = days[_DAYS - 1] if len(days) > _DAYS else None
        return self._list(("days",), self._words.say("recordings_by_day"), folders, following)

    def _extensions(self) -> BrowseMediaSource:
        folders = [
            self._list(("extension", to_token(number)), f"{number} {self._state.named(Party(number)).name}".rstrip())
            for number in sorted(self._state.extensions)
        ]
        return self._list(("extensions",), self._words.say("recordings_by_extension"), folders)

    async def _contacts(self, cursor: str | None = None) -> BrowseMediaSource:
        """Return the folder of those outside, who was in touch last first; each once, however it is written."""
        page = await async_calls(self._link, CallFilter(recorded=True), _PAGE, cursor)
        book, contacts = async_get_contacts(self._hass).book, dict[str, Party]()
        for call in page.calls:
            if call.outside and (number := call.outside.number):
                contact = book.by_number(number)
                key = contact.id if contact else number_key(number, self._hass.config.country)
                contacts.setdefault(key, call.outside)
        folders = [self._list(("contact", to_token(one.number)), self._who(one)) for one in contacts.values()]
        return self._list(("contacts",), self._words.say("recordings_by_contact"), folders, page.next)

    def _who(self, party: Party) -> str:
        """Return the name of a contact, who may have several numbers, or a party's name and number."""
        party = self._state.named(party)
        if self._state.name_of(party.number):
            return party.name
        return f"{party.name} ({party.number})" if party.name else party.number

    async def _calls(self, where: tuple[str, ...], cursor: str | None = None) -> BrowseMediaSource:
        """Return the folder of the calls of a day, an extension or a contact."""
        by, value = where
        page = await async_calls(self._link, wanted_calls(self._hass, by, value), _PAGE, cursor)
        recordings = self._recordings(page.calls, dated=by != "day")
        number = from_token(value)
        titles = {"day": value, "extension": number, "contact": self._state.name_of(number) or number}
        return self._list(where, titles[by], recordings, page.next)

    def _recordings(self, calls: Sequence[LoggedCall], *, dated: bool = True) -> list[BrowseMediaSource]:
        return [
            BrowseMediaSource(
                domain=DOMAIN,
                identifier="/".join((self._entry.entry_id, "call", to_token(call.uid), str(index))),
                media_class=MediaClass.MUSIC,
                # What most are. Only its bytes tell, and they are asked for when it is to be played.
                media_content_type=WAV.media_type,
                title=self._title(call, index, dated=dated),
                can_play=True,
                can_expand=False,
            )
            for call in calls
            for index in range(len(call.recordings))
        ]

    def _title(self, call: LoggedCall, index: int, *, dated: bool) -> str:
        """Return who talked with whom, when and for how long."""
        caller, callee = self._state.named(call.caller), self._state.named(call.callee)
        message = call.outcome is Outcome.VOICEMAIL
        title = self._words.say(
            "recording_message" if message else "recording",
            time=self._words.moment(call.started) if dated else f"{dt_util.as_local(call.started):%H:%M}",
            caller=caller.name or caller.number or self._words.say("withheld"),
            callee=self._words.rung(describe_logged(self._state, call))
            if message
            else self._words.short(callee.number, callee.name),
            duration=self._words.duration(call.talk),
        )
        if len(call.recordings) == 1:
            return title
        return self._words.say("recording_part", recording=title, part=index + 1, parts=len(call.recordings))

    def _list(
        self, where: Sequence[str], title: str, children: Sequence[BrowseMediaSource] = (), following: str | None = None
    ) -> BrowseMediaSource:
        """Return a folder, at whose end another goes on where it ends."""
        more = [self._list((*where, following), self._words.say("recordings_earlier"))] if following else []
        return folder("/".join((self._entry.entry_id, *where)), title, [*children, *more])


def folder(identifier: str, title: str, children: Sequence[BrowseMediaSource]) -> BrowseMediaSource:
    """Return a folder in which can be searched."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type="",
        title=title,
        can_play=False,
        can_expand=True,
        can_search=True,
        children=children,
    )


def wanted_calls(hass: HomeAssistant, by: str = "", value: str = "", *, text: str = "") -> CallFilter:
    """Return which calls a folder shows; raises HomeAssistantError for one that cannot be."""
    wanted = CallFilter(recorded=True, text=text, known=known(hass, text))
    match by:
        case "day":
            return replace(wanted, start=_midnight(value), end=_midnight(value, 1))
        case "extension":
            return replace(wanted, extension=_number(value))
        case "contact":
            contact = async_get_contacts(hass).book.by_number(number := _number(value))
            return replace(wanted, numbers=tuple(one.number for one in contact.numbers) if contact else (number,))
    return wanted


def _number(token: str) -> str:
    if number := from_token(token):
        return number
    # An empty one would choose all calls.
    raise unknown()


def _midnight(day: str, later: int = 0) -> datetime:
    """Return when a day begins, or one so many days later; raises HomeAssistantError where there is no such day."""
    try:
        return dt_util.start_of_local_day(date.fromisoformat(day) + timedelta(days=later))
    except (ValueError, OverflowError) as err:
        raise unknown() from err
