"""The blueprints that answer a call in the room: a voice, a light, an alert."""

from http import HTTPStatus

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import Simulator
from tests.blueprint_harness import OUTSIDE, automate, finished, hang_up, install, pass_time, recorded, settle
from tests.conftest import WEBHOOK_ID, Push, load
from tests.flow_harness import until
from tests.office_harness import CAPTURES, DIAL_BEGIN, FOREVER, devices_of, entity_id, events_of, state_of

ABANDONED = events_of(next(path for path in CAPTURES if path.stem == "queue_abandoned"))
VOICE, SPEAKER, LIGHT = "tts.voice", "media_player.speaker", "light.lamp"
FROM_OUTSIDE = DIAL_BEGIN | {"channel": "SIP/trunk-00000001", "calleridnum": OUTSIDE}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    return install(hass_tmp_config_dir)


async def announced(hass: HomeAssistant, push: Push, call: dict[str, str], **inputs: object) -> list[str]:
    """Return what is said when a call rings."""
    said = recorded(hass, "tts.speak")
    chosen = {"engine": VOICE, "players": [SPEAKER], "pause": 0} | inputs
    automation = await automate(hass, "announce_caller", **chosen)
    await push(call)
    await settle()
    await finished(hass, automation)
    assert all(one.data["media_player_entity_id"] == [SPEAKER] for one in said)
    return [one.data["message"] for one in said]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (FROM_OUTSIDE, " ".join(OUTSIDE) + " is calling for Bob."),
        (FROM_OUTSIDE | {"calleridnum": "<unknown>"}, "A withheld number is calling for Bob."),
    ],
)
async def test_who_calls_is_said(hass: HomeAssistant, push: Push, call: dict[str, str], words: str) -> None:
    assert await announced(hass, push, call) == [words]


@pytest.mark.usefixtures("loaded")
async def test_colleagues_are_said_by_name_where_they_are_wanted(hass: HomeAssistant, push: Push) -> None:
    phones = {"device_id": devices_of(hass)["802"].id}
    assert await announced(hass, push, DIAL_BEGIN, phones=phones, directions=[]) == ["Alice is calling for Bob."]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("inputs", "call"),
    [
        ({}, DIAL_BEGIN),
        ({"callers": ["555*"]}, FROM_OUTSIDE),
        ({"phones": {"entity_id": "event.carol_call"}}, FROM_OUTSIDE),
    ],
    ids=["from inside", "not that caller", "another phone"],
)
async def test_other_calls_are_not_said(
    hass: HomeAssistant, push: Push, inputs: dict[str, object], call: dict[str, str]
) -> None:
    assert await announced(hass, push, call, **inputs) == []


@pytest.mark.parametrize(("hour", "said"), [(21, 1), (23, 0), (5, 0), (8, 1)])
async def test_nothing_is_said_in_the_quiet_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry, push: Push, hour: int, said: int
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(f"2026-11-24T{hour:02}:30:00+00:00")
    await load(hass, entry)
    quiet = {"quiet_from": "22:00:00", "quiet_until": "07:00:00"}
    recorder = recorded(hass, "tts.speak")
    await automate(hass, "announce_caller", engine=VOICE, players=[SPEAKER], pause=0, **quiet)
    await push(FROM_OUTSIDE)
    await settle()
    assert len(recorder) == said


@pytest.fixture
def light(hass: HomeAssistant) -> list[str]:
    """A light that is off, and what was done with it."""
    done: list[str] = []

    @callback
    def switch(call: ServiceCall) -> None:
        done.append(call.service)
        hass.states.async_set(LIGHT, call.service.removeprefix("turn_"))

    for action in ("turn_on", "turn_off"):
        hass.services.async_register("light", action, switch)
    hass.states.async_set(LIGHT, "off")
    return done


@pytest.mark.usefixtures("connected")
async def test_a_light_flashes_until_the_phone_is_answered(
    hass: HomeAssistant, pbx: Simulator, light: list[str]
) -> None:
    assert await async_setup_component(hass, "scene", {})
    phones = {"entity_id": entity_id(hass, "801_call")}
    automation = await automate(hass, "flash_light", phones=phones, lights=[LIGHT], period=0.5)
    await pbx.play("inbound", number=OUTSIDE, callee="802", ring=FOREVER, wait=False)
    await until(lambda: state_of(hass, "802_status").state == "ringing")
    assert light == [], "which is another phone"
    await pbx.play("inbound", number=OUTSIDE, callee="801", ring=FOREVER, wait=False)
    await until(lambda: light[:3] == ["turn_on", "turn_off", "turn_on"])
    await hang_up(hass, pbx, "801", "802")
    await finished(hass, automation)
    assert hass.states.get(LIGHT).state == "off", "as it was"
    assert hass.states.async_entity_ids("scene") == []


@pytest.mark.usefixtures("loaded")
async def test_somebody_is_alerted_when_a_caller_waits_too_long(
    hass: HomeAssistant, push: Push, hass_client_no_auth: ClientSessionGenerator
) -> None:
    calls = recorded(hass, "test.alert", "test.relief")
    automation = await automate(
        hass,
        "caller_waiting",
        queues={"device_id": devices_of(hass)["queue_630"].id},
        patience={"seconds": 5},
        alert=[{"action": "test.alert", "data": {"who": "{{ trigger.call.caller }} in {{ queue_name }}"}}],
        relief=[{"action": "test.relief"}],
    )
    for event in ABANDONED[:3]:
        await push(event)
    assert calls == []
    await pass_time(hass, 6)
    await until(lambda: calls)
    assert [(one.service, one.data) for one in calls] == [("alert", {"who": "01632960186 in Queue 630"})]
    # Not pushed as elsewhere, where the run of the automation is waited for: it lasts until the caller is gone.
    client = await hass_client_no_auth()
    assert hass.states.get(automation).attributes["current"] == 1
    for event in ABANDONED[3:]:
        assert (await client.post(webhook.async_generate_path(WEBHOOK_ID), json=event)).status == HTTPStatus.OK
        await settle()
    await finished(hass, automation)
    assert [one.service for one in calls] == ["alert", "relief"]


@pytest.mark.usefixtures("loaded")
async def test_nobody_is_alerted_for_who_is_gone_in_time(hass: HomeAssistant, push: Push) -> None:
    calls = recorded(hass, "test.alert")
    queue = {"device_id": devices_of(hass)["queue_630"].id}
    await automate(hass, "caller_waiting", queues=queue, patience={"seconds": 5}, alert=[{"action": "test.alert"}])
    for event in ABANDONED:
        await push(event)
    await pass_time(hass, 10)
    assert calls == []
