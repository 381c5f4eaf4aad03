"""A PBX is found by its MAC address: it is asked before the user is, and followed when its address changes."""

from homeassistant.config_entries import SOURCE_DHCP, SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.coocenter import config_flow
from custom_components.coocenter.const import DOMAIN
from simulator import Quirks, Simulator
from tests.conftest import WEB_KEY, load, make_entry
from tests.flow_harness import address, choose, every_trouble, submit

MAC = "68:69:2e:00:00:01"
FOUND = DhcpServiceInfo(ip="127.0.0.1", hostname="CooCenter", macaddress="68692e000001")


@pytest.fixture(autouse=True)
def _at_default_port(monkeypatch: pytest.MonkeyPatch, pbx: Simulator) -> None:
    """Let the simulator's port, which is any that is free, be the one that a PBX listens on by default."""
    here = {vol.Required(CONF_PORT, default=pbx.port): config_flow._PORT}
    monkeypatch.setattr(config_flow, "_ADDRESS", config_flow._ADDRESS.extend(here))


async def discover(hass: HomeAssistant) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_DHCP}, data=FOUND)


async def test_a_pbx_is_found_and_added(hass: HomeAssistant, pbx: Simulator) -> None:
    flow = await discover(hass)
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "user", {})
    (shown,) = hass.config_entries.flow.async_progress()
    assert shown["context"]["title_placeholders"] == {"name": "CooCenter 127.0.0.1"}
    suggested = {str(key): (key.description or {}).get("suggested_value") for key in flow["data_schema"].schema}
    assert (suggested[CONF_HOST], suggested[CONF_PORT]) == ("127.0.0.1", pbx.port)

    flow = await choose(hass, await submit(hass, flow, address(pbx)), "finish")
    await hass.async_block_till_done()

    entry = flow["result"]
    assert entry.unique_id == MAC
    assert entry.state is ConfigEntryState.LOADED
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device.connections == {(dr.CONNECTION_NETWORK_MAC, MAC)}


async def test_who_refuses_the_web_key_is_a_pbx(hass: HomeAssistant, pbx: Simulator) -> None:
    flow = await discover(hass)
    assert flow["step_id"] == "user", "it was asked without a Web Key, and has one"
    flow = await submit(hass, flow, address(pbx, web_key="open"))
    assert flow["errors"] == {"base": "invalid_auth"}

    flow = await submit(hass, flow, address(pbx))
    assert flow["step_id"] == "push"


async def test_a_pbx_without_a_web_key_is_found(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.web_key = None
    assert (await discover(hass))["step_id"] == "user"


@every_trouble
async def test_a_phone_of_the_vendor_is_no_pbx(hass: HomeAssistant, pbx: Simulator, error: str, quirks: Quirks) -> None:
    pbx.quirks = quirks
    flow = await discover(hass)

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "not_coocenter")


async def test_a_device_that_does_not_listen_is_no_pbx(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.stop()
    flow = await discover(hass)

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "not_coocenter")


async def test_a_known_pbx_is_followed_to_its_new_address(hass: HomeAssistant, pbx: Simulator) -> None:
    entry = make_entry(pbx, unique_id=MAC)
    await load(hass, entry)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_HOST: "192.0.2.7"})
    pbx.requests.clear()
    flow = await discover(hass)
    await hass.async_block_till_done()

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data[CONF_HOST] == "127.0.0.1"
    assert entry.state is ConfigEntryState.LOADED
    assert pbx.requests, "it was reloaded"


async def test_a_known_pbx_at_its_known_address_is_left_alone(hass: HomeAssistant, pbx: Simulator) -> None:
    entry = make_entry(pbx, unique_id=MAC)
    await load(hass, entry)
    pbx.requests.clear()
    flow = await discover(hass)
    await hass.async_block_till_done()

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert not pbx.requests, "neither probed nor reloaded"


async def test_a_pbx_whose_mac_is_not_known_yet_is_known_by_its_address(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.requests.clear()
    flow = await discover(hass)

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert not pbx.requests


async def test_a_pbx_that_was_found_and_added_by_hand_meanwhile_is_not_added_twice(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    found = await submit(hass, await discover(hass), address(pbx))
    by_hand = make_entry(pbx, unique_id=MAC, data={CONF_HOST: "pbx.example"})
    by_hand.add_to_hass(hass)
    found = await choose(hass, found, "finish")

    assert (found["type"], found["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert hass.config_entries.async_entries(DOMAIN) == [by_hand]


async def test_the_user_may_ignore_what_was_found(hass: HomeAssistant, pbx: Simulator) -> None:
    await discover(hass)
    await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "ignore"}, data={"unique_id": MAC, "title": "CooCenter"}
    )
    flow = await discover(hass)
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")

    # By hand it can be added all the same.
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = await submit(hass, flow, address(pbx, web_key=WEB_KEY))
    flow = await choose(hass, flow, "finish")
    assert flow["type"] is FlowResultType.CREATE_ENTRY
