"""Sentence templates that stand alone, as Home Assistant's conversation takes them."""

from collections.abc import Iterable, Iterator
from itertools import chain
import re
import unicodedata

from .language import Language

_AGENT = "{agent}"
_WILDCARDS = ("}", "})")
_WORDS = re.compile(r"[\w'+*#-]+")
#: A number that may be said digit by digit; nobody's extension is longer.
_NUMBER = re.compile(r"[0-9]{1,6}")


def stand_alone(language: Language, agents: Iterable[str]) -> Iterator[str]:
    """Yield the templates of a language that let a sentence in, with politeness around them.

    They are few and long: politeness is looked for once in each.
    """
    polite = "".join(f"[{'|'.join(words)}]{language.gap}" for words in language.before)
    thanks = f"{language.gap}[{'|'.join(language.after)}]"
    names = "|".join(_names(language, agents))
    templates = [one.replace(_AGENT, f"({names})") for one in language.gate if names or _AGENT not in one]
    # A wildcard at the end takes the thanks as well.
    open_ended = [one for one in templates if one.endswith(_WILDCARDS)]
    closed = [one for one in templates if not one.endswith(_WILDCARDS)]
    yield from (f"{polite}({'|'.join(some)}){end}" for some, end in ((open_ended, ""), (closed, thanks)) if some)


def spoken_agents(language: Language, agents: Iterable[str]) -> list[tuple[str, str]]:
    """Return how agents' names and numbers are said, as templates, each with the agent it means."""
    spoken: dict[str, str] = {}
    for agent in agents:
        name = _written(agent)
        for template in filter(None, (name, _plain(name), _digit_by_digit(language, name))):
            spoken.setdefault(template.casefold(), agent)
    return list(spoken.items())


def _names(language: Language, agents: Iterable[str]) -> list[str]:
    """Return how agents are said; of numbers in words only how many digits they have: the gate has to be small."""
    names = [_written(agent) for agent in agents]
    said = {spelled.casefold() for name in names for spelled in (name, _plain(name)) if spelled}
    lengths = {len(name) for name in names if _NUMBER.fullmatch(name)}
    digit = f"({'|'.join(chain.from_iterable([digit, *words] for digit, words in language.numerals.digits.items()))})"
    return [*sorted(said), *(language.gap.join([digit] * length) for length in sorted(lengths))]


def _written(agent: str) -> str:
    """Return a name without characters that mean something in a template, or are not said."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFC", agent).replace("\u2019", "'")))


def _plain(name: str) -> str:
    """Return a name without its accents."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _digit_by_digit(language: Language, name: str) -> str:
    """Return a number's digits in words as a template, nothing for a name or a long number."""
    if not _NUMBER.fullmatch(name):
        return ""
    digits = language.numerals.digits
    return language.gap.join(f"({'|'.join([digit, *digits[digit]])})" for digit in name)
