"""What extensions do, and the figures of queues and of the PBX."""

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.office_harness import DIAL_BEGIN, ENTRY_ID, assert_entities, entries_of, poll, state_of, status

EXTENSIONS = ("801", "802", "803", "804", "805", "806", "807")
AGENTS = {"630": ("801", "802", "805"), "631": ("801", "803", "804")}
PBX_PARTS = (
    "connectivity",
    "active_calls",
    "inbound_calls",
    "outbound_calls",
    "internal_calls",
    "last_push",
    "blacklist_size",
    "call",
    "calls",
    "missed_calls",
)
WAITING = ("callers_waiting", "longest_wait", "queue_call")
TODAY = ("calls_today", "missed_today", "answer_rate_today")
MORE_OF_TODAY = ("service_level_today", "average_wait_today", "average_talk_today", "satisfaction_today")

CODES = {
    "0": "idle",
    "1": "in_use",
    "2": "busy",
    "3": "busy",
    "4": "unavailable",
    "8": "ringing",
    "9": "ringing_in_use",
    "16": "on_hold",
    "17": "in_use_on_hold",
    "24": "ringing_in_use",
    "25": "ringing_in_use",
}
TEXTS = {
    "Idle": "idle",
    "InUse": "in_use",
    "Busy": "busy",
    "Unavailable": "unavailable",
    "Ringing": "ringing",
    "InUse&Ringing": "ringing_in_use",
    "Hold": "on_hold",
    "InUse&Hold": "in_use_on_hold",
}


@pytest.fixture
async def everything(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Switch the sensors on that are off unless the user wants them."""
    for one in entries_of(hass).values():
        er.async_get(hass).async_update_entity(one.entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()


# Which day it is stands in the states of today's figures.
@pytest.mark.freeze_time("2026-11-23 12:00:00+00:00")
@pytest.mark.usefixtures("everything")
def test_sensors(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    assert_entities(hass, snapshot, "sensor")


@pytest.mark.usefixtures("loaded")
def test_unique_ids_are_made_of_the_entry_and_the_numbers(hass: HomeAssistant) -> None:
    expected = {f"{ENTRY_ID}_{part}" for part in (*PBX_PARTS, *TODAY, *MORE_OF_TODAY)}
    for number in EXTENSIONS:
        lines = ("status", "other_party", "registered", "latency", "call", "calls")
        expected |= {f"{ENTRY_ID}_{number}_{key}" for key in lines}
    for queue, agents in AGENTS.items():
        figures = (
            "agents_available",
            "agents_logged_in",
            "agents_paused",
            "unstaffed",
            "missed_calls",
            *WAITING,
            *TODAY,
            *MORE_OF_TODAY,
        )
        expected |= {f"{ENTRY_ID}_{queue}_{key}" for key in figures}
        expected |= {f"{ENTRY_ID}_{queue}_{agent}_paused" for agent in agents}
    assert {one.unique_id for one in entries_of(hass).values()} == expected


@pytest.mark.usefixtures("loaded")
def test_only_the_latency_and_figures_of_the_whole_pbx_are_left_to_the_user_to_switch_on(hass: HomeAssistant) -> None:
    disabled = {part for part, one in entries_of(hass).items() if one.domain == "sensor" and one.disabled_by}
    assert disabled == {*(f"{number}_latency" for number in EXTENSIONS), *MORE_OF_TODAY}
    assert entries_of(hass)["801_latency"].disabled_by is er.RegistryEntryDisabler.INTEGRATION


@pytest.mark.usefixtures("loaded")
def test_the_status_has_these_options_and_no_others(hass: HomeAssistant) -> None:
    assert sorted(state_of(hass, "801_status").attributes["options"]) == sorted(set(CODES.values()))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("code", "expected"), CODES.items())
async def test_status_follows_the_code(hass: HomeAssistant, push: Push, code: str, expected: str) -> None:
    assert await push(status("801", "1")) == 200
    assert await push(status("801", code)) == 200
    assert state_of(hass, "801_status").state == expected


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
async def test_old_firmware_tells_the_status_as_a_text(
    hass: HomeAssistant, push: Push, text: str, expected: str
) -> None:
    assert await push(status("801", "1")) == 200
    assert await push({"event": "extensionstatus", "exten": "801", "statustext": text}) == 200
    assert state_of(hass, "801_status").state == expected


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("code", ["-1", "-2", "32", "99", "many", "1.5"])
async def test_a_code_that_nobody_documented_is_unknown_and_no_error(
    hass: HomeAssistant, push: Push, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    assert await push(status("801", code)) == 200
    assert state_of(hass, "801_status").state == STATE_UNKNOWN
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


@pytest.mark.parametrize(
    "quirks",
    [Quirks(status_style="text"), Quirks(hints_style="envelope"), Quirks(status_style="text", hints_style="envelope")],
)
async def test_polled_status_is_read_in_every_firmwares_words(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, quirks: Quirks
) -> None:
    pbx.quirks = quirks
    pbx.office.extensions["802"].registered = False
    await poll(hass)
    assert state_of(hass, "801_status").state == "idle"
    assert state_of(hass, "802_status").state == "unavailable"


@pytest.mark.usefixtures("loaded")
async def test_last_push_is_known_though_the_pbx_does_not_answer(
    hass: HomeAssistant, pbx: Simulator, push: Push
) -> None:
    assert state_of(hass, "last_push").state == STATE_UNKNOWN
    pbx.quirks = Quirks(reply="500")
    await poll(hass)
    assert await push(DIAL_BEGIN) == 200
    assert state_of(hass, "last_push").state not in (STATE_UNKNOWN, STATE_UNAVAILABLE)
    assert state_of(hass, "active_calls").state == STATE_UNAVAILABLE
    assert state_of(hass, "801_status").state == STATE_UNAVAILABLE
    assert state_of(hass, "630_agents_available").state == STATE_UNAVAILABLE


@pytest.mark.usefixtures("loaded")
async def test_a_call_counts_while_it_lasts(hass: HomeAssistant, push: Push) -> None:
    assert await push(DIAL_BEGIN) == 200
    active = state_of(hass, "active_calls")
    assert active.state == "1"
    (call,) = active.attributes["calls"]
    assert (call["caller_name"], call["callee_name"], call["direction"]) == ("Alice", "Bob", "internal")
    assert call["extensions"] == ["801", "802"]

    for leg in (DIAL_BEGIN["destuniqueid"], DIAL_BEGIN["uniqueid"]):
        assert await push({"event": "hangup", "uniqueid": leg}) == 200
    assert state_of(hass, "active_calls").state == "0"
    assert state_of(hass, "active_calls").attributes["calls"] == []


@pytest.mark.usefixtures("loaded")
def test_who_called_whom_is_not_recorded(hass: HomeAssistant) -> None:
    active, line = state_of(hass, "active_calls"), state_of(hass, "801_status")
    assert active.state_info
    assert line.state_info
    assert active.state_info["unrecorded_attributes"] >= {"calls"}
    assert line.state_info["unrecorded_attributes"] >= {"other_party", "other_party_name", "since", "calls"}


@pytest.mark.usefixtures("loaded")
async def test_a_queue_counts_agents_that_it_could_ring(hass: HomeAssistant, pbx: Simulator, push: Push) -> None:
    assert await push(status("801", "1")) == 200
    assert state_of(hass, "630_agents_available").state == "2"
    pbx.office.queues["630"].members[1].paused = True
    pbx.office.queues["630"].members[2].logged_in = False
    await poll(hass)
    figures = {key: state_of(hass, f"630_agents_{key}").state for key in ("logged_in", "available", "paused")}
    # The poll knows better than the push that 801 is idle.
    assert figures == {"logged_in": "2", "available": "1", "paused": "1"}


@pytest.mark.usefixtures("loaded")
async def test_the_blacklist_is_counted(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.office.blacklist += ["01632960666", "01632960667"]
    await poll(hass)
    assert state_of(hass, "blacklist_size").state == "2"


@pytest.mark.usefixtures("everything")
async def test_latency_is_what_the_pbx_measured(hass: HomeAssistant, pbx: Simulator) -> None:
    assert state_of(hass, "801_latency").state == "45"
    pbx.office.extensions["801"].latency = 2100
    await poll(hass)
    assert state_of(hass, "801_latency").state == "2100"
    assert state_of(hass, "806_latency").state == STATE_UNKNOWN, "nobody measures it"
