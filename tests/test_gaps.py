"""Times in which pushes could not be received are known, also over restarts and crashes."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.coocenter.journal import database_path
from custom_components.coocenter.link import DATA_LINKS
from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.log_harness import journal_of
from tests.office_harness import ENTRY_ID, act
from tests.poll_harness import status
from tests.watchdog_harness import NOON, call, gaps, jump, pass_time

type Restart = Callable[..., Awaitable[None]]


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


@pytest.fixture
def restart(hass: HomeAssistant, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory) -> Restart:
    """Let Home Assistant be down for so many seconds: nothing of the PBX is in memory after that."""

    async def restart(seconds: float, *, killed: bool = False) -> None:
        if not killed:
            hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
            await hass.async_block_till_done()
        journal = journal_of(hass)
        await hass.config_entries.async_unload(loaded.entry_id)
        await journal.async_close()
        hass.data[DATA_LINKS].clear()
        freezer.tick(seconds)
        await hass.config_entries.async_setup(loaded.entry_id)
        await hass.async_block_till_done()

    return restart


async def test_the_first_start_is_none(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert await gaps(hass) == []


async def test_home_assistant_was_down(hass: HomeAssistant, restart: Restart, freezer: FrozenDateTimeFactory) -> None:
    await pass_time(hass, freezer, 90)
    await restart(3600)
    assert await gaps(hass) == [("12:01:30", "13:01:30", "stopped")]
    await pass_time(hass, freezer, 600)
    await restart(119)
    assert len(await gaps(hass)) == 1, "what is pushed meanwhile comes again"
    await pass_time(hass, freezer, 600)
    await restart(121)
    assert [start for start, _, _ in await gaps(hass)] == ["12:01:30", "13:23:29"]


async def test_a_killed_one_is_known_to_the_minute(
    hass: HomeAssistant, restart: Restart, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(5):
        await pass_time(hass, freezer, 61)
    freezer.tick(50)
    await restart(10, killed=True)
    assert await gaps(hass) == [], "nothing is made of a restart"
    freezer.tick(50)
    await restart(300, killed=True)
    assert await gaps(hass) == [("12:06:05", "12:11:55", "stopped")]


async def test_a_clock_that_was_set_back_makes_none(
    hass: HomeAssistant, restart: Restart, freezer: FrozenDateTimeFactory
) -> None:
    await restart(-86_400)
    assert await gaps(hass) == []
    await restart(600)
    assert len(await gaps(hass)) == 1


async def test_a_machine_that_was_suspended(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer, 60)
    await jump(hass, freezer, 3600)
    slept = [("12:01:00", "13:01:00", "stopped")]
    assert await gaps(hass) == slept
    await pass_time(hass, freezer, 600)
    await jump(hass, freezer, 150)
    assert await gaps(hass) == slept, "what is pushed meanwhile comes again"
    # It is stopped before it has been awake for a minute.
    freezer.tick(1200)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert await gaps(hass) == [*slept, ("13:13:30", "13:33:30", "stopped")]


async def test_of_a_clock_that_was_wrong_nothing_is_known_of_the_time_to_come(
    hass: HomeAssistant, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer, 60)
    await jump(hass, freezer, 86_400)
    assert len(await gaps(hass)) == 1
    freezer.tick(60 - 86_400)
    # The loop, whose clock nobody sets, goes on.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=2))
    await hass.async_block_till_done()
    assert await gaps(hass) == []


async def test_a_disabled_pbx_is_not_heard(
    hass: HomeAssistant, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config_entries.async_set_disabled_by(ENTRY_ID, ConfigEntryDisabler.USER)
    for _ in range(10):
        await pass_time(hass, freezer, 61)
    await hass.config_entries.async_set_disabled_by(ENTRY_ID, None)
    await hass.async_block_till_done()
    assert await gaps(hass) == [("12:01:01", "12:10:10", "stopped")]


async def test_an_unreachable_pbx_that_pushes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer, 60)
    pbx.quirks = Quirks(reply="reset")
    for _ in range(5):
        await pass_time(hass, freezer, 60)
    assert await gaps(hass) == [("12:01:00", None, "unreachable")]
    assert await push(status("801", 1)) == 200
    assert await gaps(hass) == [("12:01:00", "12:06:00", "unreachable")]
    # Pushes arrive, though nothing can be asked.
    for code in (0, 1, 0, 1):
        await pass_time(hass, freezer, 60)
        assert await push(status("801", code)) == 200
    assert len(await gaps(hass)) == 1
    for _ in range(4):
        await pass_time(hass, freezer, 60)
    pbx.quirks = Quirks()
    await pass_time(hass, freezer, 60)
    assert (await gaps(hass))[1:] == [("12:10:00", "12:15:00", "unreachable")]


async def test_a_pbx_that_cannot_be_asked_from_the_start(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    pbx.quirks = Quirks(reply="reset")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(5):
        await pass_time(hass, freezer, 60)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    pbx.quirks = Quirks()
    await hass.config_entries.async_reload(entry.entry_id)
    assert await gaps(hass) == [("12:00:00", "12:05:00", "unreachable")]


async def test_a_pbx_that_refuses_the_key_is_there(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    pbx.web_key = "another"
    for _ in range(5):
        await pass_time(hass, freezer, 60)
    assert not loaded.runtime_data.coordinator.last_update_success
    assert await gaps(hass) == []


async def test_a_silence_goes_on_after_a_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, restart: Restart, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer)
    await call(pbx)
    for _ in range(9):
        await pass_time(hass, freezer)
    assert await gaps(hass) == [("12:00:00", None, "silent")]
    await restart(600)
    assert await gaps(hass) == [("12:00:00", "12:05:10", "silent"), ("12:05:10", "12:15:10", "stopped")]


async def test_they_are_kept_as_long_as_calls_are(
    hass: HomeAssistant, restart: Restart, freezer: FrozenDateTimeFactory
) -> None:
    await restart(600)
    await pass_time(hass, freezer, 600)
    await restart(timedelta(days=2).total_seconds())
    begun = dt_util.utcnow()
    assert len(await gaps(hass)) == 2
    assert [why for _, _, why in await gaps(hass, end="2026-11-23 12:05:00+00:00")] == ["stopped"]
    assert len(await gaps(hass, start="2026-11-24 00:00:00+00:00")) == 1
    await act(hass, "purge_calls", keep_days=1)
    assert len(await gaps(hass)) == 1
    await pass_time(hass, freezer, 600)
    freezer.move_to(begun.replace(hour=4, minute=17) + timedelta(days=366))
    await pass_time(hass, freezer, 0.5)
    assert [why for _, _, why in await gaps(hass, end=begun.isoformat())] == []


async def test_nothing_of_a_removed_pbx_stays(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    file = database_path(hass, loaded).with_suffix(".gaps")
    assert file.exists()
    await hass.config_entries.async_remove(loaded.entry_id)
    assert not list(file.parent.iterdir())
