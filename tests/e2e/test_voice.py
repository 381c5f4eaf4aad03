"""What somebody says at a desk, through Assist's own websocket command, to the phone of that room and back."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio

from scripts.demo.api import States
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CALLER = "01632960155"
TABLET = {
    "app_id": "io.home_assistant.test",
    "app_name": "Companion",
    "app_version": "1",
    "device_name": "Reception tablet",
    "manufacturer": "Any",
    "model": "Tablet",
    "os_name": "Android",
    "os_version": "16",
    "supports_encryption": False,
    "device_id": "reception-tablet",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tablet(site: Site) -> AsyncGenerator[str]:
    """Put the phone 803 and a tablet that listens into the same room, and return the tablet's device."""
    room = await site.hass.command("config/area_registry/create", name="Reception")
    await site.hass.request("POST", "/api/mobile_app/registrations", TABLET)
    devices = {device["name"]: device["id"] for device in await site.hass.command("config/device_registry/list")}
    entities = {
        entity["entity_id"]: entity["device_id"] for entity in await site.hass.command("config/entity_registry/list")
    }
    phone = entities[site.entity("803_status")]
    for device in (devices["Reception tablet"], phone):
        await site.hass.command("config/device_registry/update", device_id=device, area_id=room["area_id"])
    await site.hass.call_service(
        "coocenter", "add_contact", {"name": "Alice Smith", "numbers": [{"number": CALLER}]}, return_response=True
    )
    yield devices["Reception tablet"]
    await site.hass.wait_for_state(site.entity("active_calls"), "0")


async def test_the_phone_of_the_room_rings_and_then_dials(site: Site, tablet: str) -> None:
    assert "Alice Smith" in await site.hass.say("call Alice Smith, please", device_id=tablet)
    await site.hass.wait_for_state(site.entity("803_status"), "in_use")
    assert await _dials(site) == [{"src": "803", "dst": CALLER}]
    connected = await site.hass.wait_for(lambda states: _talking(states, site) == [("803", "Alice Smith")])
    assert _other_party(connected, site) == (CALLER, "Alice Smith")
    assert "Alice Smith" in await site.hass.say("who is on the phone?", device_id=tablet)
    await site.hass.say("hang up", device_id=tablet)
    await site.hass.wait_for_state(site.entity("803_status"), "idle")


async def test_who_called_is_answered_with_the_name(site: Site, tablet: str) -> None:
    missed = _missed_calls(site)
    await site.play("inbound_missed", number=CALLER, callee="802")
    await site.hass.wait_for(lambda states: states[missed]["state"] == "1")
    assert "Alice Smith" in await site.hass.say("who called?", device_id=tablet)


async def test_nobody_knows_where_to_dial_from(site: Site, tablet: str) -> None:
    before = await _dials(site)
    spoken = await site.hass.say("call Alice Smith")
    assert "phone" in spoken
    assert await _dials(site) == before


async def test_the_lights_are_still_home_assistants(site: Site, tablet: str) -> None:
    await site.hass.command(
        "homeassistant/expose_entity", assistants=["conversation"], entity_ids=["light.lamp"], should_expose=True
    )
    await site.hass.say("turn on the lamp", device_id=tablet)
    await site.hass.wait_for_state("light.lamp", "on")
    assert "couldn't understand" in await site.hass.say("call me a taxi", device_id=tablet)


async def _dials(site: Site) -> list[dict[str, Any]]:
    requests = await site.control("requests")
    return [request["form"] for request in requests if request["path"].endswith("/extensions/click-number")]


def _talking(states: States, site: Site) -> list[tuple[str, str]]:
    calls = states[site.entity("active_calls")]["attributes"]["calls"]
    return [(call["caller"], call["callee_name"]) for call in calls if call["state"] == "connected"]


def _other_party(states: States, site: Site) -> tuple[str | None, str | None]:
    attributes = states[site.entity("803_status")]["attributes"]
    return attributes["other_party"], attributes["other_party_name"]


def _missed_calls(site: Site) -> str:
    return site.entity("missed_calls")
