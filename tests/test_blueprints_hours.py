"""The blueprint that pauses a queue's agents out of hours."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Quirks, Simulator
from tests.blueprint_harness import automate, finished, install, pass_time, settle, switch_off, until_frozen
from tests.conftest import load, make_entry
from tests.flow_harness import until
from tests.office_harness import act, asked, devices_of

SCHEDULE = "schedule.office"
AGENTS = {"801", "802", "805"}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


def paused(pbx: Simulator, queue: str = "630") -> set[str]:
    return {member.extension for member in pbx.office.queues[queue].members if member.paused}


async def by_schedule(hass: HomeAssistant) -> str:
    """Make an automation of a schedule and the first queue."""
    queue = devices_of(hass)["queue_630"].id
    return await automate(hass, "out_of_hours", queues=[queue], schedule=SCHEDULE)


@pytest.mark.usefixtures("loaded")
async def test_agents_are_paused_while_the_office_is_closed(hass: HomeAssistant, pbx: Simulator) -> None:
    hass.states.async_set(SCHEDULE, "on")
    automation = await by_schedule(hass)
    hass.states.async_set(SCHEDULE, "off")
    await until(lambda: paused(pbx) == AGENTS)
    assert paused(pbx, "631") == set(), "which is another queue"
    hass.states.async_set(SCHEDULE, "on")
    await until(lambda: paused(pbx) == set())
    await finished(hass, automation)


@pytest.mark.usefixtures("loaded")
async def test_who_was_paused_already_stays_so(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "agent_pause", extension="802", queue="630", paused=True)
    hass.states.async_set(SCHEDULE, "on")
    automation = await by_schedule(hass)
    hass.states.async_set(SCHEDULE, "off")
    await until(lambda: paused(pbx) == AGENTS)
    hass.states.async_set(SCHEDULE, "on")
    await finished(hass, automation)
    assert paused(pbx) == {"802"}


@pytest.mark.usefixtures("loaded")
async def test_who_was_brought_back_by_hand_is_not_asked_for_again(hass: HomeAssistant, pbx: Simulator) -> None:
    hass.states.async_set(SCHEDULE, "on")
    automation = await by_schedule(hass)
    hass.states.async_set(SCHEDULE, "off")
    await until(lambda: paused(pbx) == AGENTS)
    await act(hass, "agent_pause", extension="802", queue="630", paused=False)
    await settle()
    assert paused(pbx) == AGENTS - {"802"}
    pbx.requests.clear()
    hass.states.async_set(SCHEDULE, "on")
    await finished(hass, automation)
    assert {form["member"] for form in asked(pbx, "queues/agent-pause")} == AGENTS - {"802"}


@pytest.mark.usefixtures("loaded")
async def test_after_a_restart_out_of_hours_all_come_back(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "agent_pause", extension="802", queue="630", paused=True)
    hass.states.async_set(SCHEDULE, "off")
    hass.set_state(CoreState.starting)
    automation = await by_schedule(hass)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await until(lambda: paused(pbx) == AGENTS)
    hass.states.async_set(SCHEDULE, "on")
    await finished(hass, automation)
    assert paused(pbx) == set()


@pytest.mark.usefixtures("loaded")
async def test_a_restart_in_office_hours_changes_nothing(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "agent_pause", extension="802", queue="630", paused=True)
    pbx.requests.clear()
    hass.states.async_set(SCHEDULE, "on")
    hass.set_state(CoreState.starting)
    await by_schedule(hass)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle()
    assert asked(pbx, "queues/agent-pause") == []


async def test_a_pbx_that_is_out_of_reach_at_closing_time_is_waited_for(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    hass.states.async_set(SCHEDULE, "on")
    await by_schedule(hass)
    pbx.quirks = Quirks(reply="500")
    await loaded.runtime_data.coordinator.async_refresh()
    hass.states.async_set(SCHEDULE, "off")
    await settle()
    pbx.quirks = Quirks()
    await loaded.runtime_data.coordinator.async_refresh()
    await until(lambda: paused(pbx) == AGENTS)


@pytest.mark.parametrize(
    ("times", "closing"),
    [
        # 2026-03-02 is a Monday.
        ({}, "2026-03-02 17:00:00"),
        ({"opens": "22:00:00", "closes": "06:00:00"}, "2026-03-03 06:00:00"),
    ],
)
async def test_the_clock_may_tell_the_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, pbx: Simulator, times: dict[str, str], closing: str
) -> None:
    move(freezer, closing, -90)
    await load(hass, make_entry(pbx, options={"poll_interval": 3600}))
    queues = [devices_of(hass)[f"queue_{queue}"].id for queue in ("630", "631")]
    automation = await automate(hass, "out_of_hours", queues=queues, **times)
    for seconds in (-1, 1):
        move(freezer, closing, seconds)
        await pass_time(hass, 0)
        assert hass.states.get(automation).attributes["current"] == (seconds > 0)
    await until_frozen(lambda: paused(pbx) == AGENTS and paused(pbx, "631") == {"801", "803", "804"})
    await switch_off(hass, automation)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("moment", "workday", "works"),
    [
        ("2026-03-06 08:00:00", "on", True),
        ("2026-03-06 08:00:00", "off", False),
        ("2026-03-07 08:00:00", "on", False),
    ],
    ids=["friday", "holiday", "saturday"],
)
async def test_nobody_comes_back_on_a_day_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, pbx: Simulator, moment: str, workday: str, works: bool
) -> None:
    for agent in AGENTS:
        await act(hass, "agent_pause", extension=agent, queue="630", paused=True)
    hass.states.async_set("binary_sensor.workday", workday)
    move(freezer, moment, -60)
    queue = devices_of(hass)["queue_630"].id
    automation = await automate(hass, "out_of_hours", queues=[queue], workday="binary_sensor.workday")
    move(freezer, moment, 1)
    await pass_time(hass, 0)
    await until_frozen(lambda: hass.states.get(automation).attributes["current"] == 0)
    await switch_off(hass, automation)
    assert paused(pbx) == (set() if works else AGENTS)


def move(freezer: FrozenDateTimeFactory, moment: str, seconds: float) -> None:
    """Let it be some seconds after a moment of the office's clock."""
    local = dt_util.parse_datetime(moment).replace(tzinfo=dt_util.get_default_time_zone())
    freezer.move_to(dt_util.utc_from_timestamp(local.timestamp() + seconds))
