"""The blueprint that alerts when a queue's callers wait too long, with several of them."""

from homeassistant.core import HomeAssistant
import pytest

from simulator import Simulator
from tests.blueprint_harness import automate, finished, install, recorded
from tests.flow_harness import until
from tests.office_harness import devices_of


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


@pytest.mark.usefixtures("connected")
async def test_the_all_clear_comes_when_the_last_of_them_is_gone(hass: HomeAssistant, pbx: Simulator) -> None:
    calls = recorded(hass, "test.alert", "test.relief")
    automation = await automate(
        hass,
        "caller_waiting",
        queues={"device_id": [devices_of(hass)["queue_630"].id]},
        patience={"seconds": 0},
        alert=[{"action": "test.alert"}],
        relief=[{"action": "test.relief"}],
    )
    for patience in (30, 90):
        await pbx.play("queue_abandoned", queue="630", ring=patience, wait=False)
    await until(lambda: len(calls) == 2)
    await until(lambda: hass.states.get(automation).attributes["current"] == 1)
    assert [call.service for call in calls] == ["alert", "alert"]
    await finished(hass, automation)
    assert [call.service for call in calls] == ["alert", "alert", "relief"]
