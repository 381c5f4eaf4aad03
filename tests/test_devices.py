"""The devices: where each hangs, and how they come and go with the PBX's own lists."""

from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.coocenter.const import CONF_EXTENSIONS, DOMAIN
from simulator import Quirks, Simulator
from simulator.office import Extension
from simulator.queues import Member, Queue
from tests.conftest import Push
from tests.office_harness import ENTRY_ID, act, devices_of, entity_id, entries_of, errors, poll, state_of, status

EXTENSIONS = {"801", "802", "803", "804", "805", "806", "807"}
QUEUES = {"queue_630", "queue_631"}


def log_out(pbx: Simulator, queue: str, extension: str) -> None:
    assert pbx.office.queues[queue].log_out(extension)


@pytest.mark.usefixtures("loaded")
def test_devices(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    for name, device in sorted(devices_of(hass).items()):
        assert device == snapshot(name=name or "pbx")


@pytest.mark.usefixtures("loaded")
def test_extensions_hang_from_the_pbx_and_queues_are_parts_of_it(hass: HomeAssistant) -> None:
    devices = devices_of(hass)
    pbx = devices.pop("")
    assert devices.keys() == EXTENSIONS | QUEUES
    assert {getattr(device, "via_device_id", None) for name, device in devices.items() if name in EXTENSIONS} == {
        pbx.id
    }
    assert {getattr(device, "parent_device_id", None) for name, device in devices.items() if name in QUEUES} == {pbx.id}


@pytest.mark.usefixtures("loaded")
def test_a_queue_stands_where_the_pbx_stands_and_a_phone_does_not(hass: HomeAssistant) -> None:
    rack = ar.async_get(hass).async_create("Rack")
    registry = dr.async_get(hass)
    registry.async_update_device(devices_of(hass)[""].id, area_id=rack.id)
    areas = {name: dr.async_get_effective_area_id(hass, device) for name, device in devices_of(hass).items()}
    assert areas == {"": rack.id} | dict.fromkeys(QUEUES, rack.id) | dict.fromkeys(EXTENSIONS)


@pytest.mark.usefixtures("loaded")
async def test_what_is_new_on_the_pbx_appears_with_the_next_poll(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.office.extensions["808"] = Extension(number="808", name="808")
    pbx.office.queues["632"] = Queue(number="632", strategy="ringall", members=[Member(extension="808")])
    pbx.office.queues["630"].log_in("803")
    await poll(hass)
    assert devices_of(hass)["808"].name == "Extension 808"
    assert devices_of(hass)["queue_632"].name == "Queue 632"
    states = {part: state_of(hass, part).state for part in ("808_status", "808_registered", "632_agents_logged_in")}
    assert states == {"808_status": "idle", "808_registered": "on", "632_agents_logged_in": "1"}
    assert state_of(hass, "630_803_paused").state == "off"
    assert state_of(hass, "632_808_paused").state == "off"


@pytest.mark.usefixtures("loaded")
async def test_a_push_of_an_unlisted_extension_has_the_pbx_asked_at_once(
    hass: HomeAssistant, pbx: Simulator, push: Push
) -> None:
    pbx.office.extensions["808"] = Extension(number="808", name="Heidi")
    assert await push(status("808", "1")) == 200
    await hass.async_block_till_done(wait_background_tasks=True)
    assert devices_of(hass)["808"].name == "Heidi"


@pytest.mark.usefixtures("loaded")
async def test_agents_who_come_and_go_between_two_polls_are_not_overlooked(hass: HomeAssistant, pbx: Simulator) -> None:
    """The queues are also read after an action, so that the poll itself brings no news of them."""
    pbx.office.queues["630"].log_in("803")
    log_out(pbx, "630", "802")
    await act(hass, "agent_pause", extension="801", queue="630", paused=True)
    await poll(hass)
    assert state_of(hass, "630_803_paused").state == "off"
    assert state_of(hass, "630_802_paused").state == STATE_UNAVAILABLE
    await poll(hass)
    assert "630_802_paused" not in entries_of(hass)


@pytest.mark.usefixtures("loaded")
async def test_what_two_polls_in_a_row_lack_is_removed_and_may_come_back(hass: HomeAssistant, pbx: Simulator) -> None:
    extension, queue = pbx.office.extensions.pop("806"), pbx.office.queues.pop("631")
    log_out(pbx, "630", "802")
    gone = {"806_status", "631_agents_paused", "631_801_paused", "630_802_paused"}
    await poll(hass)
    assert {state_of(hass, part).state for part in gone} == {STATE_UNAVAILABLE}
    await poll(hass)
    assert not gone & entries_of(hass).keys()
    assert devices_of(hass).keys() == {""} | EXTENSIONS - {"806"} | {"queue_630"}

    pbx.office.extensions["806"], pbx.office.queues["631"] = extension, queue
    pbx.office.queues["630"].log_in("802")
    await poll(hass)
    assert {part: state_of(hass, part).state for part in gone} == {
        "806_status": "idle",
        "631_agents_paused": "0",
        "631_801_paused": "off",
        "630_802_paused": "off",
    }


@pytest.mark.usefixtures("loaded")
async def test_what_one_poll_lacks_is_still_there_after_the_next(hass: HomeAssistant, pbx: Simulator) -> None:
    before = {name: device.id for name, device in devices_of(hass).items()}
    for _ in range(2):
        extension = pbx.office.extensions.pop("806")
        await poll(hass)
        pbx.office.extensions["806"] = extension
        await poll(hass)
    assert state_of(hass, "806_status").state == "idle"
    assert {name: device.id for name, device in devices_of(hass).items()} == before


@pytest.mark.usefixtures("loaded")
async def test_a_poll_that_fails_makes_nothing_gone(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.quirks = Quirks(reply="500")
    for _ in range(3):
        await poll(hass)
    assert devices_of(hass).keys() == {""} | EXTENSIONS | QUEUES


@pytest.mark.usefixtures("loaded")
async def test_a_renamed_agent_renames_the_device(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.office.extensions["801"].name = "Peggy"
    pbx.office.extensions["802"].name = "802"
    await poll(hass)
    assert devices_of(hass)["801"].name == "Peggy"
    assert devices_of(hass)["802"].name == "Bob", "a number is no name"


@pytest.mark.usefixtures("loaded")
async def test_what_went_while_home_assistant_was_off_is_removed_after_a_poll(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    assert await hass.config_entries.async_unload(ENTRY_ID)
    del pbx.office.extensions["806"], pbx.office.queues["631"]
    log_out(pbx, "630", "802")
    assert await hass.config_entries.async_setup(ENTRY_ID)
    assert {"806_status", "631_unstaffed", "630_802_paused"} <= entries_of(hass).keys()
    await poll(hass)
    assert not {"806_status", "631_unstaffed", "630_802_paused"} & entries_of(hass).keys()
    assert devices_of(hass).keys() == {""} | EXTENSIONS - {"806"} | {"queue_630"}


@pytest.mark.usefixtures("loaded")
async def test_what_was_away_at_the_start_is_back_with_the_next_poll(hass: HomeAssistant, pbx: Simulator) -> None:
    assert await hass.config_entries.async_unload(ENTRY_ID)
    extension = pbx.office.extensions.pop("806")
    assert await hass.config_entries.async_setup(ENTRY_ID)
    pbx.office.extensions["806"] = extension
    await poll(hass)
    assert state_of(hass, "806_status").state == "idle"
    await poll(hass)
    assert state_of(hass, "806_status").state == "idle"


@pytest.mark.usefixtures("loaded")
async def test_a_device_of_the_entry_that_is_no_part_of_the_pbx_is_left_alone(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    dr.async_get(hass).async_get_or_create(
        config_entry_id=ENTRY_ID, identifiers={(DOMAIN, f"{ENTRY_ID}_trunk_1")}, name="Trunk"
    )
    assert await hass.config_entries.async_reload(ENTRY_ID)
    for _ in range(2):
        await poll(hass)
    assert "trunk_1" in devices_of(hass)
    assert not (await delete(hass, hass_ws_client, "trunk_1"))["success"]


@pytest.mark.usefixtures("loaded")
async def test_a_switch_that_somebody_removed_meanwhile_is_gone_as_well(hass: HomeAssistant, pbx: Simulator) -> None:
    log_out(pbx, "630", "802")
    await poll(hass)
    er.async_get(hass).async_remove(entity_id(hass, "630_802_paused"))
    await poll(hass)
    assert "630_802_paused" not in entries_of(hass)


async def test_extensions_that_the_user_leaves_out_have_no_device(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    hass.config_entries.async_update_entry(loaded, options={CONF_EXTENSIONS: ["801", "802"]})
    assert await hass.config_entries.async_reload(ENTRY_ID)
    pbx.office.extensions["808"] = Extension(number="808", name="Heidi")
    await poll(hass)
    assert devices_of(hass).keys() == {"", "801", "802"} | QUEUES
    assert state_of(hass, "631_803_paused").state == "off", "the queues are as they are"

    hass.config_entries.async_update_entry(loaded, options={})
    assert await hass.config_entries.async_reload(ENTRY_ID)
    assert devices_of(hass).keys() == {"", "808"} | EXTENSIONS | QUEUES
    assert errors(caplog) == []


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["", "801", "queue_630"])
async def test_a_device_that_the_pbx_lists_cannot_be_deleted(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    assert not (await delete(hass, hass_ws_client, name))["success"]
    assert name in devices_of(hass)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["806", "queue_631"])
async def test_a_device_that_the_pbx_does_not_list_can_be_deleted(
    hass: HomeAssistant, pbx: Simulator, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    del pbx.office.extensions["806"], pbx.office.queues["631"]
    await poll(hass)
    assert (await delete(hass, hass_ws_client, name))["success"]
    assert name not in devices_of(hass)
    await poll(hass)
    assert name not in devices_of(hass)


async def delete(hass: HomeAssistant, hass_ws_client: WebSocketGenerator, name: str) -> dict[str, Any]:
    """Delete a device as a user does in the frontend."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    answer: dict[str, Any] = await client.remove_device(devices_of(hass)[name].id)
    return answer
