"""The blueprint that pauses media players while a phone is in use."""

from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Quirks, Simulator
from tests.blueprint_harness import automate, finished, hang_up, install, pass_time, until_status
from tests.flow_harness import until
from tests.office_harness import FOREVER, devices_of, entity_id

RADIO, TELEVISION, CHIME = "media_player.radio", "media_player.television", "media_player.chime"
ABLE = MediaPlayerEntityFeature.PAUSE | MediaPlayerEntityFeature.PLAY


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


@pytest.fixture
def players(hass: HomeAssistant) -> dict[str, str]:
    """Media players, of which only the radio plays and can be paused; and what was done with them last."""
    done: dict[str, str] = {}

    def change(state: str, action: str) -> None:
        @callback
        def act(call: ServiceCall) -> None:
            for player in call.data["entity_id"]:
                done[player] = action
                hass.states.async_set(player, state, hass.states.get(player).attributes)

        hass.services.async_register("media_player", action, act)

    change("paused", "media_pause")
    change("playing", "media_play")
    er.async_get(hass).async_get_or_create("media_player", "test", "radio", suggested_object_id="radio")
    hass.states.async_set(RADIO, "playing", {"supported_features": ABLE})
    hass.states.async_set(TELEVISION, "off", {"supported_features": ABLE})
    hass.states.async_set(CHIME, "playing", {"supported_features": MediaPlayerEntityFeature.PLAY})
    return done


ALL = {"entity_id": [RADIO, TELEVISION, CHIME]}


async def talk(hass: HomeAssistant, pbx: Simulator, caller: str, callee: str) -> None:
    """Let two phones talk until they are told to hang up."""
    await pbx.play("internal", caller=caller, callee=callee, talk=FOREVER, wait=False)
    await until_status(hass, callee, "in_use")


@pytest.mark.usefixtures("connected")
async def test_what_plays_is_paused_until_the_phone_is_idle(
    hass: HomeAssistant, pbx: Simulator, players: dict[str, str]
) -> None:
    phones = {"entity_id": entity_id(hass, "801_status")}
    automation = await automate(hass, "pause_media", phones=phones, players=ALL, resume_after=0)
    await talk(hass, pbx, "802", "801")
    await until(lambda: players)
    assert players == {RADIO: "media_pause"}
    await hang_up(hass, pbx, "801")
    await finished(hass, automation)
    assert players == {RADIO: "media_play"}
    players.clear()
    await talk(hass, pbx, "801", "802")
    await until(lambda: players)
    assert players == {RADIO: "media_pause"}, "and again, for a call of its own"


@pytest.mark.usefixtures("connected")
async def test_the_calls_of_other_phones_disturb_nobody(
    hass: HomeAssistant, pbx: Simulator, players: dict[str, str]
) -> None:
    phones = {"device_id": [devices_of(hass)["801"].id]}
    automation = await automate(hass, "pause_media", phones=phones, players=ALL)
    await talk(hass, pbx, "802", "803")
    await hang_up(hass, pbx, "803")
    assert players == {}
    assert hass.states.get(automation).attributes["last_triggered"] is None


@pytest.mark.usefixtures("connected")
async def test_it_goes_on_when_the_last_phone_of_the_room_is_idle(
    hass: HomeAssistant, pbx: Simulator, players: dict[str, str]
) -> None:
    office = ar.async_get(hass).async_create("Office").id
    for number in ("801", "802"):
        dr.async_get(hass).async_update_device(devices_of(hass)[number].id, area_id=office)
    er.async_get(hass).async_update_entity(RADIO, area_id=office)
    automation = await automate(hass, "pause_media", phones={"area_id": office}, resume_after=0)
    await talk(hass, pbx, "803", "801")
    await until(lambda: players)
    await talk(hass, pbx, "802", "804")
    await hang_up(hass, pbx, "801")
    assert players == {RADIO: "media_pause"}
    await hang_up(hass, pbx, "802")
    await finished(hass, automation)
    assert players == {RADIO: "media_play"}, "the players of the room, as none were chosen"


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("early", [True, False])
async def test_it_may_be_paused_already_while_the_phone_rings(
    hass: HomeAssistant, pbx: Simulator, players: dict[str, str], early: bool
) -> None:
    phones = {"entity_id": [entity_id(hass, "801_status")]}
    chosen = {"phones": phones, "players": ALL, "while_ringing": early, "resume_after": 0}
    automation = await automate(hass, "pause_media", **chosen)
    await pbx.play("inbound_missed", callee="801", ring=FOREVER, wait=False)
    await until_status(hass, "801", "ringing")
    assert players == ({RADIO: "media_pause"} if early else {})
    await hang_up(hass, pbx, "801")
    await finished(hass, automation)
    assert players == ({RADIO: "media_play"} if early else {})


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("state", ["off", "playing", "unavailable"])
async def test_what_somebody_did_meanwhile_is_left_alone(
    hass: HomeAssistant, pbx: Simulator, players: dict[str, str], state: str
) -> None:
    phones = {"entity_id": [entity_id(hass, "801_status")]}
    automation = await automate(hass, "pause_media", phones=phones, players=ALL, resume_after=0)
    await talk(hass, pbx, "802", "801")
    await until(lambda: players)
    hass.states.async_set(RADIO, state, {"supported_features": ABLE})
    await hang_up(hass, pbx, "801")
    await finished(hass, automation)
    assert players == {RADIO: "media_pause"}


@pytest.mark.usefixtures("connected")
async def test_between_two_calls_it_stays_paused(hass: HomeAssistant, pbx: Simulator, players: dict[str, str]) -> None:
    phones = {"entity_id": [entity_id(hass, "801_status")]}
    automation = await automate(hass, "pause_media", phones=phones, players=ALL, resume_after=20)
    await talk(hass, pbx, "802", "801")
    await until(lambda: players)
    await hang_up(hass, pbx, "801")
    await talk(hass, pbx, "801", "803")
    await pass_time(hass, 25)
    assert players == {RADIO: "media_pause"}
    await hang_up(hass, pbx, "801")
    await pass_time(hass, 25)
    await finished(hass, automation)
    assert players == {RADIO: "media_play"}


async def test_a_pbx_out_of_reach_ends_no_call(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator, players: dict[str, str]
) -> None:
    phones = {"entity_id": [entity_id(hass, "801_status")]}
    automation = await automate(hass, "pause_media", phones=phones, players=ALL, resume_after=0)
    await talk(hass, pbx, "802", "801")
    await until(lambda: players)
    pbx.quirks = Quirks(reply="500")
    await connected.runtime_data.coordinator.async_refresh()
    await until_status(hass, "801", "unavailable")
    assert players == {RADIO: "media_pause"}
    pbx.quirks = Quirks()
    await connected.runtime_data.coordinator.async_refresh()
    await until_status(hass, "801", "in_use")
    assert players == {RADIO: "media_pause"}
    await hang_up(hass, pbx, "801")
    await finished(hass, automation)
    assert players == {RADIO: "media_play"}


@pytest.mark.usefixtures("connected")
async def test_silence_is_not_paused(hass: HomeAssistant, pbx: Simulator, players: dict[str, str]) -> None:
    hass.states.async_set(RADIO, "paused", {"supported_features": ABLE})
    phones = {"entity_id": [entity_id(hass, "801_status")]}
    automation = await automate(hass, "pause_media", phones=phones, players=ALL, resume_after=0)
    await talk(hass, pbx, "802", "801")
    await hang_up(hass, pbx, "801")
    await finished(hass, automation)
    assert players == {}
