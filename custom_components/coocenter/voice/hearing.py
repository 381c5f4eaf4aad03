"""What a sentence in one language wants."""

from collections.abc import Iterable

from hassil import RecognizeResult, TextSlotList, recognize_all

from .language import Language
from .model import DIAL, HANG_UP, Heard
from .templates import spoken_agents

#: Nobody says more to a phone; it keeps what a stray text costs small.
_LONGEST_TEXT = 160


class Hearing:
    """The sentences of a language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._agents: tuple[tuple[str, ...], TextSlotList] | None = None

    def hear(self, text: str, agents: Iterable[str]) -> Heard | None:
        """Return what is wanted; of several meanings the one that leaves the fewest characters to wildcards."""
        if len(text) > _LONGEST_TEXT:
            return None
        text = self._language.polite(text)
        results = recognize_all(text, self._language.intents, slot_lists={"agent": self._agent_list(tuple(agents))})
        best = min(filter(self._makes_sense, results), key=_looseness, default=None)
        return self._heard(best) if best else None

    def _heard(self, result: RecognizeResult) -> Heard:
        slots = {name: self._language.polite(str(entity.value)) for name, entity in result.entities.items()}
        certain = (result.intent_metadata or {}).get("certain", True)
        if not certain:
            certain = self._language.number(slots.get("callee", "")) is not None
        return Heard(result.intent.name, slots, certain)

    def _makes_sense(self, result: RecognizeResult) -> bool:
        """Return whether every wildcard stands for something, and a callee or phone for nothing like a time."""
        wildcards = {name: entity.text for name, entity in result.entities.items() if entity.is_wildcard}
        if not all(self._language.polite(text) for text in wildcards.values()):
            return False
        return result.intent.name not in (DIAL, HANG_UP) or not any(map(self._language.is_never, wildcards.values()))

    def _agent_list(self, agents: tuple[str, ...]) -> TextSlotList:
        """Return the agents as a list of hassil's, made anew when they have changed."""
        if self._agents is None or self._agents[0] != agents:
            spoken = spoken_agents(self._language, agents)
            self._agents = (agents, TextSlotList.from_tuples(spoken, name="agent"))
        return self._agents[1]


def _looseness(result: RecognizeResult) -> tuple[int, int]:
    """Return by what meanings are compared: how much is left to wildcards, how little is told apart."""
    left = sum(len(entity.text) for entity in result.entities.values() if entity.is_wildcard)
    return left, -len(result.entities)
