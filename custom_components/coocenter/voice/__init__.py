"""Voice: what is said about telephones, in five languages; knows hassil, and nothing of Home Assistant."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from annotatedyaml import load_yaml_dict

from .hearing import Hearing
from .language import Language
from .model import INTENTS, Heard
from .templates import stand_alone

__all__ = ["INTENTS", "Heard", "Language", "Voice", "load_languages"]

_SENTENCES = Path(__file__).parent / "sentences"
_FALLBACK = "en"


def load_languages() -> dict[str, Language]:
    """Return the languages by code, read from their files: that blocks."""
    files = {path.stem: load_yaml_dict(path) for path in sorted(_SENTENCES.glob("*.yaml"))}
    return {code: Language(data, files.values()) for code, data in files.items()}


class Voice:
    """What is said about telephones."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self._hearings = {code: Hearing(language) for code, language in languages.items()}

    def language(self, code: str) -> Language:
        """Return a language by a code like `de-AT`, English where it is not known."""
        return self._languages[self._known(code) or _FALLBACK]

    def gate(self, agents: Iterable[str]) -> list[str]:
        """Return the templates that let in what may be ours, in all languages, for Home Assistant's conversation.

        It takes every slot for a wildcard, so agents stand in them by name: `pause {agent}` would pause the music.
        """
        agents = tuple(agents)
        return [template for language in self._languages.values() for template in stand_alone(language, agents)]

    def hear(self, text: str, language: str, agents: Iterable[str]) -> Heard | None:
        """Return what a sentence wants; one in a language that is not known is tried in all, English first."""
        agents = tuple(agents)
        known = self._known(language)
        codes = [known] if known else [_FALLBACK, *(code for code in self._languages if code != _FALLBACK)]
        heard = (self._hearings[code].hear(text, agents) for code in codes)
        return next((each for each in heard if each), None)

    def _known(self, code: str) -> str | None:
        short = code.replace("_", "-").partition("-")[0].lower()
        return short if short in self._languages else None
