"""Numbers as they are said."""

import pytest
from voice_table import LANGUAGES


@pytest.mark.parametrize(
    ("code", "spoken", "digits"),
    [
        ("en", "809", "809"),
        ("en", "eight oh nine", "809"),
        ("en", "Eight zero nine, please", "809"),
        ("en", "eight nought nine", "809"),
        ("en", "8 oh 9", "809"),
        ("en", "oh one six three two nine six oh oh one two", "01632960012"),
        ("en", "double five five", "555"),
        ("en", "triple nine", "999"),
        ("en", "+44 1632 960 101", "+441632960101"),
        ("en", "plus four four one six three two", "+441632"),
        ("en", "(01632) 960-101", "01632960101"),
        ("en", "555-0123", "5550123"),
        ("en", "\uff18\uff10\uff19", "809"),
        ("en", "twenty one", "21"),
        ("en", "sixty-three", "63"),
        ("en", "eight twenty", "820"),
        ("en", "eight hundred nine", "809"),
        ("en", "eight hundred and nine", "809"),
        ("en", "extension 802", "802"),
        ("en", "the number eight oh two", "802"),
        ("de", "acht null neun", "809"),
        ("de", "zwo zwo null", "220"),
        ("de", "achthundertneun", "809"),
        ("de", "dreiundzwanzig", "23"),
        ("de", "plus vier neun", "+49"),
        ("de", "die Nebenstelle 802", "802"),
        ("fr", "huit zéro neuf", "809"),
        ("fr", "zéro six douze trente-quatre", "061234"),
        ("fr", "soixante-dix-sept", "77"),
        ("fr", "huit cent neuf", "809"),
        ("fr", "deux cent", "200"),
        ("fr", "le poste 802", "802"),
        ("es", "ocho cero nueve", "809"),
        ("es", "veintidós", "22"),
        ("es", "treinta y uno", "31"),
        ("es", "ochocientos nueve", "809"),
        ("es", "la extensión 802", "802"),
        ("zh", "八零九", "809"),
        ("zh", "八〇九", "809"),
        ("zh", "幺三八", "138"),
        ("zh", "二十一", "21"),
        ("zh", "八百零九", "809"),
        ("zh", "两百", "200"),
        ("zh", "分机802", "802"),
        ("zh", "八 零 九", "809"),
    ],
)
def test_numbers_are_understood_however_they_are_said(code: str, spoken: str, digits: str) -> None:
    assert LANGUAGES[code].number(spoken) == digits


@pytest.mark.parametrize(
    "spoken",
    [
        "",
        " ",
        "Bob",
        "eight Bob",
        "Bob 802",
        "double",
        "double Bob",
        "double twenty",
        "+",
        "four plus four",
        "8" * 60 + " 1",
    ],
)
def test_what_is_no_number_is_none(spoken: str) -> None:
    assert LANGUAGES["en"].number(spoken) is None
