"""Whatever is pushed and polled, in whatever order, the fold keeps its own promises."""

from hypothesis import given, strategies as st
from pbx_harness import assert_consistent, at, picture, quick
import pytest

from custom_components.coocenter.pbx import (
    Activity,
    CallDetail,
    Channel,
    DialBegin,
    DialEnd,
    DialStatus,
    Event,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    Party,
    PbxState,
    Queue,
    QueueCallDetail,
    QueueMember,
    Snapshot,
    Unknown,
)
from custom_components.coocenter.pbx.calls import CallFold
from custom_components.coocenter.pbx.model import HintStatus, PeerStatus

# Few names, so that everything meets everything.
uniqueids = st.sampled_from(["", "1.0", "1.1", "1.2", "1.3"])
numbers = st.sampled_from(["", "801", "802", "803", "18782985586"])
channels = st.sampled_from(
    ["", "SIP/801-0", "SIP/802-1", "SIP/803-2", "SIP/trunk-3", "Local/803@a-4;1", "Local/803@a-4;2", "801", "/-;1"]
)
activities = st.none() | st.sampled_from(Activity)
parties = st.builds(Party, numbers, st.sampled_from(["", "Ann"]))
seconds = st.none() | st.integers(-(2**53), 2**53)

events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        DialBegin,
        channel=channels,
        caller=numbers,
        destination_channel=channels,
        destination=numbers,
        destination_uniqueid=uniqueids,
        uniqueid=uniqueids,
    ),
    st.builds(DialEnd, destination_channel=channels, status=st.sampled_from(DialStatus)),
    st.builds(Hangup, uniqueid=uniqueids, caller=parties, connected=parties),
    st.builds(ExtensionStatus, extension=numbers, activity=activities),
    st.builds(IvrSelection, uniqueid=uniqueids, caller=numbers, queue=numbers, duration=seconds),
    st.builds(CallDetail, uniqueid=uniqueids, duration=seconds),
    st.builds(QueueCallDetail, uniqueid=uniqueids, agent=numbers),
    st.builds(Unknown, name=numbers),
)
rows = st.builds(
    Channel,
    name=channels.filter(bool),
    caller=parties,
    connected=parties,
    state=st.sampled_from(["", "up", "ring", "ringing", "down"]),
    duration=st.integers(0, 10**6),
)
snapshots = st.builds(
    Snapshot,
    taken=st.integers(-30, 60).map(at),
    hints=st.none() | st.lists(st.builds(HintStatus, number=numbers, activity=activities)).map(tuple),
    peers=st.none() | st.lists(st.builds(PeerStatus, number=numbers, registered=st.booleans())).map(tuple),
    queues=st.none() | st.just((Queue(number="630", members={"803": QueueMember(extension="803")}),)),
    channels=st.none() | st.lists(rows, unique_by=lambda row: row.name).map(tuple),
    blacklist=st.none() | st.just(("913800138000",)),
)
histories = st.lists(events | snapshots, max_size=30)


@quick
@given(histories, st.integers(-5, 5))
def test_nothing_raises_and_what_changes_nothing_says_so(history: list[Event | Snapshot], pace: int) -> None:
    """The clock may stand still or run backwards."""
    state = PbxState()
    for step, told in enumerate(history):
        before = picture(state)
        now = at(step * pace)
        changes = state.reconcile(told, now) if isinstance(told, Snapshot) else state.apply(told, now)
        assert_consistent(state)
        if picture(state) != before:
            assert changes.keys
        if not changes.keys:
            assert picture(state) == before
        again = state.reconcile(told, now) if isinstance(told, Snapshot) else state.apply(told, now)
        assert not again.signals or isinstance(told, Snapshot)
        if not isinstance(told, Snapshot):
            assert not again
        queues = list(state.queues.values())
        assert all(0 <= state.agents_available(queue) <= len(queue.members) for queue in queues)
        assert all(state.is_unstaffed(queue) <= (state.agents_available(queue) == 0) for queue in queues)
    state.expire(at(10**6))
    assert list(state.calls) == []


@quick
@given(histories, st.lists(rows, unique_by=lambda row: row.name))
def test_a_poll_decides_what_is_live(history: list[Event | Snapshot], live: list[Channel]) -> None:
    """Whatever was told before, after a poll the legs are the channels, each of them once."""
    state = PbxState()
    for told in history:
        state.reconcile(told, at(0)) if isinstance(told, Snapshot) else state.apply(told, at(0))
    state.reconcile(Snapshot(taken=at(100), channels=tuple(live)), at(101))
    assert sorted(leg.channel for call in state.calls for leg in call.legs) == sorted(row.name for row in live)
    state.reconcile(Snapshot(taken=at(200), channels=()), at(201))
    assert list(state.calls) == []
    assert_consistent(state)


def test_memory_is_bounded_before_the_pbx_was_ever_asked() -> None:
    """Until then every number may be an extension."""
    state = PbxState()
    for number in range(12_000):
        now = at(number)
        state.apply(DialBegin(destination_channel=f"SIP/801-{number:x}", destination_uniqueid=f"{number}.1"), now)
        state.apply(Hangup(uniqueid=f"{number}.2"), now)
        state.apply(ExtensionStatus(extension=f"{number}", activity=Activity.IDLE), now)
    holders = [*vars(state).values(), *vars(state.calls).values()]
    assert max(len(holder) for holder in holders if hasattr(holder, "__len__")) <= 10_000
    assert len(state.calls) == len(state.calls.of_extension("801")) <= 2_000
    assert len(state.extensions) <= 1_000


def test_every_kind_of_event_about_calls_is_folded() -> None:
    """A kind that is forgotten would be an assertion of the fold, for mypy and here."""
    fold = CallFold(PbxState().calls, lambda number: True, lambda number: None)
    with pytest.raises(AssertionError):
        fold.apply(Unknown(), at(0), None)
