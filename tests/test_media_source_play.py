"""Who may listen, and what a player is given: the user's own connection counts, or that there is none."""

from http import HTTPStatus

from homeassistant.components import media_source
from homeassistant.components.media_player import async_process_play_media_url
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.coocenter.const import CONF_ALL_MAY_LISTEN
from simulator import Simulator
from tests.conftest import Push
from tests.log_harness import journal_of
from tests.recordings_harness import (
    PBX,
    ROOT,
    Ask,
    asked,
    asking,
    change,
    heard,
    listening_to,
    media_id,
    three_days,
    titles,
    url,
    with_ffmpeg,
)


@pytest.fixture
async def ask(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_ws_client: WebSocketGenerator
) -> Ask:
    """An administrator's way to the media browser."""
    await three_days(hass, pbx, push)
    return asking(await hass_ws_client())


@pytest.mark.usefixtures("ask")
async def test_normal_users_may_not_listen(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    hass_client_no_auth: ClientSessionGenerator,
    pbx: Simulator,
) -> None:
    websocket = await hass_ws_client(hass, hass_read_only_access_token)
    client = listening_to(await hass_client_no_auth())
    user = asking(websocket)
    for item in (ROOT, PBX, f"{PBX}/days", f"{PBX}/nothing"):
        for command, fields in (("browse", {}), ("search", {"search_query": "acme"})):
            assert "Only administrators" in (await user(command, item, **fields))["error"]["message"]
    for item in (media_id(), media_id("no such call")):
        assert "Only administrators" in (await user("resolve", item))["error"]["message"]
    # Whoever signs a path signs it as himself.
    assert await async_setup_component(hass, "auth", {})
    await websocket.send_json_auto_id({"type": "auth/sign_path", "path": url()})
    signed = (await websocket.receive_json())["result"]["path"]
    assert (await client(address=signed))[0] == HTTPStatus.FORBIDDEN
    assert asked(pbx) == []
    hass.config_entries.async_update_entry(entry, options={CONF_ALL_MAY_LISTEN: True})
    await hass.async_block_till_done()
    assert len(await titles(user, f"{PBX}/days")) == 3
    answer = (await user("resolve", media_id()))["result"]
    assert (await client(address=answer["url"]))[0] == HTTPStatus.OK


@pytest.mark.usefixtures("ask")
async def test_an_automation_may_play_to_a_speaker(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    # As a media player does that is told to play it, with nobody at the other end.
    media = await media_source.async_resolve_media(hass, media_id(), "media_player.speaker")
    address = async_process_play_media_url(hass, media.url, allow_relative_url=True)
    status, _, content = await listening_to(await hass_client_no_auth())(address=address)
    assert (status, content[:4]) == (HTTPStatus.OK, b"RIFF")


@pytest.mark.usefixtures("ask")
async def test_a_user_of_the_rest_api_is_the_one_who_plays(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_access_token: str,
    hass_read_only_access_token: str,
) -> None:
    told = []

    async def play(call: ServiceCall) -> None:
        try:
            told.append((await media_source.async_resolve_media(hass, media_id(), "media_player.speaker")).url)
        except media_source.Unresolvable as err:
            told.append(err.translation_key)

    hass.services.async_register("test", "play", play)
    assert await async_setup_component(hass, "api", {})
    for access_token in (hass_read_only_access_token, hass_access_token):
        client = await hass_client(access_token)
        assert (await client.post("/api/services/test/play")).status == HTTPStatus.OK
    assert told == ["recording_not_allowed", url()]


async def test_gsm_is_resolved_as_what_it_becomes(
    hass: HomeAssistant, ask: Ask, pbx: Simulator, hass_client_no_auth: ClientSessionGenerator
) -> None:
    change(pbx, recording_format="gsm", recording_seconds=5)
    await with_ffmpeg(hass)
    answer = (await ask("resolve", media_id()))["result"]
    assert answer["mime_type"] == "audio/mpeg"
    status, _, content = await listening_to(await hass_client_no_auth())(address=answer["url"])
    assert status == HTTPStatus.OK
    assert heard(content)[2] == pytest.approx(5, abs=0.2)


async def test_what_cannot_be_played_is_said_at_once(hass: HomeAssistant, ask: Ask, pbx: Simulator) -> None:
    change(pbx, reply="500")
    assert "cannot be reached" in (await ask("resolve", media_id()))["error"]["message"]
    change(pbx, reply="ok", recording_format="raw-gsm")
    await with_ffmpeg(hass, "/nonexistent/ffmpeg")
    assert "no ffmpeg" in (await ask("resolve", media_id()))["error"]["message"]
    pbx.engine.exchange.recordings.clear()
    assert "does not have this recording" in (await ask("resolve", media_id("2.1")))["error"]["message"]
    await journal_of(hass).async_close()
    for command in ("browse", "resolve"):
        item = media_id() if command == "resolve" else f"{PBX}/days"
        assert "call log cannot be read" in (await ask(command, item))["error"]["message"]
