"""Who is meant by a name that somebody says, loosely."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
import re
import unicodedata

_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u02bc"))
#: What has no accent to take off.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})
#: How an umlaut is written where there is none on the keyboard.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})


def fold(text: str) -> str:
    """Return what spellings of a name have in common: no case, no accents, no punctuation, one space between words."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS).translate(_APOSTROPHES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    # Composed again, so that the syllables of Korean stay whole.
    return _NO_WORD.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def spellings(text: str) -> tuple[str, ...]:
    """Return how a name may be spelled without its accents: Müller as Muller, and as Mueller."""
    spelled_out = unicodedata.normalize("NFC", text).translate(_UMLAUTS)
    return tuple(filter(None, dict.fromkeys((fold(text), fold(spelled_out)))))


class NameIndex[T]:
    """Find what names stand for; each thing may have several."""

    def __init__(self) -> None:
        self._wholes: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._words: defaultdict[str, dict[T, None]] = defaultdict(dict)

    def add(self, what: T, names: Iterable[str]) -> None:
        """Add the names of a thing."""
        for index, key in self._keys(names):
            index[key][what] = None

    def discard(self, what: T, names: Iterable[str]) -> None:
        """Take out the names of a thing, all that it has."""
        for index, key in self._keys(names):
            if key in index:
                index[key].pop(what, None)
                if not index[key]:
                    del index[key]

    def find(self, spoken: str) -> list[T]:
        """Return what has exactly this name, else what has all of its words in its names; several are ambiguous."""
        return self.whole(spoken) or self._merged(map(self._of_words, spellings(spoken)))

    def whole(self, spoken: str) -> list[T]:
        """Return what has exactly this name."""
        # Where a space is heard that is not written, or the other way round, it is the same name.
        names = (name for spelled in spellings(spoken) for name in (spelled, spelled.replace(" ", "")))
        return self._merged(self._wholes.get(name, ()) for name in names)

    def _of_words(self, name: str) -> list[T]:
        first, *others = sorted((self._words.get(word, {}) for word in name.split()), key=len)
        return [what for what in first if all(what in other for other in others)]

    def _keys(self, names: Iterable[str]) -> Iterator[tuple[defaultdict[str, dict[T, None]], str]]:
        for name in chain.from_iterable(map(spellings, names)):
            yield self._wholes, name
            yield self._wholes, name.replace(" ", "")
            yield from ((self._words, word) for word in name.split())

    @staticmethod
    def _merged(found: Iterable[Iterable[T]]) -> list[T]:
        return list(dict.fromkeys(chain.from_iterable(found)))
