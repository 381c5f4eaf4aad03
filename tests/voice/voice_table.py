"""The table of utterances, and the gate as Home Assistant's conversation makes it."""

from pathlib import Path
from typing import Any

from annotatedyaml import load_yaml_dict
from hassil import Intents, WildcardSlotList, recognize_all

from custom_components.coocenter.voice import Voice, load_languages

TABLE: dict[str, Any] = load_yaml_dict(Path(__file__).parent / "utterances.yaml")
UTTERANCES: list[dict[str, Any]] = TABLE["utterances"]
AGENTS = [name for pair in TABLE["office"]["extensions"].items() for name in pair]
LANGUAGES = load_languages()
VOICE = Voice(LANGUAGES)


class Gate:
    """Sentences as `DefaultAgent._rebuild_trigger_intents` takes them: no rules, every slot a wildcard."""

    def __init__(self, sentences: list[str]) -> None:
        self._intents = Intents.from_dict(
            {"language": "en", "intents": {"trigger_0": {"data": [{"sentences": sentences}]}}}
        )
        for sentence in self._intents.intents["trigger_0"].data[0].sentences:
            for name in {slot.slot_name for slot in sentence.expression.list_references()}:
                self._intents.slot_lists[name] = WildcardSlotList(name)

    def lets_in(self, text: str) -> bool:
        return any(recognize_all(text, self._intents))


def heard(text: str, language: str = "en") -> tuple[str, dict[str, str]] | None:
    """Return the intent and the slots of a sentence."""
    result = VOICE.hear(text, language, AGENTS)
    return (result.intent, dict(result.slots)) if result else None
