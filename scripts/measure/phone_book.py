"""Whose a number is, in a phone book of many contacts."""

from collections.abc import Sequence
import time

from custom_components.coocenter.pbx.matching import number_key
from custom_components.coocenter.phone_book import Contact, ContactNumber, PhoneBook
from scripts.measure.figures import Figure, Target, progress
from scripts.measure.people import people

_LOOK_UP = Target(20, "median")
_REGION = "GB"
#: So many look-ups make a sample: a clock that is read each time would be most of what is measured.
_CHUNK = 100


def measure(contacts: int) -> list[Figure]:
    """Return how long a phone book of so many contacts takes to be made and to be asked (µs)."""
    progress(f"asking a phone book of {contacts} contacts")
    everybody = people(2 * contacts)
    entries = [
        Contact(id=str(n), name=name, numbers=(ContactNumber(number=number),))
        for n, (name, number) in enumerate(everybody[:contacts])
    ]
    began = time.perf_counter()
    book = PhoneBook(_REGION, entries)
    made = (time.perf_counter() - began) * 1000
    known = [number.replace("+44 ", "0").replace(" ", "") for _, number in everybody[:contacts]]
    strangers = [number.replace("+44 ", "0044").replace(" ", "") for _, number in everybody[contacts:]]
    number_key.cache_clear()
    return [
        Figure(f"a phone book of {contacts} contacts is made", "ms", (made,)),
        Figure("a number is looked up that never called before: a contact's", "µs", _ask(book, known)),
        Figure("a contact's number is looked up again", "µs", _ask(book, known), _LOOK_UP),
        Figure("a number is looked up that never called before: nobody's", "µs", _ask(book, strangers), _LOOK_UP),
        Figure("nobody's number is looked up again", "µs", _ask(book, strangers), _LOOK_UP),
    ]


def _ask(book: PhoneBook, numbers: Sequence[str]) -> tuple[float, ...]:
    took = []
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        began = time.perf_counter()
        for number in chunk:
            book.by_number(number)
        took.append((time.perf_counter() - began) / len(chunk) * 1_000_000)
    return tuple(took)
