"""What the UI asks of the call log, with several different values each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
import re
from typing import Any

from custom_components.coocenter.call_log import CallFilter, Store
from custom_components.coocenter.pbx import Direction, Outcome
from scripts.measure.traffic import AGENTS, END, EXTENSIONS, NUMBERS, QUEUES, SEED, YEAR, Traffic

LAST, PAGE = 5.0, 50.0
_LIMIT = 50
_THOUSANDTH, _STEPS = 1000, 111
_MISSED = frozenset({Outcome.MISSED, Outcome.VOICEMAIL})
_DAY = timedelta(days=1)
_COMBINATIONS = 40

#: Asks a Store, or a CallLog for something to await.
type Ask = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Query:
    """One thing that is asked, and how quick (milliseconds) the answer has to be, None where nobody said."""

    name: str
    asked: Sequence[Ask]
    target: float | None = PAGE


def queries(traffic: Traffic, store: Store) -> list[Query]:
    """Return all that is measured; the numbers are of callers who ring often, at times, and hardly ever."""
    inbound = frozenset({Direction.INBOUND})
    numbers = [traffic.numbers[rank] for rank in (0, 10, 100, 1_000, 10_000, NUMBERS // 2, NUMBERS - 1)]
    names = [traffic.names[number] for number in traffic.numbers if number in traffic.names][:: NUMBERS // 20]
    days = [END - timedelta(days=YEAR - day) for day in (3, 70, 150, 200, 290, 364)]
    some, queues, agents = EXTENSIONS[::30], QUEUES[::2], AGENTS[::7]
    after = _thousandth_page(store)
    pages = {
        "by contact, in another spelling": [CallFilter(number=_spelled(number)) for number in numbers],
        "by extension": [CallFilter(extension=one) for one in some],
        "by queue": [CallFilter(queue=one) for one in queues],
        "by agent": [CallFilter(agent=one) for one in agents],
        "missed": [CallFilter(directions=inbound, outcomes=_MISSED)],
        "missed of a queue": [CallFilter(directions=inbound, outcomes=_MISSED, queue=one) for one in queues],
        "with a recording": [CallFilter(recorded=True)],
        "text: part of a number": [CallFilter(text=number[-7:-1]) for number in numbers],
        "text: part of a name": [CallFilter(text=name.split()[0][1:] + " ") for name in names],
        "text: rare": [CallFilter(text=text) for text in (numbers[-1], numbers[-2], "nobody is called so")],
        "text: common": [CallFilter(text=text) for text in ("0163", "80", "a", "1")],
        "text: two words": [CallFilter(text=" ".join(reversed(name.lower().split()))) for name in names],
        "one day": [CallFilter(start=day, end=day + _DAY) for day in days],
        "one day of an extension": [
            CallFilter(start=day, end=day + _DAY, extension=one) for day, one in zip(days, some, strict=False)
        ],
        "two or three filters at once": list(_combinations(numbers, names, Random(SEED))),  # noqa: S311
    }
    return [
        Query("last 50", [_page(CallFilter())], LAST),
        Query("page 1,000 by key", [_page(CallFilter(), after)]),
        *(Query(name, [_page(wanted) for wanted in all_wanted]) for name, all_wanted in pages.items()),
        Query("figures of a day", [_figures(day) for day in days], None),
        Query("figures of each hour, 7 days", [lambda store: store.hours(END - 7 * _DAY)], None),
        Query("missed calls and call-backs, 30 days", [lambda store: store.call_backs(END - 30 * _DAY)], None),
    ]


def pages_of(asked: Sequence[Query]) -> list[Ask]:
    """Return the queries that return a page."""
    return [ask for query in asked if query.target is not None for ask in query.asked]


def _page(wanted: CallFilter, cursor: str | None = None) -> Ask:
    return lambda store: store.page(wanted, _LIMIT, cursor)


def _figures(day: datetime) -> Ask:
    return lambda store: store.figures(day, day + _DAY)


def _thousandth_page(store: Store) -> str | None:
    """Return what the thousandth page is asked with; the way there goes in longer steps."""
    cursor = None
    for _ in range(_STEPS):
        cursor = store.page(CallFilter(), (_THOUSANDTH - 1) * _LIMIT // _STEPS, cursor).next or cursor
    return cursor


def _combinations(numbers: Sequence[str], names: Sequence[str], random: Random) -> Iterator[CallFilter]:
    """Yield filters that choose by several things, of which many have hardly anything in common."""
    for _ in range(_COMBINATIONS):
        start = END - timedelta(days=random.randrange(YEAR))
        fields: dict[str, Any] = {
            "start": start,
            "end": start + timedelta(days=random.choice((1, 7, 30))),
            "directions": frozenset({random.choice(list(Direction))}),
            "outcomes": frozenset(random.sample(list(Outcome), random.randint(1, 2))),
            "number": random.choice(numbers),
            "extension": random.choice(EXTENSIONS),
            "queue": random.choice(QUEUES),
            "agent": random.choice(AGENTS),
            "recorded": random.choice((True, False)),
            "text": random.choice((random.choice(numbers)[-5:-1], random.choice(names).split()[1], "80", "0163")),
        }
        chosen = random.sample(list(fields), random.randint(2, 3))
        yield CallFilter(**{name: fields[name] for name in chosen})


def _spelled(number: str) -> str:
    """Return a number as a person writes it."""
    international = re.sub(r"^0", "+44", number)
    return f"{international[:3]} ({international[3:6]}) {international[6:]}"
