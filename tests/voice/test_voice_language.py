"""What each language knows: answers, numbers, and the small words."""

from string import Formatter

import pytest
from voice_table import LANGUAGES, VOICE

from custom_components.coocenter.voice import Language

EN, DE, FR, ES, ZH = (LANGUAGES[code] for code in ("en", "de", "fr", "es", "zh"))

# What an answer tells; the others are the same whatever happens.
TELLS = {
    "dialling": {"name"},
    "dialling_from": {"name", "source"},
    "unknown_name": {"name"},
    "which": {"names"},
    "which_number": {"name", "numbers"},
    "which_phone": {"names"},
    "cannot_be_dialled": {"name"},
    "emergency_off": {"number"},
    "transferred": {"name"},
    "paused": {"name"},
    "resumed": {"name"},
    "not_an_agent": {"name"},
    "not_in_queue": {"name", "queue"},
    "not_an_extension": {"name"},
    "on_the_phone": {"name", "other"},
    "on_the_phone_with_nobody": {"name"},
    "is_free": {"name"},
    "is_ringing": {"name"},
    "not_registered": {"name"},
    "calls_now": {"list"},
    "call_now_item": {"name", "other"},
    "missed_calls": {"count", "list"},
    "missed_calls_more": {"count", "list", "more"},
    "missed_call_item": {"name", "when", "times"},
    "refused": {"reason"},
    "at": {"time"},
    "yesterday_at": {"time"},
    "on": {"date", "time"},
}
PLAIN = {
    "no_source",
    "not_understood",
    "hung_up",
    "nothing_to_hang_up",
    "no_call_to_transfer",
    "paused_me",
    "resumed_me",
    "who_are_you",
    "not_allowed",
    "nobody_on_the_phone",
    "no_missed_calls",
    "no_last_caller",
    "nothing_to_redial",
    "pbx_unreachable",
    "pbx_failed",
    "log_unavailable",
    "no_pbx",
    "withheld",
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_answer_is_there_and_tells_what_it_has_to(code: str) -> None:
    responses = LANGUAGES[code]._responses
    assert set(responses) == TELLS.keys() | PLAIN
    for key, response in responses.items():
        if isinstance(response, str):
            assert placeholders(response) == TELLS.get(key, set()), key
        else:
            assert set(response) == {"one", "other"}, key
            assert placeholders(response["other"]) == TELLS[key], key
            assert placeholders(response["one"]) == TELLS[key] - {"count", "times"}, key


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_answer_can_be_said(code: str) -> None:
    for key in TELLS.keys() | PLAIN:
        for number in (1, 3):
            values = {name: name for name in TELLS.get(key, ())} | {"count": number, "times": number}
            assert "{" not in LANGUAGES[code].say(key, **values)


def test_lists_are_joined_by_the_word_that_belongs_there() -> None:
    assert EN.say("which", names=["Alice Smith", "Alice Jones", "Alice"]) == (
        "Who do you mean, Alice Smith, Alice Jones or Alice?"
    )
    assert (
        DE.say("calls_now", list=["Alice mit Bob", "Carol mit Zoë"])
        == "Es telefonieren: Alice mit Bob und Carol mit Zoë."
    )
    assert ZH.say("missed_calls", count=2, list=["王伟", "Bob"]) == "有2个未接来电\uff1a王伟和Bob。"
    assert FR.say("calls_now", list="Alice avec Bob") == "Au téléphone : Alice avec Bob."
    assert ES.join(["Alice"]) == "Alice"
    assert ES.join([]) == ""
    assert EN.join(["a", "b", "c"]) == "a, b and c"
    assert EN.join(["a", "b"], "or") == "a or b"


def test_one_call_is_said_otherwise_than_several() -> None:
    assert EN.say("missed_calls", count=1, list=["Bob at 10:05"]) == "One missed call: Bob at 10:05."
    assert EN.say("missed_calls", count=2, list=["a", "b"]) == "2 missed calls: a and b."
    assert EN.say("missed_call_item", name="Bob", when="at 10:05", times=1) == "Bob at 10:05"
    assert EN.say("missed_call_item", name="Bob", when="at 10:05", times=3) == "Bob at 10:05, 3 times"


def test_what_a_name_contains_is_no_template() -> None:
    assert EN.say("dialling", name="{number}") == "Calling {number}."


@pytest.mark.parametrize(
    ("code", "spoken", "cleaned"),
    [
        ("en", "the kitchen please", "kitchen"),
        ("en", "Mr Smith", "Smith"),
        ("en", "Dr. Jones, thank you", "Jones"),
        ("de", "bitte Herrn Dr. Müller", "Müller"),
        ("de", "dem Vertrieb", "Vertrieb"),
        ("fr", "l'accueil s'il te plaît", "accueil"),
        ("fr", "Mme Dubois", "Dubois"),
        ("es", "la señora García, por favor", "García"),
        ("zh", "王先生", "王"),
        ("zh", "请王伟", "王伟"),
        ("en", "the", "the"),
        ("en", "", ""),
    ],
)
def test_small_words_are_taken_off(code: str, spoken: str, cleaned: str) -> None:
    assert LANGUAGES[code].cleaned(spoken) == cleaned


@pytest.mark.parametrize(
    ("code", "spoken", "place"),
    [
        ("en", "the kitchen phone", "kitchen"),
        ("en", "the phone in the hall", "hall"),
        ("en", "extension eight oh two", "802"),
        ("en", "Alice", "Alice"),
        ("de", "dem Küchentelefon", "Küche"),
        ("de", "Bürotelefon", "Büro"),
        ("fr", "le téléphone de la cuisine", "cuisine"),
        ("es", "el teléfono de la cocina", "cocina"),
        ("zh", "厨房的电话", "厨房"),
        ("zh", "分机802", "802"),
    ],
)
def test_a_phone_is_where_it_is_said_to_be(code: str, spoken: str, place: str) -> None:
    assert LANGUAGES[code].place(spoken) == place


@pytest.mark.parametrize(
    ("code", "spoken"),
    [
        ("en", "Bob"),
        ("en", "Alice Mary Smith"),
        ("de", "Jürgen"),
        ("fr", "Zoë Dubois"),
        ("es", "José"),
        ("zh", "王伟"),
        ("zh", "Bob"),
    ],
)
def test_this_may_be_a_name(code: str, spoken: str) -> None:
    assert LANGUAGES[code].may_be_name(spoken)


@pytest.mark.parametrize(
    ("code", "spoken"),
    [
        ("en", ""),
        ("en", "a taxi"),
        ("en", "me"),
        ("en", "the shots"),
        ("en", "one two three four"),
        ("de", "ein Taxi"),
        ("fr", "l'ascenseur"),
        ("es", "un taxi"),
        ("zh", "电梯"),
        ("zh", "一个能修好我的自行车的人"),
    ],
)
def test_this_is_no_name(code: str, spoken: str) -> None:
    assert not LANGUAGES[code].may_be_name(spoken)


@pytest.mark.parametrize(
    ("language", "spoken", "article"),
    [
        (EN, "the bell", True),
        (EN, "Bell", False),
        (EN, "the", False),
        (FR, "l'ascenseur", True),
        (FR, "la maître Dubois", False),
        (ES, "al ascensor", True),
        (ES, "la señora García", False),
        (DE, "den Herrn Müller", False),
        (ZH, "王伟", False),
    ],
)
def test_a_thing_has_an_article(language: Language, spoken: str, article: bool) -> None:
    assert language.has_article(spoken) is article


def test_oneself() -> None:
    assert EN.is_me("me, please")
    assert DE.is_me("mich")
    assert FR.is_me("Moi")
    assert ES.is_me("mí")
    assert ZH.is_me("我")
    assert not EN.is_me("Alice")


def test_kinds_of_numbers_are_known_in_every_language() -> None:
    assert EN.label("Cell") == EN.label("Handy") == ZH.label("mobile") == "mobile"
    assert FR.label("le bureau") == "work"
    assert ES.label("casa") == "home"
    assert EN.label("summer house") is None


def test_a_language_is_found_by_any_of_its_codes() -> None:
    assert VOICE.language("de-AT") is DE
    assert VOICE.language("zh_CN") is ZH
    assert VOICE.language("DE") is DE
    assert VOICE.language("it") is EN
