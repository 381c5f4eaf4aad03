"""Who waits to be called back: the same items by the same calls and marks, in whatever order they come."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.coocenter.call_log import LoggedCall
from custom_components.coocenter.call_log.missed import DONE_FOR, LISTED_FOR, MOST_DONE, MOST_OPEN, Mark, MissedCalls
from custom_components.coocenter.pbx import Direction, Outcome, Party

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALICE, BOB = "01632960123", "01632960124"
#: How numbers are written, and whose they are.
SPELLINGS = {
    ALICE: "Alice",
    "+441632960123": "Alice",
    "901632960123": "Alice",
    "(01632) 960124": "Bob",
    BOB: "Bob",
    "": "",
}
QUEUES = ("", "630", "631")

type Marks = Mapping[str, tuple[str, datetime]]
#: The ids of an item's calls, that of the call which did it, and when somebody ticked it.
type Shown = tuple[tuple[str, ...], str | None, datetime | None]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def call(uid: str, minutes: float = 0, outcome: Outcome = Outcome.MISSED, **fields: Any) -> LoggedCall:
    """Return a call from Alice, missed unless it is said otherwise."""
    direction, number, wait = fields.pop("direction", Direction.INBOUND), fields.pop("number", ALICE), 30
    outside, inside = Party(number), Party("801")
    inbound = direction is not Direction.OUTBOUND
    return LoggedCall(
        uid=uid,
        direction=direction,
        outcome=outcome,
        started=at(minutes),
        ended=at(minutes) + timedelta(seconds=wait + 60),
        caller=outside if inbound else inside,
        callee=inside if inbound else outside,
        wait=wait,
        talk=60,
        **fields,
    )


def answered(uid: str, minutes: float = 0, **fields: Any) -> LoggedCall:
    return call(uid, minutes, Outcome.ANSWERED, **fields)


def taken(*calls: LoggedCall, marks: Marks | None = None) -> MissedCalls:
    missed = MissedCalls("GB", marks or {})
    missed.take(calls)
    return missed


def shown(missed: MissedCalls, queue: str = "", now: datetime = NOON) -> list[Shown]:
    """Return the items of a list in their order."""
    items = missed.items(queue, now)
    return [(tuple(c.uid for c in one.calls), one.answer.uid if one.answer else None, one.ticked) for one in items]


def truth(calls: Mapping[str, LoggedCall], marks: Marks, queue: str) -> set[Shown]:
    """Return what each missed call's fate is by its definition, with no regard for time or memory."""
    groups: dict[tuple[Any, ...], list[LoggedCall]] = {}
    for one in sorted(calls.values(), key=lambda c: (c.started, c.uid)):
        state, moment = marks.get(one.uid, ("open", one.started))
        if not one.missed or state == "hidden" or (queue and one.queue != queue):
            continue
        who = SPELLINGS[one.caller.number]
        after = max(moment, one.started)
        answers = [
            (other.answered, other.uid)
            for other in calls.values()
            if who and other.outside and SPELLINGS[other.outside.number] == who
            if other.answered and other.answered > after
        ]
        by = ("ticked", moment) if state == "done" else ("answer", min(answers)[1]) if answers else ("waits",)
        groups.setdefault((who or one.uid, *by), []).append(one)
    return {
        (
            tuple(c.uid for c in group),
            key[2] if key[1] == "answer" else None,
            key[2] if key[1] == "ticked" else None,
        )
        for key, group in groups.items()
    }


uids = st.sampled_from("abcdefgh")
moments = st.integers(0, 5)
told = st.builds(
    call,
    uids,
    moments,
    st.sampled_from([Outcome.MISSED, Outcome.MISSED, Outcome.VOICEMAIL, Outcome.ANSWERED, Outcome.BUSY]),
    direction=st.sampled_from([*Direction, Direction.INBOUND]),
    number=st.sampled_from(list(SPELLINGS)),
    queue=st.sampled_from(QUEUES),
)
marked = st.tuples(uids, st.sampled_from(Mark), moments.map(at))


@given(st.lists(told | marked, max_size=25))
def test_any_order_of_calls_and_marks_gives_what_the_last_of_each_says(steps: Sequence[Any]) -> None:
    missed, calls, marks = MissedCalls("GB", {}), dict[str, LoggedCall](), dict[str, tuple[str, datetime]]()
    for step in steps:
        before = {queue: shown(missed, queue) for queue in QUEUES}
        if isinstance(step, LoggedCall):
            calls[step.uid] = step
            changed = missed.take([step])
        else:
            uid, state, moment = step
            marks[uid] = state, moment
            changed = missed.mark([uid], state, moment)
        assert {queue for queue in QUEUES if shown(missed, queue) != before[queue]} <= changed
    for queue in QUEUES:
        assert set(shown(missed, queue)) == truth(calls, marks, queue)
        # And read from the log at the next start, in its order.
        again = taken(*sorted(calls.values(), key=lambda c: (c.started, c.uid)), marks=marks)
        assert shown(again, queue) == shown(missed, queue)


def test_a_caller_who_tries_again_is_one_item_until_somebody_talks_with_him() -> None:
    tried = call("1.1"), call("2.1", 10, number="+441632960123")
    assert shown(taken(*tried)) == [(("1.1", "2.1"), None, None)]
    back = answered("3.1", 20, direction=Direction.OUTBOUND, number="901632960123")
    assert shown(taken(*tried, back, call("4.1", 30))) == [(("4.1",), None, None), (("1.1", "2.1"), "3.1", None)]


def test_whom_it_does_not_concern() -> None:
    missed = taken(call("1.1"), answered("2.1", 10, number=BOB), answered("3.1", 10, direction=Direction.INTERNAL))
    assert missed.take([call("4.1", 20, Outcome.BUSY, direction=Direction.OUTBOUND)]) == set()
    assert shown(missed) == [(("1.1",), None, None)]
    # A talk that had begun before was not about it, nor was one with another withheld number.
    assert shown(taken(call("1.1", 1), answered("2.1", 0))) == [(("1.1",), None, None)]
    withheld = taken(call("1.1", number=""), call("2.1", 1, number=""), answered("3.1", 9, number=""))
    assert shown(withheld) == [(("2.1",), None, None), (("1.1",), None, None)]


def test_a_tick_is_about_the_calls_that_were_listed() -> None:
    # The PBX's clock is an hour slow: what it tells later seems to be earlier.
    missed = taken(call("1.1"), marks={"1.1": ("done", at(60))})
    assert shown(missed) == [((("1.1"),), None, at(60))]
    assert missed.take([call("2.1", 5)]) == {""}
    assert shown(missed) == [(("2.1",), None, None), (("1.1",), None, at(60))]


def test_what_is_ticked_off_again_waits_for_the_next_talk() -> None:
    missed = taken(call("1.1"), answered("2.1", 5))
    (item,) = missed.items("", NOON)
    assert missed.answered_last(item) == at(5.5)
    missed.mark(["1.1"], Mark.OPEN, at(5.5))
    assert shown(missed) == [(("1.1",), None, None)]
    missed.take([answered("3.1", 6)])
    assert shown(missed) == [(("1.1",), "3.1", None)]


def test_a_queue_lists_its_own_callers_whoever_talks_with_them() -> None:
    missed = taken(call("1.1"), call("2.1", 1, queue="630"), call("3.1", 2, queue="631", number=BOB))
    assert shown(missed, "630") == [(("2.1",), None, None)]
    assert missed.mark(["2.1"], Mark.HIDDEN, at(9)) == {"", "630"}
    assert (shown(missed, "630"), shown(missed)[1]) == ([], (("1.1",), None, None))
    assert missed.take([answered("4.1", 5, number=BOB)]) == {"", "631"}
    assert shown(missed, "631") == [(("3.1",), "4.1", None)]


def test_what_was_taken_for_missed_leaves_the_list() -> None:
    missed = taken(call("1.1"), call("2.1", 5))
    assert missed.take([answered("2.1", 5)]) == {""}
    assert shown(missed) == [(("1.1",), "2.1", None)]
    missed.take([call("2.1", 5, Outcome.BUSY)])
    assert shown(missed) == [(("1.1",), None, None)]


def test_a_number_that_was_erased_is_noticed() -> None:
    missed = taken(call("1.1"), call("2.1", number=""), answered("3.1", 9))
    nobody = [call("1.1", number=""), call("2.1", number=""), answered("3.1", 9, number="")]
    assert missed.forgotten(nobody) == ["1.1"]
    missed.take(nobody)
    assert missed.forgotten(nobody) == []


def test_old_items_and_too_many_are_left_out() -> None:
    calls = [call(f"{n}.1", n, number=f"+44163296{n:04}") for n in range(MOST_OPEN + MOST_DONE + 20)]
    done = {one.uid: ("done", one.ended) for one in calls[: MOST_DONE + 10]}
    missed = taken(*calls, marks=done)
    listed = shown(missed)
    assert len(listed) == MOST_OPEN + MOST_DONE
    assert [item[0] for item in listed[::MOST_OPEN]] == [(calls[-1].uid,), (f"{MOST_DONE + 9}.1",)]
    assert all(item[2] is None for item in shown(missed, now=calls[-1].started + DONE_FOR))
    assert shown(missed, now=calls[-1].started + LISTED_FOR) == [((calls[-1].uid,), None, None)]


def test_what_is_known_stays_bounded() -> None:
    missed = taken(*(call(f"m{n}", number=f"+44163296{n % 5000:04}") for n in range(12_000)))
    missed.take(answered(f"a{n}", number=f"555{n % 5000:04}") for n in range(12_000))
    assert len(missed._keys) == 20_000
    missed.take(call(f"r{n}", n + 1) for n in range(600))
    (item, *_) = missed.items("", NOON)
    assert (len(item.calls), item.last.uid) == (500, "r599")


@pytest.mark.parametrize("missed_first", [True, False])
def test_a_call_that_was_missed_before_it_was_answered_may_be_told_late(missed_first: bool) -> None:
    calls = [call("1.1"), answered("2.1", 5)]
    assert shown(taken(*(calls if missed_first else calls[::-1]))) == [(("1.1",), "2.1", None)]
