"""Which numbers call for help."""

from phonenumbers import shortnumberinfo

#: Mobile networks know these everywhere, and whoever is abroad says what is said at home.
_EVERYWHERE = frozenset({"112", "911", "999"})


def is_emergency(dialled: str, region: str) -> bool:
    """Tell whether a number might call for help in a country (ISO 3166), also behind the digit for an outside line."""
    return (
        _is_emergency(dialled, region)
        or _is_emergency(dialled[1:], region)
        or shortnumberinfo.connects_to_emergency_number(dialled, region)
    )


def _is_emergency(dialled: str, region: str) -> bool:
    return dialled in _EVERYWHERE or shortnumberinfo.is_emergency_number(dialled, region)
