"""Changes of the phone book, and what they mean for the PBXs: a blocked contact is on the blacklist of each."""

from collections.abc import Collection, Iterable
from contextlib import suppress

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .contacts import async_get_contacts
from .pbx import ConnectionFailed, CooCenterError, NotDialable, dialable
from .phone_book import Contact
from .runtime import CooCenterConfigEntry


async def async_change_contacts(
    hass: HomeAssistant, put: Collection[Contact] = (), removed: Collection[str] = ()
) -> None:
    """Put contacts into the phone book and take others out, and block and unblock them.

    Raises HomeAssistantError where a PBX did not take that, after everything else is done.
    """
    contacts = async_get_contacts(hass)
    before = [old for one in (*(contact.id for contact in put), *removed) if (old := contacts.book.get(one))]
    await contacts.async_change(put, removed)
    block, unblock = _blocked(put), _blocked(before)
    if unblock:
        # Somebody else who has the number may be blocked still.
        unblock -= _blocked(contacts.book)
    if not block and not unblock:
        return
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


def _blocked(contacts: Iterable[Contact]) -> set[str]:
    """Return the numbers of blocked contacts as a PBX takes them."""
    numbers = set()
    for number in (number.number for contact in contacts if contact.blocked for number in contact.numbers):
        # From what nobody could dial nobody calls.
        with suppress(NotDialable):
            # The PBX compares with what the trunk delivers, so that a + is kept.
            numbers.add(dialable(number, plus="+"))
    return numbers
