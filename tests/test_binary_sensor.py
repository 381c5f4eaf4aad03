"""What is reachable, and whether a queue is staffed."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.office_harness import assert_entities, poll, state_of, status


@pytest.mark.usefixtures("loaded")
def test_binary_sensors(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    assert_entities(hass, snapshot, "binary_sensor")


@pytest.mark.usefixtures("loaded")
async def test_connectivity_tells_that_the_pbx_does_not_answer_and_the_rest_is_unavailable(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    pbx.quirks = Quirks(reply="500")
    await poll(hass)
    assert state_of(hass, "connectivity").state == STATE_OFF
    assert state_of(hass, "801_registered").state == STATE_UNAVAILABLE
    assert state_of(hass, "630_unstaffed").state == STATE_UNAVAILABLE

    pbx.quirks = Quirks()
    await poll(hass)
    assert state_of(hass, "connectivity").state == STATE_ON
    assert state_of(hass, "801_registered").state == STATE_ON
    assert state_of(hass, "630_unstaffed").state == STATE_OFF


@pytest.mark.usefixtures("loaded")
async def test_a_phone_that_goes_is_noticed_at_once(hass: HomeAssistant, push: Push) -> None:
    assert await push(status("801", "4")) == 200
    assert state_of(hass, "801_registered").state == STATE_OFF
    assert await push(status("801", "0")) == 200
    assert state_of(hass, "801_registered").state == STATE_ON


async def test_a_queue_is_unstaffed_when_its_agents_are_paused_away_or_logged_out(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    first, second, third = pbx.office.queues["630"].members
    first.paused = True
    second.logged_in = False
    await poll(hass)
    assert state_of(hass, "630_unstaffed").state == STATE_OFF

    assert await push(status(third.extension, "4")) == 200
    assert state_of(hass, "630_unstaffed").state == STATE_ON
    assert state_of(hass, "631_unstaffed").state == STATE_OFF

    assert await push(status(third.extension, "1")) == 200
    assert state_of(hass, "630_unstaffed").state == STATE_OFF, "who talks will be free again"


@pytest.mark.usefixtures("loaded")
async def test_a_queue_that_nobody_is_logged_in_to_is_unstaffed(hass: HomeAssistant, pbx: Simulator) -> None:
    for member in pbx.office.queues["630"].members:
        member.logged_in = False
    await poll(hass)
    assert state_of(hass, "630_unstaffed").state == STATE_ON
    assert state_of(hass, "630_agents_logged_in").state == "0"
