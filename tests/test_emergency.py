"""What calls for help is known, however it is dialled; and what does not is dialled."""

import pytest

from custom_components.coocenter.intents.emergency import is_emergency


@pytest.mark.parametrize(
    ("dialled", "region"),
    [
        ("999", "GB"),
        ("9112", "GB"),
        ("0112", "DE"),
        ("00112", "DE"),
        ("+112", "DE"),
        ("110", "DE"),
        ("0110", "DE"),
        ("99911", "US"),
        ("*31#112", "DE"),
        ("112#", "DE"),
        ("15", "FR"),
        ("015", "FR"),
        ("091", "ES"),
        ("122", "CN"),
        ("113", "NL"),
        ("000", "AU"),
        ("110", ""),
        ("15", ""),
        ("112", "XX"),
    ],
)
def test_what_calls_for_help(dialled: str, region: str) -> None:
    assert is_emergency(dialled, region)


@pytest.mark.parametrize(
    ("dialled", "region"),
    [
        ("809", "GB"),
        ("01632960112", "GB"),
        ("01632960999", "GB"),
        ("960112", "GB"),
        ("1120", "GB"),
        ("5550112", "US"),
        ("1188", "CH"),
        ("1512", "FR"),
        ("617", "FR"),
        ("", "GB"),
        ("*97", "GB"),
    ],
)
def test_what_does_not(dialled: str, region: str) -> None:
    assert not is_emergency(dialled, region)
