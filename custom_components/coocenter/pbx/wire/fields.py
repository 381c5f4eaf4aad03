"""Lenient readers: padding, "", missing, a number as text or bare; never an error."""

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
import re

from ..model import Activity, Hint, Party
from ..numbers import split_caller_id
from .body import Fields

_MAX_TEXT = 255
_MAX_INTEGER = 2**53
#: Asterisk's word for no number, and the words of those who say "withheld" with a name.
_NOBODY = frozenset({"<unknown>", "unknown", "anonymous", "restricted", "unavailable", "null", "none", "undefined"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII)
_MOMENT_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")

_HINT_WORDS = {
    "idle": Hint(0),
    "notinuse": Hint(0),
    "inuse": Hint.IN_USE,
    "busy": Hint.BUSY,
    "unavailable": Hint.UNAVAILABLE,
    "offline": Hint.UNAVAILABLE,
    "ringing": Hint.RINGING,
    "hold": Hint.ON_HOLD,
    "onhold": Hint.ON_HOLD,
}
_ACTIVITIES = (
    # The first that fits: what the phone does now matters more than what it also does.
    (Hint.RINGING | Hint.ON_HOLD, Activity.RINGING_IN_USE),
    (Hint.RINGING | Hint.IN_USE, Activity.RINGING_IN_USE),
    (Hint.RINGING, Activity.RINGING),
    (Hint.ON_HOLD | Hint.IN_USE, Activity.IN_USE_ON_HOLD),
    (Hint.ON_HOLD, Activity.ON_HOLD),
    (Hint.BUSY, Activity.BUSY),
    (Hint.IN_USE, Activity.IN_USE),
    (Hint.UNAVAILABLE, Activity.UNAVAILABLE),
    (Hint(0), Activity.IDLE),
)


def text(fields: Fields, *names: str) -> str:
    """Return the first of the fields that says something, cleaned of what cannot be shown."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, (str, int, float)) and (found := _printable(str(value)[:_MAX_TEXT]).strip()):
            return found
    return ""


def _printable(found: str) -> str:
    # Which is nearly all there is, and quicker to see than to search.
    return found if found.isprintable() else _UNPRINTABLE.sub("", found)


def number(fields: Fields, *names: str) -> str:
    """Return a telephone number, "" where it was withheld."""
    found = text(fields, *names)
    return "" if found.lower() in _NOBODY else found


def party(fields: Fields, number_name: str, name_name: str) -> Party:
    """Return who is meant by a pair of number and name fields."""
    who = number(fields, number_name)
    called = number(fields, name_name)
    # Asterisk fills in the number where it has no name.
    return Party(who, "" if called == who else called)


def caller_id(fields: Fields, name: str) -> Party:
    """Return who is meant by a `"name" <number>` field."""
    value = fields.get(name)
    # Split before it is cut: behind the longest name there is a number still.
    name, who = split_caller_id(_printable(str(value)) if isinstance(value, (str, int, float)) else "")
    who, name = (number({"": part}, "") for part in (who, name))
    return Party(who, "" if name == who else name)


def integer(fields: Fields, *names: str) -> int | None:
    """Return a whole number, None for what is none."""
    try:
        value = int(float(text(fields, *names)))
    except ValueError, OverflowError:
        return None
    return value if abs(value) < _MAX_INTEGER else None


def moment(fields: Fields, *names: str) -> datetime | None:
    """Return a moment of the PBX's local time, without a zone as it was sent."""
    found = text(fields, *names)[:19]
    if _MOMENT.fullmatch(found):
        # Much quicker than patterns, and this is how nearly all are.
        with suppress(ValueError):
            return datetime.fromisoformat(found)
    for pattern in _MOMENT_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(found, pattern)  # noqa: DTZ007 - the PBX sends no zone
    return None


def word[E: StrEnum](kind: type[E], fields: Fields, *names: str) -> E | None:
    """Return the member of an enum that a word like `NO ANSWER` or `NOANSWER` means."""
    found = _letters(text(fields, *names))
    return next((member for member in kind if _letters(member.value) == found), None)


def activity(fields: Fields, *names: str) -> Activity | None:
    """Return what a state means, given as a code (also a combination) or as a text; None if unknown."""
    for name in names:
        if found := text(fields, name):
            return _activity(found)
    return None


# Of the same few codes and words, with every push and for every extension of a poll.
@lru_cache
def _activity(found: str) -> Activity | None:
    hint = _hint_of_code(found)
    if hint is None:
        hint = _hint_of_words(found)
    return None if hint is None else next(activity for bits, activity in _ACTIVITIES if bits & hint == bits)


def _hint_of_code(found: str) -> Hint | None:
    try:
        code = int(found)
    except ValueError:
        return None
    # Negative: the hint was removed. Higher bits: nobody knows.
    return Hint(code) if 0 <= code < 2 * Hint.ON_HOLD else None


def _hint_of_words(found: str) -> Hint | None:
    hint = Hint(0)
    for part in re.split(r"[&+,/]", found):
        meaning = _HINT_WORDS.get(_letters(part))
        if meaning is None:
            return None
        hint |= meaning
    return hint


def _letters(found: str) -> str:
    return "".join(filter(str.isalnum, found)).lower()
