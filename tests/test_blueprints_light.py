"""The blueprint that flashes a light: how long it does, and that the light is again as it was."""

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component
import pytest

from simulator import Simulator
from tests.blueprint_harness import automate, finished, hang_up, install, settle, until_status
from tests.flow_harness import until
from tests.office_harness import FOREVER, devices_of

LIGHT = "light.lamp"
BEFORE = {"supported_color_modes": ["brightness"], "color_mode": "brightness", "brightness": 40}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


@pytest.fixture
async def done(hass: HomeAssistant) -> list[ServiceCall]:
    """What was done with a light that was dimmed."""
    calls: list[ServiceCall] = []

    @callback
    def switch(call: ServiceCall) -> None:
        calls.append(call)
        brightness = call.data.get("brightness", round(2.55 * call.data.get("brightness_pct", 0)))
        hass.states.async_set(LIGHT, call.service.removeprefix("turn_"), BEFORE | {"brightness": brightness})

    for action in ("turn_on", "turn_off"):
        hass.services.async_register("light", action, switch)
    hass.states.async_set(LIGHT, "on", BEFORE)
    assert await async_setup_component(hass, "scene", {})
    return calls


def phones(hass: HomeAssistant, *numbers: str) -> dict[str, list[str]]:
    return {"device_id": [devices_of(hass)[number].id for number in numbers]}


async def ring(hass: HomeAssistant, pbx: Simulator, *callees: str) -> None:
    """Let phones ring until they are told to hang up."""
    for callee in callees:
        await pbx.play("inbound", callee=callee, ring=FOREVER, wait=False)
        await until_status(hass, callee, "ringing")


@pytest.mark.usefixtures("connected")
async def test_a_light_that_was_dimmed_is_dimmed_again(
    hass: HomeAssistant, pbx: Simulator, done: list[ServiceCall]
) -> None:
    chosen = {"phones": phones(hass, "801"), "lights": [LIGHT], "period": 0.5, "colour": [255, 0, 0]}
    automation = await automate(hass, "flash_light", **chosen)
    await ring(hass, pbx, "801")
    await until(lambda: done)
    assert (done[0].data["brightness_pct"], done[0].data["rgb_color"]) == (100, [255, 0, 0])
    await hang_up(hass, pbx, "801")
    await finished(hass, automation)
    light = hass.states.get(LIGHT)
    assert (light.state, light.attributes["brightness"]) == ("on", 40)
    assert hass.states.async_entity_ids("scene") == []


@pytest.mark.usefixtures("connected")
async def test_it_flashes_while_one_of_the_phones_rings(
    hass: HomeAssistant, pbx: Simulator, done: list[ServiceCall]
) -> None:
    chosen = {"phones": phones(hass, "801", "802"), "lights": [LIGHT], "period": 0.5}
    automation = await automate(hass, "flash_light", **chosen)
    await ring(hass, pbx, "801", "802")
    await hang_up(hass, pbx, "801")
    flashes = len(done)
    await until(lambda: len(done) > flashes + 1)
    await hang_up(hass, pbx, "802")
    await finished(hass, automation)
    assert hass.states.get(LIGHT).attributes["brightness"] == 40, "as it was before the first of them"


@pytest.mark.usefixtures("connected")
async def test_it_does_not_flash_for_ever(hass: HomeAssistant, pbx: Simulator, done: list[ServiceCall]) -> None:
    chosen = {"phones": phones(hass, "801"), "lights": [LIGHT], "period": 0.5, "longest": 1}
    automation = await automate(hass, "flash_light", **chosen)
    await ring(hass, pbx, "801")
    await until(lambda: done)
    await finished(hass, automation)
    assert [call.service for call in done] == ["turn_on", "turn_off", "turn_on", "turn_off", "turn_on"]
    assert hass.states.get(LIGHT).attributes["brightness"] == 40
    await hang_up(hass, pbx, "801")


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("inputs", [{"directions": ["internal"]}, {"callers": ["withheld"]}])
async def test_it_flashes_for_the_calls_that_were_chosen(
    hass: HomeAssistant, pbx: Simulator, done: list[ServiceCall], inputs: dict[str, list[str]]
) -> None:
    await automate(hass, "flash_light", phones=phones(hass, "801"), lights=[LIGHT], **inputs)
    await ring(hass, pbx, "801")
    await settle()
    assert done == []
    await hang_up(hass, pbx, "801")
