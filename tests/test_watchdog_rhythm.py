"""An office's rhythm tells a quiet time from one that is none."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.coocenter.rhythm import FLOOR, Rhythm

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 10, 15, tzinfo=BERLIN)
FRIDAY = datetime(2026, 11, 27, 17, 50, tzinfo=BERLIN)
WEEK, HOUR, MINUTE = timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1)

moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - of the zone
    datetime(2027, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(BERLIN),
)
spans = st.timedeltas(timedelta(seconds=1), timedelta(days=30))


@pytest.mark.parametrize(
    ("began", "lasted", "explained"),
    [
        (MONDAY + WEEK, FLOOR, True),
        (MONDAY + WEEK, FLOOR + MINUTE, False),
        (MONDAY + WEEK + 30 * MINUTE, 10 * MINUTE, True),
        (FRIDAY + WEEK, 64 * HOUR, True),
        (FRIDAY + WEEK, 65 * HOUR, True),
        (FRIDAY + WEEK, 24 * 4 * HOUR, False),
        (MONDAY + 2 * HOUR, 1000 * HOUR, True),
    ],
)
def test_a_week_in_an_office(began: datetime, lasted: timedelta, explained: bool) -> None:
    rhythm = Rhythm()
    rhythm.learn(MONDAY, 12 * MINUTE)
    rhythm.learn(FRIDAY, 62 * HOUR)
    rhythm.learn(FRIDAY, HOUR)
    assert rhythm.explains(began, began + lasted) is explained


@given(st.lists(st.tuples(moments, spans), min_size=1))
def test_what_was_seen_is_explained_also_after_a_restart(seen: list[tuple[datetime, timedelta]]) -> None:
    rhythm = Rhythm()
    for last, lasted in seen:
        rhythm.learn(last, lasted)
    again = Rhythm(rhythm.quiet)
    for last, lasted in seen:
        later = last + WEEK
        assert rhythm.explains(later, (later.astimezone(UTC) + lasted).astimezone(BERLIN))
        assert again.quiet == rhythm.quiet


@pytest.mark.parametrize(
    ("last", "now", "minutes"),
    [
        (datetime(2026, 3, 29, 1, 50, tzinfo=BERLIN), datetime(2026, 3, 29, 3, 15, tzinfo=BERLIN), 25),
        (datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN), datetime(2026, 10, 25, 2, 25, tzinfo=BERLIN, fold=1), 35),
    ],
)
def test_a_clock_change_is_no_quiet(last: datetime, now: datetime, minutes: int) -> None:
    rhythm = Rhythm()
    rhythm.learn(last, MINUTE)
    assert rhythm.explains(last, now) is (minutes * MINUTE <= FLOOR)


@given(st.lists(st.floats()), moments, spans)
def test_whatever_was_stored_is_a_week(stored: list[float], last: datetime, lasted: timedelta) -> None:
    rhythm = Rhythm(stored)
    assert len(rhythm.quiet) == 168
    rhythm.explains(last, last + lasted)
    rhythm.learn(last, lasted)
    assert all(map(isfinite, rhythm.quiet))
    assert rhythm.explains(last, (last.astimezone(UTC) + lasted).astimezone(BERLIN))
