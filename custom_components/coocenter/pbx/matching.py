"""When two telephone numbers are the same, however each of them is written."""

from functools import lru_cache
import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from .numbers import dialable, is_extension

_SEPARATORS = re.compile(r"[^0-9+*#]")
_CODE = re.compile(r"[*#]")
_INTERNATIONAL = re.compile(r"^(?:\+|00|011)")
#: What is left of a number that no plan explains: enough that two subscribers rarely share it.
_SIGNIFICANT = 9
#: A number behind the digit for an outside line is longer than this.
_WITH_OUTSIDE_DIGIT = 8


@lru_cache(maxsize=50_000)
def number_key(number: str, region: str | None = None) -> str:
    """Return what all spellings of a number have in common: E.164 where `region`'s numbering plan explains it.

    `region` is the office's country (ISO 3166, `GB`). An extension is its own key, and so are a code with `*` or `#`
    and a text that is no number.
    """
    # A full-width digit from a Chinese keyboard is the same digit.
    number = unicodedata.normalize("NFKC", number)
    dialled = _SEPARATORS.sub("", number)
    if not any(map(str.isdigit, dialled)) or any(map(str.isalpha, number)):
        return number.casefold()
    if is_extension(dialled) or _CODE.search(dialled):
        return dialled
    if region and (found := _explained(dialled, region)):
        return phonenumbers.format_number(found, PhoneNumberFormat.E164)
    return re.sub(r"\D", "", dialled)[-_SIGNIFICANT:]


def spellings(number: str, region: str | None = None) -> tuple[str, ...]:
    """Return a number as it is written, and as trunks deliver it: abroad with `+` and `00`, at home as in `region`.

    What has no other spelling is only itself: an extension, a code, and what no plan explains. Raises NotDialable.
    """
    written = dialable(number, plus="+")
    region = region or phonenumbers.UNKNOWN_REGION
    key = number_key(written, region)
    # Only a number that a plan explains has its country before it.
    found = _parsed(key, region) if key.startswith("+") else None
    if not found:
        return (written,)
    abroad = (key, f"00{key[1:]}")
    if found.country_code != phonenumbers.country_code_for_region(region):
        return tuple(dict.fromkeys((written, *abroad)))
    home = re.sub(r"\D", "", phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL))
    return tuple(dict.fromkeys((written, *abroad, home)))


def _explained(dialled: str, region: str) -> PhoneNumber | None:
    """Return the number by the office's plan, perhaps without the digit that was dialled for an outside line."""
    spellings = [re.sub(r"^00", "+", dialled)]
    if len(dialled) > _WITH_OUTSIDE_DIGIT and not _INTERNATIONAL.match(dialled):
        spellings.append(dialled[1:])
        if dialled[1:].startswith("00"):
            spellings[-1] = f"+{dialled[3:]}"
    found = [number for spelling in spellings if (number := _parsed(spelling, region))]
    valid = [number for number in found if phonenumbers.is_valid_number(number)]
    return next(iter(valid or [number for number in found if phonenumbers.is_possible_number(number)]), None)


def _parsed(spelling: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(spelling, region)
    except NumberParseException:
        return None
