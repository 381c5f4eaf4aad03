"""What a user may attach to a report."""

import json

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.coocenter.const import (
    CONF_DEFAULT_EXTENSION,
    CONF_DEVICE_EXTENSIONS,
    CONF_EXTENSIONS,
    CONF_INTERNATIONAL_PREFIX,
    CONF_USER_EXTENSIONS,
)
from simulator import Quirks, Simulator
from tests.conftest import WEB_KEY, WEBHOOK_ID, Push
from tests.office_harness import DIAL_BEGIN, poll, status

#: The simulator's port and the times are others each time.
VARYING = props("port", "last", "age", "started", "answered")


@pytest.fixture(autouse=True)
async def diagnostics(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "diagnostics", {})


async def test_idle(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator, snapshot: SnapshotAssertion
) -> None:
    assert await get_diagnostics_for_config_entry(hass, hass_client, loaded) == snapshot(exclude=VARYING)


async def test_in_mid_call_after_pushes_that_could_not_be_read(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    push: Push,
    hass_client: ClientSessionGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    assert await push({}, json=None, data=b"{event: 'ivr', caller: '01632960186'}") == 200
    assert await push(status("801", "8"), headers={"Authorization": "wrong"}) == 401
    answered = DIAL_BEGIN | {"event": "dialend", "dialstatus": "ANSWER"}
    for event in (DIAL_BEGIN, DIAL_BEGIN, status("801", "1"), answered):
        assert await push(event) == 200
    told = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert told == snapshot(exclude=VARYING)
    assert told["calls"][0]["started"] < told["calls"][0]["answered"] == told["pushes"]["last"]


async def test_no_secret_name_or_number_of_a_person_is_told(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_client: ClientSessionGenerator
) -> None:
    pbx.office.blacklist.append("01632960666")
    hass.config_entries.async_update_entry(
        loaded,
        options={
            CONF_EXTENSIONS: ["801", "802"],
            CONF_INTERNATIONAL_PREFIX: "00",
            CONF_DEFAULT_EXTENSION: "801",
            CONF_USER_EXTENSIONS: [{"user": "somebody", "extension": "801"}],
        },
    )
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert await push(DIAL_BEGIN | {"calleridnum": "01632960186", "channel": "SIP/trunk-00000001"}) == 200
    queue = {"queuecode": "Alice 01632960188", "uuid": "1763903040.1"}
    assert await push({"event": "ivr", "caller": "01632960186", "called": "630", **queue}) == 200
    assert await push({}, json=None, data=b"event: Alice 01632960187") == 200
    told = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    text = json.dumps(told)
    secrets = (WEB_KEY, WEBHOOK_ID, "127.0.0.1", "192.0.2.", "68:69:2e", "Alice", "Bob", "0163296", "801", "802")
    assert [secret for secret in secrets if secret in text] == []
    assert told["entry"]["options"] == {
        CONF_EXTENSIONS: 2,
        CONF_INTERNATIONAL_PREFIX: "00",
        CONF_DEFAULT_EXTENSION: "**REDACTED**",
        CONF_USER_EXTENSIONS: 1,
        CONF_DEVICE_EXTENSIONS: 0,
    }
    assert told["blacklist_size"] == 1


async def test_what_polling_failed_with_is_told_without_the_address(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, hass_client: ClientSessionGenerator
) -> None:
    pbx.quirks = Quirks(reply="500")
    await poll(hass)
    told = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert told["polling"] == {"works": False, "error": "UpdateFailed"}
