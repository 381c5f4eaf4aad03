"""Who is meant by a spoken name: extensions, queues, and the contacts of the phone book."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .contacts import SIGNAL_CONTACTS_CHANGED, Contacts, async_get_contacts
from .devices import async_part_of_device
from .pbx import ExtensionKey, QueueKey
from .phone_book import Contact, ContactNumber, NameIndex, fold, spellings
from .runtime import CooCenterConfigEntry

if TYPE_CHECKING:
    from .voice.language import Language

_NAMING = {"area_id", "name", "name_by_user"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or a queue, that can be called."""

    name: str
    numbers: tuple[ContactNumber, ...] = ()
    """The first is dialled where no other is asked for."""
    entry: CooCenterConfigEntry | None = None
    """The PBX of an extension or queue."""
    extension: str = ""
    queue: str = ""

    @property
    def number(self) -> str:
        """Return the number that is dialled where no other is asked for, empty where there is none."""
        return self.numbers[0].number if self.numbers else ""


class People:
    """Find people by their names; made anew at the first question after a name has changed."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._index = NameIndex[Person]()
        self._numbers: dict[str, list[Person]] = {}
        self._names: dict[Person, tuple[str, ...]] = {}
        #: The contacts who are somebody of the office, by their ids.
        self._colleagues: dict[str, Person] = {}
        self._made_of: object = None

    @callback
    def async_follow(self) -> None:
        """Notice when names change that are not the PBX's."""
        async_dispatcher_connect(self._hass, SIGNAL_CONTACTS_CHANGED, self._forget)
        self._hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._device_updated)
        self._hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._area_updated)

    def find(self, spoken: str, language: Language, *, whole: bool = False) -> list[Person]:
        """Return who is meant, by any words of a name or only by a whole one; nobody is unknown, several ambiguous."""
        self._refresh()
        names = dict.fromkeys((spoken, language.cleaned(spoken)))
        if number := language.number(spoken):
            # Mr Oh is no zero, but whoever says digits means a number.
            by_name = [] if any(map(str.isdigit, spoken)) else self._first(names, whole=True)
            return by_name or self.with_number(number)
        return self._first(names, whole=True) or ([] if whole else self._first(names, whole=False))

    def with_number(self, number: str, entry: CooCenterConfigEntry | None = None) -> list[Person]:
        """Return whose number it is: an extension's or queue's of a PBX or of any, a contact's, or nobody's we know."""
        self._refresh()
        if inside := [one for one in self._numbers.get(number, ()) if entry in (None, one.entry)]:
            return inside
        book = async_get_contacts(self._hass).book
        only = ContactNumber(number=number, label=book.label_of(number))
        return [Person(name=book.name_of(number) or number, numbers=(only,))]

    def agents(self) -> tuple[str, ...]:
        """Return the names, first names and numbers of whoever is logged in to a queue."""
        self._refresh()
        people = (
            person
            for entry in _entries(self._hass)
            for number in _members(entry)
            for person in self._numbers.get(number, ())
            if person.extension and person.entry is entry
        )
        names = {name for one in people for name in (*self._names[one], one.extension)}
        return tuple(sorted(names | {name.split()[0] for name in names}))

    def _refresh(self) -> None:
        # Cheaper than being told of each change of the PBXs' lists, and it misses none.
        made_of = [
            (entry.entry_id, [(number, state.known_as(number)) for number in state.extensions], [*state.queues])
            for entry in _entries(self._hass)
            for state in (entry.runtime_data.coordinator.state,)
        ]
        if made_of != self._made_of:
            self._made_of = made_of
            self._make()

    def _first(self, names: Iterable[str], *, whole: bool) -> list[Person]:
        """Return who has the first of some names that anybody has."""
        contacts = async_get_contacts(self._hass)
        for name in names:
            inside = self._index.whole(name) if whole else self._index.find(name)
            outside = contacts.spoken(name)
            if whole and outside and not _is_whole(outside[0], name):
                outside = []
            if found := dict.fromkeys((*inside, *map(self._of_contact, outside))):
                return list(found)
        return []

    def _of_contact(self, contact: Contact) -> Person:
        return self._colleagues.get(contact.id) or Person(name=contact.name, numbers=contact.numbers)

    def _make(self) -> None:
        self._index, self._names, self._colleagues = NameIndex(), {}, {}
        numbers = defaultdict[str, list[Person]](list)
        contacts = async_get_contacts(self._hass)
        parts = list(self._parts())
        namesakes = Counter(fold(name) for _, names, _ in parts for name in set(names))
        for person, names, areas in parts:
            only = [name for name in names if namesakes[fold(name)] == 1]
            same = _same(contacts, person, only)
            merged, known = _merged(person, names, same)
            self._colleagues.update(dict.fromkeys((contact.id for contact in same), merged))
            self._names[merged] = known
            self._index.add(merged, (*known, *areas))
            numbers[person.number].append(merged)
        self._numbers = dict(numbers)

    def _parts(self) -> Iterator[tuple[Person, tuple[str, ...], tuple[str, ...]]]:
        """Yield each extension and queue with its names, and with those of the area it stands in."""
        for entry in _entries(self._hass):
            devices = _devices(self._hass, entry)
            state = entry.runtime_data.coordinator.state
            keys: list[ExtensionKey | QueueKey] = [*map(ExtensionKey, state.extensions), *map(QueueKey, state.queues)]
            for key in keys:
                names, areas = _names(self._hass, entry, key, devices.get(key))
                yield _person(entry, key, names), names, areas

    @callback
    def _forget(self) -> None:
        self._made_of = None

    @callback
    def _device_updated(self, event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        if event.data["action"] != "update" or not _NAMING.isdisjoint(event.data["changes"]):
            self._forget()

    @callback
    def _area_updated(self, _event: Event[ar.EventAreaRegistryUpdatedData]) -> None:
        self._forget()


def _same(contacts: Contacts, person: Person, names: Iterable[str]) -> list[Contact]:
    """Return the contacts that are an extension or queue: by its number, or by a first and last name of only these two.

    They are rung there first: it costs nothing, and the PBX knows what becomes of it. A short name, or an alias, says
    too little: then Assist asks who is meant.
    """
    same = [contact] if (contact := contacts.book.by_number(person.number)) else []
    for name in names:
        namesakes = [one for one in contacts.spoken(name) if fold(one.name) == fold(name)]
        if " " in fold(name) and len(namesakes) == 1:
            same += namesakes
    return list(dict.fromkeys(same))


def _merged(person: Person, names: tuple[str, ...], same: list[Contact]) -> tuple[Person, tuple[str, ...]]:
    """Return an extension or queue with what the phone book adds to it, and all of its names."""
    for contact in same:
        others = (one for one in contact.numbers if one.number != person.number)
        person = replace(person, name=contact.name, numbers=(*person.numbers, *others))
        names = (*names, contact.name, *contact.aliases)
    return person, tuple(dict.fromkeys(names))


def _is_whole(contact: Contact, name: str) -> bool:
    """Tell whether a name is all of a contact's, and not only a part of it."""
    wanted = {spelled.replace(" ", "") for spelled in spellings(name)}
    known = (spelled.replace(" ", "") for one in (contact.name, *contact.aliases) for spelled in spellings(one))
    return not wanted.isdisjoint(known)


DATA_PEOPLE: HassKey[People] = HassKey(f"{DOMAIN}_people")


@callback
@singleton(DATA_PEOPLE)
def async_get_people(hass: HomeAssistant) -> People:
    """Return who can be called from this Home Assistant."""
    people = People(hass)
    people.async_follow()
    return people


def _entries(hass: HomeAssistant) -> list[CooCenterConfigEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)


def _members(entry: CooCenterConfigEntry) -> list[str]:
    queues = entry.runtime_data.coordinator.state.queues.values()
    return list(dict.fromkeys(number for queue in queues for number in queue.members))


def _devices(hass: HomeAssistant, entry: CooCenterConfigEntry) -> dict[object, dr.AnyDeviceEntry]:
    """Return the devices of an entry by the parts that they stand for."""
    registry = dr.async_get(hass)
    devices: list[dr.AnyDeviceEntry] = [
        *dr.async_entries_for_config_entry(registry, entry.entry_id),
        *dr.async_child_entries_for_config_entry(registry, entry.entry_id),
    ]
    return {async_part_of_device(entry, device): device for device in devices}


def _names(
    hass: HomeAssistant, entry: CooCenterConfigEntry, part: ExtensionKey | QueueKey, device: dr.AnyDeviceEntry | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of a part, what the user calls it first; and those of the area it stands in."""
    names = [device.name_by_user] if device else []
    if isinstance(part, QueueKey):
        # What the PBX's queues are called the API does not tell.
        return tuple(filter(None, names)), ()
    names.append(entry.runtime_data.coordinator.state.known_as(part.number))
    area_id = dr.async_get_effective_area_id(hass, device) if device else None
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    areas = (area.name, *area.aliases) if area else ()
    return tuple(name for name in names if name and name != part.number), areas


def _person(entry: CooCenterConfigEntry, part: ExtensionKey | QueueKey, names: tuple[str, ...]) -> Person:
    is_queue = isinstance(part, QueueKey)
    return Person(
        name=names[0] if names else part.number,
        numbers=(ContactNumber(number=part.number),),
        entry=entry,
        extension="" if is_queue else part.number,
        queue=part.number if is_queue else "",
    )
