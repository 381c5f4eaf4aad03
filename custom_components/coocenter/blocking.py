"""Changes of the phone book, and what they mean for the PBXs: a blocked contact is on the blacklist of each."""

import asyncio
from collections.abc import Callable, Iterable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .contacts import Change, async_get_contacts
from .pbx import ConnectionFailed, CooCenterError, NotDialable
from .pbx.matching import spellings
from .phone_book import Contact, PhoneBook
from .runtime import CooCenterConfigEntry

#: An error names no more numbers than that.
_NAMED = 10


async def async_change_contacts(hass: HomeAssistant, change: Callable[[PhoneBook], Change]) -> None:
    """Change the phone book as a function says that sees it as it is, and block and unblock contacts.

    Raises HomeAssistantError where a PBX did not take that, or could not, after everything else is done; and what the
    function raises, before anything is.
    """
    contacts = async_get_contacts(hass)
    before, after = await contacts.async_change(change)
    concerned = [contact for contact in (*before, *after) if contact.blocked]
    if not concerned:
        return
    async with _async_lock(hass):
        # What the book says now, so that of two changes at once the PBXs learn the last.
        numbers, wanted, impossible = await contacts.async_read(lambda book: _numbers(book, concerned, after))
        await _async_change_blacklists(hass, numbers & wanted, numbers - wanted)
    if impossible:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="cannot_be_blocked",
            translation_placeholders={"numbers": ", ".join(impossible[:_NAMED])},
        )


async def _async_change_blacklists(hass: HomeAssistant, block: set[str], unblock: set[str]) -> None:
    """Change the blacklist of each PBX; raises HomeAssistantError that names those that failed."""
    failures: dict[str, CooCenterError] = {}
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False):
        try:
            await _async_change_blacklist(entry, block, unblock)
        except CooCenterError as err:
            failures[entry.title] = err
    if failures:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="blacklist_not_changed",
            translation_placeholders={"pbx": ", ".join(failures), "error": str(next(iter(failures.values())))},
        )


async def _async_change_blacklist(entry: CooCenterConfigEntry, block: set[str], unblock: set[str]) -> None:
    """Try each number, then raise the first failure."""
    if entry.state is not ConfigEntryState.LOADED:
        message = "The PBX is not set up"
        raise ConnectionFailed(message)
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_read_blacklist()
    listed = set(coordinator.state.blacklist)
    failure: CooCenterError | None = None
    for command, numbers in (
        (coordinator.client.add_to_blacklist, block - listed),
        (coordinator.client.remove_from_blacklist, unblock & listed),
    ):
        for number in sorted(numbers):
            try:
                await command(number)
            except CooCenterError as err:
                failure = failure or err
    await coordinator.async_read_blacklist()
    if failure:
        raise failure


@callback
@singleton(HassKey[asyncio.Lock](f"{DOMAIN}_blocking"))
def _async_lock(_hass: HomeAssistant) -> asyncio.Lock:
    return asyncio.Lock()


def _numbers(
    book: PhoneBook, concerned: Iterable[Contact], after: Iterable[Contact]
) -> tuple[set[str], set[str], list[str]]:
    """Return the numbers that are concerned, those of all who are blocked, and what no PBX can block; blocking."""
    numbers, _ = _delivered(concerned, book.region)
    wanted, _ = _delivered((contact for contact in book.values() if contact.blocked), book.region)
    _, impossible = _delivered((contact for contact in after if contact.blocked), book.region)
    return numbers, wanted, impossible


def _delivered(contacts: Iterable[Contact], region: str) -> tuple[set[str], list[str]]:
    """Return the numbers of contacts as trunks deliver them, and those that are no telephone numbers.

    A PBX compares letter by letter, so that its blacklist needs all spellings.
    """
    numbers = set[str]()
    others = []
    for number in (number.number for contact in contacts for number in contact.numbers):
        try:
            numbers.update(spellings(number, region))
        except NotDialable:
            others.append(number)
    return numbers, others
