"""The PBX's local times as moments: in summer and winter, in the hours between, and in any part of the world."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from log_store import calls_in, caught_up, centre, opened, row, uids
import pytest

from custom_components.coocenter.call_log import CallFilter, LoggedCall, LogRecord
from custom_components.coocenter.call_log.entry import entry_of
from custom_components.coocenter.call_log.times import reference, utc_of
from custom_components.coocenter.pbx import Party

LONDON, BERLIN, SHANGHAI = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
#: The clocks in Berlin are put back at three, which is 01:00 UTC, and forward at two, which is 01:00 UTC, too.
AUTUMN, SPRING = datetime(2026, 10, 25), datetime(2026, 3, 29)  # noqa: DTZ001 - as the PBX tells it


def local(day: datetime, time: str) -> datetime:
    hour, minute = map(int, time.split(":"))
    return day.replace(hour=hour, minute=minute)


def utc(day: datetime, time: str) -> datetime:
    return local(day, time).replace(tzinfo=UTC)


def uid_of(moment: datetime) -> str:
    return f"{int(moment.timestamp())}.7"


def logged(
    day: datetime,
    start: str,
    end: str,
    *,
    uid: str = "x.1",
    received: datetime | None = None,
    duration: int | None = None,
) -> LogRecord:
    """Return a log with the local times of its beginning and end."""
    times = {"started": local(day, start), "ended": local(day, end), "answered": None, "duration": duration}
    return row(uid, received=received or utc(day, "12:00"), **times)


def call_of(record: LogRecord, zone: tzinfo = BERLIN) -> LoggedCall:
    return entry_of(record.uid, [record], zone)


@pytest.mark.parametrize("made", ["00:30", "01:30"])
def test_the_hour_that_there_is_twice_is_told_by_the_channel(made: str) -> None:
    """Though the log arrives half a day late."""
    moment = utc(AUTUMN, made)
    call = call_of(logged(AUTUMN, "02:30", "02:45", uid=uid_of(moment), duration=900))
    assert (call.started, call.duration) == (moment, 900)


@pytest.mark.parametrize(("arrives", "begins"), [("00:46", "00:30"), ("01:46", "01:30")])
def test_the_hour_that_there_is_twice_is_told_by_the_arrival(arrives: str, begins: str) -> None:
    call = call_of(logged(AUTUMN, "02:30", "02:45", received=utc(AUTUMN, arrives), duration=900))
    assert (call.started, call.duration) == (utc(AUTUMN, begins), 900)


@pytest.mark.parametrize(
    ("start", "end", "made", "minutes"),
    [
        ("02:50", "02:05", "00:50", 15),
        ("02:30", "02:40", "00:30", 70),
        ("01:30", "02:15", "23:30", 105),
        ("02:30", "03:15", "01:30", 45),
        ("02:30", "03:15", "00:30", 105),
    ],
)
def test_a_call_over_the_change_lasts_as_long_as_it_did(start: str, end: str, made: str, minutes: int) -> None:
    moment = utc(AUTUMN, made) - timedelta(days=made > "02:00")
    call = call_of(logged(AUTUMN, start, end, uid=uid_of(moment), duration=60 * minutes))
    assert (call.started, call.duration) == (moment, 60 * minutes)
    assert call.wait == call.duration or call.talk


def test_a_leg_in_the_second_hour_belongs_to_the_call_of_the_first() -> None:
    uid = uid_of(utc(AUTUMN, "00:55"))
    legs = [
        logged(AUTUMN, "02:55", "02:05", uid=uid, duration=600),
        logged(AUTUMN, "02:05", "02:10", uid=uid, duration=300),
    ]
    call = entry_of(uid, legs, BERLIN)
    assert (call.started, call.ended) == (utc(AUTUMN, "00:55"), utc(AUTUMN, "01:10"))


def test_a_call_over_the_hour_that_there_is_not() -> None:
    call = call_of(logged(SPRING, "01:50", "03:10", uid=uid_of(utc(SPRING, "00:50")), duration=1200))
    assert (call.started, call.ended) == (utc(SPRING, "00:50"), utc(SPRING, "01:10"))


@pytest.mark.parametrize("made", ["00:30", "01:30"])
def test_a_time_in_the_hour_that_there_is_not_is_some_moment(made: str) -> None:
    """As a PBX says whose own zone is another one."""
    call = call_of(logged(SPRING, "02:30", "02:40", uid=uid_of(utc(SPRING, made)), duration=600))
    assert (call.started, call.duration) == (utc(SPRING, made), 600)


@pytest.mark.parametrize(
    ("start", "end", "duration", "expected"),
    [
        (None, "10:10", 600, ("10:00", "10:10")),
        ("10:00", None, 600, ("10:00", "10:10")),
        (None, None, 600, ("11:50", "12:00")),
        ("10:00", "09:00", 600, ("10:00", "10:10")),
        ("10:00", "10:20", None, ("10:00", "10:20")),
        ("10:00", "10:20", -5, ("10:00", "10:20")),
        (None, None, None, ("12:00", "12:00")),
    ],
)
def test_what_the_pbx_leaves_out_is_worked_out(
    start: str | None, end: str | None, duration: int | None, expected: tuple[str, str]
) -> None:
    times = {"started": start and local(AUTUMN, start), "ended": end and local(AUTUMN, end), "duration": duration}
    record = row("x.1", received=utc(AUTUMN, "12:00"), answered=None, **times)
    call = call_of(record, UTC)
    assert (call.started, call.ended) == tuple(utc(AUTUMN, time) for time in expected)


@pytest.mark.parametrize("year", [1, 1900, 1970, 2100, 9999])
@pytest.mark.parametrize("zone", [SHANGHAI, ZoneInfo("America/Los_Angeles")])
def test_a_clock_that_nobody_set_is_not_believed(year: int, zone: tzinfo) -> None:
    wrong = local(AUTUMN.replace(year=year, month=1, day=1), "00:00")
    wrong = wrong.replace(month=12, day=31, hour=23) if year > 2000 else wrong
    for make in (row, centre):
        record = make("x.1", started=wrong, ended=wrong, duration=2**53)
        assert call_of(record, zone).started < record.received
    call = call_of(row("x.1", started=None, answered=wrong, duration=70), zone)
    assert (call.wait, call.talk) == (70, 0)


def test_a_call_is_not_believed_to_last_for_days() -> None:
    record = row("x.1", started=local(AUTUMN, "01:00"), ended=AUTUMN + timedelta(days=99), duration=60)
    assert call_of(record).duration == 60


def test_an_id_that_tells_another_time_is_not_believed() -> None:
    for uid in ("2000000000.1", "7.1", "SIP/1-1", "1792890000.x"):
        assert reference(uid, local(AUTUMN, "02:30"), BERLIN, utc(AUTUMN, "00:46")) == utc(AUTUMN, "00:46")
    assert utc_of(local(AUTUMN, "02:30"), BERLIN, utc(AUTUMN, "00:46")) == utc(AUTUMN, "00:30")


def test_another_zone_or_country_makes_all_anew(database_url: str) -> None:
    records = [
        logged(AUTUMN, f"{hour:02}:30", f"{hour:02}:35", uid=f"{hour}.1", received=utc(AUTUMN, "22:00"))
        for hour in range(4, 20)
    ]
    with opened(database_url, zone=SHANGHAI, region="CN") as store:
        store.write(records)
        store.write([row("20.1", caller=Party("+441632960123"))])
        store.freshen_hours(None)
        assert store.catch_up() is None
        in_china = calls_in(store)
        assert in_china[0].started == utc(AUTUMN, "04:30") - timedelta(hours=8)
        # A Chinese number by its length.
        assert calls_in(store, CallFilter(number="+441632960123")) == in_china[-1:]
    with opened(database_url, zone=LONDON, region="GB") as store:
        caught_up(store)
        in_london = calls_in(store)
        assert uids(in_london) == uids(in_china)
        assert [new.started - old.started for new, old in zip(in_london, in_china, strict=True)] == [
            timedelta(hours=8)
        ] * 17
        assert calls_in(store, CallFilter(number="01632960123")) == in_london
        assert calls_in(store, CallFilter(text="441632960123", start=utc(AUTUMN, "04:30")))[:1] == in_london[:1]
        # Both the hours in which they were and those in which they are.
        stale = store.freshen_hours(None)
        assert {call.started.replace(minute=0) for call in [*in_china, *in_london]} == set(stale)
        assert [hour.figures.calls for hour in store.hours(utc(AUTUMN, "00:00"))[1]] == [1] * 17
        caught_up(store)
        assert store.freshen_hours(None) == []


def test_making_anew_goes_on_where_it_was_broken_off(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(row(f"{index}.1", index, caller=Party(f"0163296{index:04}")) for index in range(450))
    with opened(database_url, zone=SHANGHAI) as store:
        steps = [after := store.catch_up()]
        for _ in range(3):
            assert after
            steps.append(after := store.catch_up(after))
        # New calls come meanwhile.
        store.write([row("new.1", 1000)])
    with opened(database_url, zone=SHANGHAI) as store:
        caught_up(store)
        expected = [
            entry_of(call.uid, [row(call.uid, index)], SHANGHAI).started
            for index, call in enumerate(calls_in(store)[:450])
        ]
        assert [call.started for call in calls_in(store)[:450]] == expected
        assert len(set(steps)) == 4
    with opened(database_url) as store:
        assert store.catch_up() is not None
