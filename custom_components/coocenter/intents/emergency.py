"""Which numbers call for help."""

from collections.abc import Iterator
import re

from phonenumbers import SUPPORTED_SHORT_REGIONS, shortnumberinfo

#: Mobile networks know these everywhere, and whoever is abroad says what is said at home.
_EVERYWHERE = frozenset({"112", "911", "999"})
#: What phonenumbers does not know for one.
_MORE = {"CN": frozenset({"122"}), "ES": frozenset({"061", "062", "091"}), "NL": frozenset({"113"})}
#: No number that calls for help is shorter where any digit may be for an outside line.
_LONG = 3
_CODE = re.compile(r".*[*#](?=\d)")
#: What is dialled for an outside line nearly everywhere, and an international prefix before what is none.
_OUTSIDE = re.compile(r"[09]{1,2}")


def is_emergency(dialled: str, region: str) -> bool:
    """Tell whether a number might call for help in a country (ISO 3166), also behind codes or digits for a line.

    Where the country is not known, in any.
    """
    regions = [region] if region in SUPPORTED_SHORT_REGIONS else sorted(SUPPORTED_SHORT_REGIONS)
    return any(_is_emergency(number, one) for number in _meant(dialled) for one in regions)


def _meant(dialled: str) -> Iterator[str]:
    """Yield what a number may be after all that is dialled before it."""
    number = _CODE.sub("", dialled.rstrip("*#").removeprefix("+"))
    yield number
    if len(number) > _LONG:
        yield number[1:]
    if before := _OUTSIDE.match(number):
        yield from (number[length:] for length in range(1, before.end() + 1))


def _is_emergency(number: str, region: str) -> bool:
    known = number in _EVERYWHERE or number in _MORE.get(region, ())
    return known or shortnumberinfo.is_emergency_number(number, region)
