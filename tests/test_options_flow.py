"""The options of a PBX: each does what it says, at once."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.coocenter.const import DOMAIN, EVENT_COOCENTER
from custom_components.coocenter.link import DATA_LINKS
from simulator import Simulator
from tests.conftest import WEBHOOK_ID, Push, make_entry
from tests.poll_harness import asked, pass_time

DEFAULTS = {
    "poll_interval": 30,
    "wrap_up": 30,
    "extensions": [],
    "international_prefix": "00",
    "retention": 365,
    "service_level": 20,
    "all_may_listen": False,
    "mask_numbers": False,
    "device_extensions": [],
    "user_extensions": [],
    "emergency_by_voice": False,
}


async def open_options(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "init")
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "settings"})
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "settings")
    return flow


async def set_options(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    flow = await open_options(hass, entry)
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], options)
    await hass.async_block_till_done()
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {**DEFAULTS, **options}
    assert entry.state is ConfigEntryState.LOADED


async def test_the_form_shows_the_push_url_and_what_there_is_to_choose(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.office.extensions["802"].name = "802"
    await hass.config_entries.async_reload(loaded.entry_id)
    flow = await open_options(hass, loaded)

    assert flow["description_placeholders"]["webhook_url"].endswith(f"/api/coocenter/push/{WEBHOOK_ID}")
    fields = {str(key): selector for key, selector in flow["data_schema"].schema.items()}
    assert fields["extensions"].config["options"][:3] == [
        {"value": "801", "label": "801 Alice"},
        {"value": "802", "label": "802"},
        {"value": "803", "label": "803 Carol"},
    ]
    assert "Europe/London" in fields["time_zone"].config["options"]


async def test_the_form_shows_what_was_set(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    options = {"poll_interval": 60, "extensions": ["801"], "time_zone": "Asia/Shanghai"}
    await set_options(hass, loaded, **options)
    flow = await open_options(hass, loaded)

    form = flow["data_schema"].schema
    sections = form.pop("call_log"), form.pop("voice")
    shown = {**form, **sections[0].schema.schema, **sections[1].schema.schema}
    suggested = {str(key): (key.description or {}).get("suggested_value") for key in shown}
    assert suggested == {**DEFAULTS, **options, "database_url": None, "default_extension": None}


async def test_the_call_log_is_moved_to_another_database(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, tmp_path: Path
) -> None:
    flow = await open_options(hass, loaded)
    nowhere = {"call_log": {"database_url": "sqlite:////nowhere/at/all.db"}}
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], nowhere)
    assert flow["errors"] == {"base": "cannot_open_database"}

    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"call_log": {"database_url": url}})
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert loaded.options["database_url"] == url
    assert await push({"event": "cdr", "uniqueid": "1.1", "source": "801", "destination": "802"}) == HTTPStatus.OK
    assert await hass.data[DATA_LINKS][loaded.entry_id].journal.log.count() == 1
    assert (tmp_path / "elsewhere.db").exists()


async def test_the_pbx_is_polled_as_often_as_is_set(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    await set_options(hass, loaded, poll_interval=300)
    assert asked(pbx), "it was reloaded"

    await pass_time(hass, 295)
    assert asked(pbx) == 0
    await pass_time(hass, 301)
    assert asked(pbx) == 1


async def test_the_wrap_up_is_over_when_it_is_set_to_be(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    await set_options(hass, loaded, poll_interval=3600, wrap_up=100)
    agent = pbx.office.queues["630"].members[0].extension
    asked(pbx)
    assert await push({"event": "cc_cdr", "uuid": "1.1", "agentCode": agent}) == HTTPStatus.OK

    await pass_time(hass, 2)
    assert asked(pbx) == 1
    await pass_time(hass, 98)
    assert asked(pbx) == 0
    await pass_time(hass, 102)
    assert asked(pbx) == 1


async def test_extensions_that_are_left_out_go_at_once_and_come_back(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    def extensions() -> set[str | None]:
        devices = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id)
        return {device.serial_number for device in devices} - {None}

    everyone = extensions()
    assert len(everyone) == 7

    await set_options(hass, loaded, extensions=["801", "803"])
    assert extensions() == {"801", "803"}
    assert hass.states.get("sensor.bob_status") is None
    assert hass.states.get("sensor.carol_status").state == "idle"

    await set_options(hass, loaded)
    assert extensions() == everyone
    assert hass.states.get("sensor.bob_status").state == "idle"


@pytest.mark.parametrize(
    ("zone", "instant"), [("Asia/Shanghai", "2026-01-05T01:00:00+00:00"), (None, "2026-01-05T17:00:00+00:00")]
)
async def test_the_pbx_s_times_are_those_of_its_zone(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, zone: str | None, instant: str
) -> None:
    assert hass.config.time_zone == "US/Pacific"
    await set_options(hass, loaded, **({"time_zone": zone} if zone else {}))
    fired = async_capture_events(hass, EVENT_COOCENTER)
    await push({"event": "cdr", "uniqueid": "1.1", "starttime": "2026-01-05 09:00:00", "source": "801"})

    started = dt_util.parse_datetime(fired[0].data["started"])
    assert started == dt_util.parse_datetime(instant)
    assert started.utcoffset() == timedelta(hours=8 if zone else -8)


@pytest.mark.parametrize("prefix", ["9011", "00"])
async def test_the_international_prefix_stands_for_a_plus(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, prefix: str
) -> None:
    await set_options(hass, loaded, international_prefix=prefix)
    numbers = {"source": "801", "destination": "+44 1632 960123"}
    await hass.services.async_call(DOMAIN, "dial", numbers, blocking=True)

    assert pbx.requests[-1].form == {"src": "801", "dst": f"{prefix}441632960123"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("poll_interval", 9),
        ("poll_interval", 3601),
        ("wrap_up", -1),
        ("wrap_up", 601),
        ("time_zone", "Mars/Olympus"),
        ("international_prefix", "zero"),
        ("international_prefix", "123456789"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, field: str, value: object
) -> None:
    flow = await open_options(hass, loaded)
    with pytest.raises(InvalidData) as refused:
        await hass.config_entries.options.async_configure(flow["flow_id"], {field: value})

    assert set(refused.value.schema_errors) == {field}
    assert loaded.options == {}


async def test_the_options_of_a_pbx_that_cannot_be_reached_can_be_set(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator
) -> None:
    await pbx.stop()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await pbx.start()

    # Which extensions there are is not known: they are typed.
    await set_options(hass, entry, extensions=["801"])
    assert hass.states.get("sensor.alice_status").state == "idle"
    assert hass.states.get("sensor.bob_status") is None


async def test_the_options_of_a_pbx_that_was_never_set_up_can_be_looked_at(hass: HomeAssistant, pbx: Simulator) -> None:
    entry = make_entry(pbx, disabled_by=ConfigEntryDisabler.USER)
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})

    assert (await open_options(hass, entry))["description_placeholders"]["webhook_url"].endswith(WEBHOOK_ID)


async def test_where_to_dial_from(hass: HomeAssistant, loaded: MockConfigEntry, hass_admin_user: MockUser) -> None:
    voice = {
        "default_extension": "801",
        "device_extensions": [{"device": "some device", "extension": "802"}],
        "user_extensions": [{"user": hass_admin_user.id, "extension": "803"}],
        "emergency_by_voice": True,
    }
    flow = await open_options(hass, loaded)
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"voice": voice})
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options == DEFAULTS | voice

    await hass.auth.async_remove_user(hass_admin_user)
    flow = await open_options(hass, loaded)
    form = flow["data_schema"].schema["voice"].schema.schema
    suggested = {str(key): key.description["suggested_value"] for key in form}
    assert suggested == voice | {"user_extensions": []}


async def test_extensions_and_users_are_chosen_by_name(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    await hass.auth.async_create_system_user("a machine")
    flow = await open_options(hass, loaded)
    form = {str(key): selector for key, selector in flow["data_schema"].schema["voice"].schema.schema.items()}

    assert {"value": "801", "label": "801 Alice"} in form["default_extension"].config["options"]
    fields = form["user_extensions"].config["fields"]
    assert fields["extension"]["selector"].config["options"][0]["value"] == "801"
    users = {one["value"]: one["label"] for one in fields["user"]["selector"].config["options"]}
    assert users[hass_admin_user.id] == hass_admin_user.name
    assert "a machine" not in users.values()
