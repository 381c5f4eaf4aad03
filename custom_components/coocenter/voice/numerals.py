"""Spoken numbers: digits, words, and what people do with them."""

from collections.abc import Iterable, Mapping
import re
from typing import Any
import unicodedata

from unicode_rbnf import RbnfEngine

#: What stands between digits in writing.
_MARKS = re.compile(r"[().,/·]")
_DASHES = re.compile(r"[\s\u2010-\u2015-]+")
#: `sixty three`, `eight hundred nine`: so far numbers are known as a whole.
_KNOWN = range(10, 1000)
#: What may be a telephone number, with every prefix there is.
_NUMBER = re.compile(r"\+?[0-9]{1,24}")


class Numerals:
    """The numbers of a language; `eight oh nine`, `double five`, `sixty three` and `809` become digits."""

    def __init__(self, code: str, words: Mapping[str, Any], *, spaced: bool) -> None:
        self._gap = " " if spaced else ""
        self.digits: dict[str, list[str]] = {digit: list(spoken) for digit, spoken in words["digits"].items()}
        self._values = {spoken: digit for digit, several in self.digits.items() for spoken in several}
        self._values |= _numbers(code, words["spellings"], self._gap)
        self._values |= dict.fromkeys(words["plus"], "+")
        self._multiples: dict[str, int] = dict(words["multiples"])
        self._longest = max(len(self._tokens(spoken)) for spoken in self._values)

    def read(self, spoken: str) -> str | None:
        """Return the digits of a number (`+` kept where it stands first), None where something else is said as well."""
        tokens = self._tokens(_MARKS.sub(" ", unicodedata.normalize("NFKC", spoken).casefold()))
        digits, multiple, at = "", 1, 0
        while at < len(tokens):
            if self._gap and (factor := self._multiples.get(tokens[at])):
                multiple, at = factor, at + 1
                continue
            value, length = self._at(tokens, at)
            if not value or (multiple > 1 and len(value) > 1):
                return None
            digits, multiple, at = digits + value * multiple, 1, at + length
        return digits if multiple == 1 and _NUMBER.fullmatch(digits) else None

    def _tokens(self, text: str) -> list[str]:
        """Return the words of a text, of one that is written without spaces the characters."""
        text = _DASHES.sub(" ", text).strip()
        return text.split(" ") if self._gap else [character for character in text if character != " "]

    def _at(self, tokens: list[str], at: int) -> tuple[str, int]:
        """Return the number that begins at a token, the longest there is, and of how many tokens it is."""
        if re.fullmatch(r"\+?[0-9]+|\+", tokens[at]):
            return tokens[at], 1
        for length in range(min(self._longest, len(tokens) - at), 0, -1):
            if value := self._values.get(self._gap.join(tokens[at : at + length])):
                return value, length
        return "", 0


def _numbers(code: str, spellings: Iterable[tuple[str, str]], gap: str) -> dict[str, str]:
    """Return how the numbers of two and three digits are said."""
    engine = RbnfEngine.for_language(code)
    found: dict[str, str] = {}
    for number in _KNOWN:
        for text in engine.format_number(number).text_by_ruleset.values():
            spoken = _DASHES.sub(gap, text.replace("\u00ad", "").casefold())
            found[spoken] = str(number)
            for written, said in spellings:
                found[spoken.replace(written, said)] = str(number)
    return found
