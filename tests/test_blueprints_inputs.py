"""What a blueprint's inputs promise: that the required ones are enough, and what the others do to announcements."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from scripts.demo.hass import STAND_INS
from simulator import Simulator
from tests.blueprint_harness import BLUEPRINTS, OUTSIDE, MobileDevice, automate, finished, install, recorded, settle
from tests.flow_harness import until
from tests.office_harness import FOREVER, devices_of

#: The inputs without a default of each blueprint, of which there is to be none more.
REQUIRED: dict[str, Callable[[HomeAssistant, str], dict[str, Any]]] = {
    "announce_caller.yaml": lambda _hass, _mobile: {"engine": "tts.voice", "players": ["media_player.speaker"]},
    "block_caller.yaml": lambda _hass, mobile: {"notify_device": mobile},
    "caller_waiting.yaml": lambda hass, _mobile: {"queues": of(hass, "queue_630"), "alert": []},
    "flash_light.yaml": lambda hass, _mobile: {"phones": of(hass, "801"), "lights": ["light.lamp"]},
    "missed_call.yaml": lambda _hass, mobile: {"notify_device": mobile},
    "out_of_hours.yaml": lambda hass, _mobile: {"queues": of(hass, "queue_630")["device_id"]},
    "pause_media.yaml": lambda hass, _mobile: {"phones": of(hass, "801")},
}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


def of(hass: HomeAssistant, *parts: str) -> dict[str, list[str]]:
    return {"device_id": [devices_of(hass)[part].id for part in parts]}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", BLUEPRINTS)
async def test_the_required_inputs_are_enough(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.syspath_prepend(str(STAND_INS))
    mobile = MobileDevice(hass)
    await mobile.connect()
    entity_id = await automate(hass, name.removesuffix(".yaml"), **REQUIRED[name](hass, mobile.id))
    await hass.services.async_call("automation", "turn_off", {"entity_id": entity_id}, blocking=True)


async def announced(hass: HomeAssistant, pbx: Simulator, scenario: str, params: dict[str, Any], **inputs: Any) -> Any:
    """Return what is said when a caller rings until a phone is told to hang up."""
    said = recorded(hass, "tts.speak")
    chosen = {"engine": "tts.voice", "players": ["media_player.speaker"], "pause": 0} | inputs
    automation = await automate(hass, "announce_caller", **chosen)
    await pbx.play(scenario, ring=FOREVER, wait=False, **params)
    await until(lambda: said)
    await pbx.drain()
    await settle()
    await finished(hass, automation)
    return [call.data["message"] for call in said]


@pytest.mark.usefixtures("connected")
async def test_a_call_that_rings_several_is_announced_once(hass: HomeAssistant, pbx: Simulator) -> None:
    phones = of(hass, "queue_630", "801", "802", "805")
    said = await announced(hass, pbx, "queue_abandoned", {"number": OUTSIDE, "queue": "630"}, phones=phones)
    assert said == [f"{' '.join(OUTSIDE)} is calling for Queue 630."]


@pytest.mark.usefixtures("connected")
async def test_the_words_can_be_others(hass: HomeAssistant, pbx: Simulator) -> None:
    words = {
        "message": "{{ who }}: {{ trigger.call.direction }}, {{ whom }}",
        "withheld": "Unbekannt",
        "callers": ["withheld"],
    }
    said = await announced(hass, pbx, "withheld", {"callee": "801"}, **words)
    assert said == ["Unbekannt: inbound, Alice"]
