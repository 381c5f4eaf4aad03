"""Figures are what counting the calls gives, of any span and of every hour, and they outlive the calls."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone

from log_store import NOW, at, calls_in, caught_up, centre, live, opened, row
import pytest

from custom_components.coocenter.call_log import Figures, HourFigures, LoggedCall, LogRecord, Store
from custom_components.coocenter.pbx import Direction, Outcome, Party
from simulator.office import Dice

HOUR = timedelta(hours=1)
LONG_AGO, FAR_AHEAD = NOW - timedelta(days=9), NOW + timedelta(days=9)


def records(dice: Dice, count: int = 200) -> Iterable[LogRecord]:
    """Yield the calls of a day."""
    for index in range(count):
        uid, begun = f"{index}.1", float(dice.randrange(24 * 3600))
        outcome = dice.choice(list(Outcome))
        wait = dice.randrange(60)
        yield live(
            uid,
            begun,
            outcome=outcome,
            answered=at(begun + wait) if outcome is Outcome.ANSWERED else None,
            ended=at(begun + 60 + dice.randrange(600)),
            direction=dice.choice(list(Direction)),
            queue=dice.choice(("", "630", "631")),
            queued=at(begun + dice.randrange(wait + 1)),
        )
        if dice.random() < 0.3:
            yield centre(uid, begun, score=dice.randrange(6), talk_time=dice.randrange(60), miss_cause=None)


def counted(calls: Iterable[LoggedCall], in_time: int = 20) -> Figures:
    """Count as somebody with a list of the calls would."""
    every = list(calls)
    inbound = [call for call in every if call.direction is Direction.INBOUND]
    waits = [
        call.wait if call.queue_wait is None else call.queue_wait
        for call in inbound
        if call.outcome is Outcome.ANSWERED
    ]
    scores = [call.score for call in every if call.score is not None]
    return Figures(
        calls=len(every),
        inbound=len(inbound),
        answered=len(waits),
        missed=sum(call.missed for call in every),
        wait=sum(waits),
        talk=sum(call.talk for call in every),
        talked=sum(call.talk > 0 for call in every),
        in_time=sum(wait <= in_time for wait in waits),
        scores=len(scores),
        score=sum(scores),
    )


def by_queue(calls: Iterable[LoggedCall], in_time: int = 20) -> dict[str, Figures]:
    every = list(calls)
    queues = {call.queue for call in every} - {""}
    parts = {queue: counted((call for call in every if call.queue == queue), in_time) for queue in queues}
    return {**parts, "": counted(every, in_time)}


def by_hour(calls: Iterable[LoggedCall]) -> list[HourFigures]:
    hours: dict[datetime, list[LoggedCall]] = {}
    for call in calls:
        hours.setdefault(call.started.replace(minute=0, second=0), []).append(call)
    return [
        HourFigures(hour=hour, queue=queue, figures=figures)
        for hour in sorted(hours)
        for queue, figures in sorted(by_queue(hours[hour]).items())
    ]


def hours_in(store: Store) -> list[HourFigures]:
    return store.hours(LONG_AGO)[1]


@pytest.mark.parametrize("in_time", [20, 5])
def test_the_figures_of_a_span_are_those_of_its_calls(database_url: str, in_time: int) -> None:
    with opened(database_url, in_time=in_time) as store:
        store.write(records(Dice(1)))
        every = calls_in(store)
        for start, end in ((-9, 99_999), (3600, 7200), (1000.5, 5000.5), (5, 5), (-10, 0)):
            wanted = [call for call in every if at(start) <= call.started < at(end)]
            assert store.figures(at(start), at(end)) == by_queue(wanted, in_time)
        assert store.figures(FAR_AHEAD, FAR_AHEAD) == {"": Figures()}


def test_hours_are_worked_out_where_something_changed(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(records(Dice(2)))
        assert hours_in(store) == []
        changed = store.freshen_hours(None)
        assert changed == sorted({call.started.replace(minute=0, second=0) for call in calls_in(store)})
        assert hours_in(store) == by_hour(calls_in(store))
        assert store.freshen_hours(None) == []

        # A log that comes late, one that puts a call into another hour, and one that changes nothing.
        store.write([row("new.1", -7200), row("0.1", 100_000), centre("1.1", 200_000), live("new.1", -7200)])
        assert store.freshen_hours(None)
        assert hours_in(store) == by_hour(calls_in(store))
        assert store.write([row("new.1", -7200)]) == []
        assert store.freshen_hours(None) == []
    with opened(database_url) as store:
        store.write([row("newer.1", -7300)])
        assert store.freshen_hours(None) == [(NOW - 2 * HOUR).replace(minute=0)]
        assert hours_in(store) == by_hour(calls_in(store))


def test_what_was_before_is_told_in_one(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(records(Dice(3)))
        store.freshen_hours(None)
        for start in (LONG_AGO, NOW.replace(minute=0), NOW.replace(minute=0) + 5 * HOUR, FAR_AHEAD):
            before, hours = store.hours(start)
            assert before == by_queue(call for call in calls_in(store) if call.started < start)
            assert hours == by_hour(call for call in calls_in(store) if call.started >= start)


def test_hours_outlive_their_calls(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(records(Dice(4)))
        store.freshen_hours(None)
        before = hours_in(store)
        since = NOW + 6 * HOUR
        while store.purge(since):
            pass
        assert store.freshen_hours(since) == []
        assert hours_in(store) == before

        # Of an hour some of whose calls are purged nothing can be worked out any more; the others go on.
        store.write([row("late.1", 3 * 3600), row("new.1", 7 * 3600)])
        assert store.freshen_hours(since) == [(NOW + 7 * HOUR).replace(minute=0)]
        after = hours_in(store)
        kept = (NOW + 7 * HOUR).replace(minute=0)
        assert [one for one in after if one.hour < kept] == [one for one in before if one.hour < kept]
        assert [one for one in after if one.hour >= kept] == by_hour(c for c in calls_in(store) if c.started >= kept)
        assert store.freshen_hours(since) == []


def test_all_hours_are_worked_out_after_a_change_of_the_zone(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(records(Dice(5), 30))
        store.freshen_hours(None)
    with opened(database_url, zone=timezone(timedelta(hours=1), "one")) as store:
        caught_up(store)
        # What was seen is by our clock: where nothing was logged, it stays.
        assert store.freshen_hours(None)
        assert hours_in(store) == by_hour(calls_in(store))


def test_long_sums_are_no_trouble(database_url: str) -> None:
    long = {"talk_time": 2**53, "queue_time": 2**53, "score": 2**53, "duration": 2**53, "ended": None}
    with opened(database_url) as store:
        store.write(centre(f"{index}.1", index, **long) for index in range(40))
        store.freshen_hours(None)
        assert hours_in(store) == by_hour(calls_in(store))
        assert hours_in(store)[0].figures.wait == 40 * (2**31 - 1)


RATES: Mapping[str, tuple[Figures, float | None]] = {
    "answer_rate": (Figures(inbound=8, answered=6), 75),
    "average_wait": (Figures(answered=4, wait=50), 12.5),
    "average_talk": (Figures(talked=4, talk=90), 22.5),
    "service_level": (Figures(inbound=8, in_time=2), 25),
    "satisfaction": (Figures(scores=2, score=9), 4.5),
}


@pytest.mark.parametrize("name", RATES)
def test_rates_follow_from_sums(name: str) -> None:
    figures, rate = RATES[name]
    assert getattr(figures, name) == rate
    assert getattr(Figures(), name) is None


def test_the_caller_who_is_known_later_is_in_the_figures_once(database_url: str) -> None:
    with opened(database_url) as store:
        store.write([live("1.1", caller=Party(""))])
        store.write([row("1.1", caller=Party("01632960123", "Alice"))])
        assert store.figures(NOW, at(1))[""].calls == 1
