"""What people say, in five languages: what is let in, what it means, and what is left to Home Assistant."""

from collections import Counter
import re
from typing import Any

import pytest
from voice_table import AGENTS, LANGUAGES, UTTERANCES, VOICE, Gate, heard

from custom_components.coocenter.voice import INTENTS

OURS = [each for each in UTTERANCES if each["intent"]]
NOT_OURS = [each for each in UTTERANCES if not each["intent"]]
GATE = Gate(VOICE.gate(AGENTS))


def named(utterance: dict[str, Any]) -> str:
    return f"{utterance['language']}: {utterance['text']}"


@pytest.mark.parametrize("utterance", OURS, ids=named)
def test_what_is_ours_is_let_in_and_heard(utterance: dict[str, Any]) -> None:
    assert GATE.lets_in(utterance["text"])
    assert heard(utterance["text"], utterance["language"]) == (utterance["intent"], utterance["slots"])


@pytest.mark.parametrize("utterance", NOT_OURS, ids=named)
def test_what_is_not_ours_is_handed_back(utterance: dict[str, Any]) -> None:
    result = VOICE.hear(utterance["text"], utterance["language"], AGENTS)
    if result is not None:
        assert not result.certain
        assert not LANGUAGES[utterance["language"]].may_be_name(result.slots["callee"])


@pytest.mark.parametrize("utterance", OURS, ids=named)
def test_only_what_names_somebody_may_be_handed_back(utterance: dict[str, Any]) -> None:
    result = VOICE.hear(utterance["text"], utterance["language"], AGENTS)
    assert result is not None
    assert result.certain or "callee" in result.slots


def test_the_table_is_as_large_as_it_has_to_be() -> None:
    assert len(UTTERANCES) >= 150
    assert len(NOT_OURS) >= 45
    per_language = Counter(each["language"] for each in UTTERANCES)
    assert per_language.keys() == LANGUAGES.keys()
    assert min(per_language.values()) >= 25
    assert min(Counter(each["language"] for each in NOT_OURS).values()) >= 8
    assert {(each["language"], each["intent"]) for each in OURS} == {
        (code, intent) for code in LANGUAGES for intent in INTENTS
    }


@pytest.mark.parametrize(
    "text",
    [
        "turn on the lights",
        "pause the music",
        "resume the playlist",
        "stop",
        "resume",
        "pause",
        "set a timer for five minutes",
        "cancel",
        "transfer money to Bob",
        "remind me to call Bob",
        "pausiere die Musik",
        "Setze die Musik fort",
        "mets la musique en pause",
        "pausa la música",
        "暂停音乐",
        "打开客厅的灯",
    ],
)
def test_the_gate_is_closed_to_what_is_plainly_not_ours(text: str) -> None:
    assert not GATE.lets_in(text)


def test_agents_are_let_in_by_what_they_are_called() -> None:
    gate = Gate(VOICE.gate(["Zoë O\u2019Neill (Sales)", "José", "", "802"]))
    assert gate.lets_in("pause Zoë O'Neill Sales")
    assert gate.lets_in("please unpause jose")
    assert gate.lets_in("Pausiere acht null zwei")
    assert gate.lets_in("暂停八零二")
    assert not gate.lets_in("pause Bob")
    assert not gate.lets_in("pause eight oh")


def test_without_agents_nobody_is_paused_by_name() -> None:
    gate = Gate(VOICE.gate([]))
    assert not gate.lets_in("pause Alice")
    assert gate.lets_in("pause me")
    assert gate.lets_in("call Alice")
    assert VOICE.hear("pause Alice", "en", []) is None


def test_templates_stand_alone() -> None:
    assert not [template for template in VOICE.gate(AGENTS) if "<" in template or "{agent}" in template]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sentence_names_a_rule_or_a_slot_that_is_not_there(code: str) -> None:
    intents = LANGUAGES[code].intents
    assert intents.intents.keys() == set(INTENTS)
    blocks = [block for intent in intents.intents.values() for block in intent.data]
    sentences = [sentence for block in blocks for sentence in block.sentences]
    for sentence in [*sentences, *intents.expansion_rules.values()]:
        assert set(re.findall(r"<(\w+)>", sentence.text or "")) <= intents.expansion_rules.keys()
        assert set(re.findall(r"{(\w+)", sentence.text or "")) <= {*intents.slot_lists, "agent"}
