"""Conditions of automations: what phones, agents and queues do, and who calls."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coocenter.condition import CONDITIONS
from simulator import Simulator
from tests.automation_harness import automate, condition, trigger
from tests.conftest import Push
from tests.office_harness import DIAL_BEGIN, act, devices_of, entity_id, poll, status

PHONES = [
    ("extension_is_on_call", "0", False),
    ("extension_is_on_call", "1", True),
    ("extension_is_on_call", "2", True),
    ("extension_is_on_call", "4", False),
    ("extension_is_on_call", "8", False),
    ("extension_is_on_call", "9", True),
    ("extension_is_on_call", "16", True),
    ("extension_is_on_call", "17", True),
    ("extension_is_ringing", "0", False),
    ("extension_is_ringing", "1", False),
    ("extension_is_ringing", "8", True),
    ("extension_is_ringing", "9", True),
    ("extension_is_registered", "0", True),
    ("extension_is_registered", "4", False),
]


async def holds(hass: HomeAssistant, *conditions: dict[str, Any]) -> bool:
    """Tell whether the conditions let an automation run."""
    event = {"trigger": "event", "event_type": "ask"}
    ran = await automate(hass, event, conditions=conditions)
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    return bool(ran)


def of_device(hass: HomeAssistant, name: str) -> dict[str, Any]:
    return {"device_id": devices_of(hass)[name].id}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("targeted", ["device", "area"])
@pytest.mark.parametrize(("name", "code", "expected"), PHONES)
async def test_what_a_phone_does(
    hass: HomeAssistant, push: Push, name: str, code: str, expected: bool, targeted: str
) -> None:
    await push(status("801", code))
    target = of_device(hass, "801")
    if targeted == "area":
        area = ar.async_get(hass).async_create("Reception").id
        dr.async_get(hass).async_update_device(target["device_id"], area_id=area)
        target = {"area_id": area}
    assert await holds(hass, condition(name, target)) is expected


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("behavior", "expected"), [("any", True), ("all", False)])
async def test_one_of_several_phones(hass: HomeAssistant, push: Push, behavior: str, expected: bool) -> None:
    await push(status("801", "8"))
    target = {"device_id": [devices_of(hass)[number].id for number in ("801", "802")]}
    assert await holds(hass, condition("extension_is_ringing", target, behavior=behavior)) is expected


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("name", "expected"), [("801", True), ("queue_630", True), ("queue_631", False), ("802", False), ("switch", True)]
)
async def test_an_agent_who_is_paused(hass: HomeAssistant, name: str, expected: bool) -> None:
    await act(hass, "agent_pause", extension="801", queue="630", paused=True)
    target = {"entity_id": entity_id(hass, "630_801_paused")} if name == "switch" else of_device(hass, name)
    assert await holds(hass, condition("agent_is_paused", target)) is expected


@pytest.mark.usefixtures("loaded")
async def test_a_queue_with_a_free_agent(hass: HomeAssistant, pbx: Simulator) -> None:
    for member in pbx.office.queues["630"].logged_in:
        member.paused = True
    await poll(hass)
    assert not await holds(hass, condition("queue_has_free_agent", of_device(hass, "queue_630")))


@pytest.mark.usefixtures("loaded")
async def test_a_queue_whose_agents_wait(hass: HomeAssistant) -> None:
    assert await holds(hass, condition("queue_has_free_agent", of_device(hass, "queue_630")))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("patterns", "expected"), [("801", True), (["555*", "Alice"], True), ("802", False), ("withheld", False)]
)
async def test_who_calls(hass: HomeAssistant, push: Push, patterns: str | list[str], expected: bool) -> None:
    ran = await automate(hass, trigger("call_ringing"), conditions=[condition("caller_is", caller=patterns)])
    await push(DIAL_BEGIN)
    assert bool(ran) is expected


@pytest.mark.usefixtures("loaded")
async def test_nobody_calls_where_no_call_triggered(hass: HomeAssistant) -> None:
    assert not await holds(hass, condition("caller_is", caller="*"))


async def test_a_condition_outlives_a_reload(hass: HomeAssistant, loaded: MockConfigEntry, push: Push) -> None:
    ran = await automate(
        hass,
        {"trigger": "event", "event_type": "ask"},
        conditions=[condition("extension_is_ringing", of_device(hass, "801"))],
    )
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    await push(status("801", "8"))
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    assert len(ran) == 1


@pytest.mark.usefixtures("loaded")
async def test_the_editor_is_offered_them(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "condition_platforms/subscribe"})
    await client.receive_json()
    offered = (await client.receive_json())["event"]
    assert {name for name in offered if name.startswith("coocenter.")} == {f"coocenter.{name}" for name in CONDITIONS}
