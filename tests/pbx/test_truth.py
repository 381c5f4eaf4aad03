"""What is told of an office's calls is what truly happened, whatever else happened at once.

The truth is the simulator's CallRecord. Its words for how a call ended are those of whoever watches the PBX, ours are
those of whoever uses the office:

- `answered` is ANSWERED, `voicemail` is VOICEMAIL, whether it was a queue or a phone that nobody answered.
- From outside, everything else is MISSED: nobody took the call, whoever's fault it was.
- From inside, `busy` is BUSY, `cancelled` is CANCELLED, `no_answer` is MISSED between phones and FAILED outside.
- `announcement`, `blacklisted` and `unreachable` push nothing before their end, and a click whose own phone is not
  answered never rings anybody else: nobody is to hear of these calls, unless an answer happened to list them.
"""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
import pytest
from truth_harness import KINDS, NO_TIME, RACING, Day, Step, Told, a_day, plays, resent, swapped
from virtual_time import run_virtually

from custom_components.coocenter.pbx import (
    LAST_STEPS,
    Call,
    CallFact,
    CallsDoubtful,
    CallStep,
    Changes,
    ExtensionKey,
    Outcome,
    PbxKey,
    PbxState,
    Snapshot,
    parse,
)
from simulator import CallRecord, Office
from simulator.office import Dice

UNHEARD = frozenset({"announcement", "blacklisted", "unreachable"})
INSIDE = {"busy": Outcome.BUSY, "cancelled": Outcome.CANCELLED}
#: What may happen to a call, or to a phone in it, more than once.
REPEATED = frozenset({CallStep.HELD, CallStep.TRANSFERRED})
#: How long the integration doubts before it asks, at the most.
DOUBT = timedelta(seconds=0.5)
WITHIN = timedelta(seconds=1) + RACING


class Listener:
    """Fold what is told as the integration does, and keep the facts."""

    def __init__(self, opening: Snapshot) -> None:
        self.state = PbxState()
        self.facts: list[CallFact] = []
        self._doubted: datetime | None = None
        self._note(self.state.reconcile(opening, opening.taken), opening.taken)

    def hear(self, told: Told) -> None:
        for now, what in told:
            if isinstance(what, bytes):
                event = parse(what, "application/json")
                assert event
                self._note(self.state.apply(event, now), now)
            elif self._doubted and now - self._doubted >= DOUBT:
                self._doubted = None
                self._note(self.state.reconcile(what, now), now)

    def _note(self, changes: Changes, now: datetime) -> None:
        self.facts += [signal for signal in changes.signals if isinstance(signal, CallFact)]
        if any(isinstance(signal, CallsDoubtful) for signal in changes.signals):
            self._doubted = self._doubted or now

    def ended(self) -> dict[str, Call]:
        """Return each call as it was when its end was told: a log that came later had the last word."""
        return {
            fact.call.id: fact.call for fact in self.facts if fact.about is PbxKey.CALLS and fact.step in LAST_STEPS
        }

    def repeated(self) -> list[object]:
        """Return what was told twice; a phone may ring and answer again when a call is passed on to it."""
        moved = {fact.call.id for fact in self.facts if fact.step is CallStep.TRANSFERRED}
        counts = Counter((fact.about, fact.step, fact.call.id) for fact in self.facts if fact.step not in REPEATED)
        return [
            key
            for key, count in counts.items()
            if count > 1 and not (isinstance(key[0], ExtensionKey) and key[2] in moved)
        ]


def is_heard(record: CallRecord) -> bool:
    return record.outcome not in UNHEARD and (record.direction == "inbound" or record.reached != "")


def outcome(record: CallRecord) -> Outcome:
    if record.outcome == "answered":
        return Outcome.ANSWERED
    if record.direction == "inbound":
        return Outcome.VOICEMAIL if record.outcome == "voicemail" else Outcome.MISSED
    return INSIDE.get(record.outcome, Outcome.MISSED if record.direction == "internal" else Outcome.FAILED)


def in_truth(record: CallRecord) -> tuple[object, ...]:
    parties = record.caller, record.reached, record.queue, record.agent
    return record.id, record.direction, *parties, outcome(record).value


def as_told(call_id: str, call: Call) -> tuple[object, ...]:
    parties = call.caller.number, call.callee.number, call.queue, call.agent
    return call_id, call.direction.value, *parties, call.outcome and call.outcome.value


def lasted(start: datetime | None, end: datetime | None) -> timedelta:
    return end - start if start and end else NO_TIME


def check(day: Day, told: Told) -> None:
    listener = Listener(day.opening)
    listener.hear(told)
    # Whom an answer listed before anything was pushed of them goes by the channel's name.
    ended = {day.asked.get(name, name): call for name, call in listener.ended().items()}
    records = {record.id: record for record in day.records if is_heard(record) or record.id in ended}
    listed = {call_id for call_id, record in records.items() if not is_heard(record)}
    assert listed <= set(day.asked.values())
    assert sorted(as_told(call_id, call) for call_id, call in ended.items()) == sorted(map(in_truth, records.values()))
    for call_id, record in records.items():
        call = ended[call_id]
        assert abs(lasted(call.started, call.ended) - lasted(record.start, record.end)) <= WITHIN
        assert abs(lasted(call.answered, call.ended) - lasted(record.answer, record.end)) <= WITHIN
    assert list(listener.state.calls) == []
    assert listener.repeated() == []


def check_all(day: Day, seed: int) -> None:
    check(day, day.told)
    check(day, resent(day.told))
    check(day, swapped(day.told, Dice(seed)))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"hang up", "pass on"}])
def test_one_call_alone_is_told_as_it_happened(kind: str, seed: int) -> None:
    phones = Dice(seed).sample([str(number) for number in range(801, 807)], 3)
    step = Step(gap=1, kind=kind, phones=tuple(phones), queue=str(630 + seed % 2), seconds=(4.0 * seed, 7.0 * seed))
    check_all(run_virtually(a_day(Office.build(seed=seed), [step], seed=seed, wrap_up=0)), seed)


@settings(max_examples=500, deadline=None, database=None)
@given(plays())
def test_calls_that_overlap_are_told_as_they_happened(drawn: tuple[Office, list[Step], int, float]) -> None:
    office, steps, seed, wrap_up = drawn
    check_all(run_virtually(a_day(office, steps, seed=seed, wrap_up=wrap_up)), seed)
