"""The phone book: contacts, and whose a number is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
import unicodedata

from ..pbx.matching import number_key
from .model import Contact, ContactNumber
from .names import fold

#: So many last digits are compared before it is worked out whether two numbers are the same.
_TAIL = 6


class PhoneBook:
    """Contacts by id and by number; `region` is the office's country (ISO 3166, `GB`)."""

    def __init__(self, region: str = "", contacts: Iterable[Contact] = ()) -> None:
        self.region = region
        self._contacts: dict[str, Contact] = {}
        self._owners: defaultdict[str, dict[str, ContactNumber]] = defaultdict(dict)
        #: The ends of all numbers and how often each is there: of most numbers that call they tell at once that nobody
        #: has it, where the numbering plan takes its time.
        self._tails: defaultdict[str, int] = defaultdict(int)
        for contact in contacts:
            self.put(contact)

    def __len__(self) -> int:
        return len(self._contacts)

    def __iter__(self) -> Iterator[Contact]:
        return iter(sorted(self._contacts.values(), key=lambda contact: (fold(contact.name), contact.id)))

    def values(self) -> tuple[Contact, ...]:
        """Return the contacts of this moment in no order, which costs next to nothing."""
        return tuple(self._contacts.values())

    def get(self, contact_id: str) -> Contact | None:
        """Return a contact by its id."""
        return self._contacts.get(contact_id)

    def put(self, contact: Contact) -> None:
        """Add a contact, in place of the one with its id."""
        self.remove(contact.id)
        self._contacts[contact.id] = contact
        for number in contact.numbers:
            # Of two spellings of one number the first counts.
            if self._owners[self._key(number.number)].setdefault(contact.id, number) is number:
                self._tails[_tail(number.number)] += 1

    def remove(self, contact_id: str) -> Contact | None:
        """Take a contact out and return it."""
        if contact := self._contacts.pop(contact_id, None):
            for key in {self._key(number.number) for number in contact.numbers}:
                self._forget(key, contact_id)
        return contact

    def by_number(self, number: str) -> Contact | None:
        """Return whose a number is, however it is written; of several people with it the favourite, else the first."""
        owners = self._owners_of(number)
        contacts = [self._contacts[contact_id] for contact_id in owners]
        return next((contact for contact in contacts if contact.favourite), next(iter(contacts), None))

    def name_of(self, number: str) -> str:
        """Return the name that goes with a number, empty where nobody has it."""
        contact = self.by_number(number)
        return contact.name if contact else ""

    def label_of(self, number: str) -> str:
        """Return what its owner's number is called, empty where it is called nothing or nobody has it."""
        contact = self.by_number(number)
        return self._owners_of(number)[contact.id].label if contact else ""

    def _owners_of(self, number: str) -> dict[str, ContactNumber]:
        if not number or _tail(number) not in self._tails:
            return {}
        return self._owners.get(self._key(number), {})

    def _key(self, number: str) -> str:
        return number_key(number, self.region)

    def _forget(self, key: str, contact_id: str) -> None:
        owners = self._owners[key]
        tail = _tail(owners.pop(contact_id).number)
        self._tails[tail] -= 1
        if not self._tails[tail]:
            del self._tails[tail]
        if not owners:
            del self._owners[key]


def _tail(number: str) -> str:
    """Return the last digits of a number, which all of its spellings have in common."""
    if number.isascii():
        digits = number if number.isdigit() else "".join(filter(str.isdigit, number))
    else:
        digits = "".join(filter(str.isdigit, unicodedata.normalize("NFKC", number)))
    return digits[-_TAIL:]
