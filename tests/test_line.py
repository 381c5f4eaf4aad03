"""Who is on an extension's line, in every kind of call that an office has."""

from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from simulator import Simulator
from tests.flow_harness import until
from tests.office_harness import FOREVER, act, entity_id, state_of

OUTSIDE = "01632960201"
KEYS = ("other_party", "other_party_name", "direction", "calls")

type Line = tuple[Any, ...]

NOBODY: Line = ("idle", None, None, None, 0)


def line(hass: HomeAssistant, extension: str) -> Line:
    state = state_of(hass, f"{extension}_status")
    return (state.state, *(state.attributes[key] for key in KEYS))


async def until_lines(hass: HomeAssistant, **expected: Line) -> None:
    """Wait until the lines of extensions show this; an extension is given as `x801`."""
    numbers = {number.removeprefix("x"): shown for number, shown in expected.items()}
    try:
        await until(lambda: {number: line(hass, number) for number in numbers} == numbers)
    except pytest.fail.Exception:
        assert {number: line(hass, number) for number in numbers} == numbers


async def hang_up(hass: HomeAssistant, pbx: Simulator, *extensions: str) -> None:
    """End the call and wait until nobody is on a line."""
    await act(hass, "hangup", extension=extensions[0])
    for extension in extensions:
        await until_lines(hass, **{f"x{extension}": NOBODY})
    await until(lambda: state_of(hass, "active_calls").state == "0")
    await until(lambda: not pbx.engine.calls)
    await pbx.drain()


@pytest.mark.usefixtures("connected")
async def test_an_internal_call_rings(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("internal", caller="801", callee="802", ring=FOREVER, wait=False)
    await until_lines(
        hass, x801=("in_use", "802", "Bob", "internal", 1), x802=("ringing", "801", "Alice", "internal", 1)
    )
    await hang_up(hass, pbx, "801", "802")


@pytest.mark.usefixtures("connected")
async def test_an_internal_call_talks(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("internal", caller="801", callee="802", ring=0, talk=FOREVER, wait=False)
    await until_lines(
        hass, x801=("in_use", "802", "Bob", "internal", 1), x802=("in_use", "801", "Alice", "internal", 1)
    )
    assert state_of(hass, "801_status").attributes["since"]
    await hang_up(hass, pbx, "802", "801")
    assert state_of(hass, "801_status").attributes["since"] is None


@pytest.mark.usefixtures("connected")
async def test_an_outside_caller_reaches_an_extension(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("inbound", number=OUTSIDE, callee="803", ring=0, talk=FOREVER, wait=False)
    await until_lines(hass, x803=("in_use", OUTSIDE, None, "inbound", 1))
    await hang_up(hass, pbx, "803")


@pytest.mark.usefixtures("connected")
async def test_an_extension_calls_an_outside_number(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("outbound", extension="804", number=OUTSIDE, ring=0, talk=FOREVER, wait=False)
    await until_lines(hass, x804=("in_use", f"9{OUTSIDE}", None, "outbound", 1))
    await hang_up(hass, pbx, "804")


@pytest.mark.usefixtures("connected")
async def test_a_queues_caller_rings_its_agents_and_talks_to_one(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("queue", number=OUTSIDE, queue="630", agent="801", ring=0, talk=FOREVER, wait=False)
    await until_lines(hass, x801=("in_use", OUTSIDE, None, "inbound", 1), x802=NOBODY)
    (call,) = state_of(hass, "active_calls").attributes["calls"]
    assert (call["queue"], call["did"], call["state"]) == ("630", "01632960100", "connected")
    await hang_up(hass, pbx, "801")


@pytest.mark.usefixtures("connected")
async def test_a_transferred_caller_is_on_the_other_extensions_line(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("internal", caller="801", callee="802", ring=0, talk=FOREVER, wait=False)
    await until_lines(hass, x802=("in_use", "801", "Alice", "internal", 1))
    await act(hass, "transfer", source="802", destination="803")
    await until_lines(
        hass,
        x801=("in_use", "803", "Carol", "internal", 1),
        x802=NOBODY,
        x803=("in_use", "801", "Alice", "internal", 1),
    )
    await hang_up(hass, pbx, "803", "801")


@pytest.mark.usefixtures("connected")
async def test_click_to_dial_rings_the_source_first(hass: HomeAssistant, pbx: Simulator) -> None:
    changes: list[Event[Any]] = async_capture_events(hass, EVENT_STATE_CHANGED)
    await act(hass, "dial", source="804", destination="805")
    await until(lambda: not pbx.engine.calls)
    await pbx.drain()
    await hass.async_block_till_done()

    def seen(extension: str) -> set[Line]:
        wanted = entity_id(hass, f"{extension}_status")
        states = [change.data["new_state"] for change in changes if change.data["entity_id"] == wanted]
        return {(state.state, *(state.attributes[key] for key in KEYS)) for state in states}

    assert {("ringing", None, None, "internal", 1), ("in_use", "805", "Erin", "internal", 1)} <= seen("804")
    assert {("ringing", "804", "Dave", "internal", 1), ("in_use", "804", "Dave", "internal", 1)} <= seen("805")
    assert (line(hass, "804"), line(hass, "805")) == (NOBODY, NOBODY)


@pytest.mark.usefixtures("connected")
async def test_of_two_calls_the_one_that_talks_is_shown(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("internal", caller="801", callee="802", ring=0, talk=FOREVER, wait=False)
    await until_lines(hass, x802=("in_use", "801", "Alice", "internal", 1))
    await pbx.play("cancelled", caller="803", callee="802", ring=FOREVER, wait=False)
    await until_lines(
        hass, x802=("ringing_in_use", "801", "Alice", "internal", 2), x803=("in_use", "802", "Bob", "internal", 1)
    )
    await hang_up(hass, pbx, "802", "801", "803")
