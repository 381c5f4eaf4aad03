"""Who is meant by a name that somebody says, loosely."""

from collections import defaultdict
from collections.abc import Callable, Iterable
import re
import unicodedata

_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u02bc"))
#: What has no accent to take off.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})
#: How an umlaut is written where there is none on the keyboard.
_UMLAUTS = re.compile(r"([aou])e")


def fold(text: str) -> str:
    """Return what spellings of a name have in common: no case, no accents, no punctuation, one space between words."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS).translate(_APOSTROPHES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    # Composed again, so that the syllables of Korean stay whole.
    return _NO_WORD.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def _loosely(text: str) -> str:
    return _UMLAUTS.sub(r"\1", fold(text))


class NameIndex[T]:
    """Find what names stand for; each thing may have several."""

    def __init__(self) -> None:
        self._indexes = _Index[T](fold), _Index[T](_loosely)

    def add(self, what: T, names: Iterable[str]) -> None:
        """Add the names of a thing."""
        for name in names:
            for index in self._indexes:
                index.add(what, name)

    def find(self, spoken: str) -> list[T]:
        """Return what has exactly this name, else what has all of its words in its names; several are ambiguous."""
        strict, loose = self._indexes
        return strict.wholes(spoken) or loose.wholes(spoken) or strict.parts(spoken) or loose.parts(spoken)


class _Index[T]:
    """Names as one way of folding leaves them, and their words."""

    def __init__(self, folded: Callable[[str], str]) -> None:
        self._folded = folded
        self._wholes: defaultdict[str, dict[T, None]] = defaultdict(dict)
        self._words: defaultdict[str, dict[T, None]] = defaultdict(dict)

    def add(self, what: T, name: str) -> None:
        if not (name := self._folded(name)):
            return
        # Where one more space is heard than written, it is the same name.
        for whole in {name, name.replace(" ", "")}:
            self._wholes[whole][what] = None
        for word in name.split():
            self._words[word][what] = None

    def wholes(self, spoken: str) -> list[T]:
        name = self._folded(spoken)
        return list(self._wholes.get(name) or self._wholes.get(name.replace(" ", "")) or ())

    def parts(self, spoken: str) -> list[T]:
        candidates = sorted((self._words.get(word, {}) for word in self._folded(spoken).split()), key=len)
        return [what for what in (candidates or [{}])[0] if all(what in others for others in candidates)]
