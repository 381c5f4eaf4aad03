"""The call log of a configured PBX: acknowledged when it is durable, whatever happens to the entry or the disk."""

from datetime import timedelta
from http import HTTPStatus
import logging
from pathlib import Path
import shutil
import sqlite3
from typing import Any
from unittest.mock import Mock

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter.backup import async_post_backup, async_pre_backup
from custom_components.coocenter.const import CONF_DATABASE_URL, DOMAIN
from custom_components.coocenter.journal import database_path
from simulator import Quirks, Simulator
from tests.conftest import Push, load
from tests.flow_harness import until
from tests.log_harness import ALICE, cdr, ids, journal_of, logged, missed
from tests.office_harness import ENTRY_ID, act

ISSUE = f"call_log_{ENTRY_ID}"


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)


def in_file(path: Path) -> list[str]:
    """Return the ids of the calls in a log's file, read as another program would."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return [row[0] for row in connection.execute("SELECT uid FROM coocenter_calls ORDER BY started")]


def damage(path: Path) -> None:
    path.write_bytes(b"This is no database. " * 1000)
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)


async def open_repair(client: TestClient[Any, Any]) -> str:
    """Press the button of the issue; return the flow's id."""
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": ISSUE})
    flow = await response.json()
    assert flow["step_id"] == "confirm"
    return str(flow["flow_id"])


async def confirm(client: TestClient[Any, Any], flow_id: str) -> dict[str, Any]:
    response = await client.post(f"/api/repairs/issues/fix/{flow_id}", json={})
    ended: dict[str, Any] = await response.json()
    return ended


async def test_what_was_acknowledged_is_in_the_file(hass: HomeAssistant, loaded: MockConfigEntry, push: Push) -> None:
    for uid in ("1.1", "2.1"):
        assert await push(cdr(uid)) == HTTPStatus.OK
        assert in_file(database_path(hass, loaded))[-1] == uid
    assert await push(cdr("1.1")) == HTTPStatus.OK
    assert in_file(database_path(hass, loaded)) == ["1.1", "2.1"]


async def test_a_played_call_is_logged_with_what_was_seen_of_it(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    await pbx.play("queue", number=ALICE, queue="630")
    await pbx.drain()
    (call,) = await logged(hass)
    assert (call["outcome"], call["queue"], call["caller"]) == ("answered", "630", ALICE)
    assert call["callee"] == call["agent"]
    assert {call["agent"]} < set(call["extensions"]), "the agents who lost the race took part, too"
    assert call["recordings"] == 1


async def test_logs_are_kept_while_the_entry_retries_and_reloads(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    pbx.quirks = Quirks(reply="500")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert await push(cdr("1.1")) == HTTPStatus.OK
    pbx.quirks = Quirks()
    await hass.config_entries.async_reload(entry.entry_id)
    assert await push(cdr("2.1")) == HTTPStatus.OK
    await hass.config_entries.async_unload(entry.entry_id)
    assert await push(cdr("3.1")) == HTTPStatus.OK
    await hass.config_entries.async_setup(entry.entry_id)
    assert sorted(await ids(hass)) == ["1.1", "2.1", "3.1"]


async def test_times_are_those_of_the_pbx(hass: HomeAssistant, entry: MockConfigEntry, push: Push) -> None:
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"time_zone": "Asia/Shanghai"})
    await hass.config_entries.async_setup(entry.entry_id)
    await push(cdr("1.1", starttime="2026-11-23 09:00:00"))
    assert [call["started"] for call in await logged(hass)] == ["2026-11-23T01:00:00+00:00"]

    # The office finds that its PBX keeps another time.
    hass.config_entries.async_update_entry(entry, options={"time_zone": "Europe/London"})
    await hass.config_entries.async_reload(entry.entry_id)
    await until(journal_of(hass).log._catching_up.done)
    assert [call["started"] for call in await logged(hass)] == ["2026-11-23T09:00:00+00:00"]


async def test_a_damaged_file_is_put_aside_by_a_repair(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, REPAIRS, {})
    await push(cdr("1.1"))
    journal = journal_of(hass)
    place = journal._place
    assert place
    await journal.async_close()
    path = database_path(hass, loaded)
    damage(path)
    await journal.async_open(place.office.zone)

    found = issue(hass)
    assert found
    assert (found.translation_key, found.is_fixable) == ("call_log_corrupt", True)
    # What is pushed meanwhile is kept beside it, and the rest of the integration goes on.
    assert await push(missed("2.1")) == HTTPStatus.OK
    assert await push({"event": "extensionstatus", "exten": "801", "status": "8"}) == HTTPStatus.OK
    assert hass.states.get("sensor.alice_status").state == "ringing"

    client = await hass_client()
    flow, second = await open_repair(client), await open_repair(client)
    assert (await confirm(client, flow))["type"] == "create_entry"
    await hass.async_block_till_done()
    assert issue(hass) is None
    assert await ids(hass) == ["2.1"]
    (aside,) = path.parent.glob("*-damaged-*.db")
    assert aside.read_bytes().startswith(b"This is no database")

    # Whoever has the question open in another window puts nothing aside that is sound.
    assert (await confirm(client, second))["reason"] == "not_damaged"
    assert await ids(hass) == ["2.1"]
    assert list(path.parent.glob("*-damaged-*.db")) == [aside]


async def test_a_damaged_file_that_cannot_be_moved_stays_what_it_was(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    push: Push,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await async_setup_component(hass, REPAIRS, {})
    path = database_path(hass, entry)
    path.parent.mkdir(parents=True)
    damage(path)
    await load(hass, entry)
    client = await hass_client()
    flow, again = await open_repair(client), await open_repair(client)
    with monkeypatch.context() as forbidden:
        forbidden.setattr(Path, "rename", Mock(side_effect=PermissionError(13, "Permission denied")))
        ended = await confirm(client, flow)
    assert (ended["type"], ended["reason"]) == ("abort", "cannot_be_moved")
    assert "Permission denied" in ended["description_placeholders"]["error"]
    # It says what it said before, keeps calls aside as before, and can be put aside when that is allowed.
    found = issue(hass)
    assert found
    assert (found.translation_key, found.is_fixable) == ("call_log_corrupt", True)
    assert await push(cdr("1.1")) == HTTPStatus.OK
    assert (await confirm(client, again))["type"] == "create_entry"
    assert issue(hass) is None
    assert await ids(hass) == ["1.1"]


async def test_the_issue_goes_with_its_reason(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    wrong = {CONF_DATABASE_URL: f"sqlite:///{hass.config.path('nowhere', 'calls.db')}"}
    hass.config_entries.async_update_entry(entry, options=wrong)
    await hass.config_entries.async_setup(entry.entry_id)
    assert issue(hass)
    # The user corrects the address of the database, and then not; and then the PBX is removed.
    hass.config_entries.async_update_entry(entry, options={})
    await hass.config_entries.async_reload(entry.entry_id)
    assert issue(hass) is None
    hass.config_entries.async_update_entry(entry, options=wrong)
    await hass.config_entries.async_reload(entry.entry_id)
    assert issue(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert issue(hass) is None


async def test_a_log_that_nobody_can_write_asks_for_what_it_cannot_keep(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, caplog: pytest.LogCaptureFixture
) -> None:
    journal = journal_of(hass)
    place = journal._place
    assert place
    await journal.async_close()
    folder = database_path(hass, loaded).parent
    shutil.rmtree(folder)
    folder.write_text("a file, where a folder is to be")
    assert await push(cdr("1.1")) == HTTPStatus.SERVICE_UNAVAILABLE
    await journal.async_open(place.office.zone)
    found = issue(hass)
    assert found
    assert (found.translation_key, found.is_fixable) == ("call_log_unavailable", False)
    # Neither a database nor a place beside it: the PBX has to keep what it pushes.
    assert await push(cdr("1.1")) == HTTPStatus.SERVICE_UNAVAILABLE
    assert await push({"event": "extensionstatus", "exten": "801", "status": "8"}) == HTTPStatus.OK
    folder.unlink()
    await journal.async_close()
    await journal.async_open(place.office.zone)
    assert await push(cdr("1.1")) == HTTPStatus.OK
    assert await ids(hass) == ["1.1"]
    assert not [one for one in caplog.records if one.levelno > logging.DEBUG and ALICE in one.getMessage()]


async def test_old_calls_go_at_night(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    now = dt_util.now()
    old, new = now - timedelta(days=366), now - timedelta(days=364)
    for uid, moment in (("1.1", old), ("2.1", new)):
        text = f"{moment:%Y-%m-%d %H:%M:%S}"
        await push(cdr(uid, starttime=text, answertime=text, endtime=text))
    assert await ids(hass) == ["2.1", "1.1"]
    freezer.move_to(dt_util.as_utc(now.replace(hour=4, minute=17, second=0, microsecond=0) + timedelta(days=1)))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert in_file(database_path(hass, loaded)) == ["2.1"]


async def test_a_backup_holds_a_whole_copy(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, tmp_path: Path
) -> None:
    await push(cdr("1.1"))
    await async_pre_backup(hass)
    assert await push(cdr("2.1")) == HTTPStatus.OK
    copied: Any = shutil.copytree(database_path(hass, loaded).parent, tmp_path / "backup")
    await async_post_backup(hass)
    assert sorted(await ids(hass)) == ["1.1", "2.1"]
    # What came meanwhile is in the copy, too: in the file beside the database.
    assert in_file(copied / f"{ENTRY_ID}.db") == ["1.1"]
    assert "2.1" in (copied / f"{ENTRY_ID}.spool").read_text()


async def test_nothing_is_left_of_a_removed_pbx(hass: HomeAssistant, loaded: MockConfigEntry, push: Push) -> None:
    await push(cdr("1.1"))
    folder = database_path(hass, loaded).parent
    assert list(folder.iterdir())
    await hass.config_entries.async_remove(loaded.entry_id)
    assert list(folder.iterdir()) == []


async def test_purging_can_be_switched_off(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"retention": 0})
    await hass.config_entries.async_setup(entry.entry_id)
    await push(cdr("1.1", starttime="2001-11-23 09:00:00", endtime="2001-11-23 09:01:10"))
    freezer.move_to(dt_util.as_utc(dt_util.now().replace(hour=4, minute=17, second=0) + timedelta(days=1)))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert journal_of(hass).keeps_since is None
    answer = await act(hass, "get_calls", text="0123")
    assert answer
    assert (answer["calls"], answer["next"]) == (await logged(hass), None)
