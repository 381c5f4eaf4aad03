"""The actions of the call log: getting, exporting, purging, forgetting."""

import csv
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import DOMAIN
from tests.conftest import Push
from tests.log_harness import ALICE, BOB, cc_cdr, cdr, ids, journal_of, logged, missed
from tests.office_harness import act, devices_of, entity_id, refusal

ADMIN_ONLY: dict[str, dict[str, Any]] = {
    "export_calls": {},
    "purge_calls": {"keep_days": 30},
    "forget_number": {"number": ALICE},
}


@pytest.fixture
async def calls(hass: HomeAssistant, loaded: MockConfigEntry, push: Push) -> None:
    """Five calls of one day, Home Assistant's and the PBX's time being that of Greenwich."""
    await hass.config.async_set_time_zone("UTC")
    await hass.config_entries.async_reload(loaded.entry_id)
    for event in (
        cdr("1.1", callerid=f'"Alice" <{ALICE}>'),
        missed("2.1", starttime="2026-11-23 10:00:00", endtime="2026-11-23 10:00:30", source=BOB),
        cdr("3.1", starttime="2026-11-23 11:00:00", endtime="2026-11-23 11:00:45", destination="630"),
        cc_cdr("3.1", startTime="2026-11-23 11:00:00", endTime="2026-11-23 11:01:10"),
        cdr("4.1", starttime="2026-11-23 12:00:00", calltype="", source="802", destination="803", recordfile=""),
        cdr("5.1", starttime="2026-11-23 13:00:00", calltype="outbound", source="01632960200", destination=f"9{BOB}"),
    ):
        assert await push(event) == HTTPStatus.OK


@pytest.mark.usefixtures("calls")
async def test_a_call_is_told_as_triggers_tell_it(hass: HomeAssistant) -> None:
    (call,) = await logged(hass, queue="630")
    assert call == {
        "id": "3.1",
        "direction": "inbound",
        "outcome": "answered",
        "cause": None,
        "caller": ALICE,
        "caller_name": None,
        "callee": "801",
        "callee_name": "Alice",
        "did": "01632960200",
        "queue": "630",
        "agent": "801",
        "menu": None,
        "digits": None,
        "extensions": ["801"],
        "started": "2026-11-23T11:00:00+00:00",
        "answered": "2026-11-23T11:00:10+00:00",
        "ended": "2026-11-23T11:01:10+00:00",
        "wait_time": 10,
        "queue_time": 8,
        "talk_time": 60,
        "hold_time": None,
        "wrap_up_time": None,
        "duration": 70,
        "score": 4,
        "recordings": 1,
        "logged": True,
    }


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "5 4 3 2 1"),
        ({"direction": "inbound"}, "3 2 1"),
        ({"direction": ["internal", "outbound"]}, "5 4"),
        ({"outcome": ["missed"]}, "2"),
        ({"number": "+44 1632 960124"}, "5 2"),
        ({"number": "(01632) 960 123"}, "3 1"),
        ({"extension": "803"}, "4"),
        ({"agent": "801"}, "3"),
        ({"recorded": True}, "5 3 1"),
        ({"recorded": False}, "4 2"),
        ({"text": "alice"}, "1"),
        ({"text": "960124"}, "5 2"),
        ({"text": "alice 0123"}, "1"),
        ({"text": "nobody"}, ""),
        ({"start": "2026-11-23 10:00:00", "end": "2026-11-23 12:00:00"}, "3 2"),
        ({"start": "2026-11-23T13:00:00+01:00"}, "5 4"),
    ],
)
async def test_calls_are_chosen_by(hass: HomeAssistant, fields: dict[str, Any], expected: str) -> None:
    hass.config.country = "GB"
    assert await ids(hass, **fields) == [f"{number}.1" for number in expected.split()]


@pytest.mark.usefixtures("calls")
async def test_parts_may_be_given_as_devices_and_entities(hass: HomeAssistant) -> None:
    device = devices_of(hass)
    assert await ids(hass, queue=device["queue_630"].id) == ["3.1"]
    assert await ids(hass, extension={"active_choice": "device", "device": device["803"].id}) == ["4.1"]
    assert await ids(hass, agent=entity_id(hass, "801_status")) == ["3.1"]
    error = await refusal(hass, "get_calls", queue=device["801"].id)
    assert error.translation_key == "unknown_queue"
    assert (await refusal(hass, "get_calls", extension="Alice")).translation_key == "not_dialable"


@pytest.mark.usefixtures("calls")
async def test_pages_follow_each_other(hass: HomeAssistant, push: Push) -> None:
    first = await act(hass, "get_calls", limit=2)
    assert [call["id"] for call in first["calls"]] == ["5.1", "4.1"]
    # What comes meanwhile moves nothing.
    assert await push(cdr("6.1", starttime="2026-11-23 14:00:00")) == HTTPStatus.OK
    second = await act(hass, "get_calls", limit=2, cursor=first["next"])
    assert [call["id"] for call in second["calls"]] == ["3.1", "2.1"]
    last = await act(hass, "get_calls", limit=2, cursor=second["next"])
    assert ([call["id"] for call in last["calls"]], last["next"]) == (["1.1"], None)
    assert (await refusal(hass, "get_calls", cursor="yesterday")).translation_key == "bad_cursor"


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(("folder", "parent"), [("media", "media"), ("config", "")])
async def test_calls_are_exported(hass: HomeAssistant, tmp_path: Path, folder: str, parent: str) -> None:
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    hass.config.config_dir = str(tmp_path)
    answer = await hass.services.async_call(
        DOMAIN, "export_calls", {"folder": folder, "file_name": "all"}, blocking=True, return_response=True
    )
    assert answer == {"path": str(tmp_path / parent / "coocenter" / "all.csv"), "calls": 5, "gaps": []}
    assert [path.name for path in (tmp_path / parent / "coocenter").iterdir()] == ["all.csv"]
    rows = list(csv.DictReader((tmp_path / parent / "coocenter" / "all.csv").read_text("utf-8-sig").splitlines()))
    assert [row["id"] for row in rows] == ["5.1", "4.1", "3.1", "2.1", "1.1"]
    assert (rows[4]["started"], rows[4]["caller"], rows[4]["caller_name"]) == (
        "2026-11-23 09:00:00+00:00",
        ALICE,
        "Alice",
    )


async def test_no_cell_is_a_formula(hass: HomeAssistant, loaded: MockConfigEntry, push: Push, tmp_path: Path) -> None:
    hass.config.media_dirs = {"local": str(tmp_path)}
    evil = ['=HYPERLINK("x")', "+441632960123", "-1+1", "@SUM(A1)"]
    for index, name in enumerate(evil):
        assert await push(cdr(f"{index}.1", callerid=f'"{name}" <+4416329601{index}>')) == HTTPStatus.OK
    answer = await hass.services.async_call(DOMAIN, "export_calls", {}, blocking=True, return_response=True)
    assert answer
    (file,) = (tmp_path / "coocenter").glob("*.csv")
    cells = [cell for row in csv.reader(file.read_text("utf-8-sig").splitlines()) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert {f"'{name}" for name in evil[1:]} <= set(cells)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["../calls.csv", "/etc/passwd", "a/b", "", " ", ".hidden", "x" * 200, "tab\t.csv"])
async def test_a_file_name_leads_nowhere_else(hass: HomeAssistant, name: str) -> None:
    assert (await refusal(hass, "export_calls", file_name=name)).translation_key == "bad_file_name"


@pytest.mark.usefixtures("loaded")
async def test_what_cannot_be_written_is_said(hass: HomeAssistant, tmp_path: Path) -> None:
    (tmp_path / "coocenter").write_text("a file, where a folder is to be")
    hass.config.media_dirs = {"local": str(tmp_path)}
    error = await refusal(hass, "export_calls")
    assert error.translation_key == "cannot_write"


@pytest.mark.usefixtures("calls")
async def test_old_calls_are_purged(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    await act(hass, "purge_calls", keep_days=1)
    assert await ids(hass) == ["5.1", "4.1", "3.1"]


@pytest.mark.usefixtures("calls")
async def test_a_number_is_forgotten(hass: HomeAssistant) -> None:
    answer = await hass.services.async_call(
        DOMAIN, "forget_number", {"number": "01632 960123"}, blocking=True, return_response=True
    )
    assert answer == {"calls": 2}
    assert await ids(hass, number=ALICE) == await ids(hass, text="alice") == []
    calls = await logged(hass)
    assert len(calls) == 5
    assert [call["recordings"] for call in calls if call["caller"] is None] == [0, 0]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("action", ADMIN_ONLY)
async def test_normal_users_may_not(hass: HomeAssistant, hass_read_only_user: User, action: str) -> None:
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(DOMAIN, action, ADMIN_ONLY[action], blocking=True, context=context)
    assert len(await ids(hass)) == 5


@pytest.mark.usefixtures("calls")
async def test_a_log_that_cannot_be_read_is_said(hass: HomeAssistant) -> None:
    await journal_of(hass).async_close()
    for action, data in ({"get_calls": {}} | ADMIN_ONLY).items():
        assert (await refusal(hass, action, **data)).translation_key == "call_log_unavailable"
