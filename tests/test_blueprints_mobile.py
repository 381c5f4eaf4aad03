"""The blueprints that notify a mobile device of a call and offer a button; and what holds for every blueprint."""

from pathlib import Path
from typing import Any

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import load_yaml_dict
import pytest

from scripts.demo.hass import STAND_INS
from simulator import Simulator
from tests.blueprint_harness import (
    BLUEPRINTS,
    FOLDER,
    OUTSIDE,
    ROOT,
    MobileDevice,
    automate,
    finished,
    install,
    pass_time,
    switch_off,
)
from tests.flow_harness import until
from tests.office_harness import asked, devices_of, entity_id


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


@pytest.fixture
async def mobile(hass: HomeAssistant, connected: object, monkeypatch: pytest.MonkeyPatch) -> MobileDevice:
    # The app's component wants a package of the voice assistant's that has no wheel everywhere; nothing of it is used.
    monkeypatch.syspath_prepend(str(STAND_INS))
    mobile = MobileDevice(hass)
    await mobile.connect()
    return mobile


async def miss(pbx: Simulator, **params: Any) -> None:
    """Let a caller from outside give up."""
    await pbx.play("inbound_missed", number=OUTSIDE, callee="801", **params)
    await pbx.drain()


async def test_a_missed_call_is_told_and_called_back(hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice) -> None:
    phone = entity_id(hass, "803_status")
    automation = await automate(hass, "missed_call", notify_device=mobile.id, phone=phone, prefix="9")
    await miss(pbx)
    told = await mobile.notified()
    assert told["title"] == f"Missed call from {OUTSIDE}"
    assert told["message"].startswith("for Alice")
    assert [button["title"] for button in told["data"]["actions"]] == ["Call back"]
    await mobile.answer("COOCENTER_CALL_BACK_of_another_call")
    assert asked(pbx, "extensions/click-number") == []
    await mobile.press(told)
    await finished(hass, automation)
    assert asked(pbx, "extensions/click-number") == [{"src": "803", "dst": f"9{OUTSIDE}"}]


async def test_each_missed_call_has_a_button_of_its_own(
    hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice
) -> None:
    phones = {"device_id": devices_of(hass)["801"].id}
    automation = await automate(hass, "missed_call", notify_device=mobile.id, phones=phones)
    await miss(pbx)
    first = await mobile.notified()
    await pbx.play("inbound_missed", number="01632960202", callee="801")
    await pbx.drain()
    second = await mobile.notified(2)
    assert first["data"]["tag"] != second["data"]["tag"]
    await mobile.press(first)
    await until(lambda: asked(pbx, "extensions/click-number") == [{"src": "801", "dst": OUTSIDE}])
    await pass_time(hass, 9 * 3600)
    await finished(hass, automation)
    await mobile.press(second)
    assert len(asked(pbx, "extensions/click-number")) == 1, "it was too late"


async def test_who_hides_the_number_cannot_be_called_back(
    hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice
) -> None:
    phone = entity_id(hass, "803_status")
    automation = await automate(hass, "missed_call", notify_device=mobile.id, phone=phone)
    await pbx.play("withheld", callee="801", wait=False)
    await until(lambda: pbx.engine.live)
    pbx.engine.hang_up("801")
    await until(lambda: not pbx.engine.live)
    await pbx.drain()
    told = await mobile.notified()
    assert told["title"] == "Missed call from a withheld number"
    assert "actions" not in told["data"]
    await finished(hass, automation)


async def test_an_answered_call_is_not_missed(hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice) -> None:
    await automate(hass, "missed_call", notify_device=mobile.id, phone=entity_id(hass, "803_status"))
    await pbx.play("inbound", number=OUTSIDE, callee="801")
    await pbx.play("cancelled", caller="802", callee="801")
    await pbx.drain()
    await hass.async_block_till_done()
    assert mobile.notifications == []


@pytest.mark.parametrize(("scenario", "title"), [("inbound", "Call"), ("inbound_missed", "Missed call")])
async def test_a_caller_is_blocked(
    hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice, scenario: str, title: str
) -> None:
    automation = await automate(hass, "block_caller", notify_device=mobile.id)
    await pbx.play(scenario, number=OUTSIDE, callee="801")
    await pbx.drain()
    told = await mobile.notified()
    assert told["title"] == f"{title} from {OUTSIDE}"
    await mobile.press(told)
    await finished(hass, automation)
    assert pbx.office.blacklist == [OUTSIDE]
    confirmed = await mobile.notified(2)
    assert confirmed["message"] == f"{OUTSIDE} is blocked and can no longer call."
    assert confirmed["data"]["tag"] == told["data"]["tag"], "in the place of the offer"


@pytest.mark.parametrize("inputs", [{"known": [OUTSIDE]}, {"after": ["missed"]}])
async def test_not_every_caller_can_be_blocked(
    hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice, inputs: dict[str, Any]
) -> None:
    await automate(hass, "block_caller", notify_device=mobile.id, **inputs)
    await pbx.play("inbound", number=OUTSIDE, callee="801")
    await pbx.drain()
    await hass.async_block_till_done()
    assert mobile.notifications == []


async def test_the_offer_to_block_lapses(hass: HomeAssistant, pbx: Simulator, mobile: MobileDevice) -> None:
    automation = await automate(hass, "block_caller", notify_device=mobile.id)
    await miss(pbx)
    told = await mobile.notified()
    await pass_time(hass, 3601)
    await finished(hass, automation)
    await mobile.press(told)
    assert pbx.office.blacklist == []
    await switch_off(hass, automation)


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_a_blueprint_is_one(name: str) -> None:
    blueprint = Blueprint(
        load_yaml_dict(str(FOLDER / name)),
        expected_domain="automation",
        path=name,
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert blueprint.metadata["homeassistant"]["min_version"] == "2026.10.0"
    assert blueprint.metadata["source_url"].endswith(f"/blueprints/automation/coocenter/{name}")
    inputs = blueprint.inputs
    assert all(about and about.get("name") and about.get("selector") for about in inputs.values())


def test_every_blueprint_is_documented() -> None:
    page = Path(ROOT / "docs" / "automations.md").read_text()
    assert [name for name in BLUEPRINTS if name not in page] == []
