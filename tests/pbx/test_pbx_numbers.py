"""What may be dialled, whom a channel belongs to, and what of a number may be shown."""

from hypothesis import given, strategies as st
from pbx_harness import quick
import pytest

from custom_components.coocenter.pbx import NotDialable, dialable, mask
from custom_components.coocenter.pbx.numbers import (
    channel_extension,
    channel_peer,
    is_local,
    local_pair,
    member_extension,
    split_caller_id,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("801", "801"),
        ("*8#", "*8#"),
        (" 01632 960123 ", "01632960123"),
        ("01632-960123", "01632960123"),
        ("(01632) 960.123", "01632960123"),
        ("+44 (0)1632 960123", "00441632960123"),
        ("+44 (0) 1632 960123", "00441632960123"),
        ("+44-1632-960123", "00441632960123"),
        ("tel:+441632960123", "00441632960123"),
        ("TEL: 01632960123", "01632960123"),
        (" tel: +441632960123 ", "00441632960123"),
        ("\uff0b\uff14\uff14\u30001632\u00a0960123", "00441632960123"),
        ("\uff18\uff10\uff11", "801"),
        ("555\u201101\u201012", "5550112"),
        ("555\u20130199", "5550199"),
        ("(0)801", "0801"),
        ("1" * 32, "1" * 32),
        ("+" + "1" * 30, "00" + "1" * 30),
    ],
)
def test_what_may_be_dialled(text: str, number: str) -> None:
    assert dialable(text) == number


@pytest.mark.parametrize(
    ("plus", "number"), [("00", "00441632960123"), ("+", "+441632960123"), ("011", "011441632960123")]
)
def test_the_international_prefix_is_the_offices(plus: str, number: str) -> None:
    assert dialable("+44 1632 960123", plus=plus) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "+",
        "+(0)",
        "tel:",
        "Ann",
        "801a",
        "801;ext=2",
        "801\n802",
        "801\n",
        "\t801",
        "801&802",
        "801@trunk",
        "801,5",
        "8\x0001",
        "++44",
        "44+1",
        "SIP/801",
        "1" * 33,
        "+" + "1" * 31,
        "½",
        "\u0668\u0660\u0661",
        "sip:801",
    ],
)
def test_what_may_not_be_dialled(text: str) -> None:
    with pytest.raises(NotDialable):
        dialable(text)


@quick
@given(st.text() | st.text("+0123456789()-. tel:;\n", max_size=40))
def test_whatever_is_dialled_is_short_and_plain_and_dials_itself(text: str) -> None:
    try:
        number = dialable(text)
    except NotDialable:
        return
    assert 0 < len(number) <= 32
    assert set(number) <= set("0123456789*#")
    assert dialable(number) == number


@pytest.mark.parametrize(
    ("channel", "peer", "extension"),
    [
        ("SIP/886-00000065", "886", "886"),
        ("PJSIP/801-0000000a", "801", "801"),
        ("SIP/trunk-00000013", "trunk", None),
        ("SIP/trunk-a-b-00000013", "trunk-a-b", None),
        ("SIP/913800138000-00000001", "913800138000", None),
        ("DAHDI/i1/18782985586-51", "i1", None),
        ("DAHDI//18782985586-51", "18782985586", None),
        ("Local/804@agents-0000001f;1", "804", "804"),
        ("Local/804@agents-0000001f;2", "804", "804"),
        ("SIP/801", None, None),
        ("801-0000", None, None),
        ("", None, None),
        ("SIP/-1", None, None),
        ("SIP/801-xyz", None, None),
    ],
)
def test_whom_a_channel_belongs_to(channel: str, peer: str | None, extension: str | None) -> None:
    assert (channel_peer(channel), channel_extension(channel)) == (peer, extension)


@quick
@given(st.text(max_size=300) | st.text("SIP/801-@;12\n", max_size=300))
def test_no_channel_name_does_harm(name: str) -> None:
    extension = channel_extension(name)
    assert extension is None or (extension.isdigit() and extension in name)


def test_the_halves_of_a_local_channel_are_a_pair() -> None:
    assert local_pair("Local/804@agents-1f;1") == local_pair("Local/804@agents-1f;2") == "Local/804@agents-1f"
    assert local_pair("Local/804@agents-1f") is None
    assert local_pair("SIP/804-1f;1") is None
    assert is_local("Local/804@agents-1f;1")
    assert not is_local("SIP/Local-1")


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("sip/876", "876"),
        ("SIP/876", "876"),
        ("876", "876"),
        ("Local/804@agents/n", "804"),
        ("Local/804@agents", "804"),
        ("SIP/876/n", "876"),
        ("Agent/1001", "1001"),
        ("", ""),
        ("sip/", "sip/"),
    ],
)
def test_who_a_member_of_a_queue_is(name: str, extension: str) -> None:
    assert member_extension(name) == extension


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ('"Ann" <801>', "Ann", "801"),
        (' " Ann " < 801 > ', "Ann", "801"),
        ("Ann <801>", "Ann", "801"),
        ('"" <18782985586>', "", "18782985586"),
        ('"A <b> "c" <801>', 'A <b> "c', "801"),
        ("<801>", "", "801"),
        ("<>", "", ""),
        (" 801 ", "", "801"),
        ("<801> Ann", "", "<801> Ann"),
        ("Ann <", "", "Ann <"),
        ("Ann 801>", "", "Ann 801>"),
        (f"{' <' * 50_000}", "", f"{' <' * 50_000}".strip()),
    ],
)
def test_name_and_number_of_a_caller_id(text: str, name: str, number: str) -> None:
    assert split_caller_id(text) == (name, number)


@pytest.mark.parametrize(
    ("number", "shown"), [("01632960123", "…23"), ("801", "…1"), ("12", "…"), ("1", "…"), ("", "…"), ("1234", "…34")]
)
def test_of_a_number_its_end_is_shown(number: str, shown: str) -> None:
    assert mask(number) == shown
