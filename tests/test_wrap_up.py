"""After a queue call the PBX pauses its agent and tells nobody: it is asked when that begins and when it ends."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.coocenter.const import DOMAIN
from simulator import Quirks, Simulator
from tests.conftest import Push, load, make_entry
from tests.poll_harness import asked, pass_time


@pytest.fixture
def entry(pbx: Simulator) -> MockConfigEntry:
    """An entry whose polls do not get in the way."""
    return make_entry(pbx, options={"poll_interval": 3600, "wrap_up": 30})


@pytest.fixture
def agent(pbx: Simulator) -> str:
    return pbx.office.queues["630"].members[0].extension


def ended(agent: str, call: str) -> dict[str, str]:
    """Return the log of a queue call that an agent had."""
    return {"event": "cc_cdr", "uuid": call, "agentCode": agent, "queueCode": "630", "callType": "incoming"}


async def test_an_agent_s_wrap_up_is_seen_to_begin_and_to_end(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator, agent: str
) -> None:
    unique_id = f"{connected.entry_id}_630_{agent}_paused"
    switch = er.async_get(hass).async_get_entity_id("switch", DOMAIN, unique_id)
    pbx.wrap_up = 30 * pbx.speed
    await pbx.play("queue", queue="630", agent=agent)
    await pbx.drain()
    asked(pbx)
    assert hass.states.get(switch).state == "off", "the PBX says nothing"

    await pass_time(hass, 2)
    assert hass.states.get(switch).state == "on"
    await pass_time(hass, 33)
    assert hass.states.get(switch).state == "off"
    assert asked(pbx) == 2


async def test_however_many_calls_end_the_queues_are_asked_once_a_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry, pbx: Simulator, push: Push, agent: str
) -> None:
    freezer.move_to("2026-03-01 12:00:00+00:00")
    await load(hass, entry)
    asked(pbx)

    async def seconds(count: int) -> list[int]:
        """Return how often the queues were asked in each of the seconds that pass."""
        times = []
        for _ in range(count):
            freezer.tick(1)
            async_fire_time_changed(hass)
            await hass.async_block_till_done(wait_background_tasks=True)
            times.append(asked(pbx))
        return times

    for call in range(10):
        await push(ended(agent, f"1.{call}"))
    assert await seconds(33) == [1, *[0] * 29, 1, 0, 0]

    for call in range(20):
        await push(ended(agent, f"2.{call}"))
        (at_once,) = await seconds(1)
        assert at_once <= 1
    assert max(await seconds(40)) == 1


async def test_a_call_that_no_agent_had_is_none_of_the_queues_business(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    asked(pbx)
    await push(ended("", "1.1"))
    await push(ended("899", "1.2"))
    await pass_time(hass, 60)

    assert asked(pbx) == 0


async def test_a_wrap_up_of_no_length_is_looked_at_once(hass: HomeAssistant, pbx: Simulator, push: Push) -> None:
    await load(hass, make_entry(pbx, options={"poll_interval": 3600, "wrap_up": 0}))
    asked(pbx)
    await push(ended(pbx.office.queues["630"].members[0].extension, "1.1"))
    await pass_time(hass, 60)

    assert asked(pbx) == 1


async def test_a_failure_is_left_to_the_next_poll(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    pbx: Simulator,
    push: Push,
    agent: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await push(ended(agent, "1.1"))
    caplog.clear()
    pbx.quirks = Quirks(reply="500")
    await pass_time(hass, 2)

    lines = [record for record in caplog.records if DOMAIN in record.name]
    assert [(record.levelname, record.getMessage()) for record in lines] == [
        ("DEBUG", "CooCenter could not be asked again: HTTP 500")
    ]
    assert hass.states.get("binary_sensor.coocenter_connectivity").state == "on"
    await pass_time(hass, 3700)
    assert hass.states.get("binary_sensor.coocenter_connectivity").state == "off"


async def test_nothing_is_asked_for_an_entry_that_was_unloaded(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, agent: str
) -> None:
    await push(ended(agent, "1.1"))
    await hass.config_entries.async_unload(loaded.entry_id)
    asked(pbx)
    await push(ended(agent, "1.2"))
    await pass_time(hass, 60)

    assert not pbx.requests
