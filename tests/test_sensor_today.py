"""Today's figures: what the calls that the PBX logged since midnight amount to."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.log_harness import cc_cdr, cdr, journal_of, missed
from tests.office_harness import ENTRY_ID, devices_of, entity_id, entries_of, poll, state_of
from tests.poll_harness import written_states

COUNTS = ("calls_today", "missed_today")
RATIOS = (
    "answer_rate_today",
    "service_level_today",
    "average_wait_today",
    "average_talk_today",
    "satisfaction_today",
)


@pytest.fixture
async def entry(hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """An entry that is set up at noon of a day, in London."""
    await hass.config.async_set_time_zone("Europe/London")
    freezer.move_to("2026-11-23 12:00:10+00:00")
    return entry


@pytest.fixture
async def everything(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Switch the sensors on that are off unless the user wants them."""
    for one in entries_of(hass).values():
        er.async_get(hass).async_update_entity(one.entity_id, disabled_by=None)
    await reload(hass)


async def reload(hass: HomeAssistant) -> None:
    assert await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, to: float | str) -> None:
    """Let the clock show a moment, or so many seconds more."""
    freezer.move_to(to) if isinstance(to, str) else freezer.tick(to)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def log(hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory, *events: dict[str, Any]) -> None:
    """Push logs, and let the time pass until they are counted at the latest."""
    for event in events:
        assert await push(event) == HTTPStatus.OK
    await pass_time(hass, freezer, 2)


def values(hass: HomeAssistant, part: str = "") -> dict[str, float | str]:
    """Return today's figures of the PBX or a queue; those that there are not are left out."""
    states = {key: state_of(hass, f"{part}_{key}" if part else key).state for key in (*COUNTS, *RATIOS)}
    return {
        key.removesuffix("_today"): state if state == STATE_UNAVAILABLE else float(state)
        for key, state in states.items()
        if state != STATE_UNKNOWN
    }


@pytest.mark.usefixtures("everything")
async def test_before_the_first_call_there_is_nothing_to_average(hass: HomeAssistant) -> None:
    for part in ("", "630", "631"):
        assert values(hass, part) == {"calls": 0, "missed": 0}


@pytest.mark.usefixtures("everything")
async def test_the_figures_are_those_of_the_calls(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await log(
        hass,
        push,
        freezer,
        cc_cdr("1.1", queueTime="8", talkingTime="50", score="5"),
        cc_cdr("2.1", queueTime="30", talkingTime="30", score="2"),
        cc_cdr("3.1", queueTime="25", talkingTime="0", agentCode="", score="0", missCause="NO_AGENT_ANSWER"),
        # To nobody's queue: 10 s and 60 s, one that nobody took, and one among themselves.
        cdr("4.1"),
        missed("5.1"),
        cdr("6.1", calltype="", source="802", destination="803", billableseconds="40"),
        # Of yesterday.
        cdr("7.1", starttime="2026-11-22 23:59:59", answertime="2026-11-23 00:00:09", endtime="2026-11-23 00:01:09"),
    )
    assert values(hass, "630") == {
        "calls": 3,
        "missed": 1,
        "answer_rate": pytest.approx(200 / 3),
        "service_level": pytest.approx(100 / 3),
        "average_wait": 19,
        "average_talk": 40,
        "satisfaction": 3.5,
    }
    assert values(hass, "631") == {"calls": 0, "missed": 0}
    assert values(hass) == {
        "calls": 6,
        "missed": 2,
        "answer_rate": 60,
        "service_level": 40,
        "average_wait": 16,
        "average_talk": 45,
        "satisfaction": 3.5,
    }


@pytest.mark.usefixtures("loaded")
async def test_what_was_taken_for_missed_is_corrected(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await log(hass, push, freezer, missed("1.1"))
    assert state_of(hass, "missed_today").state == "1"
    await log(hass, push, freezer, cc_cdr("1.1"))
    assert (state_of(hass, "calls_today").state, state_of(hass, "missed_today").state) == ("1", "0")
    assert state_of(hass, "630_answer_rate_today").state == "100.0"


@pytest.mark.usefixtures("loaded")
async def test_the_first_of_many_calls_is_counted_at_once_and_the_last_within_two_seconds(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer, 2)
    written = written_states(hass)
    for number in range(20):
        assert await push(cdr(f"{number}.1")) == HTTPStatus.OK
    assert state_of(hass, "calls_today").state == "1"
    await pass_time(hass, freezer, 2)
    assert state_of(hass, "calls_today").state == "20"
    assert written.count(entity_id(hass, "calls_today")) == 2
    # The day's figures of a queue without calls are what they were.
    assert not set(written) & {entity_id(hass, f"630_{key}") for key in (*COUNTS, *RATIOS)}


@pytest.mark.usefixtures("loaded")
async def test_a_day_begins_at_local_midnight(hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory) -> None:
    await log(hass, push, freezer, cc_cdr("1.1"), missed("2.1"))
    assert state_of(hass, "calls_today").attributes["last_reset"] == "2026-11-23T00:00:00+00:00"
    assert "last_reset" not in state_of(hass, "answer_rate_today").attributes

    await pass_time(hass, freezer, "2026-11-23 23:59:59+00:00")
    assert (state_of(hass, "calls_today").state, state_of(hass, "missed_today").state) == ("2", "1")
    assert state_of(hass, "630_satisfaction_today").state == "4.0"

    await pass_time(hass, freezer, "2026-11-24 00:00:01+00:00")
    for part in ("", "630_", "631_"):
        calls = state_of(hass, f"{part}calls_today")
        assert (calls.state, calls.attributes["last_reset"]) == ("0", "2026-11-24T00:00:00+00:00")
    assert state_of(hass, "missed_today").state == "0"
    assert state_of(hass, "630_satisfaction_today").state == STATE_UNKNOWN


async def test_the_day_that_the_clocks_are_put_forward_is_shorter(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer, "2027-03-28 12:00:00+01:00")
    span = {"answertime": "", "duration": "1"}
    for uid, moment in (("1.1", "2027-03-27 23:59:00"), ("2.1", "2027-03-28 00:01:00"), ("3.1", "2027-03-28 23:59:00")):
        await log(hass, push, freezer, missed(uid, starttime=moment, endtime=moment, **span))
    assert state_of(hass, "missed_today").state == "2"
    assert dt_util.parse_datetime(state_of(hass, "missed_today").attributes["last_reset"]) == datetime(
        2027, 3, 28, tzinfo=dt_util.UTC
    )


@pytest.mark.usefixtures("everything")
async def test_what_is_in_time_is_an_option(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await log(hass, push, freezer, *(cc_cdr(f"{wait}.1", queueTime=str(wait)) for wait in (10, 20, 21, 40)))
    assert state_of(hass, "630_service_level_today").state == "50.0"
    hass.config_entries.async_update_entry(entry, options={"service_level": 30})
    await reload(hass)
    assert state_of(hass, "630_service_level_today").state == "75.0"
    assert state_of(hass, "service_level_today").state == "75.0"


@pytest.mark.usefixtures("loaded")
async def test_figures_are_known_though_the_pbx_does_not_answer(
    hass: HomeAssistant, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    pbx.quirks = Quirks(reply="500")
    await poll(hass)
    assert state_of(hass, "630_agents_available").state == STATE_UNAVAILABLE
    await log(hass, push, freezer, cc_cdr("1.1"))
    assert (state_of(hass, "calls_today").state, state_of(hass, "630_calls_today").state) == ("1", "1")


@pytest.mark.usefixtures("loaded")
async def test_figures_are_unavailable_while_the_log_cannot_be_read(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await log(hass, push, freezer, cc_cdr("1.1"))
    journal = journal_of(hass)
    place = journal._place
    assert place
    await journal.async_close()
    await pass_time(hass, freezer, 60)
    for part in ("calls_today", "630_calls_today", "630_average_wait_today"):
        assert state_of(hass, part).state == STATE_UNAVAILABLE
    await journal.async_open(place.office.zone)
    await pass_time(hass, freezer, 60)
    assert (state_of(hass, "calls_today").state, state_of(hass, "630_average_wait_today").state) == ("1", "8.0")


@pytest.mark.usefixtures("loaded")
async def test_a_queue_that_is_gone_has_no_figures(
    hass: HomeAssistant, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    queue = pbx.office.queues.pop("630")
    await poll(hass)
    assert state_of(hass, "630_calls_today").state == STATE_UNAVAILABLE
    assert state_of(hass, "631_calls_today").state == "0"
    pbx.office.queues["630"] = queue
    await poll(hass)
    assert state_of(hass, "630_calls_today").state == "0"
    del pbx.office.queues["630"]
    await poll(hass)
    await poll(hass)
    assert "queue_630" not in devices_of(hass)


@pytest.mark.usefixtures("loaded")
async def test_what_an_agent_does_writes_no_figures(hass: HomeAssistant, pbx: Simulator) -> None:
    written = written_states(hass)
    pbx.office.queues["630"].members[1].paused = True
    await poll(hass)
    assert entity_id(hass, "630_agents_paused") in written
    assert entity_id(hass, "630_calls_today") not in written


async def test_calls_of_before_the_start_count(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await hass.config_entries.async_unload(ENTRY_ID)
    assert await push(cc_cdr("1.1")) == HTTPStatus.OK
    assert await hass.config_entries.async_setup(ENTRY_ID)
    await hass.async_block_till_done()
    assert (state_of(hass, "calls_today").state, state_of(hass, "630_calls_today").state) == ("1", "1")
