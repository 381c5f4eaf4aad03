"""Gaps are brought together without losing any of them, and counted once."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
from log_store import at
import pytest

from custom_components.coocenter.call_log import SHORTEST, Gap, GapReason, merged, overlapping, time_in

SECONDS = SHORTEST.total_seconds()


@st.composite
def gaps(draw: st.DrawFn) -> Gap:
    start = draw(st.integers(0, 5_000))
    end = start + draw(st.integers(int(SECONDS), 2_000))
    return Gap(at(start), at(end), draw(st.sampled_from(GapReason)), draw(st.booleans()))


def stopped(start: float, end: float) -> Gap:
    return Gap(at(start), at(end), GapReason.STOPPED)


def silent(start: float, end: float) -> Gap:
    return Gap(at(start), at(end), GapReason.SILENT)


@pytest.mark.parametrize(
    ("given_ones", "expected"),
    [
        ([], []),
        ([stopped(1000, 2000), stopped(0, 500)], [stopped(0, 500), stopped(1000, 2000)]),
        ([stopped(0, 500), stopped(400, 900)], [stopped(0, 900)]),
        ([stopped(0, 500), stopped(100, 200)], [stopped(0, 500)]),
        ([stopped(0, 500), stopped(500 + SECONDS - 1, 900)], [stopped(0, 900)]),
        ([stopped(0, 500), stopped(500 + SECONDS, 900)], [stopped(0, 500), stopped(500 + SECONDS, 900)]),
        ([stopped(0, 500), silent(100, 900)], [stopped(0, 500), silent(100, 900)]),
        ([stopped(0, 500), silent(100, 900), stopped(400, 700)], [stopped(0, 700), silent(100, 900)]),
    ],
)
def test_those_of_one_reason_that_meet_are_one(given_ones: list[Gap], expected: list[Gap]) -> None:
    assert merged(given_ones) == expected


@given(st.lists(gaps()))
def test_nothing_is_lost_and_hardly_anything_added(some: list[Gap]) -> None:
    result = merged(some)
    assert result == sorted(result)
    for gap in some:
        assert any(one.start <= gap.start and gap.end <= one.end and one.reason is gap.reason for one in result)
    for reason in GapReason:
        of_reason = [gap for gap in result if gap.reason is reason]
        # What lies between two of them is longer than what nobody would notice.
        assert all(b.start - a.end >= SHORTEST for a, b in pairwise(of_reason))
        before = time_in([gap for gap in some if gap.reason is reason], at(0), at(10_000))
        after = time_in(of_reason, at(0), at(10_000))
        assert before <= after <= before + len(some) * SHORTEST


@given(st.lists(gaps()))
def test_in_whatever_order_they_come_and_however_often(some: list[Gap]) -> None:
    one_by_one: list[Gap] = []
    for gap in some:
        one_by_one = merged([*one_by_one, gap])
    assert merged(some) == merged(reversed(some)) == merged(merged(some) + some) == one_by_one


@given(st.lists(gaps()), st.integers(0, 7_000), st.integers(0, 3_000))
def test_a_second_counts_once(some: list[Gap], start: int, length: int) -> None:
    begin, end = at(start), at(start + length)
    seconds = [at(second) for second in range(start, start + length)]
    inside = sum(any(gap.start <= second < gap.end for gap in some) for second in seconds)
    assert time_in(some, begin, end) == timedelta(seconds=inside)
    assert bool(time_in(overlapping(some, begin, end), begin, end)) is bool(inside)


def test_what_overlaps_a_span() -> None:
    some = [stopped(0, 500), silent(400, 900)]
    assert overlapping(some, None, None) == some
    assert overlapping(some, at(500), None) == some[1:]
    assert overlapping(some, None, at(400)) == some[:1]
    assert overlapping(some, at(900), at(1000)) == []
