"""What the tests of statistics share: logs of calls at an hour, and what the recorder has by them."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from homeassistant.components.recorder.statistics import get_metadata, statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import DOMAIN
from tests.conftest import Push
from tests.log_harness import cc_cdr, journal_of, missed
from tests.office_harness import ENTRY_ID

PREFIX = f"{DOMAIN}:{ENTRY_ID.lower()}_"
DAY = datetime(2026, 11, 23, tzinfo=UTC)


async def settled(hass: HomeAssistant) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    await get_instance(hass).async_block_till_done()


async def reload(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    if options:
        hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)


async def moved(hass: HomeAssistant, uid: str, clock: str) -> None:
    """Wait until a call began at another time (UTC)."""
    for _ in range(10_000):
        call = await journal_of(hass).log.one(uid)
        if call and f"{call.started:%H:%M}" == clock:
            return
    pytest.fail("waited in vain")


def at(clock: str, *, talk: int = 60) -> dict[str, str]:
    """Return when a call began that was answered after 10 s, in the words of a cdr."""
    start = datetime.fromisoformat(f"2026-11-23 {clock}:00")
    answer, end = start + timedelta(seconds=10), start + timedelta(seconds=10 + talk)
    return {
        "starttime": str(start),
        "answertime": str(answer),
        "endtime": str(end),
        "duration": str(10 + talk),
        "billableseconds": str(talk),
    }


def vain(uid: str, clock: str) -> dict[str, str]:
    """Return the log of a call that nobody answered."""
    start = f"2026-11-23 {clock}:00"
    return missed(uid, starttime=start, endtime=start, duration="0")


def queued(uid: str, clock: str, *, wait: int = 8, talk: int = 60) -> dict[str, str]:
    """Return the log of a call to queue 630."""
    start = datetime.fromisoformat(f"2026-11-23 {clock}:00")
    return cc_cdr(
        uid,
        startTime=str(start),
        endTime=str(start + timedelta(seconds=wait + talk)),
        duration=str(wait + talk),
        queueTime=str(wait),
        talkingTime=str(talk),
    )


async def log(push: Push, *events: dict[str, Any]) -> None:
    for event in events:
        assert await push(event) == HTTPStatus.OK


async def rows(hass: HomeAssistant, key: str, *, of: str = "") -> dict[int, float | None]:
    """Return what was counted in each hour of the day by the recorder, or its average where there is one."""
    statistic_id = f"{PREFIX}{of}{key}"
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, DAY, None, {statistic_id}, "hour", None, {"change", "mean"}
    )
    hours = found.get(statistic_id, [])
    values = {
        round((row["start"] - DAY.timestamp()) / 3600): row["mean"] if "average" in key else row["change"]
        for row in hours
    }
    return {hour: value for hour, value in values.items() if "average" not in key or value is not None}


async def everything(hass: HomeAssistant) -> dict[str, list[Any]]:
    """Return all that the recorder has of the PBX."""
    ids = {one for one in await known(hass) if one.startswith(PREFIX)}
    types = {"sum", "state", "mean"}
    return await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, DAY - timedelta(days=9), None, ids, "hour", None, types
    )


async def known(hass: HomeAssistant) -> dict[str, Any]:
    found = await get_instance(hass).async_add_executor_job(lambda: get_metadata(hass, statistic_source=DOMAIN))
    return {statistic_id: metadata for statistic_id, (_, metadata) in found.items()}
