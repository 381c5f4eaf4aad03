"""A PBX moved, or was replaced: its entry goes with it, and what hangs from the entry stays."""

from datetime import timedelta
from http import HTTPStatus

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.coocenter.const import CONF_WEB_KEY, DOMAIN
from simulator import Quirks, Simulator
from tests.conftest import WEB_KEY, Push, make_entry
from tests.flow_harness import address, every_trouble, in_vain, submit

CALL = {"event": "dialbegein", "calleridnum": "801", "destcalleridnum": "802"}


@pytest.fixture
async def flow(hass: HomeAssistant, loaded: MockConfigEntry) -> ConfigFlowResult:
    """The dialog that changes the PBX's address."""
    flow = await loaded.start_reconfigure_flow(hass)
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "reconfigure", {})
    return flow


async def assert_success(hass: HomeAssistant, flow: ConfigFlowResult, entry: MockConfigEntry, pbx: Simulator) -> None:
    before = dict(entry.data)
    flow = await submit(hass, flow, address(pbx))
    await hass.async_block_till_done()

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.data == {**before, CONF_PORT: pbx.port}
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("sensor.alice_status").state == "idle"


async def test_the_form_shows_what_is_known(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    suggested = {str(key): (key.description or {}).get("suggested_value") for key in flow["data_schema"].schema}
    assert suggested == {
        CONF_HOST: "127.0.0.1",
        CONF_PORT: pbx.port,
        CONF_SSL: False,
        CONF_VERIFY_SSL: True,
        CONF_WEB_KEY: WEB_KEY,
    }

    await assert_success(hass, flow, loaded, pbx)


async def test_the_entry_follows_the_pbx_to_another_port(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id)
    await pbx.stop()
    pbx.port = 0
    await pbx.start()

    await assert_success(hass, flow, loaded, pbx)
    assert dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id) == devices


async def test_an_entry_that_is_retrying_can_be_put_right(hass: HomeAssistant, pbx: Simulator) -> None:
    entry = make_entry(pbx, data={CONF_PORT: 1})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY

    flow = await entry.start_reconfigure_flow(hass)
    await assert_success(hass, flow, entry, pbx)


@every_trouble
async def test_what_may_be_wrong_is_told(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator, error: str, quirks: Quirks
) -> None:
    pbx.quirks = quirks
    flow = await submit(hass, flow, address(pbx))
    assert flow["errors"] == {"base": error}

    pbx.quirks = Quirks()
    await assert_success(hass, flow, loaded, pbx)


async def test_a_wrong_key_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    flow = await submit(hass, flow, address(pbx, web_key="open"))
    assert flow["errors"] == {"base": "invalid_auth"}
    await assert_success(hass, flow, loaded, pbx)


async def test_the_pbx_hangs(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    flow = await in_vain(hass, pbx, submit(hass, flow, address(pbx)))
    assert flow["errors"] == {"base": "cannot_connect"}
    pbx.quirks = Quirks()
    await assert_success(hass, flow, loaded, pbx)


async def test_an_entry_is_not_led_to_another_s_pbx(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    make_entry(pbx, entry_id="branch", data={CONF_PORT: 8000}).add_to_hass(hass)
    before = dict(loaded.data)
    flow = await submit(hass, flow, address(pbx, port=8000))

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert loaded.data == before


async def test_the_pushes_of_a_pbx_that_was_replaced_are_taken(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator, push: Push
) -> None:
    assert await push({**CALL, "uniqueid": "1.1", "mac": "68692e000001"}) == HTTPStatus.OK
    of_new_one = {**CALL, "uniqueid": "1.2", "mac": "68692e000002"}
    assert await push(of_new_one) == HTTPStatus.FORBIDDEN, "it is another PBX's"

    await submit(hass, flow, address(pbx))
    await hass.async_block_till_done()
    assert CONF_MAC not in loaded.data

    assert await push(of_new_one) == HTTPStatus.OK
    assert loaded.data[CONF_MAC] == loaded.unique_id == "68:69:2e:00:00:02"
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, loaded.entry_id), loaded.entry_id)
    assert (dr.CONNECTION_NETWORK_MAC, loaded.unique_id) in device.connections


async def test_polling_goes_on_at_the_new_address(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    await assert_success(hass, flow, loaded, pbx)
    pbx.requests.clear()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len([request for request in pbx.requests if request.path.endswith("queue-info")]) == 1, "and only there"
