"""What happened to calls, by what a real PBX pushed: each fact once, whatever comes twice, late or not at all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from fact_harness import NAMES, events_of, expected, facts_of, moment, play, words
import pytest

from custom_components.coocenter.pbx import (
    LAST_STEPS,
    CallDetail,
    CallFact,
    CallStep,
    Channel,
    DialBegin,
    DialEnd,
    Event,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    PbxKey,
    PbxState,
    QueueCallDetail,
    Snapshot,
)

#: How often a fact may be told of one call: a call may be held twice.
OFTEN = {CallStep.HELD: 2}


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_each_fact_is_told_once_however_often_it_is_pushed(name: str, times: int) -> None:
    assert words(play(PbxState(), events_of(name), times=times)) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_whichever_event_is_lost_the_call_ends_and_nothing_is_told_twice(name: str) -> None:
    events = events_of(name)
    for lost in range(len(events)):
        state = PbxState()
        facts = play(state, events[:lost] + events[lost + 1 :])
        facts += facts_of(state.reconcile(Snapshot(taken=moment(1000), channels=()), moment(1000)))
        assert list(state.calls) == []
        assert_told_once(facts)
        assert_ended(facts)
        surplus = Counter(words(facts)) - Counter(expected(name))
        # Who was told less may not know why, or who was quicker.
        assert all(any(fact.split(" (")[0].startswith(one) for one in told_of(name)) for fact in surplus), surplus


@pytest.mark.parametrize("name", NAMES)
def test_whichever_event_changes_places_with_the_next_each_fact_is_told_once(name: str) -> None:
    events = events_of(name)
    for first in range(len(events) - 1):
        state = PbxState()
        facts = play(state, [*events[:first], events[first + 1], events[first], *events[first + 2 :]])
        facts += facts_of(state.reconcile(Snapshot(taken=moment(1000), channels=()), moment(1000)))
        assert_told_once(facts)
        assert_ended(facts)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["inbound_missed", "trunk_ivr_queue_agent_hangs_up", "internal_answered"])
def test_calls_that_overlap_are_told_as_if_each_were_alone(name: str, other: str) -> None:
    ours, others = events_of(name), [elsewhere(event) for event in events_of(other)]
    mixed = list(chain.from_iterable(zip_all(ours, others)))
    facts = play(PbxState(), mixed)
    assert words(fact for fact in facts if not is_elsewhere(fact)) == expected(name)
    assert words(fact for fact in facts if is_elsewhere(fact)) == [
        fact if fact.startswith(("pbx", "630")) else f"9{fact}" for fact in expected(other)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_restart_at_any_point_tells_the_rest_once(name: str) -> None:
    events = events_of(name)
    for point in range(1, len(events)):
        before = PbxState()
        told = play(before, events[:point])
        state = PbxState()
        now = moment(point - 0.5)
        snapshot = Snapshot(taken=now, channels=tuple(channels(before)))
        assert facts_of(state.reconcile(snapshot, now)) == [], "what was before is no news"
        rest = play(state, events[point:], start=point)
        rest += facts_of(state.reconcile(Snapshot(taken=moment(1000), channels=()), moment(1000)))
        assert list(state.calls) == []
        assert_told_once(rest)
        again = Counter(words(told)) & Counter(words(rest))
        assert not again - Counter(expected(name)), "nothing that was told before is told again"
        if any(fact.step in LAST_STEPS for fact in rest if fact.about is PbxKey.CALLS):
            continue
        assert all(len(call.legs) == 1 for call in before.calls), "a call of two that goes on has an end"


def told_of(name: str) -> set[str]:
    """Return the facts of a capture without their causes, and the ends that may stand for one another."""
    facts = {fact.split(" (")[0] for fact in expected(name)}
    who = {fact.split()[0] for fact in facts}
    return facts | {f"{one} {step}" for one in who for step in LAST_STEPS}


def assert_told_once(facts: list[CallFact]) -> None:
    count = Counter((fact.about, fact.step, fact.call.id) for fact in facts)
    assert all(often <= OFTEN.get(step, 1) for (_, step, _), often in count.items()), count


def assert_ended(facts: list[CallFact]) -> None:
    """Who was told that a call began is told that it ended."""
    begun = {(fact.about, fact.call.id) for fact in facts if fact.step not in LAST_STEPS}
    ended = {(fact.about, fact.call.id) for fact in facts if fact.step in LAST_STEPS}
    assert begun <= ended


def channels(state: PbxState) -> Iterator[Channel]:
    """Yield what current-calls lists while these calls go on."""
    for call in state.calls:
        for leg in call.legs:
            others = [other.party for other in call.legs if other is not leg and (other.connected or not leg.connected)]
            state_of_it = "up" if leg.connected else "ringing"
            linked = others[0] if others else replace(leg.party, number="", name="")
            yield Channel(
                name=leg.channel or "SIP/trunk-00000013", caller=leg.party, connected=linked, state=state_of_it
            )


def zip_all(ours: tuple[Event, ...], others: list[Event]) -> Iterator[tuple[Event, ...]]:
    for index in range(max(len(ours), len(others))):
        yield ours[index : index + 1] + tuple(others[index : index + 1])


def elsewhere(event: Event) -> Event:
    """Return an event as of another call at the same time: other channels, other phones, another caller."""
    match event:
        case DialBegin() | DialEnd():
            names = ("channel", "destination_channel", "uniqueid", "caller", "destination", "destination_uniqueid")
        case Hangup() | CallDetail() | IvrSelection() | QueueCallDetail():
            names = ("uniqueid", "agent", "source")
        case ExtensionStatus():
            names = ("extension",)
        case _:
            names = ()
    return replace(event, **{name: moved(getattr(event, name)) for name in names if getattr(event, name, "")})


def moved(text: str) -> str:
    """Return a channel's name, a uniqueid or an extension of the other call."""
    return text.replace("/8", "/98").replace("trunk-", "trunk-9") if "/" in text else f"9{text}"


def is_elsewhere(fact: CallFact) -> bool:
    return fact.call.id.startswith("91")


def test_a_voicemail_is_told_once_however_many_logs_tell_of_it() -> None:
    state = PbxState()
    facts = play(state, events_of("queue_abandoned")[:-1])
    (uniqueid,) = {fact.call.id for fact in facts}
    logs = [
        QueueCallDetail(uniqueid=uniqueid, queue="630", voicemail=True, duration=9),
        QueueCallDetail(uniqueid=uniqueid, queue="630", voicemail=True, duration=10),
    ]
    assert words(play(state, logs, start=50)) == ["pbx voicemail (caller_gave_up)", "630 voicemail (caller_gave_up)"]


def test_a_voicemail_whose_log_comes_first_was_missed_all_the_same() -> None:
    state = PbxState()
    events = events_of("queue_abandoned")
    begin = play(state, events[:5])
    log = QueueCallDetail(uniqueid=begin[0].call.id, queue="630", voicemail=True)
    told = words(play(state, [log, *events[5:-1]], start=5))
    assert sorted(told) == sorted(
        f"{who} {what} (caller_gave_up)"
        for who, what in (
            *(("pbx", "missed"), ("630", "missed"), ("803", "missed"), ("804", "missed")),
            *(("pbx", "voicemail"), ("630", "voicemail")),
        )
    )
