"""What an import would change, to be shown before it does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..pbx.matching import number_key
from .book import PhoneBook
from .model import Contact, ContactNumber, new_id
from .names import fold
from .reading import Draft, Problem, Reading

#: A number of more people than that is a switchboard's, and tells nobody's card.
_SHARED = 20
#: What is found in one round may tell in the next whose another card is; two are the rule.
_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The contacts that are made and changed by an import."""

    new: tuple[Contact, ...] = ()
    changed: tuple[tuple[Contact, Contact], ...] = ()
    """Each as it is and as it would be."""
    unchanged: int = 0
    """How many are in the file and in the book alike."""
    problems: tuple[Problem, ...] = ()

    def is_like(self, other: Plan) -> bool:
        """Tell whether another plan changes the same; the ids of new contacts are others each time."""
        return self._without_ids() == other._without_ids()

    def _without_ids(self) -> Plan:
        return replace(self, new=tuple(replace(contact, id="") for contact in self.new))


def make_plan(book: PhoneBook, reading: Reading) -> Plan:
    """Return what a file would change in a phone book: what it adds; nothing is deleted."""
    importing = _Import(book, reading.contacts)
    # Until once more changes nothing: so the same file a second time does not, either.
    for _ in range(_ROUNDS):
        if not importing.take_all():
            break
    before = {contact_id: book.get(contact_id) for contact_id in importing.taken}
    after = importing.contacts
    known = [(old, after[old.id]) for old in before.values() if old]
    changed = tuple((old, new) for old, new in known if old != new)
    return Plan(
        new=tuple(contact for contact in after.values() if not book.get(contact.id)),
        changed=changed,
        unchanged=len(known) - len(changed),
        problems=tuple(reading.problems),
    )


def apply_plan(book: PhoneBook, plan: Plan) -> None:
    """Do what was planned."""
    for contact in (*plan.new, *(after for _, after in plan.changed)):
        book.put(contact)


@dataclass(frozen=True, slots=True)
class _Card:
    """A draft, and what it is recognised by."""

    draft: Draft
    name: str
    numbers: dict[str, ContactNumber]
    """By their keys, each once."""


class _Import:
    """A copy of the book that drafts are put into."""

    def __init__(self, book: PhoneBook, drafts: Iterable[Draft]) -> None:
        self.contacts = {contact.id: contact for contact in book}
        self.taken: dict[str, str] = {}
        """Who got a card in this round, and that card's UID."""
        self._region = book.region
        self._cards = [_Card(draft, _key(draft.name), self._by_key(draft.numbers)) for draft in drafts]
        self._uids: dict[str, str] = {draft.uid: "" for draft in drafts if draft.uid}
        """The file's UIDs, and whose they turned out to be in this round."""
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._numbers: defaultdict[str, set[str]] = defaultdict(set)
        for contact in self.contacts.values():
            self._put(contact)

    def take_all(self) -> bool:
        """Put every card to its contact, and tell whether anything changed."""
        before = dict(self.contacts)
        self.taken.clear()
        self._uids = dict.fromkeys(self._uids, "")
        for card in self._cards:
            self._take(card)
        return self.contacts != before

    def _take(self, card: _Card) -> None:
        draft = card.draft
        contact = self.contacts.get(draft.uid) or self.contacts.get(self._uids.get(draft.uid, "")) or self._found(card)
        if not contact:
            numbers = tuple(card.numbers.values())
            contact = Contact(id=draft.uid or new_id(), name=draft.name, aliases=draft.aliases, numbers=numbers)
        # The file's own contact has the name that the file gives it; of several cards the first one's.
        renamed = contact.id == draft.uid and contact.id not in self.taken
        self._put(self._merged(contact, card, draft.name if renamed else contact.name))
        self.taken.setdefault(contact.id, draft.uid)
        if draft.uid:
            self._uids[draft.uid] = self._uids[draft.uid] or contact.id

    def _found(self, card: _Card) -> Contact | None:
        """Return who has the card's name and a number of it, else who else it may be about.

        Colleagues share the number of their switchboard: of that alone nobody is known. And two cards with UIDs of
        their own are of two people, whatever else they share.
        """
        named = {one for one in self._names.get(card.name, ()) if _key(self.contacts[one].name) == card.name}
        sharing = [self._numbers[key] for key in card.numbers if key in self._numbers]
        if both := {one for ids in sharing for one in named & ids}:
            return self.contacts[min(both)]
        few = {one for ids in sharing if len(ids) <= _SHARED for one in ids if self._may_be(one, card)}
        if alike := {one for one in few if _alike(card, self.contacts[one])}:
            return self.contacts[min(alike)]
        namesakes = [one for one in named if self._may_be(one, card)]
        return self.contacts[namesakes[0]] if len(namesakes) == 1 else None

    def _may_be(self, contact_id: str, card: _Card) -> bool:
        """Tell whether no other card of the file is this contact's by its UID."""
        uid = contact_id if contact_id in self._uids else self.taken.get(contact_id)
        return not uid or not card.draft.uid or uid == card.draft.uid

    def _merged(self, contact: Contact, card: _Card, name: str) -> Contact:
        """Return a contact with all that a card adds to it."""
        draft = card.draft
        return replace(
            contact,
            name=name,
            aliases=_with_aliases(contact, draft, name),
            numbers=self._with_numbers(contact, card),
            note=draft.note or contact.note,
            favourite=contact.favourite if draft.favourite is None else draft.favourite,
            blocked=contact.blocked if draft.blocked is None else draft.blocked,
        )

    def _with_numbers(self, contact: Contact, card: _Card) -> tuple[ContactNumber, ...]:
        known = self._by_key(contact.numbers)
        labelled = {
            known[key]: replace(known[key], label=number.label)
            for key, number in card.numbers.items()
            if key in known and number.label
        }
        new = (number for key, number in card.numbers.items() if key not in known)
        return (*(labelled.get(number, number) for number in contact.numbers), *new)

    def _by_key(self, numbers: Iterable[ContactNumber]) -> dict[str, ContactNumber]:
        found: dict[str, ContactNumber] = {}
        for number in numbers:
            found.setdefault(number_key(number.number, self._region), number)
        return found

    def _put(self, contact: Contact) -> None:
        self.contacts[contact.id] = contact
        self._names[_key(contact.name)].add(contact.id)
        for key in self._by_key(contact.numbers):
            self._numbers[key].add(contact.id)


def _with_aliases(contact: Contact, draft: Draft, name: str) -> tuple[str, ...]:
    """Return the aliases of both, and the name that is no longer, or not, the contact's."""
    aliases = list(contact.aliases)
    known = {_key(one) for one in (name, *aliases)}
    words = _words(name)
    # A part of the name is found anyway, and as an alias would shadow all others who have it.
    others = (other for other in (contact.name, draft.name) if not _words(other) <= words)
    for alias in (*others, *draft.aliases):
        if (key := _key(alias)) not in known:
            known.add(key)
            aliases.append(alias)
    return tuple(aliases)


def _alike(card: _Card, contact: Contact) -> bool:
    """Tell whether a name of the one is a part of a name of the other."""
    ours = [_words(name) for name in (contact.name, *contact.aliases)]
    theirs = [_words(name) for name in (card.draft.name, *card.draft.aliases)]
    return any(one <= other or other <= one for one in ours for other in theirs)


def _words(name: str) -> set[str]:
    return set(_key(name).split())


def _key(name: str) -> str:
    """Return what spellings of a name have in common; what has no letters is its own."""
    return fold(name) or name.casefold()
