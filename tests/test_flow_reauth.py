"""The Web Key was changed on the PBX: the user is asked for it, and nothing else is needed."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_MAC
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.coocenter.const import CONF_WEB_KEY, DOMAIN
from simulator import Quirks, Simulator
from tests.conftest import Push, load
from tests.flow_harness import every_trouble, submit, until

CALL = {"event": "dialbegein", "uniqueid": "1.1", "calleridnum": "801", "destcalleridnum": "802", "mac": "68692e000001"}


@pytest.fixture
async def flow(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator) -> ConfigFlowResult:
    """The dialog that the next poll opens after the key was changed on the PBX."""
    pbx.web_key = "changed"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done(wait_background_tasks=True)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["context"]["title_placeholders"] == {"name": "CooCenter"}
    return await submit(hass, flow)


async def assert_success(
    hass: HomeAssistant,
    flow: ConfigFlowResult,
    entry: MockConfigEntry,
    web_key: str = "changed",
    learned: Mapping[str, str] = MappingProxyType({}),
) -> None:
    before = dict(entry.data)
    flow = await submit(hass, flow, {CONF_WEB_KEY: web_key})
    await hass.async_block_till_done()

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    assert entry.data == {**before, **learned, CONF_WEB_KEY: "changed"}
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("sensor.alice_status").state == "idle"


async def test_the_key_is_asked_for_once_and_taken(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult
) -> None:
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "reauth_confirm", {})
    assert flow["description_placeholders"] == {"title": "CooCenter", "name": "CooCenter", "host": "127.0.0.1"}
    assert hass.states.get("sensor.alice_status").state == "unavailable"

    await assert_success(hass, flow, loaded, web_key=" changed\n")


async def test_a_wrong_key_is_refused(hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult) -> None:
    flow = await submit(hass, flow, {CONF_WEB_KEY: "open"})
    assert flow["errors"] == {"base": "invalid_auth"}

    await assert_success(hass, flow, loaded)


@every_trouble
async def test_what_else_may_be_wrong_is_told(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator, error: str, quirks: Quirks
) -> None:
    pbx.quirks = quirks
    flow = await submit(hass, flow, {CONF_WEB_KEY: "changed"})
    assert flow["errors"] == {"base": error}

    pbx.quirks = Quirks()
    await assert_success(hass, flow, loaded)


async def test_the_key_was_taken_away(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator
) -> None:
    pbx.web_key = None
    flow = await submit(hass, flow, {})
    await hass.async_block_till_done()

    assert flow["reason"] == "reauth_successful"
    assert loaded.data[CONF_WEB_KEY] == ""
    assert loaded.state is ConfigEntryState.LOADED


async def test_what_is_pushed_while_the_key_is_tried_is_not_forgotten(
    hass: HomeAssistant, loaded: MockConfigEntry, flow: ConfigFlowResult, pbx: Simulator, push: Push
) -> None:
    pbx.quirks = Quirks(delay=5)
    pbx.requests.clear()
    trying = asyncio.create_task(assert_success(hass, flow, loaded, learned={CONF_MAC: "68:69:2e:00:00:01"}))
    await until(lambda: pbx.requests)
    pbx.quirks = Quirks()
    assert await push(CALL) == HTTPStatus.OK

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6))
    await trying


async def test_a_key_that_is_wrong_at_the_start_is_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.web_key = "changed"
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    await assert_success(hass, await submit(hass, flow), entry)


@pytest.mark.parametrize("refusal_style", [401, 403, "200"])
async def test_a_right_key_is_never_asked_for_again(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, refusal_style: int | str
) -> None:
    pbx.quirks = Quirks(refusal_style=refusal_style)
    pbx.clock_offset = timedelta(hours=26)
    await load(hass, entry)
    for offset in (26, 50, -30):
        pbx.clock_offset = timedelta(hours=offset)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
        await hass.async_block_till_done(wait_background_tasks=True)

    assert hass.config_entries.flow.async_progress() == []
    assert hass.states.get("sensor.alice_status").state == "idle"
