"""Which calls of the log are meant, as actions and websocket commands say it."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .call_info import describe_logged
from .call_log import BadCursor, CallFilter, LogUnavailable, Page, words
from .const import DOMAIN
from .contacts import async_get_contacts
from .gaps import describe_gap
from .link import Link
from .pbx import Direction, ExtensionKey, Outcome, QueueKey
from .runtime import CooCenterConfigEntry
from .targets import chosen, part_number

ATTR_START = "start"
ATTR_END = "end"
ATTR_DIRECTION = "direction"
ATTR_OUTCOME = "outcome"
ATTR_NUMBER = "number"
ATTR_CONTACT = "contact"
ATTR_EXTENSION = "extension"
ATTR_QUEUE = "queue"
ATTR_AGENT = "agent"
ATTR_RECORDED = "recorded"
ATTR_TEXT = "text"
ATTR_LIMIT = "limit"
ATTR_CURSOR = "cursor"

MAX_PAGE = 500
_DEFAULT_PAGE = 50
#: A word that is in so many contacts' names chooses none of them.
_MOST_CONTACTS = 2_000
_REFERENCE = vol.All(chosen, cv.string)

FILTER: dict[Any, Any] = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    vol.Optional(ATTR_START): cv.datetime,
    vol.Optional(ATTR_END): cv.datetime,
    vol.Optional(ATTR_DIRECTION): vol.All(cv.ensure_list, [vol.Coerce(Direction)]),
    vol.Optional(ATTR_OUTCOME): vol.All(cv.ensure_list, [vol.Coerce(Outcome)]),
    vol.Optional(ATTR_NUMBER): cv.string,
    vol.Optional(ATTR_CONTACT): cv.string,
    vol.Optional(ATTR_EXTENSION): _REFERENCE,
    vol.Optional(ATTR_QUEUE): _REFERENCE,
    vol.Optional(ATTR_AGENT): _REFERENCE,
    vol.Optional(ATTR_RECORDED): cv.boolean,
    vol.Optional(ATTR_TEXT): cv.string,
}
PAGE: dict[Any, Any] = {
    **FILTER,
    vol.Optional(ATTR_LIMIT, default=_DEFAULT_PAGE): vol.All(vol.Coerce(int), vol.Range(1, MAX_PAGE)),
    vol.Optional(ATTR_CURSOR): cv.string,
}


def filter_of(hass: HomeAssistant, entry: CooCenterConfigEntry, data: Mapping[str, Any]) -> CallFilter:
    """Return the filter that the fields say; raises ServiceValidationError for what is no part of the PBX."""

    def number(field: str, kind: type[ExtensionKey | QueueKey]) -> str:
        return part_number(hass, entry, data[field], kind) if field in data else ""

    text = data.get(ATTR_TEXT, "").strip()
    return CallFilter(
        start=_utc(data.get(ATTR_START)),
        end=_utc(data.get(ATTR_END)),
        directions=frozenset(data.get(ATTR_DIRECTION, ())),
        outcomes=frozenset(data.get(ATTR_OUTCOME, ())),
        number=data.get(ATTR_NUMBER, "").strip(),
        numbers=_numbers_of(hass, data[ATTR_CONTACT]) if ATTR_CONTACT in data else (),
        extension=number(ATTR_EXTENSION, ExtensionKey),
        queue=number(ATTR_QUEUE, QueueKey),
        agent=number(ATTR_AGENT, ExtensionKey),
        recorded=data.get(ATTR_RECORDED),
        text=text,
        known=known(hass, text),
    )


def known(hass: HomeAssistant, text: str) -> Mapping[tuple[str, ...], Collection[str]]:
    """Return the numbers of the contacts that each word of a text may mean."""
    contacts, numbers = async_get_contacts(hass), dict[tuple[str, ...], Collection[str]]()
    for forms in words(text):
        found = contacts.find(forms[-1]) if len(forms[-1]) > 1 else []
        if found and len(found) <= _MOST_CONTACTS:
            numbers[forms] = {number.number for contact in found for number in contact.numbers}
    return numbers


def _numbers_of(hass: HomeAssistant, reference: str) -> tuple[str, ...]:
    contact = async_get_contacts(hass).meant(reference)
    if not contact.numbers:
        # No number would choose all calls.
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="contact_without_number",
            translation_placeholders={"contact": contact.name},
        )
    return tuple(number.number for number in contact.numbers)


async def async_page(link: Link, wanted: CallFilter, limit: int, cursor: str | None = None) -> dict[str, Any]:
    """Return a page of calls as users see it, the newest first; raises HomeAssistantError."""
    page = await async_calls(link, wanted, limit, cursor)
    return {"calls": [describe_logged(link.state, call) for call in page.calls], "next": page.next}


async def async_calls(link: Link, wanted: CallFilter, limit: int, cursor: str | None = None) -> Page:
    """Return a page of calls; raises HomeAssistantError."""
    try:
        return await link.journal.log.page(wanted, limit, cursor)
    except BadCursor as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="bad_cursor") from err
    except LogUnavailable as err:
        raise unavailable() from err


def gaps_of(link: Link, wanted: CallFilter) -> list[dict[str, Any]]:
    """Return the times, of those asked for, in which calls may be missing; the oldest first."""
    return [describe_gap(gap) for gap in link.journal.gaps.between(wanted.start, wanted.end)]


def unavailable() -> HomeAssistantError:
    """Return the error that the call log cannot be read."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="call_log_unavailable")


def _utc(moment: datetime | None) -> datetime | None:
    """Return a moment as UTC; one without a zone is Home Assistant's local time."""
    if moment is None:
        return None
    try:
        return dt_util.as_utc(moment)
    except OverflowError:
        # Before the first year there is, or after the last.
        return moment.replace(tzinfo=UTC)
