"""What is known of a language: its small words, its numbers and what is answered in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
import re
from string import Formatter
from typing import Any, override

from hassil import Intents, TextSlotList, WildcardSlotList

from .numerals import Numerals

#: Punctuation around what is said, Chinese as well.
_EDGES = ' \t\r\n.,;:!?¡¿…"\u201c\u201d\u3002\uff0c\u3001\uff1b\uff1a\uff01\uff1f'
_COMMAS = r"\s,\uff0c\u3001"
_WORDS = re.compile(r"\w+")
_RULE = re.compile(r"<(\w+)>")
_RENAMED = re.compile(r"{(\w+):\w+}")
#: A name has so many words, or characters where no spaces are written.
_NAME_WORDS = 3
_NAME_CHARACTERS = 8
_LABELS = ("mobile", "work", "home")
_WILDCARDS = ("callee", "source", "queue", "who", "anyone")


class Language:
    """A language, made of its data file."""

    def __init__(self, data: Mapping[str, Any], others: Iterable[Mapping[str, Any]] = ()) -> None:
        words = data["words"]
        self.code: str = data["language"]
        #: Whether words are written with spaces between them.
        self.spaced: bool = words.get("spaced", True)
        self.gap = " " if self.spaced else ""
        self.before: list[list[str]] = [list(several) for several in words["before"]]
        self.after: list[str] = list(words["after"])
        self.labels: dict[str, list[str]] = {label: list(words["labels"][label]) for label in _LABELS}
        # What the phone book calls a number may be in another language than the one that is spoken.
        known = [each["words"]["labels"].items() for each in (*others, data)]
        self._labels = {word: label for label, several in chain.from_iterable(known) for word in (label, *several)}
        #: The sentences, as hassil recognises them.
        self.intents = self._read_sentences(data)
        #: The templates of those that let all the others in.
        self.gate = list(_gate(data))
        self.numerals = Numerals(self.code, words, spaced=self.spaced)
        self._responses: Mapping[str, str | Mapping[str, str]] = data["responses"]
        self._formatter = _Formatter(words["comma"], {"and": words["and"], "or": words["or"]})
        self._never = frozenset(words["never"])
        self._articles = frozenset(words["articles"])
        self._not_names = self._never.union(self._articles, *words["not_names"])
        self._me = frozenset(words["me"])
        self._polite_before = self._start(set(chain.from_iterable(self.before)))
        self._polite_after = self._end(self.after)
        self._small_before = self._start([*words["articles"], *words["titles"]])
        self._small_after = self._end([] if self.spaced else words["titles"])
        self._article_before, self._title_before = self._start(words["articles"]), self._start(words["titles"])
        self._extension = self._start(words["extension"])
        self._places = [re.compile(pattern, re.IGNORECASE) for pattern in words["phones"]]

    def say(self, key: str, **values: object) -> str:
        """Return a spoken response; a list of texts among the values is joined by the word its place asks for."""
        text = self._responses[key]
        if not isinstance(text, str):
            text = text["one" if values.get("count", values.get("times")) == 1 else "other"]
        return self._formatter.format(text, **values)

    def join(self, texts: Sequence[str], word: str = "and") -> str:
        """Return texts as a list in a sentence; `word` is `and` or `or`."""
        return self._formatter.format_field(texts, word)

    def number(self, spoken: str) -> str | None:
        """Return the digits of a number, however it is said; None where it is none."""
        said = self.polite(spoken), self._extension.sub("", self.cleaned(spoken))
        return next((number for each in said if (number := self.numerals.read(each))), None)

    def polite(self, spoken: str) -> str:
        """Return what was said without words of politeness and punctuation around it."""
        text = self._polite_before.sub("", spoken.strip(_EDGES))
        return self._polite_after.sub("", text).strip(_EDGES)

    def cleaned(self, spoken: str) -> str:
        """Return what was said without politeness, articles and titles."""
        text = self._small_before.sub("", self.polite(spoken))
        return self._small_after.sub("", text).strip()

    def place(self, spoken: str) -> str:
        """Return where a phone is that somebody speaks of: `the kitchen phone` is in the kitchen."""
        text = self.cleaned(spoken)
        if (number := self.number(text)) is not None:
            return number
        match = next((match for pattern in self._places if (match := pattern.fullmatch(text))), None)
        return self.cleaned(match["place"]) if match else text

    def label(self, text: str) -> str | None:
        """Return what a kind of number is called by everybody (mobile, work, home), None where it is none of these."""
        return self._labels.get(self.cleaned(text).casefold())

    def may_be_name(self, spoken: str) -> bool:
        """Return whether a name may be what is said: it is short, and no word of it is one of another kind."""
        text = self.polite(spoken).casefold()
        if not self.spaced and not text.isascii():
            return len(text) <= _NAME_CHARACTERS and not any(word in text for word in self._not_names)
        words = text.split()
        return 1 <= len(words) <= _NAME_WORDS and self._not_names.isdisjoint(_WORDS.findall(text))

    def has_article(self, spoken: str) -> bool:
        """Return whether it is said as of a thing: `the bell`, and not `la señora García`."""
        text = self.polite(spoken)
        without = self._article_before.sub("", text)
        return without != text and not self._title_before.match(without)

    def is_me(self, spoken: str) -> bool:
        """Return whether somebody speaks of themselves."""
        return self.polite(spoken).casefold() in self._me

    def is_never(self, spoken: str) -> bool:
        """Return whether nobody can be meant, as in `call me a taxi`, `call it a day` and `call the`."""
        text = self.polite(spoken).casefold()
        if not self.spaced:
            return text in self._me or any(word in text for word in self._never)
        return text in self._articles or not self._never.isdisjoint(_WORDS.findall(text))

    def _read_sentences(self, data: Mapping[str, Any]) -> Intents:
        """Return the sentences, parsed at once: hassil would do it when the first is heard."""
        intents = Intents.from_dict(
            {
                "language": self.code,
                "settings": {"ignore_whitespace": not self.spaced},
                "intents": data["intents"],
                "expansion_rules": data["expansion_rules"],
            }
        )
        labels = [(word, label) for label, words in self.labels.items() for word in words]
        intents.slot_lists = {name: WildcardSlotList(name) for name in _WILDCARDS}
        intents.slot_lists["label"] = TextSlotList.from_tuples(labels, allow_template=False, name="label")
        for sentence in (
            each for intent in intents.intents.values() for block in intent.data for each in block.sentences
        ):
            sentence.get_required_clauses(intents.expansion_rules)
        return intents

    def _start(self, words: Iterable[str]) -> re.Pattern[str]:
        """Return a pattern of any of these words, however many, before something else."""
        gap = f"[{_COMMAS}.]" + ("+" if self.spaced else "*")
        several = "|".join(re.escape(word) + ("" if word.endswith("'") else gap) for word in _longest_first(words))
        return re.compile(rf"^(?:{several or '(?!)'})+(?=\S)", re.IGNORECASE)

    def _end(self, words: Iterable[str]) -> re.Pattern[str]:
        """Return a pattern of any of these words, however many, after something else."""
        gap = f"[{_COMMAS}]" + ("+" if self.spaced else "*")
        several = "|".join(re.escape(word) for word in _longest_first(words))
        return re.compile(rf"(?<=\S)(?:{gap}(?:{several or '(?!)'}))+$", re.IGNORECASE)


class _Formatter(Formatter):
    """Formats `{names:or}` as `a, b or c`."""

    def __init__(self, comma: str, words: Mapping[str, str]) -> None:
        self._comma = comma
        self._words = words

    @override
    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec:
            return str(value)
        *others, last = [value] if isinstance(value, str) else [str(each) for each in value] or [""]
        return self._comma.join(others) + self._words[format_spec] + last if others else last


def _gate(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield templates of the sentences that no other sentence lets in, their rules written out.

    Those of an intent share one, that is parsed faster; where the last word is a wildcard nothing need follow it.
    """
    rules: Mapping[str, str] = data["expansion_rules"]
    yield from (_written_out(template, rules) for template in data["gate"])
    for intent in data["intents"].values():
        blocks = [block["sentences"] for block in intent["data"] if block.get("metadata", {}).get("gate", True)]
        sentences = [_written_out(sentence, rules) for sentence in chain.from_iterable(blocks)]
        for open_end in (True, False):
            if several := [sentence for sentence in sentences if sentence.endswith("}") is open_end]:
                yield f"({'|'.join(several)})"


def _written_out(template: str, rules: Mapping[str, str]) -> str:
    """Return a template without rules, every slot named like its list: Home Assistant tells no other wildcards."""
    while _RULE.search(template):
        template = _RULE.sub(lambda rule: f"({rules[rule[1]]})", template)
    return _RENAMED.sub(r"{\1}", template)


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)
