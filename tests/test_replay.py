"""What a real Asterisk with real phones pushed, sent to the webhook in its order."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from simulator import Simulator
from simulator.office import Extension
from tests.conftest import Push
from tests.office_harness import errors, events_of, every_capture, poll, state_of

WORDS = {"Idle": "idle", "Unavailable": "unavailable"}


@pytest.mark.usefixtures("loaded")
@every_capture
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
async def test_the_end_is_right(
    hass: HomeAssistant, pbx: Simulator, push: Push, caplog: pytest.LogCaptureFixture, capture: Path, times: int
) -> None:
    # What the captured office had beside the simulated one: a phone that is switched off.
    pbx.office.extensions["800"] = Extension(number="800", name="800", registered=False)
    await poll(hass)
    expected = {number: state_of(hass, f"{number}_status").state for number in pbx.office.extensions}
    for event in events_of(capture):
        assert {await push(event) for _ in range(times)} == {200}
        if event["event"] == "extensionstatus":
            expected[event["exten"]] = WORDS.get(event["statustext"], event["statustext"])
    assert {number: state_of(hass, f"{number}_status").state for number in expected} == expected
    assert {state_of(hass, f"{number}_status").attributes["calls"] for number in expected} == {0}
    assert state_of(hass, "active_calls").state == "0"
    assert errors(caplog) == []
