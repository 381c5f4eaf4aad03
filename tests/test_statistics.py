"""The hours' figures in the recorder: those of the calls, whenever these were logged."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.statistics import statistic_during_period, statistics_during_period
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.recorder import get_instance
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import do_adhoc_statistics

from custom_components.coocenter import statistics
from custom_components.coocenter.const import DOMAIN
from custom_components.coocenter.journal import database_path
from tests.conftest import Push, load
from tests.log_harness import cdr, journal_of
from tests.office_harness import ENTRY_ID, entity_id
from tests.statistics_harness import (
    DAY,
    PREFIX,
    at,
    everything,
    known,
    log,
    moved,
    queued,
    reload,
    rows,
    settled,
    vain,
)

type Passing = Callable[[str], Awaitable[None]]


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: Any) -> None:
    """Let the recorder be made ready before Home Assistant is."""


@pytest.fixture
async def entry(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> MockConfigEntry:
    """An entry of a morning in London, where a recorder runs."""
    await hass.config.async_set_time_zone("Europe/London")
    freezer.move_to("2026-11-23 06:30:00+00:00")
    return entry


@pytest.fixture
def until(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Passing:
    """Let the clock show a time of the day (or a moment), and wait for what it brings."""

    async def pass_time(to: str) -> None:
        freezer.move_to(f"2026-11-23 {to}:00+00:00" if len(to) == 5 else to)
        async_fire_time_changed(hass)
        await settled(hass)

    return pass_time


@pytest.mark.usefixtures("loaded")
async def test_each_hour_is_told_when_it_is_over(hass: HomeAssistant, push: Push, until: Passing) -> None:
    await log(
        push,
        cdr("1.1", **at("07:05", talk=30)),
        vain("2.1", "07:59"),
        queued("3.1", "09:10", wait=6, talk=100),
        queued("4.1", "09:20", wait=20, talk=20),
        cdr("5.1", **at("10:00"), calltype="", source="802", destination="803"),
    )
    await until("10:30")
    assert await rows(hass, "calls") == {7: 2, 8: 0, 9: 2}
    assert await rows(hass, "answered") == {7: 1, 8: 0, 9: 2}
    assert await rows(hass, "missed") == {7: 1, 8: 0, 9: 0}
    assert await rows(hass, "talk_time") == {7: 30, 8: 0, 9: 120}
    assert await rows(hass, "average_wait") == {7: 10, 9: 13}
    assert await rows(hass, "average_talk_time") == {7: 30, 9: 60}
    assert await rows(hass, "calls", of="queue_630_") == {7: 0, 8: 0, 9: 2}
    assert await rows(hass, "average_wait", of="queue_630_") == {9: 13}

    await until("11:01")
    assert await rows(hass, "calls") == {7: 2, 8: 0, 9: 2, 10: 1}
    assert await rows(hass, "answered") == {7: 1, 8: 0, 9: 2, 10: 0}
    assert await rows(hass, "average_wait") == {7: 10, 9: 13}
    # In hours that nobody asked for nothing is lost.
    await until("14:01")
    assert await rows(hass, "calls") == {7: 2, 8: 0, 9: 2, 10: 1, 11: 0, 12: 0, 13: 0}


@pytest.mark.usefixtures("loaded")
async def test_what_is_counted_of_any_span_is_right(hass: HomeAssistant, push: Push, until: Passing) -> None:
    minutes = [7 * 60 + number * number * 37 % 700 for number in range(60)]
    clocks = [f"{minute // 60:02}:{minute % 60:02}" for minute in minutes]
    await log(push, *(cdr(f"{number}.1", **at(clock)) for number, clock in enumerate(clocks)))
    await until("20:01")
    for first in range(7, 20):
        for last in range(first + 1, 21):
            start, end = DAY + timedelta(hours=first), DAY + timedelta(hours=last)
            got = await get_instance(hass).async_add_executor_job(
                statistic_during_period, hass, start, end, f"{PREFIX}calls", {"change"}, None
            )
            assert got["change"] == sum(first <= minute // 60 < last for minute in minutes), (first, last)


@pytest.mark.usefixtures("loaded")
async def test_what_the_pbx_tells_late_changes_the_past(hass: HomeAssistant, push: Push, until: Passing) -> None:
    await log(push, vain("1.1", "07:10"), vain("2.1", "09:10"))
    await until("10:01")
    assert await rows(hass, "missed") == {7: 1, 8: 0, 9: 1}
    assert await rows(hass, "average_wait") == {}
    # An outage is over.
    await log(push, queued("1.1", "07:10"), vain("3.1", "08:10"), vain("4.1", "05:10"))
    await until("11:01")
    assert await rows(hass, "calls") == {5: 1, 6: 0, 7: 1, 8: 1, 9: 1, 10: 0}
    assert await rows(hass, "missed") == {5: 1, 6: 0, 7: 0, 8: 1, 9: 1, 10: 0}
    assert await rows(hass, "average_wait") == {7: 8}
    assert await rows(hass, "calls", of="queue_630_") == {5: 0, 6: 0, 7: 1, 8: 0, 9: 0, 10: 0}


async def test_another_time_zone_of_the_pbx_moves_the_past(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, until: Passing
) -> None:
    await log(push, cdr("1.1", **at("07:10")), queued("2.1", "09:10"), vain("3.1", "10:10"))
    await until("12:01")
    assert await rows(hass, "average_wait", of="queue_630_") == {9: 8}
    # Paris is an hour ahead.
    await reload(hass, loaded, time_zone="Europe/Paris")
    await moved(hass, "3.1", "09:10")
    await until("13:01")
    assert await rows(hass, "calls") == {6: 1, 7: 0, 8: 1, 9: 1, 10: 0, 11: 0, 12: 0}
    assert await rows(hass, "missed") == {6: 0, 7: 0, 8: 0, 9: 1, 10: 0, 11: 0, 12: 0}
    assert await rows(hass, "average_wait", of="queue_630_") == {8: 8}
    # And the Azores are an hour behind London.
    await reload(hass, loaded, time_zone="Atlantic/Azores")
    await moved(hass, "3.1", "11:10")
    await until("14:01")
    assert await rows(hass, "calls") == {6: 0, 7: 0, 8: 1, 9: 0, 10: 1, 11: 1, 12: 0, 13: 0}


async def test_a_reload_doubles_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, until: Passing
) -> None:
    await log(push, queued("1.1", "07:10"), vain("2.1", "08:10"))
    await until("09:01")
    before = await everything(hass)
    assert len(before) == 12
    for _ in range(3):
        await reload(hass, loaded)
    assert await everything(hass) == before


@pytest.mark.parametrize("gone", ["calls", "queue_630_missed"])
async def test_deleted_statistics_are_told_anew(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, until: Passing, gone: str
) -> None:
    await log(push, queued("1.1", "07:10"), vain("2.1", "08:10"))
    await until("09:01")
    before = await everything(hass)
    get_instance(hass).async_clear_statistics([f"{PREFIX}{gone}"])
    await settled(hass)
    assert f"{PREFIX}{gone}" not in await everything(hass)
    await reload(hass, loaded)
    assert await everything(hass) == before


async def test_an_interrupted_change_of_the_past_is_made_up_for(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, until: Passing, hass_storage: dict[str, Any]
) -> None:
    await log(push, queued("1.1", "07:10"), vain("2.1", "08:10"))
    await until("09:01")
    # Home Assistant stops in the midst of it.
    with patch.object(statistics, "async_add_external_statistics", side_effect=asyncio.CancelledError):
        await reload(hass, loaded, time_zone="Europe/Paris")
        await moved(hass, "2.1", "07:10")
        await until("10:01")
    assert await rows(hass, "calls") == {7: 1, 8: 1}
    assert f"{DOMAIN}.{ENTRY_ID}.statistics" in hass_storage
    await reload(hass, loaded)
    assert await rows(hass, "calls") == {6: 1, 7: 1, 8: 0, 9: 0}
    assert await rows(hass, "average_wait") == {6: 8}
    assert f"{DOMAIN}.{ENTRY_ID}.statistics" not in hass_storage


@pytest.mark.usefixtures("loaded")
async def test_a_log_that_cannot_be_read_is_asked_again(hass: HomeAssistant, push: Push, until: Passing) -> None:
    await log(push, vain("1.1", "07:10"))
    journal = journal_of(hass)
    place = journal._place
    assert place
    await journal.async_close()
    await until("08:01")
    assert await rows(hass, "calls") == {}
    await journal.async_open(place.office.zone)
    await until("09:01")
    assert await rows(hass, "calls") == {7: 1, 8: 0}


async def test_a_new_log_goes_on_counting(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, until: Passing
) -> None:
    await log(push, vain("1.1", "07:10"), vain("2.1", "07:20"))
    await until("08:01")
    journal = journal_of(hass)
    await journal.async_close()
    database_path(hass, loaded).unlink()
    await reload(hass, loaded)
    await log(push, vain("3.1", "09:10"))
    await until("10:01")
    assert await rows(hass, "calls") == {7: 2, 8: 0, 9: 1}


async def test_nothing_is_told_before_home_assistant_has_started(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push, until: Passing
) -> None:
    hass.set_state(CoreState.starting)
    await load(hass, entry)
    await log(push, vain("1.1", "05:10"))
    assert await rows(hass, "calls") == {}
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await settled(hass)
    assert await rows(hass, "calls") == {5: 1}


async def test_statistics_have_names_and_go_with_the_pbx(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, until: Passing, hass_storage: dict[str, Any]
) -> None:
    await log(push, queued("1.1", "07:10"))
    await until("08:01")
    metadata = await known(hass)
    names = {metadata[f"{PREFIX}calls"]["name"], metadata[f"{PREFIX}queue_630_average_wait"]["name"]}
    assert names == {"CooCenter: calls", "CooCenter, queue 630: average wait"}
    assert metadata[f"{PREFIX}talk_time"]["unit_of_measurement"] == "s"

    await hass.config_entries.async_remove(loaded.entry_id)
    await settled(hass)
    assert await known(hass) == {}
    assert f"{DOMAIN}.{ENTRY_ID}.statistics" not in hass_storage


@pytest.mark.usefixtures("loaded")
async def test_today_s_counts_go_on_over_midnight(hass: HomeAssistant, push: Push, until: Passing) -> None:
    sensor = entity_id(hass, "calls_today")
    await log(push, vain("1.1", "05:10"))
    for minute, more in (("23:50", "06:10"), ("23:56", None), ("2026-11-24 00:01:00+00:00", None)):
        await until(minute)
        if more:
            await log(push, vain("2.1", more))
    assert hass.states.get(sensor).state == "0"
    text = "2026-11-24 00:02:00"
    await log(push, vain("3.1", "00:00") | {"starttime": text, "endtime": text})
    await until("2026-11-24 00:04:00+00:00")
    assert hass.states.get(sensor).state == "1"
    await settled(hass)
    for start in (DAY.replace(hour=23, minute=50), DAY.replace(hour=23, minute=55), DAY + timedelta(days=1)):
        do_adhoc_statistics(hass, start=start)
    await settled(hass)
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, DAY, None, {sensor}, "5minute", None, {"sum", "state"}
    )
    assert [(row["state"], row["sum"]) for row in found[sensor]] == [(1, 1), (2, 2), (1, 3)]
