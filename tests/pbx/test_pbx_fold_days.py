"""Days of an office, folded: what is known is what is true, whatever is sent twice, lost or late."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

from hypothesis import given, settings, strategies as st
from pbx_harness import assert_consistent, channels_of, picture, quick
from pbx_office import Office
from pbx_stories import STORIES

from custom_components.coocenter.pbx import CallState, Event, ExtensionStatus, PbxState

SECOND = timedelta(seconds=1)


class Day:
    """A few calls at once, told in one order; `each` sees the office after every event."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.office = Office()
        self._choose = choose
        self._running = [STORIES[choose(len(STORIES))](self.office, choose) for _ in range(1 + choose(4))]

    def __iter__(self) -> Day:
        return self

    def __next__(self) -> Event:
        while self._running:
            story = self._running[self._choose(len(self._running))]
            self.office.now += SECOND
            if event := next(story, None):
                return event
            self._running.remove(story)
        raise StopIteration


@st.composite
def choices(draw: st.DrawFn) -> Callable[[int], int]:
    return draw(st.randoms(use_true_random=False)).randrange


def opened(office: Office) -> PbxState:
    state = PbxState()
    state.reconcile(office.asked(office.now), office.now)
    return state


def assert_true(state: PbxState, office: Office) -> None:
    """Check that the state says of the calls what the office's channels say."""
    assert_consistent(state)
    assert channels_of(state) == set(office.lines)
    for call in state.calls:
        lines = [office.lines[leg.channel] for leg in call.legs]
        assert call.extensions <= {line.number for line in lines}
        others = [line for line, leg in zip(lines, call.legs, strict=True) if not leg.calling]
        ends = [line for line in others if not line.name.startswith("Local/")]
        assert (call.state is CallState.CONNECTED) == any(line.state == "up" for line in ends) or not ends
    activities = {number: extension.activity for number, extension in state.extensions.items()}
    assert activities == {number: office.activity(number) for number in activities}


@quick
@given(choices())
def test_at_the_end_of_the_day_nothing_is_left(choose: Callable[[int], int]) -> None:
    day = Day(choose)
    state = opened(day.office)
    for event in day:
        state.apply(event, day.office.now)
        assert_consistent(state)
    assert list(state.calls) == []
    assert [vars(state.calls)[part] for part in ("_heard", "_by_leg", "_by_extension")] == [{}, {}, {}]


@quick
@given(choices(), st.data())
def test_what_is_sent_twice_is_told_once(choose: Callable[[int], int], data: st.DataObject) -> None:
    day = Day(choose)
    once, twice = opened(day.office), opened(day.office)
    sent: list[Event] = []
    for event in day:
        now = day.office.now
        changes = once.apply(event, now)
        assert twice.apply(event, now) == changes
        assert not twice.apply(event, now)
        if not hasattr(event, "activity"):
            sent.append(event)
        if sent:
            late = data.draw(st.sampled_from(sent))
            assert not twice.apply(late, now)
        assert picture(twice) == picture(once)


@quick
@given(choices())
def test_the_fold_itself_needs_no_memory_of_events(choose: Callable[[int], int]) -> None:
    """A resent event that is remembered no more changes nothing but is told again."""
    day = Day(choose)
    state = opened(day.office)
    state._recent = type(state._recent)(0)
    for event in day:
        state.apply(event, day.office.now)
        before = picture(state)
        assert not state.apply(event, day.office.now + SECOND).keys
        assert picture(state) == before


@settings(quick, max_examples=30)
@given(choices())
def test_after_any_event_each_call_is_one_call_and_a_poll_finds_the_truth(choose: Callable[[int], int]) -> None:
    day = Day(choose)
    office = day.office
    state = opened(office)
    for event in day:
        state.apply(event, office.now)
        for call in state.calls:
            assert len({office.lines[leg.channel].story for leg in call.legs if leg.channel in office.lines}) <= 1
        polled = deepcopy(state)
        polled.reconcile(office.asked(office.now + SECOND), office.now + SECOND)
        assert_true(polled, office)
        assert {call.id for call in polled.calls} <= {call.id for call in state.calls}


@quick
@given(choices(), st.data())
def test_a_poll_after_whatever_was_lost_tells_the_truth(choose: Callable[[int], int], data: st.DataObject) -> None:
    """Every event may be lost, and polls come in between."""
    day = Day(choose)
    office = day.office
    state = opened(office)
    for event in day:
        if data.draw(st.booleans()):
            state.apply(event, office.now)
        if data.draw(st.integers(0, 3)) == 0:
            office.now += SECOND
            state.reconcile(office.asked(office.now), office.now)
            assert_true(state, office)
            assert not state.reconcile(office.asked(office.now + SECOND), office.now + SECOND)
    state.reconcile(office.asked(office.now + SECOND), office.now + SECOND)
    assert_true(state, office)
    assert list(state.calls) == []
    assert state.blacklist == ("913800138000",)
    assert list(state.queues) == ["630", "633"]


@quick
@given(choices(), st.integers(1, 8))
def test_events_that_overtake_each_other_leave_nothing_behind(choose: Callable[[int], int], most: int) -> None:
    day = Day(choose)
    state = opened(day.office)
    events = list(day)
    late = sorted(range(len(events)), key=lambda index: index + choose(most))
    for index in late:
        state.apply(events[index], day.office.now)
        assert_consistent(state)
    state.reconcile(day.office.asked(day.office.now + SECOND), day.office.now + SECOND)
    assert_true(state, day.office)
    assert list(state.calls) == []


@quick
@given(choices())
def test_a_poll_that_was_asked_before_a_push_does_not_undo_it(choose: Callable[[int], int]) -> None:
    day = Day(choose)
    office = day.office
    state = opened(office)
    asked = office.asked(office.now)
    for event in day:
        before = channels_of(state)
        state.apply(event, office.now)
        told = [call for call in state.calls if state.calls.heard(call) == office.now]
        gone = before - channels_of(state)
        activities = {number: extension.activity for number, extension in state.extensions.items()}
        state.reconcile(asked, office.now + SECOND)
        assert [state.calls.find(call.id) for call in told] == told
        assert not gone & channels_of(state)
        if isinstance(event, ExtensionStatus):
            assert state.extensions[event.extension].activity is activities[event.extension]
        office.now += 2 * SECOND
        asked = office.asked(office.now)
