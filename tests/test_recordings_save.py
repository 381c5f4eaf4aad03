"""Recordings saved into the media folder: whole or not at all, under a name of their own."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coocenter.const import CONF_ALL_MAY_LISTEN, DOMAIN
from custom_components.coocenter.pbx import transport
from simulator import Quirks, Simulator, api
from simulator.recording import Recording
from tests.conftest import Push
from tests.log_harness import cdr
from tests.office_harness import refusal
from tests.recordings_harness import asked, change, recorded, serve

NAME = "2026-11-23_09-00-00_01632960123_801_1.1"


@pytest.fixture
async def folder(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, tmp_path: Path) -> Path:
    """Where the recording of a call will be saved."""
    hass.config.media_dirs = {"other": str(tmp_path / "other"), "local": str(tmp_path / "heard")}
    await recorded(pbx, push)
    return tmp_path / "heard" / "coocenter"


async def save(hass: HomeAssistant, call: str = "1.1", **context: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, "save_recording", {"call": call}, blocking=True, return_response=True, **context
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize(("form", "name"), [("wav", f"{NAME}.wav"), ("gsm", f"{NAME}.wav"), ("raw-gsm", f"{NAME}.gsm")])
async def test_a_recording_is_saved_as_the_pbx_has_it(
    hass: HomeAssistant, folder: Path, pbx: Simulator, form: str, name: str, hass_ws_client: WebSocketGenerator
) -> None:
    # A call cut in the middle of a block of bytes, and larger than one.
    change(pbx, recording_format=form, recording_seconds=123.4)
    answer = await save(hass)
    media_id = f"media-source://media_source/local/coocenter/{name}"
    assert answer == {"recordings": [{"path": str(folder / name), "media_content_id": media_id}]}
    assert files(folder) == [name]
    content = (folder / name).read_bytes()
    header = {"wav": 44, "gsm": 60, "raw-gsm": 0}[form]
    assert len(content) == header + {"wav": 1_974_400, "gsm": 65 * 3086, "raw-gsm": 33 * 6170}[form]
    # Again, it is the same file and no other.
    assert await save(hass) == answer
    assert files(folder) == [name]
    assert (folder / name).read_bytes() == content
    assert await async_setup_component(hass, "media_source", {})
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": "media_source/browse_media", "media_content_id": media_id.rpartition("/")[0]}
    )
    children = (await client.receive_json())["result"]["children"]
    assert form == "raw-gsm" or [child["media_content_id"] for child in children] == [media_id]


async def test_all_recordings_of_a_call(hass: HomeAssistant, folder: Path, pbx: Simulator, push: Push) -> None:
    await recorded(pbx, push, recordfile="2026-11-23/other.wav", answertime="2026-11-23 09:00:40")
    saved = (await save(hass))["recordings"]
    assert [Path(one["path"]).name for one in saved] == [f"{NAME}.wav", f"{NAME}_2.wav"]
    assert files(folder) == [f"{NAME}.wav", f"{NAME}_2.wav"]


@pytest.mark.parametrize("uid", ["../../../evil", "a/b", "c:\\d", "x" * 200, "\u202e1", ".", "1 2"])
async def test_no_id_of_a_call_leads_to_another_folder(
    hass: HomeAssistant, folder: Path, pbx: Simulator, push: Push, uid: str
) -> None:
    await recorded(pbx, push, uid, recordfile="2026-11-23/odd.wav", source="+44 (1632) 960123", destination="801")
    (saved,) = (await save(hass, uid))["recordings"]
    path = Path(saved["path"])
    assert path.parent == folder
    assert files(folder) == [path.name]
    assert path.name.startswith("2026-11-23_09-00-00_441632960123_801_")
    assert path.name.isascii()
    assert len(path.name) < 120


@pytest.mark.parametrize(
    ("quirks", "key"),
    [
        ({"recording_seconds": 100, "recording_cut": 500_000}, "cannot_connect"),
        ({"recording_seconds": 100, "recording_cut": 1}, "cannot_connect"),
        ({"reply": "reset"}, "cannot_connect"),
        ({"reply": "html"}, "bad_reply"),
        ({"recording_content_type": "text/html"}, "bad_reply"),
    ],
)
async def test_of_half_a_recording_nothing_is_left(
    hass: HomeAssistant, folder: Path, pbx: Simulator, quirks: dict[str, Any], key: str
) -> None:
    change(pbx, **quirks)
    assert (await refusal(hass, "save_recording", call="1.1")).translation_key == key
    assert files(folder) == []


async def test_a_recording_without_an_end_fills_no_disk(
    hass: HomeAssistant, folder: Path, pbx: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(pbx, recording_seconds=100)
    monkeypatch.setattr(transport, "_MAX_RECORDING", 1_000_000)
    error = await refusal(hass, "save_recording", call="1.1")
    assert (error.translation_key, error.translation_placeholders) == (
        "bad_reply",
        {"error": "The recording is too long"},
    )
    assert files(folder) == []


async def test_what_cannot_be_saved_is_said(
    hass: HomeAssistant, folder: Path, pbx: Simulator, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await refusal(hass, "save_recording", call="9.9")).translation_key == "recording_unknown"
    assert await push(cdr("2.1", recordfile="")) == HTTPStatus.OK
    assert (await refusal(hass, "save_recording", call="2.1")).translation_key == "recording_unknown"
    assert asked(pbx) == []
    with monkeypatch.context() as patch:
        serve(patch, b"<script>")
        assert (await refusal(hass, "save_recording", call="1.1")).translation_key == "recording_unreadable"
    pbx.engine.exchange.recordings.clear()
    assert (await refusal(hass, "save_recording", call="1.1")).translation_key == "recording_gone"
    assert files(folder) == []
    hass.config.media_dirs = {}
    assert (await refusal(hass, "save_recording", call="1.1")).translation_key == "no_media_folder"


async def test_a_part_is_not_taken_for_the_whole(
    hass: HomeAssistant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = api.send

    async def part(request: web.Request, recording: Recording, quirks: Quirks) -> web.StreamResponse:
        if "Range" in request.headers:
            return await send(request, recording, quirks)
        return web.Response(status=HTTPStatus.PARTIAL_CONTENT, body=b"half", headers={"Content-Type": "audio/x-wav"})

    monkeypatch.setattr(api, "send", part)
    assert (await refusal(hass, "save_recording", call="1.1")).translation_key == "recording_unreadable"
    assert files(folder) == []


async def test_a_folder_that_cannot_be_written(hass: HomeAssistant, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "heard").write_text("a file, where a folder is to be")
    error = await refusal(hass, "save_recording", call="1.1")
    assert error.translation_key == "cannot_write"
    assert error.translation_placeholders["path"] == str(folder / f"{NAME}.wav")


async def test_a_disk_that_is_full(
    hass: HomeAssistant, folder: Path, pbx: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(pbx, recording_seconds=10)
    opened = Path.open

    def full(path: Path, mode: str = "r", **options: Any) -> Any:
        """Open a file of which only so much finds room as is not written at once."""
        if path.suffix != ".part":
            return opened(path, mode, **options)
        opened(path, mode).close()
        return opened(Path("/dev/full"), "wb")

    monkeypatch.setattr(Path, "open", full)
    assert (await refusal(hass, "save_recording", call="1.1")).translation_key == "cannot_write"
    assert files(folder) == []


async def test_only_administrators_may_unless_the_option_says_so(
    hass: HomeAssistant, folder: Path, entry: MockConfigEntry, hass_read_only_user: User, hass_admin_user: User
) -> None:
    for user_id in (hass_read_only_user.id, "somebody who was deleted"):
        with pytest.raises(HomeAssistantError):
            await save(hass, context=Context(user_id=user_id))
    assert files(folder) == []
    await save(hass, context=Context(user_id=hass_admin_user.id))
    assert files(folder) == [f"{NAME}.wav"]
    hass.config_entries.async_update_entry(entry, options={CONF_ALL_MAY_LISTEN: True})
    await hass.async_block_till_done()
    await save(hass, context=Context(user_id=hass_read_only_user.id))
