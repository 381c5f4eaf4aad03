"""What a file of contacts says, before it is decided what becomes of it."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
import re
import unicodedata

from .model import ContactNumber

#: Ten thousand contacts with a photograph are rarely more.
MAX_BYTES = 20 * 1024 * 1024
#: A state of Home Assistant is no longer, nor is any name that somebody says.
_MAX_LINE = 255
_MAX_NUMBER = 40
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: Controls, and the marks of direction that come along when a number is copied out of Windows.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NUMBER = re.compile(r"\+?[0-9 ()./*#\u2010-\u2015-]+")
#: A country's code as some write it.
_COUNTRY = re.compile(r"^\((\+\d+)\)")
#: What is dialled after the call was answered: `x12`, `ext. 12`, a pause or a wait as phones write it.
_EXTENSION = re.compile(r"\s*(?:;ext=|[,;pw]+|x|ext(?:ension)?[.:]?)\s*(?P<extension>\d+)#?$", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


class TooLarge(Exception):
    """A file is larger than any phone book."""


class Fault(StrEnum):
    """What is wrong with a card or a row; translated by whoever shows it."""

    NO_NAME = "no_name"
    NO_NUMBER = "no_number"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A card or row that nothing comes of."""

    code: Fault
    position: int
    """Which one it is, from 1; in a table the row, headers included."""
    name: str = ""

    @property
    def card(self) -> str:
        """Return its name, or where it stands."""
        return self.name or str(self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a file says of somebody; None where it says nothing."""

    name: str
    uid: str = ""
    aliases: tuple[str, ...] = ()
    numbers: tuple[ContactNumber, ...] = ()
    note: str | None = None
    favourite: bool | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a file."""

    contacts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, position: int, draft: Draft) -> None:
        """Take a contact, or say why it is none: it must have a name and a number."""
        if draft.name and draft.numbers:
            self.contacts.append(draft)
        else:
            self.complain(Fault.NO_NUMBER if draft.name else Fault.NO_NAME, position, draft.name)

    def complain(self, code: Fault, position: int, name: str = "") -> None:
        """Take a problem."""
        self.problems.append(Problem(code=code, position=position, name=name))


def texts_of(data: bytes, *fallbacks: str) -> Iterator[str]:
    """Give what a file may say, the most probable first; `fallbacks` are encodings. Raises TooLarge."""
    if len(data) > MAX_BYTES:
        raise TooLarge
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    found = False
    for encoding in (marked, *fallbacks):
        try:
            text = data.decode(encoding)
        except LookupError, ValueError:
            continue
        yield text
        found = True
        if encoding == marked:
            # That other bytes are valid UTF-8 by chance does not happen.
            return
    if not found:
        yield data.decode("cp1252", "replace")


def one_line(text: str) -> str:
    """Return a text without line breaks, and without what is not seen."""
    seen = _UNSEEN.sub("", " ".join(text.split()))
    return " ".join(seen.split())[:_MAX_LINE].rstrip()


def lines(text: str) -> str:
    """Return a text of any number of lines, without what is not seen."""
    broken = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_UNSEEN.sub("", line.replace("\t", " ")) for line in broken).strip()


def number_of(text: str, label: str = "") -> ContactNumber | None:
    """Return a telephone number, None for what is none; what is dialled after it goes to its label."""
    number = _COUNTRY.sub(r"\1", one_line(text))
    if extension := _EXTENSION.search(number):
        number = number[: extension.start()]
        label = f"{label} ext. {extension['extension']}".strip()
    plain = unicodedata.normalize("NFKC", number)
    if len(plain) > _MAX_NUMBER or not _NUMBER.fullmatch(plain) or not any(map(str.isdigit, plain)):
        return None
    return ContactNumber(number=number, label=one_line(label))


def full_name(given: str, middle: str, family: str) -> str:
    """Return the parts of a name in the order in which they are said."""
    parts = [part for part in (given, middle, family) if part]
    if all(map(_CHINESE.fullmatch, parts)):
        return f"{family}{middle}{given}"
    return " ".join(parts)


def uid_of(text: str) -> str:
    """Return what a file calls somebody; what is too long for that is left out."""
    uid = one_line(text).removeprefix("urn:uuid:")
    return uid if len(uid) < _MAX_LINE else ""
