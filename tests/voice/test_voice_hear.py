"""How a sentence is heard."""

from hypothesis import given, settings, strategies as st
import pytest
from voice_table import AGENTS, LANGUAGES, VOICE, heard

quick = settings(max_examples=100, deadline=None, database=None)
WORDS = [
    "call",
    "ruf",
    "Bob",
    "an",
    "给",
    "打电话",
    "pause",
    "802",
    "is",
    "on the phone",
    "'s",
    "{callee}",
    "(",
    "[",
    "|",
    "-",
    "我",
]


@quick
@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join), st.sampled_from([*LANGUAGES, "it", ""]))
def test_any_text_is_heard_or_not(text: str, language: str) -> None:
    VOICE.hear(text, language, AGENTS)


@quick
@given(st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_may_be_said_of_a_person(text: str, code: str) -> None:
    language = LANGUAGES[code]
    assert len(language.cleaned(text)) <= len(text)
    assert language.place(text) is not None
    number = language.number(text)
    assert number is None or number.removeprefix("+").isdecimal()
    assert language.may_be_name(text) in {True, False}
    assert language.is_me(text) in {True, False}


@quick
@given(st.lists(st.text(max_size=12), max_size=4))
def test_any_name_of_an_agent_makes_a_gate(agents: list[str]) -> None:
    assert VOICE.gate(agents)
    VOICE.hear("pause Alice", "en", agents)


def test_the_language_that_is_spoken_counts() -> None:
    assert heard("Ruf Alice an", "de-AT") == ("CooCenterDial", {"callee": "Alice"})
    assert heard("Ruf Alice an", "en") is None
    assert heard("call Alice", "de") is None


def test_in_an_unknown_language_all_are_tried() -> None:
    assert heard("Ruf Alice an", "it") == ("CooCenterDial", {"callee": "Alice"})
    assert heard("call Alice", "it") == ("CooCenterDial", {"callee": "Alice"})
    assert heard("打电话给王伟", "") == ("CooCenterDial", {"callee": "王伟"})
    assert heard("accendi la luce", "it") is None


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("call Bob", False),
        ("ring a taxi", False),
        ("call eight oh nine", True),
        ("call extension 802", True),
        ("dial Bob", False),
        ("dial eight oh nine", True),
        ("give Bob a ring", False),
        ("get me Bob on the phone", False),
        ("put me through to sales", True),
        ("hang up", True),
    ],
)
def test_it_is_told_what_may_be_about_something_else(text: str, certain: bool) -> None:
    result = VOICE.hear(text, "en", AGENTS)
    assert result is not None
    assert result.certain is certain


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("call Bob from the kitchen phone", {"callee": "Bob", "source": "the kitchen phone"}),
        ("call Bob at the office from 803", {"callee": "Bob", "label": "work", "source": "803"}),
        ("call Bob from here", {"callee": "Bob"}),
        ("call the office", {"callee": "the office"}),
        ("call Alice and then Bob please", {"callee": "Alice and then Bob"}),
        ("CALL BOB!", {"callee": "BOB"}),
    ],
)
def test_the_meaning_that_leaves_least_open_counts(text: str, slots: dict[str, str]) -> None:
    assert heard(text) == ("CooCenterDial", slots)


@pytest.mark.parametrize(
    "text",
    [
        "call",
        "call please",
        "call the",
        "call me",
        "call it",
        "please",
        "",
        "?",
        'transfer the call on " to Bob',
        "call " + "x" * 200,
        "给我打电话",
        "ruf das an",
    ],
)
def test_nobody_is_called_where_nobody_is_named(text: str) -> None:
    for code in LANGUAGES:
        assert heard(text, code) is None


def test_agents_are_told_by_the_name_they_were_given_with() -> None:
    agents = ["Zoë O\u2019Neill", "José", "802"]
    for text, agent in {
        "pause zoe o'neill": "Zoë O\u2019Neill",
        "pause JOSE": "José",
        "pause eight oh two": "802",
    }.items():
        result = VOICE.hear(text, "en", agents)
        assert result is not None
        assert result.slots == {"agent": agent}


def test_an_agent_whom_nobody_knows_is_heard_where_it_can_be_nothing_else() -> None:
    assert heard("pause agent Eve in the sales queue") == ("CooCenterPause", {"agent": "Eve", "queue": "sales"})
    assert heard("pause Eve") is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "call Bob in 5 minutes"),
        ("en", "call Alice from the kitchen in five minutes"),
        ("de", "Ruf Bob in fünf Minuten an"),
        ("fr", "appelle Bob dans cinq minutes"),
        ("es", "llama a Bob en cinco minutos"),
        ("zh", "五分钟后打电话给王伟"),
    ],
)
def test_what_is_to_be_done_later_is_left_to_the_timers(language: str, text: str) -> None:
    assert heard(text, language) is None
