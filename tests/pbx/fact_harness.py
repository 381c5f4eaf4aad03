"""The captures' events, and what happened by them in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
import json
from pathlib import Path

from pbx_harness import read
from story import NOON

from custom_components.coocenter.pbx import CallFact, Changes, Event, PbxKey, PbxState

CAPTURES = Path(__file__).parents[1] / "captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.jsonl"))
#: What happens, a line for each event by which something does.
FACTS: dict[str, list[str]] = json.loads((CAPTURES / "facts.json").read_text())
#: An event every tenth of a second: shorter than whatever is remembered or given up for its age.
PACE = timedelta(seconds=0.1)


@cache
def events_of(name: str) -> tuple[Event, ...]:
    return tuple(read(json.loads(line)) for line in (CAPTURES / f"{name}.jsonl").read_text().splitlines())


def expected(name: str) -> list[str]:
    """Return what happens by a capture's events, in words."""
    return [fact for line in FACTS[name] for fact in line.split("; ")]


def moment(index: float) -> datetime:
    return NOON + index * PACE


def play(state: PbxState, events: Iterable[Event], *, start: int = 0, times: int = 1) -> list[CallFact]:
    """Return what happened to calls by the events, each told so many times."""
    facts: list[CallFact] = []
    for index, event in enumerate(events, start):
        for _ in range(times):
            facts += facts_of(state.apply(event, moment(index)))
    return facts


def facts_of(changes: Changes) -> list[CallFact]:
    return [signal for signal in changes.signals if isinstance(signal, CallFact)]


def words(facts: Iterable[CallFact]) -> list[str]:
    """Return each fact in words: to whom it happened, what, and why nobody talked."""
    return [
        " ".join(filter(None, (_name(fact), fact.step, fact.cause and f"({fact.cause})")))
        for fact in sorted(facts, key=lambda fact: fact.at)
    ]


def _name(fact: CallFact) -> str:
    return "pbx" if fact.about is PbxKey.CALLS else str(getattr(fact.about, "number", ""))
