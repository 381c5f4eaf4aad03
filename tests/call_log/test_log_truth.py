"""Days in simulated offices, kept as the integration keeps them: every call is in the log as it truly was, once.

The truth, and what is told of it, are those of tests/pbx/test_truth.py. Beside the calls that somebody hears of, those
are in the log of which the PBX pushes nothing but a log: announcements, and clicks that reach nobody.
"""

from datetime import datetime, timedelta
import json

from hypothesis import given, settings
from log_play import Journalist
from log_store import calls_in, opened
import pytest
from virtual_time import run_virtually

from custom_components.coocenter.call_log import LoggedCall
from custom_components.coocenter.pbx import CallsDoubtful, Changes, parse
from simulator import CallRecord, Office
from simulator.office import Dice
from tests.pbx.truth_harness import KINDS, Day, Step, Told, a_day, plays, resent, swapped

INSIDE = {"busy": "busy", "cancelled": "cancelled"}
UNHEARD = frozenset({"announcement", "blacklisted", "unreachable"})
#: How long the integration doubts before it asks, at the most.
DOUBT = timedelta(seconds=0.5)
#: The log has whole seconds, and cuts them off.
WITHIN = 2


class Listener(Journalist):
    """Ask the PBX, too, when what was pushed is in doubt."""

    def __init__(self, day: Day) -> None:
        super().__init__()
        self._doubted: datetime | None = None
        self.told(self.state.reconcile(day.opening, day.opening.taken), day.opening.taken)

    def told(self, changes: Changes, now: datetime) -> None:
        self.note(changes)
        if any(isinstance(signal, CallsDoubtful) for signal in changes.signals):
            self._doubted = self._doubted or now

    def listen(self, told: Told) -> None:
        for now, what in told:
            if isinstance(what, bytes):
                event = parse(what, "application/json")
                assert event
                self.told(self.state.apply(event, now), now)
                self.add(event, now)
            elif self._doubted and now - self._doubted >= DOUBT:
                self._doubted = None
                self.told(self.state.reconcile(what, now), now)


def in_truth(record: CallRecord) -> tuple[object, ...]:
    parties = record.caller, record.reached, record.queue or "", record.agent or ""
    return record.id, record.direction, *parties, outcome(record)


def outcome(record: CallRecord) -> str:
    if record.outcome in ("answered", "voicemail"):
        return record.outcome
    if record.direction == "inbound":
        return "missed"
    return INSIDE.get(record.outcome, "missed" if record.direction == "internal" else "failed")


def as_logged(call: LoggedCall) -> tuple[object, ...]:
    parties = call.caller.number, call.callee.number, call.queue, call.agent
    return call.uid, call.direction.value, *parties, call.outcome.value


def seconds(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() if start and end else 0


def is_heard(record: CallRecord) -> bool:
    return record.outcome not in UNHEARD and (record.direction == "inbound" or record.reached != "")


def logs_of(day: Day) -> set[str]:
    """Return the ids that the PBX's logs name."""
    bodies = [json.loads(what) for _, what in day.told if isinstance(what, bytes)]
    return {body.get("uniqueid") or body.get("uuid") for body in bodies if body["event"] in ("cdr", "cc_cdr")}


def check(day: Day, told: Told, at_once: int) -> None:
    listener = Listener(day)
    listener.listen(told)
    with opened("sqlite://") as store:
        for start in range(0, len(listener.records), at_once):
            store.write(listener.records[start : start + at_once])
        calls = {call.uid: call for call in calls_in(store)}
        assert store.count() == len(calls)
    logs = logs_of(day)
    records = {record.id: record for record in day.records if is_heard(record) or record.id in logs}
    assert calls.keys() == records.keys()
    for uid, record in records.items():
        call = calls[uid]
        assert call.logged == (uid in logs)
        if is_heard(record):
            assert as_logged(call) == in_truth(record)
            assert abs(call.wait - seconds(record.start, record.answer or record.end)) <= WITHIN
            assert abs(call.talk - seconds(record.answer, record.end)) <= WITHIN


def check_all(day: Day, seed: int) -> None:
    check(day, day.told, 1)
    check(day, resent(day.told), 3)
    check(day, swapped(day.told, Dice(seed)), 1000)


@pytest.mark.parametrize("seed", [2])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"hang up", "pass on"}])
def test_one_call_alone_is_logged_as_it_happened(kind: str, seed: int) -> None:
    phones = Dice(seed).sample([str(number) for number in range(801, 807)], 3)
    step = Step(gap=1, kind=kind, phones=tuple(phones), queue=str(630 + seed % 2), seconds=(4.0 * seed, 7.0 * seed))
    check_all(run_virtually(a_day(Office.build(seed=seed), [step], seed=seed, wrap_up=0)), seed)


@settings(max_examples=30, deadline=None, database=None)
@given(plays())
def test_calls_that_overlap_are_logged_once_each(drawn: tuple[Office, list[Step], int, float]) -> None:
    office, steps, seed, wrap_up = drawn
    check_all(run_virtually(a_day(office, steps, seed=seed, wrap_up=wrap_up)), seed)
