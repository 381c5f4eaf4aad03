"""The call events of extensions, queues and the PBX, from pushes as a real PBX sent them."""

import json
from pathlib import Path
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, State
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from syrupy.assertion import SnapshotAssertion

from custom_components.coocenter.const import EVENT_CALL
from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.office_harness import (
    CAPTURES,
    DIAL_BEGIN,
    assert_entities,
    devices_of,
    entity_id,
    errors,
    events_of,
    every_capture,
    poll,
    state_of,
)

CAPTURE = {path.stem: path for path in CAPTURES}
#: What happens by each capture, a line for each event by which something does.
FACTS: dict[str, list[str]] = json.loads((CAPTURES[0].parent / "facts.json").read_text())
PARTS = {"call": "pbx", "630_queue_call": "630", **{f"80{n}_call": f"80{n}" for n in range(1, 8)}}
#: Of interest to triggers alone.
UNSHOWN = "630 queued"


def happened(changes: list[Event[Any]]) -> list[State]:
    """Return the states of call events that were new, in their order."""
    states = [event.data["new_state"] for event in changes if event.data["entity_id"].startswith("event.")]
    return [state for state in states if state and state.attributes.get("event_type")]


async def play(push: Push, capture: Path, times: int = 1) -> None:
    for event in events_of(capture):
        assert {await push(event) for _ in range(times)} == {200}


@pytest.mark.usefixtures("loaded")
def test_events(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    assert_entities(hass, snapshot, "event")


@pytest.mark.usefixtures("loaded")
@every_capture
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
async def test_each_fact_of_a_real_call_is_an_event_once(
    hass: HomeAssistant, push: Push, caplog: pytest.LogCaptureFixture, capture: Path, times: int
) -> None:
    """The simulated office has the captures' phones and queue 630, under names of its own."""
    names = {entity_id(hass, part): word for part, word in PARTS.items()}
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await play(push, capture, times)
    expected = [fact for line in FACTS[capture.stem] for fact in line.split("; ")]
    told = [
        f"{names[state.entity_id]} {state.attributes['event_type']}"
        + (f" ({cause})" if (cause := state.attributes["cause"]) else "")
        for state in happened(changes)
    ]
    assert told == [fact for fact in expected if fact != UNSHOWN]
    assert errors(caplog) == []


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("part", ["call", "630_queue_call", "804_call"])
async def test_what_is_told_of_a_call(hass: HomeAssistant, push: Push, snapshot: SnapshotAssertion, part: str) -> None:
    await play(push, CAPTURE["queue_abandoned"])
    told = dict(state_of(hass, part).attributes)
    # These are of the moment.
    assert told.pop("started") < state_of(hass, part).state
    assert (told.pop("wait_time"), told.pop("duration"), told.pop("talk_time")) == (4, 4, None)
    assert told == snapshot


@pytest.mark.usefixtures("loaded")
async def test_a_call_is_fired_once_at_its_end(hass: HomeAssistant, push: Push) -> None:
    fired = async_capture_events(hass, EVENT_CALL)
    await play(push, CAPTURE["queue_abandoned"], times=2)
    await play(push, CAPTURE["internal_answered"])
    missed, answered = (event.data for event in fired)
    assert (missed["type"], missed["queue"], missed["cause"]) == ("missed", "630", "caller_gave_up")
    assert missed["entity_id"] == answered["entity_id"] == entity_id(hass, "call")
    assert missed["device_id"] == devices_of(hass)["803"].id, "the first of the phones that rang"
    assert (answered["type"], answered["outcome"]) == ("ended", "answered")
    assert answered["device_id"] == devices_of(hass)["802"].id


async def test_calls_are_told_while_the_pbx_does_not_answer(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    pbx.quirks = Quirks(reply="500")
    await poll(hass)
    assert state_of(hass, "801_status").state == "unavailable"
    await push(DIAL_BEGIN)
    assert state_of(hass, "801_call").attributes["event_type"] == "dialing"
    assert state_of(hass, "802_call").attributes["event_type"] == "ringing"


async def test_a_reload_in_mid_call_tells_nothing_twice(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    await push(DIAL_BEGIN)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert {state.attributes["event_type"] for state in happened(changes)} <= {"dialing", "ringing"}
    moments = {state_of(hass, part).state for part in ("801_call", "802_call", "call")}
    await push(DIAL_BEGIN)
    assert {state_of(hass, part).state for part in ("801_call", "802_call", "call")} == moments
