"""What a real PBX pushed, replayed: every call is told as it was and none is left."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
import json
from pathlib import Path

from pbx_harness import assert_consistent, brief, picture, read
import pytest

from custom_components.coocenter.pbx import Event, PbxKey, PbxState, Snapshot
from custom_components.coocenter.pbx.wire import reply

CAPTURES = Path(__file__).parents[3] / "shared" / "captures"
NAMES = sorted(path.parent.name for path in CAPTURES.glob("*/pushed.jsonl"))

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the captures are not part of the repository")

#: Who is not idle after the last event: a phone that is never registered.
AT_THE_END = {"j_register_unregister": {"800": "unavailable"}}
CUSTOMER = "18782985586"
RINGING, CONNECTED, GAP, PASSED_ON, HELD = "ringing", "connected", "queued", "transferred", "on_hold"


@cache
def pushed(name: str) -> tuple[tuple[datetime, Event], ...]:
    lines = map(json.loads, (CAPTURES / name / "pushed.jsonl").read_text().splitlines())
    return tuple((datetime.fromtimestamp(line["t"], UTC), read(line["event"])) for line in lines)


def replay(events: Iterable[tuple[datetime, Event]], *, times: int = 1) -> tuple[PbxState, list[object]]:
    """Return the state after the events, and what the calls looked like whenever they changed."""
    state, story = PbxState(), []
    for now, event in events:
        changed = [PbxKey.CALLS in state.apply(event, now).keys for _ in range(times)]
        assert_consistent(state)
        seen = [brief(call) for call in state.calls]
        if any(changed) and story[-1:] != [seen]:
            story.append(seen)
    return state, story


@pytest.mark.parametrize("name", NAMES)
def test_after_the_last_event_no_call_is_left_and_every_phone_is_at_rest(name: str) -> None:
    state, _ = replay(pushed(name))
    assert list(state.calls) == []
    busy = {extension.number: extension.activity for extension in state.extensions.values()}
    assert {number: activity for number, activity in busy.items() if activity != "idle"} == AT_THE_END.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_each_event_twice_is_the_same_story(name: str) -> None:
    (once, story), (twice, again) = replay(pushed(name)), replay(pushed(name), times=2)
    assert (picture(twice), again) == (picture(once), story)


@pytest.mark.parametrize("name", NAMES)
def test_whichever_event_is_lost_nothing_is_stuck_after_a_poll(name: str) -> None:
    events = pushed(name)
    end = events[-1][0] + timedelta(seconds=1)
    for lost in range(len(events)):
        state, _ = replay(events[:lost] + events[lost + 1 :])
        state.reconcile(Snapshot(taken=end, channels=()), end)
        assert list(state.calls) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_extension_takes_part_in_two_calls(name: str) -> None:
    """The captures' offices have one call at a time."""
    state = PbxState()
    for now, event in pushed(name):
        state.apply(event, now)
        assert len(state.calls) <= 1


def internal(*states: tuple[str, str], caller: str = "801") -> list[object]:
    return [*([("internal", state, caller, callee, None)] for state, callee in states), []]


def queued(*states: tuple[str, str]) -> list[object]:
    return [*([("inbound", state, CUSTOMER, callee, "630")] for state, callee in states), []]


STORIES = {
    "a_internal_answered": internal((RINGING, "802"), (CONNECTED, "802")),
    "b_internal_cancel": internal((RINGING, "802")),
    "c_internal_busy": internal((RINGING, "802")),
    "d_trunk_ivr_queue_agent_hangs_up": queued((GAP, ""), (RINGING, "803"), (RINGING, ""), (CONNECTED, "803")),
    "e_queue_abandoned": queued((GAP, ""), (RINGING, "803"), (RINGING, ""), (RINGING, "804")),
    "f_click_to_dial": internal((RINGING, ""), (RINGING, "805"), (CONNECTED, "805"), caller="804"),
    "g_transfer": internal((RINGING, "802"), (CONNECTED, "802"), (PASSED_ON, "801"), (CONNECTED, "801"), caller="803"),
    "i_hold": internal((RINGING, "802"), (CONNECTED, "802"), (HELD, "802"), (CONNECTED, "802"), (HELD, "802")),
    "o_push_retry": internal((RINGING, "802")),
    "q_inbound_direct": [
        [("inbound", RINGING, CUSTOMER, "801", None)],
        [("inbound", CONNECTED, CUSTOMER, "801", None)],
        [],
    ],
    "t_pbx_restart": internal((RINGING, "802"), (CONNECTED, "802")) + internal((RINGING, "802"), (CONNECTED, "802")),
}


@pytest.mark.parametrize("name", STORIES)
def test_the_story_of_a_call(name: str) -> None:
    assert replay(pushed(name))[1] == STORIES[name]


def asked(name: str, path: str) -> list[tuple[datetime, object]]:
    lines = map(json.loads, (CAPTURES / name / "rest.jsonl").read_text().splitlines())
    return [
        (datetime.fromtimestamp(line["t"], UTC), reply.unwrap(line["body"]))
        for line in lines
        if line["path"].endswith(path) and line["status"] == 200
    ]


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("a_internal_answered", [("internal", CONNECTED, "801", "802", None)]),
        ("b_internal_cancel", [("internal", RINGING, "801", "802", None)]),
        ("d_trunk_ivr_queue_agent_hangs_up", [("inbound", RINGING, CUSTOMER, "", None)]),
        ("f_click_to_dial", [("internal", CONNECTED, "804", "805", None)]),
        ("g_transfer", [("internal", CONNECTED, "803", "801", None)]),
        ("i_hold", [("internal", CONNECTED, "801", "802", None)]),
    ],
)
def test_a_call_is_taken_over_from_the_channels_and_ends_by_the_pushes(name: str, calls: list[object]) -> None:
    """As when Home Assistant starts in the middle of a call."""
    taken, data = asked(name, "current-calls")[0]
    state = PbxState()
    state.reconcile(Snapshot(taken=taken, channels=reply.channels(data)), taken)
    assert [brief(call) for call in state.calls] == calls
    for now, event in pushed(name):
        if now > taken:
            state.apply(event, now)
    assert list(state.calls) == []


@pytest.mark.parametrize("name", [name for name in NAMES if (CAPTURES / name / "rest.jsonl").exists()])
def test_a_poll_in_the_middle_of_a_call_agrees_with_the_pushes(name: str) -> None:
    for taken, data in asked(name, "current-calls"):
        events = [(now, event) for now, event in pushed(name) if now <= taken]
        if taken - max((now for now, _ in events), default=taken) < timedelta(seconds=0.5):
            # A push and an answer cross; which of them is newer is another test's.
            continue
        state, _ = replay(events)
        before = [(brief(call), call.id) for call in state.calls]
        state.reconcile(Snapshot(taken=taken, channels=reply.channels(data)), taken)
        assert [(brief(call), call.id) for call in state.calls] == before
