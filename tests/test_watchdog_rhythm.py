"""An office's rhythm tells a quiet time from one that is none."""

from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.coocenter.rhythm import FLOOR, Rhythm

MONDAY = datetime(2026, 11, 23, 10, 15)  # noqa: DTZ001 - local
FRIDAY = datetime(2026, 11, 27, 17, 50)  # noqa: DTZ001 - local
WEEK, HOUR, MINUTE = timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001 - local
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
    rhythm.learn(MONDAY, MONDAY + 12 * MINUTE)
    rhythm.learn(FRIDAY, FRIDAY + 62 * HOUR)
    rhythm.learn(FRIDAY, FRIDAY + HOUR)
    assert rhythm.explains(began, began + lasted) is explained


@given(st.lists(st.tuples(moments, spans), min_size=1))
def test_what_was_seen_is_explained_also_after_a_restart(seen: list[tuple[datetime, timedelta]]) -> None:
    rhythm = Rhythm()
    for last, lasted in seen:
        rhythm.learn(last, last + lasted)
    again = Rhythm(rhythm.quiet)
    for last, lasted in seen:
        assert rhythm.explains(last + WEEK, last + WEEK + lasted)
        assert again.quiet == rhythm.quiet


@given(st.lists(st.floats(0, 1e9)))
def test_whatever_was_stored_is_a_week(stored: list[float]) -> None:
    assert len(Rhythm(stored).quiet) == 168
