"""The PBX's MAC address: learned from the first push that has one, and what tells another PBX's push."""

from typing import Any

from homeassistant.const import CONF_MAC
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.coocenter.const import DOMAIN, EVENT_COOCENTER
from simulator import Simulator
from tests.conftest import Push
from tests.office_harness import DIAL_BEGIN, ENTRY_ID, MAC, devices_of, errors, state_of

OTHER = "68:69:2e:00:00:02"
IVR = {"event": "ivr", "uuid": "1795406612.28", "caller": "01632960186", "queueCode": "630", "mac": f"{MAC} "}
CC_CDR = {"event": "cc_cdr", "uuid": "1795406612.29", "queueCode": "630", "agentCode": "801", "mac": MAC}


@pytest.mark.parametrize("event", [DIAL_BEGIN, IVR, CC_CDR], ids=lambda event: event["event"])
async def test_the_first_mac_becomes_the_unique_id_and_a_connection_of_the_device(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, event: dict[str, Any]
) -> None:
    assert (loaded.unique_id, devices_of(hass)[""].connections) == (None, set())
    assert await push(event) == 200
    assert (loaded.unique_id, loaded.data[CONF_MAC]) == (MAC, MAC)
    assert devices_of(hass)[""].connections == {(dr.CONNECTION_NETWORK_MAC, MAC)}

    assert await hass.config_entries.async_reload(ENTRY_ID)
    assert devices_of(hass)[""].connections == {(dr.CONNECTION_NETWORK_MAC, MAC)}


@pytest.mark.parametrize(
    "spelling",
    [MAC, f" {MAC} ", MAC.upper(), MAC.replace(":", "-"), MAC.upper().replace(":", "-"), MAC.replace(":", "")],
)
async def test_the_mac_is_the_same_however_it_is_spelt(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, spelling: str
) -> None:
    assert await push(DIAL_BEGIN | {"mac": spelling}) == 200
    assert loaded.unique_id == MAC
    assert await push(IVR) == 200


@pytest.mark.parametrize("odd", ["", " ", "unknown", "68:69:2e", "zz:zz:zz:zz:zz:zz", "it has 17 letters", MAC + ":7"])
async def test_what_is_no_mac_is_not_learned(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, odd: str
) -> None:
    assert await push(DIAL_BEGIN | {"mac": odd}) == 200
    assert loaded.unique_id is None
    assert CONF_MAC not in loaded.data
    assert state_of(hass, "active_calls").state == "1"


async def test_another_pbxs_push_is_refused_and_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, caplog: pytest.LogCaptureFixture
) -> None:
    assert await push(IVR) == 200
    told = async_capture_events(hass, EVENT_COOCENTER)
    for _ in range(2):
        assert await push(DIAL_BEGIN | {"mac": OTHER}) == 403
    assert (loaded.unique_id, loaded.data[CONF_MAC]) == (MAC, MAC)
    assert state_of(hass, "active_calls").state == "1", "the caller in the menu alone"
    assert told == []
    assert caplog.text.count("A push for CooCenter was turned away: it has the MAC address of another PBX") == 1
    assert errors(caplog) == []


async def test_a_mac_that_belongs_to_another_entry_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id=MAC, title="The other").add_to_hass(hass)
    assert await push(DIAL_BEGIN) == 403
    assert loaded.unique_id is None
    assert state_of(hass, "active_calls").state == "0"
    assert await push(DIAL_BEGIN | {"mac": OTHER}) == 200
    assert loaded.unique_id == OTHER


async def test_the_unique_id_of_discovery_is_confirmed_by_the_first_push(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    hass.config_entries.async_update_entry(loaded, unique_id=MAC)
    assert await hass.config_entries.async_reload(ENTRY_ID)
    assert devices_of(hass)[""].connections == {(dr.CONNECTION_NETWORK_MAC, MAC)}
    assert await push(DIAL_BEGIN) == 200
    assert (loaded.unique_id, loaded.data[CONF_MAC]) == (MAC, MAC)


async def test_a_mac_is_learned_while_the_pbx_cannot_be_asked(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    await pbx.stop()
    assert not await hass.config_entries.async_reload(ENTRY_ID)
    dr.async_get(hass).async_remove_device(devices_of(hass)[""].id)
    assert await push(DIAL_BEGIN) == 200
    assert loaded.unique_id == MAC


async def test_what_another_pbx_pushes_is_told_until_the_right_one_pushes_or_is_reconfigured(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    def told() -> ir.IssueEntry | None:
        return ir.async_get(hass).async_get_issue(DOMAIN, f"other_pbx_{loaded.entry_id}")

    assert await push(IVR) == 200
    assert told() is None
    assert await push(DIAL_BEGIN | {"mac": OTHER}) == 403
    raised = told()
    assert raised
    assert raised.translation_placeholders == {"title": "CooCenter", "mac": OTHER, "host": "127.0.0.1"}
    assert await push(IVR | {"uuid": "another"}) == 200
    assert told() is None

    assert await push(DIAL_BEGIN | {"mac": OTHER}) == 403
    kept = {key: value for key, value in loaded.data.items() if key != CONF_MAC}
    hass.config_entries.async_update_entry(loaded, data=kept)
    assert await push(DIAL_BEGIN | {"mac": OTHER}) == 200
    assert told() is None
