"""A number is the same however it is written, and another number is another."""

from hypothesis import given, strategies as st
from pbx_harness import quick
import pytest

from custom_components.coocenter.pbx import NotDialable
from custom_components.coocenter.pbx.matching import number_key, spellings


def wide(text: str) -> str:
    """Return digits as a Chinese keyboard types them."""
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789+"})


LONDON = (
    "+44 1632 960123",
    "0044 1632 960123",
    "01632960123",
    "(01632) 960-123",
    "+44 (0)1632 960123",
    "441632960123",
    "901632960123",
    "9 00 44 1632 960123",
    "9+441632960123",
    wide("01632960123"),
)
SHANGHAI = ("+86 187 8298 5586", "008618782985586", "18782985586", "918782985586", "8618782985586")
NEW_YORK = ("+1 212 555 0123", "(212) 555-0123", "12125550123", "912125550123", "0012125550123")
ANYWHERE = ("+44 1632 960123", "00441632960123", "01632960123", "901632960123", "1632960123")


@pytest.mark.parametrize(
    ("region", "spellings", "key"),
    [
        ("GB", LONDON, "+441632960123"),
        ("CN", SHANGHAI, "+8618782985586"),
        ("US", NEW_YORK, "+12125550123"),
        ("CN", LONDON[:2], "+441632960123"),
        ("US", (*LONDON[:2], "011441632960123", "9011441632960123"), "+441632960123"),
        (None, ANYWHERE, "632960123"),
        ("", ANYWHERE, "632960123"),
        ("XX", ANYWHERE[2:], "632960123"),
    ],
)
def test_all_spellings_of_a_number_have_one_key(region: str | None, spellings: tuple[str, ...], key: str) -> None:
    assert {number_key(spelling, region) for spelling in spellings} == {key}


@pytest.mark.parametrize("region", ["GB", "CN", "US", "DE", None])
@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("801", "801"),
        ("8 01", "801"),
        (wide("801"), "801"),
        ("112", "112"),
        ("10086", "10086"),
        ("*97", "*97"),
        ("#31#01632960123", "#31#01632960123"),
        ("", ""),
        ("+", "+"),
        ("Anonymous", "anonymous"),
        ("Alice@example.com", "alice@example.com"),
        ("sip:801", "sip:801"),
    ],
)
def test_what_no_plan_explains_is_its_own_key(number: str, key: str, region: str | None) -> None:
    assert number_key(number, region) == key


@pytest.mark.parametrize("region", ["GB", "CN", "US", None])
def test_other_numbers_have_other_keys(region: str | None) -> None:
    numbers = [f"01632960{last:03}" for last in range(100, 200)] + ["97", "*97", "960123", "+8618782985586"]
    assert len({number_key(number, region) for number in numbers}) == len(numbers)


@quick
@given(
    st.text(max_size=40) | st.text("0123456789+*#() -", max_size=40), st.sampled_from(["GB", "CN", "US", None, "ZZ"])
)
def test_every_text_has_a_key_that_is_its_own(text: str, region: str | None) -> None:
    key = number_key(text, region)
    assert number_key(key, region) == key or not key.startswith("+")


@pytest.mark.parametrize("number", ["1" * 300, "+" * 300, "0" * 40, "+999" + "1" * 12, "9" * 9, "90" * 5])
def test_what_is_too_long_is_a_number_all_the_same(number: str) -> None:
    assert isinstance(number_key(number, "GB"), str)


@pytest.mark.parametrize(
    ("region", "number", "others"),
    [
        ("GB", "+44 1632 960123", ["+441632960123", "00441632960123", "01632960123"]),
        ("GB", "(01632) 960-123", ["01632960123", "+441632960123", "00441632960123"]),
        ("GB", "901632 960123", ["901632960123", "+441632960123", "00441632960123", "01632960123"]),
        ("DE", "0044 1632 960123", ["00441632960123", "+441632960123"]),
        (None, "+44 1632 960123", ["+441632960123", "00441632960123"]),
        ("US", "+1 212 555 0123", ["+12125550123", "0012125550123", "2125550123"]),
        ("CN", "187 8298 5586", ["18782985586", "+8618782985586", "008618782985586"]),
    ],
)
def test_a_number_in_all_spellings_of_trunks(region: str | None, number: str, others: list[str]) -> None:
    assert spellings(number, region) == tuple(others)


@pytest.mark.parametrize("region", ["GB", "CN", "US", "DE", "", None])
@pytest.mark.parametrize("number", ["8", "801", "960123", "112", "10086", "*97", "#31#01632960123"])
def test_an_extension_or_a_code_has_one_spelling(region: str | None, number: str) -> None:
    assert spellings(number, region) == (number,)


@pytest.mark.parametrize("number", ["", "anonymous", "1" * 40])
def test_what_nobody_can_dial_has_no_spelling(number: str) -> None:
    with pytest.raises(NotDialable):
        spellings(number, "GB")
