"""The phone book of this Home Assistant: one for all PBXs, kept in its storage."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN
from .phone_book import Contact, ContactNumber, NameIndex, PhoneBook, fold

#: The contacts that are put into the book, new or in place of those with their ids, and the ids of those taken out.
type Change = tuple[Collection[Contact], Collection[str]]

_STORE_VERSION = 1
_SAVE_DELAY = 1
#: More are put into the book in a thread: the numbering plan takes its time with each number.
_FEW = 20


class Contacts:
    """Keep the phone book, and tell when it changes."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.book = PhoneBook(hass.config.country or "")
        self._hass = hass
        self._store = Store[dict[str, list[dict[str, Any]]]](
            hass, _STORE_VERSION, f"{DOMAIN}.contacts", private=True, serialize_in_event_loop=False
        )
        #: The names of each contact, folded, by its id.
        self._names: dict[str, str] = {}
        #: The ids of contacts by what somebody may say.
        self._spoken = NameIndex[str]()
        self._changing = asyncio.Lock()

    async def async_load(self) -> None:
        """Read the phone book, and follow the country that its numbers are read by."""
        stored = await self._store.async_load() or {"contacts": []}
        await self._async_rebuild([contact_from(one) for one in stored["contacts"]])
        self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_follow_country)

    def name_of(self, number: str) -> str:
        """Return the name that goes with a number, empty where nobody has it."""
        return self.book.name_of(number)

    def find(self, text: str) -> list[Contact]:
        """Return the contacts that have each word of a text as some part of their names, by name."""
        words = fold(text).split()
        return self._with([one for one, names in self._names.items() if all(word in names for word in words)])

    def spoken(self, name: str) -> list[Contact]:
        """Return the contacts that have a name or alias, or else those with its words in theirs; see NameIndex."""
        return list(filter(None, map(self.book.get, self._spoken.find(name))))

    def called(self, name: str) -> list[Contact]:
        """Return the contacts that have exactly this name or alias, but for case and accents."""
        folded = fold(name)
        alike = (contact.id for contact in self.spoken(name))
        return self._with([one for one in alike if folded in self._names[one].split("\n")])

    def meant(self, reference: str) -> Contact:
        """Return the contact with an id or name; raises ServiceValidationError where there is none, or several."""
        if contact := self.book.get(reference):
            return contact
        found = self.called(reference)
        if len(found) != 1:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="ambiguous_contact" if found else "unknown_contact",
                translation_placeholders={"contact": reference},
            )
        return found[0]

    async def async_change(self, change: Callable[[PhoneBook], Change]) -> tuple[list[Contact], Collection[Contact]]:
        """Change what a function says, which a thread asks; return the contacts as they were, and as they are.

        It sees the book that is changed, and nothing comes between; what it raises changes nothing.
        """
        async with self._changing:
            put, removed = await self._hass.async_add_executor_job(change, self.book)
            before = list(filter(None, map(self.book.get, (*(contact.id for contact in put), *removed))))
            if len(put) + len(removed) <= _FEW:
                self._change(put, removed)
            else:
                contacts = {contact.id: contact for contact in (*self.book.values(), *put)}
                await self._async_rebuild([one for one in contacts.values() if one.id not in removed])
        self._store.async_delay_save(self._data, _SAVE_DELAY)
        async_dispatcher_send(self._hass, SIGNAL_CONTACTS_CHANGED)
        return before, put

    async def async_read[T](self, read: Callable[[PhoneBook], T]) -> T:
        """Let a thread read the book, while nothing changes it."""
        async with self._changing:
            return await self._hass.async_add_executor_job(read, self.book)

    def _change(self, put: Iterable[Contact], removed: Iterable[str]) -> None:
        for contact in put:
            self._forget_names(contact.id)
            self.book.put(contact)
            self._names[contact.id] = _names(contact)
            self._spoken.add(contact.id, (contact.name, *contact.aliases))
        for contact_id in removed:
            self._forget_names(contact_id)
            self.book.remove(contact_id)
            self._names.pop(contact_id, None)

    def _forget_names(self, contact_id: str) -> None:
        if contact := self.book.get(contact_id):
            self._spoken.discard(contact_id, (contact.name, *contact.aliases))

    async def _async_rebuild(self, contacts: Collection[Contact]) -> None:
        """Make the book anew beside the one that is read meanwhile."""
        region = self._hass.config.country or ""
        made = await self._hass.async_add_executor_job(_indexed, region, contacts)
        self.book, self._names, self._spoken = made

    async def _async_follow_country(self, _event: Event[Any]) -> None:
        async with self._changing:
            if self.book.region == (self._hass.config.country or ""):
                return
            await self._async_rebuild(self.book.values())
        async_dispatcher_send(self._hass, SIGNAL_CONTACTS_CHANGED)

    def _with(self, ids: Collection[str]) -> list[Contact]:
        """Return contacts by name."""
        found = (self.book.get(one) for one in sorted(ids, key=lambda one: (self._names[one], one)))
        return list(filter(None, found))

    def _data(self) -> dict[str, list[dict[str, Any]]]:
        """Return what is stored; a thread asks."""
        return {"contacts": [describe_contact(contact) for contact in self.book.values()]}


DATA_CONTACTS: HassKey[Contacts] = HassKey(f"{DOMAIN}_contacts")
#: The phone book is another; names may be, too.
SIGNAL_CONTACTS_CHANGED: SignalType[()] = SignalType(f"{DOMAIN}_contacts_changed")


@singleton(DATA_CONTACTS, async_=True)
async def async_prepare_contacts(hass: HomeAssistant) -> Contacts:
    """Return the phone book, reading it at the first call."""
    contacts = Contacts(hass)
    await contacts.async_load()
    return contacts


@callback
def async_get_contacts(hass: HomeAssistant) -> Contacts:
    """Return the phone book, which is there once the integration is set up."""
    return hass.data[DATA_CONTACTS]


def describe_contact(contact: Contact) -> dict[str, Any]:
    """Return a contact as actions show it and storage keeps it."""
    return {
        "id": contact.id,
        "name": contact.name,
        "aliases": list(contact.aliases),
        "numbers": [{"number": number.number, "label": number.label} for number in contact.numbers],
        "note": contact.note,
        "favourite": contact.favourite,
        "blocked": contact.blocked,
    }


def contact_from(described: Mapping[str, Any]) -> Contact:
    """Return the contact that was described so."""
    numbers = tuple(ContactNumber(**number) for number in described.get("numbers", ()))
    return Contact(**{**described, "aliases": tuple(described.get("aliases", ())), "numbers": numbers})


def _indexed(region: str, contacts: Collection[Contact]) -> tuple[PhoneBook, dict[str, str], NameIndex[str]]:
    spoken = NameIndex[str]()
    for contact in contacts:
        spoken.add(contact.id, (contact.name, *contact.aliases))
    return PhoneBook(region, contacts), {contact.id: _names(contact) for contact in contacts}, spoken


def _names(contact: Contact) -> str:
    return "\n".join(map(fold, (contact.name, *contact.aliases)))
