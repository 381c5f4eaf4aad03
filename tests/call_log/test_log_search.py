"""Pages of calls are what looking at every call would find, in every database, whatever is asked for."""

from collections.abc import Iterator
import re

from log_store import NOW, at, calls_in, live, opened, row, uids
import pytest

from custom_components.coocenter.call_log import BadCursor, CallFilter, LoggedCall, LogRecord, search, words
from custom_components.coocenter.pbx import Direction, Outcome, Party
from custom_components.coocenter.pbx.matching import number_key
from simulator.office import Dice


def wide(digits: str) -> str:
    """Return digits as a Chinese keyboard types them."""
    return digits.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})


NAMES = ["", "Alice", "Bob Smith", "Élodie Ölçer", "张伟", "100%_sure/not\\", "Flat 3/4", "Anna-Maria (Room 12)"]
NUMBERS = ["+44 1632 960105", "00441632960105", "901632960107", "anonymous@example", "*97", "5550123", ""]
NUMBERS += [f"01632960{number}" for number in range(100, 150)]
QUEUES = ["", "630", "631"]
PARTS = ["9", "a", "1632960", "960 12", "%", "_", "\\", "12)", "伟", wide("44"), "no such", "+", "-", "e@e"]
WORDS = [*NAMES, *NUMBERS, *PARTS]
#: As whoever reads a number reads it.
NARROW = {ord(wide(digit)): digit for digit in "0123456789"}


def records(dice: Dice, count: int) -> Iterator[LogRecord]:
    """Yield calls of an office, several in a second now and then."""
    for index in range(count):
        direction = dice.choice(list(Direction))
        outside, inside = Party(dice.choice(NUMBERS), dice.choice(NAMES)), Party(dice.choice(("801", "802", "803")))
        caller, callee = (inside, outside) if direction is Direction.OUTBOUND else (outside, inside)
        uid, begun = f"{index}.1", float(dice.randrange(5000))
        fields = {"direction": direction, "caller": caller, "callee": callee, "queue": dice.choice(QUEUES)}
        outcome = dice.choice(list(Outcome))
        agent = inside.number if fields["queue"] and outcome is Outcome.ANSWERED else ""
        rang = frozenset(dice.sample(("801", "802", "803", "804"), 2))
        yield live(uid, begun, **fields, outcome=outcome, agent=agent, extensions=rang)
        if dice.random() < 0.5:
            recording = dice.choice(("", f"{uid}.wav"))
            yield row(uid, begun, direction=direction, caller=caller, extensions=rang, recording=recording)


def a_filter(dice: Dice) -> CallFilter:
    """Return what may be asked for, mostly some of it."""

    def maybe[T](value: T, other: T) -> T:
        return value if dice.random() < 0.25 else other

    start, end = sorted(dice.randrange(-100, 5200) for _ in range(2))
    text = maybe(" ".join(dice.sample(WORDS, dice.choice((1, 1, 2)))), "")
    return CallFilter(
        start=maybe(at(start + 0.5), None),
        end=maybe(at(end + 0.5), None),
        directions=maybe(frozenset(dice.sample(list(Direction), 2)), frozenset()),
        outcomes=maybe(frozenset(dice.sample(list(Outcome), 3)), frozenset()),
        number=maybe(dice.choice(NUMBERS), ""),
        numbers=maybe(tuple(dice.sample(NUMBERS, 2)), ()),
        extension=maybe(dice.choice(("801", "804", "805")), ""),
        queue=maybe(dice.choice(QUEUES), ""),
        agent=maybe("801", ""),
        recorded=maybe(dice.random() < 0.5, None),
        text=text,
        known={forms: dice.sample(NUMBERS, dice.choice((0, 1, 2))) for forms in words(text)},
    )


def fits(call: LoggedCall, wanted: CallFilter, region: str | None) -> bool:
    """Tell whether somebody who reads the call would say that it is wanted."""
    parties = [call.caller, call.callee, *map(Party, call.extensions)]
    keys = {number_key(party.number, region) for party in parties}
    plain = [
        wanted.start is None or call.started >= wanted.start,
        wanted.end is None or call.started < wanted.end,
        not wanted.directions or call.direction in wanted.directions,
        not wanted.outcomes or call.outcome in wanted.outcomes,
        not wanted.queue or call.queue == wanted.queue,
        not wanted.agent or call.agent == wanted.agent,
        wanted.recorded is None or bool(call.recordings) == wanted.recorded,
        all(number_key(number, region) in keys for number in (wanted.number, wanted.extension) if number),
    ]
    if wanted.numbers:
        plain.append(not keys.isdisjoint(number_key(number, region) for number in wanted.numbers))
    known = {
        form: {number_key(number, region) for number in numbers}
        for forms, numbers in wanted.known.items()
        for form in forms
    }
    text = wanted.text.translate(NARROW)
    said = [text] if re.fullmatch(r"[0-9 +()./*#-]*", text) else text.casefold().split()
    return all(plain) and all(
        not keys.isdisjoint(known.get(word.casefold(), ())) or any(holds(party, word, region) for party in parties)
        for word in said
    )


def holds(party: Party, word: str, region: str | None) -> bool:
    """Tell whether a word is a part of a name, or of a number without what stands between its digits."""
    digits = re.sub(r"[ +()./-]", "", word)
    if not digits:
        return True
    spelled = (party.number, number_key(party.number, region))
    numbers = [number if "@" in number else re.sub(r"[ +()./-]", "", number) for number in spelled]
    if re.fullmatch(r"[0-9*#]+", digits):
        return any(digits in number for number in numbers) or word.casefold() in party.name.casefold()
    return any(word in text.casefold() for text in (*numbers, party.name))


@pytest.mark.parametrize(
    ("region", "few_parties", "few_calls"), [("GB", 32, 5000), ("", 3, 40), ("GB", 0, 0)], ids=["usual", "less", "none"]
)
def test_a_page_is_what_looking_at_every_call_finds(
    database_url: str, region: str, few_parties: int, few_calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FEW_PARTIES", few_parties)
    monkeypatch.setattr(search, "_FEW_CALLS", few_calls)
    dice = Dice(few_parties)
    with opened(database_url, region=region) as store, opened(database_url, region=region, pbx="other") as other:
        store.write(records(dice, 200))
        other.write(records(dice, 30))
        every = calls_in(store)
        assert len(every) == 200
        found = 0
        for _ in range(40):
            wanted = a_filter(dice)
            expected = [call for call in every if fits(call, wanted, region or None)]
            assert uids(calls_in(store, wanted)) == uids(expected), wanted
            found += len(expected)
        assert found > 100


def test_any_part_of_any_party_is_found(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(records(Dice(4), 60))
        every = calls_in(store)
        for name in NAMES:
            text = name.casefold()
            for part in {text[start:end].strip() for start in range(len(text)) for end in (start + 1, start + 3)}:
                wanted = CallFilter(text=part)
                assert uids(calls_in(store, wanted)) == [c.uid for c in every if fits(c, wanted, "GB")], part


def test_a_number_with_many_names_is_one_number(database_url: str) -> None:
    """So many names that they are not gone through one by one."""
    with opened(database_url) as store:
        store.write(row(f"{index}.1", index, caller=Party("01632960123", f"Nameless{index}")) for index in range(40))
        store.write(row(f"{index}.1", index, caller=Party("01632960124", "Other")) for index in range(40, 60))
        assert len(calls_in(store, CallFilter(number="+441632960123"))) == 40
        assert len(calls_in(store, CallFilter(number="+441632960123", extension="801"))) == 40
        assert len(calls_in(store, CallFilter(number="+441632960123", text="nameless3"))) == 11
        assert calls_in(store, CallFilter(number="+441632960123", text="other")) == []


LONDON = ["+44 1632 960123", "00441632960123", "01632960123", "901632960123", "(01632) 960-123", wide("01632960123")]
SPELLINGS = {
    "GB": LONDON,
    "CN": ["+86 187 8298 5586", "008618782985586", "18782985586", "918782985586", "8618782985586"],
    "": LONDON,
}


@pytest.mark.parametrize("region", SPELLINGS)
def test_a_number_is_found_in_every_spelling(database_url: str, region: str) -> None:
    spellings = SPELLINGS[region]
    with opened(database_url, region=region) as store:
        store.write(row(f"{index}.1", index, caller=Party(one)) for index, one in enumerate(spellings))
        store.write([row("99.1", 99, caller=Party("01632960199"))])
        for spelling in spellings:
            assert len(calls_in(store, CallFilter(number=spelling))) == len(spellings)
        assert uids(calls_in(store, CallFilter(number="01632960199"))) == ["99.1"]
        assert calls_in(store, CallFilter(number="60123")) == []


def test_pages_follow_each_other_while_calls_come(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(records(Dice(7), 200))
        before = {call.uid for call in calls_in(store)}
        filters = [CallFilter(), CallFilter(text="01632"), CallFilter(extension="801"), CallFilter(number="5550123")]
        for wanted in filters:
            fitting = [call.uid for call in calls_in(store, wanted) if call.uid in before]
            seen: list[str] = []
            cursor = None
            for turn in range(200):
                page = store.page(wanted, 19, cursor)
                seen += uids(page.calls)
                new = f"{turn}.{len(wanted.text)}{len(wanted.extension)}{len(wanted.number)}"
                store.write([row(f"new{new}", 6000 + turn, caller=Party("5550123"))])
                if (cursor := page.next) is None:
                    break
            assert len(seen) == len(set(seen))
            assert [uid for uid in reversed(seen) if uid in before] == fitting


def test_a_page_has_as_many_calls_as_asked_for(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(row(f"{index}.1", index) for index in range(10))
        page = store.page(CallFilter(), 10)
        assert (len(page.calls), page.next) == (10, None)
        page = store.page(CallFilter(), 9)
        assert len(page.calls) == 9
        assert page.next
        assert uids(store.page(CallFilter(), 9, page.next).calls) == ["0.1"]
        assert store.page(CallFilter(end=NOW), 9).calls == ()


GARBAGE = [
    "x",
    "1",
    "1.",
    ".1",
    "1.2.3",
    "-1.2",
    "1.-2",
    " 1.2",
    "1.2\n",
    wide("1.2"),
    "1e3.4",
    f"1.{2**80}",
    "9" * 5000,
]


@pytest.mark.parametrize("cursor", GARBAGE, ids=range(len(GARBAGE)))
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    with opened("sqlite://") as store, pytest.raises(BadCursor):
        store.page(CallFilter(), 5, cursor)


def test_much_text_is_an_answer_too(database_url: str) -> None:
    with opened(database_url) as store:
        store.write([row("1.1", caller=Party("01632960123", "Alice " * 50))])
        for text in ("alice " * 3000, "x" * 100_000, " ".join(f"word{index}" for index in range(5000)), "9" * 200):
            assert len(calls_in(store, CallFilter(text=text))) == text.startswith("alice")
