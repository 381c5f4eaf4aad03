"""What a phone book holds."""

from dataclasses import dataclass
from uuid import uuid4


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNumber:
    """A telephone number, as it was entered, and what it is called: work, mobile."""

    number: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody outside the office, or inside it under another name."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    """Other names that are said."""
    numbers: tuple[ContactNumber, ...] = ()
    """The first is dialled where no other is asked for."""
    note: str = ""
    favourite: bool = False
    blocked: bool = False


def new_id() -> str:
    """Return an id that no contact has."""
    return uuid4().hex
