"""An entry's life: set up, retried, reloaded, disabled, removed, and its pushes all the while."""

from http import HTTPStatus
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_WEBHOOK_ID, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coocenter.const import DOMAIN, EVENT_COOCENTER
from custom_components.coocenter.coordinator import CooCenterCoordinator
from custom_components.coocenter.link import DATA_LINKS
from custom_components.coocenter.pbx import parse
from simulator import Office, Quirks, Simulator
from tests.conftest import WEB_KEY, Push, load, make_entry
from tests.poll_harness import begin_call, next_poll, pass_time, status


async def test_while_the_pbx_cannot_be_asked_its_pushes_are_taken_all_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, push_url: str
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    pbx.quirks = Quirks(reply="500")
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason == "The PBX could not be asked: HTTP 500"

    pbx.push_url = push_url
    call = await begin_call(pbx)
    assert [event.data["uniqueid"] for event in fired if event.data["type"] == "dial_begin"] == [call]
    assert {event.data["config_entry_id"] for event in fired} == {entry.entry_id}

    pbx.quirks = Quirks()
    await pass_time(hass, 60)
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("sensor.alice_status").state == "in_use"
    assert hass.states.get("sensor.alice_status").attributes["other_party"] == "802"
    # Polling knows no call's id.
    assert [one["id"] for one in hass.states.get("sensor.coocenter_active_calls").attributes["calls"]] == [call]


async def test_pushes_are_taken_before_the_entry_is_set_up(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    entry.add_to_hass(hass)
    with patch("custom_components.coocenter.async_setup_entry", side_effect=AssertionError("too late")):
        assert await async_setup_component(hass, DOMAIN, {})
        assert await push(status("801", 8)) == HTTPStatus.OK

    assert len(fired) == 1


async def test_an_entry_is_unloaded_and_set_up_again(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.NOT_LOADED
    assert hass.states.get("sensor.alice_status").state == STATE_UNAVAILABLE
    pbx.requests.clear()
    await pass_time(hass, 3600)
    assert not pbx.requests, "nobody polls"

    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.alice_status").state == "idle"


async def test_no_push_is_lost_while_the_entry_is_reloaded(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    calls = []
    for _ in range(4):
        reloading = hass.async_create_task(hass.config_entries.async_reload(connected.entry_id))
        calls.append(await pbx.play("internal", caller="801", callee="802"))
        assert await reloading
    await pbx.drain()

    assert [event.data["uniqueid"] for event in fired if event.data["type"] == "cdr"] == [call.id for call in calls]
    # What an extension does is told by polling, too, and then is no news.
    pushed = [push.body["uniqueid"] for push in pbx.pushed if push.body["event"] != "extensionstatus"]
    assert [event.data["uniqueid"] for event in fired if event.data["type"] != "extension_status"] == pushed
    assert {push.attempts for push in pbx.pushed} == {1}, "and none had to be sent again"


async def test_pushes_of_an_unloaded_entry_are_there_when_it_is_back(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    assert await hass.config_entries.async_unload(connected.entry_id)
    call = await begin_call(pbx)
    assert await hass.config_entries.async_setup(connected.entry_id)
    await hass.async_block_till_done()

    # Polling knows no call's id.
    assert [one["id"] for one in hass.states.get("sensor.coocenter_active_calls").attributes["calls"]] == [call]


async def test_what_is_pushed_while_the_platforms_are_set_up_reaches_the_entities(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    @callback
    def ring_at_once(event: Event[Any]) -> None:
        if event.data["entity_id"] == "sensor.alice_status" and event.data["old_state"] is None:
            ringing = parse(b'{"event": "extensionstatus", "exten": "801", "status": "8"}', "application/json")
            hass.data[DATA_LINKS][entry.entry_id].receive(ringing, dt_util.utcnow())

    hass.bus.async_listen("state_changed", ring_at_once)
    await load(hass, entry)

    assert hass.states.get("sensor.alice_status").state == "ringing"


async def test_until_the_integration_is_there_the_pbx_keeps_what_it_has(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push
) -> None:
    """Home Assistant's own webhooks, which are there before, answer 200 for what they do not know."""
    entry.add_to_hass(hass)
    assert await push(status("801", 8)) == HTTPStatus.NOT_FOUND
    with patch("custom_components.coocenter.async_setup_entry", return_value=True):
        assert await async_setup_component(hass, DOMAIN, {})
    assert await push(status("801", 8)) == HTTPStatus.OK


async def test_a_disabled_entry_takes_no_pushes_until_it_is_enabled(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    await hass.config_entries.async_set_disabled_by(loaded.entry_id, ConfigEntryDisabler.USER)
    # It keeps what it has.
    assert await push(status("801", 8)) == HTTPStatus.NOT_FOUND
    assert not fired

    await hass.config_entries.async_set_disabled_by(loaded.entry_id, None)
    await hass.async_block_till_done()
    assert await push(status("801", 8)) == HTTPStatus.OK
    assert len(fired) == 1


async def test_an_entry_that_is_disabled_while_it_is_retried_takes_no_pushes(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    await pbx.stop()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)

    assert await push(status("801", 8)) == HTTPStatus.NOT_FOUND
    assert not fired


async def test_an_entry_that_was_disabled_before_the_start_takes_no_pushes(
    hass: HomeAssistant, pbx: Simulator, push: Push
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    make_entry(pbx, disabled_by=ConfigEntryDisabler.USER).add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})

    assert await push(status("801", 8)) == HTTPStatus.NOT_FOUND
    assert not fired


async def test_nothing_is_left_of_a_removed_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_storage: dict[str, Any]
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    agent = {"extension": pbx.office.queues["630"].members[0].extension, "paused": True}
    await hass.services.async_call(DOMAIN, "agent_pause", agent, blocking=True)
    await pass_time(hass, 2)
    store = f"{DOMAIN}.{loaded.entry_id}.pauses"
    assert store in hass_storage

    await hass.config_entries.async_remove(loaded.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, 60)

    assert await push(status("801", 8)) == HTTPStatus.NOT_FOUND
    assert not fired
    assert store not in hass_storage
    assert loaded.entry_id not in hass.data[DATA_LINKS]
    assert not er.async_get(hass).entities
    assert not ir.async_get(hass).issues
    assert hass.states.async_entity_ids() == []


async def test_two_pbxs_do_not_mix(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push) -> None:
    async with Simulator(Office.build(extensions=3), web_key=WEB_KEY, mac="68:69:2e:00:00:02") as branch:
        second = make_entry(branch, entry_id="branch", title="Branch", data={CONF_WEBHOOK_ID: "of-the-branch"})
        await load(hass, second)
        fired = async_capture_events(hass, EVENT_COOCENTER)

        assert await push(status("801", 8)) == HTTPStatus.OK
        assert hass.states.get("sensor.alice_status").state == "ringing"
        assert hass.states.get("sensor.alice_status_2").state == "idle"

        assert await push(status("801", 1), webhook_id="of-the-branch") == HTTPStatus.OK
        assert hass.states.get("sensor.alice_status").state == "ringing"
        assert hass.states.get("sensor.alice_status_2").state == "in_use"

        assert [event.data["config_entry_id"] for event in fired] == [loaded.entry_id, second.entry_id]
        devices = [dr.async_get(hass).async_get(event.data["device_id"]) for event in fired]
        assert [device.config_entry_id for device in devices] == [loaded.entry_id, second.entry_id]

        await hass.config_entries.async_remove(second.entry_id)
    assert await push(status("802", 8)) == HTTPStatus.OK
    assert hass.states.get("sensor.bob_status").state == "ringing"


async def test_the_pbx_s_page_is_linked_even_by_an_ipv6_address(hass: HomeAssistant, pbx: Simulator) -> None:
    entry = make_entry(pbx, unique_id="68:69:2e:00:00:01", data={CONF_HOST: "2001:db8::1"})
    entry.add_to_hass(hass)
    # Where the tests run there may be no IPv6.
    with patch.object(CooCenterCoordinator, "async_config_entry_first_refresh"):
        assert await hass.config_entries.async_setup(entry.entry_id)

    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device.configuration_url == "http://[2001:db8::1]"
    assert device.connections == {(dr.CONNECTION_NETWORK_MAC, "68:69:2e:00:00:01")}


async def test_only_devices_that_the_pbx_does_not_list_can_be_deleted(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    registry = dr.async_get(hass)

    async def delete(name: str) -> bool:
        device = registry.async_get_device_by_identifier((DOMAIN, name), loaded.entry_id)
        response = await client.remove_device(device.id)
        return response["success"]

    assert not await delete(loaded.entry_id), "the PBX itself"
    assert not await delete(f"{loaded.entry_id}_801")

    del pbx.office.extensions["801"]
    await next_poll(hass)
    assert await delete(f"{loaded.entry_id}_801")

    del pbx.office.extensions["802"]
    await hass.config_entries.async_unload(loaded.entry_id)
    assert not await delete(f"{loaded.entry_id}_802"), "nobody knows what the PBX lists"
