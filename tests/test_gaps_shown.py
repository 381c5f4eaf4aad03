"""Gaps are shown wherever calls are listed or counted."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.diagnostics import DOMAIN as DIAGNOSTICS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.coocenter.call_log import GapReason
from tests.conftest import Push
from tests.log_harness import cdr, journal_of
from tests.missed_harness import enable
from tests.office_harness import act, entity_id, state_of
from tests.poll_harness import status, written_states
from tests.watchdog_harness import NOON, pass_time

DAY = {"start": "2026-11-23T00:00:00+00:00", "end": "2026-11-24T00:00:00+00:00"}
UNREACHABLE = {"start": "2026-11-23T11:00:00+00:00", "end": "2026-11-23T11:30:00+00:00", "reason": "unreachable"}
SILENT = {"start": "2026-11-23T11:45:00+00:00", "end": None, "reason": "silent"}


@pytest.fixture(autouse=True)
async def noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await hass.config.async_set_time_zone("Europe/London")
    freezer.move_to(NOON)


@pytest.fixture
def two(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """A gap that is over and one that is not."""
    known, now = journal_of(hass).gaps, dt_util.utcnow()
    known.begin(GapReason.UNREACHABLE, now.replace(hour=11))
    known.end(GapReason.UNREACHABLE, now.replace(hour=11, minute=30))
    known.begin(GapReason.SILENT, now.replace(hour=11, minute=45))


@pytest.mark.usefixtures("two")
async def test_by_actions_and_commands(hass: HomeAssistant, hass_ws_client: WebSocketGenerator, tmp_path: Path) -> None:
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    client = await hass_ws_client()

    async def everywhere(**fields: str) -> list[Any]:
        """Return what each of them answers."""
        told: list[Any] = [await act(hass, "get_calls", **fields)]
        told.append(await hass.services.async_call("coocenter", "export_calls", fields, True, return_response=True))
        for command in ("list", "export"):
            await client.send_json_auto_id({"type": f"coocenter/calls/{command}", **fields})
            told.append((await client.receive_json())["result"])
        return [answer["gaps"] for answer in told]

    assert await everywhere() == [[UNREACHABLE, SILENT]] * 4
    assert await everywhere(start="2026-11-23 11:30:00") == [[SILENT]] * 4
    assert await everywhere(end="2026-11-23 11:30:00", outcome="missed") == [[UNREACHABLE]] * 4
    assert await everywhere(end="2026-11-23 11:00:00") == [[]] * 4


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("part", ["calls", "802_calls"])
async def test_in_the_calendars(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, push: Push, part: str
) -> None:
    await enable(hass, "calls", "802_calls")
    assert await push(cdr("1.1", source="802", starttime="2026-11-23 11:10:00", endtime="2026-11-23 11:11:10")) == 200
    client = await hass_client()
    response = await client.get(f"/api/calendars/{entity_id(hass, part)}", params=DAY)
    assert response.status == HTTPStatus.OK
    first, called, last = await response.json()
    assert called["uid"] == "1.1"
    assert {first["summary"], last["summary"]} == {"Calls may be missing"}
    assert (first["start"]["dateTime"], first["end"]["dateTime"]) == (UNREACHABLE["start"], UNREACHABLE["end"])
    assert "could not be reached" in first["description"]
    # It ended with the push; without one it ends with what is known.
    assert (last["start"]["dateTime"], last["end"]["dateTime"]) == (SILENT["start"], "2026-11-23T12:00:00+00:00")
    assert "did not arrive" in last["description"]
    response = await client.get(f"/api/calendars/{entity_id(hass, part)}", params=DAY | {"end": UNREACHABLE["start"]})
    assert await response.json() == []


@pytest.mark.usefixtures("two")
async def test_beside_todays_figures(hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory) -> None:
    await pass_time(hass, freezer, 60)
    for part in ("calls_today", "missed_today", "630_calls_today"):
        assert state_of(hass, part).attributes["gap_time"] == 46 * 60
    assert await push(status("801", 1)) == HTTPStatus.OK
    await pass_time(hass, freezer, 600)
    assert state_of(hass, "calls_today").attributes["gap_time"] == 46 * 60
    written = written_states(hass)
    await pass_time(hass, freezer, 60)
    assert entity_id(hass, "calls_today") not in written
    freezer.move_to("2026-11-24 00:00:00+00:00")
    await pass_time(hass, freezer, 0.5)
    assert state_of(hass, "calls_today").attributes["gap_time"] == 0


async def test_a_gap_that_goes_on_is_told_beside_the_figures_each_quarter_of_an_hour(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    sensor = entity_id(hass, "calls_today")
    known = journal_of(hass).gaps
    known.begin(GapReason.UNREACHABLE, dt_util.utcnow() - timedelta(minutes=20))
    known.end(GapReason.UNREACHABLE, dt_util.utcnow())
    await pass_time(hass, freezer, 60)
    assert state_of(hass, "calls_today").attributes["gap_time"] == 20 * 60
    known.begin(GapReason.SILENT, dt_util.utcnow())
    written = written_states(hass)
    for minutes in range(1, 41):
        await pass_time(hass, freezer, 60)
        assert state_of(hass, "calls_today").attributes["gap_time"] == (20 + minutes // 15 * 15) * 60
    assert written.count(sensor) == 2
    # It is over, which is told to the second, and once.
    freezer.tick(7)
    assert await push(status("801", 1)) == HTTPStatus.OK
    for _ in range(3):
        await pass_time(hass, freezer, 60)
    assert state_of(hass, "calls_today").attributes["gap_time"] == 60 * 60 + 7
    assert written.count(sensor) == 3


async def test_with_another_figure_it_is_told_as_it_is(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer, 60)
    for uid in ("1.1", "2.1"):
        assert await push(cdr(uid)) == HTTPStatus.OK
    journal_of(hass).gaps.begin(GapReason.SILENT, dt_util.utcnow() - timedelta(minutes=8))
    await pass_time(hass, freezer, 5)
    figure = state_of(hass, "calls_today")
    assert (figure.state, figure.attributes["gap_time"]) == ("2", 8 * 60 + 5)


@pytest.mark.usefixtures("two")
async def test_in_the_diagnostics_with_the_age_of_the_last_push(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    push: Push,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert await async_setup_component(hass, DIAGNOSTICS, {})
    told = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert told["gaps"] == [UNREACHABLE, SILENT]
    assert told["pushes"]["age"] is None
    assert await push(status("801", 1)) == HTTPStatus.OK
    freezer.tick(42)
    told = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert (told["pushes"]["age"], told["pushes"]["received"]) == (42, 1)
    assert told["gaps"][1]["end"] == "2026-11-23T12:00:00+00:00"
