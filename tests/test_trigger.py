"""What triggers an automation, by the pushes of a real PBX."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coocenter.trigger import TRIGGERS
from tests.automation_harness import automate, trigger
from tests.conftest import Push, load
from tests.office_harness import CAPTURES, DIAL_BEGIN, devices_of, entity_id, events_of

CAPTURE = {path.stem: path for path in CAPTURES}
ANSWERED = CAPTURE["trunk_ivr_queue_agent_hangs_up"]
ABANDONED = CAPTURE["queue_abandoned"]
DIRECT = CAPTURE["inbound_direct"]
MISSED = CAPTURE["inbound_missed"]
INTERNAL = CAPTURE["internal_answered"]
TRANSFER = CAPTURE["transfer"]
CUSTOMER = "01632960186"


async def play(push: Push, capture: Path, *, times: int = 1, upto: str = "") -> None:
    """Push what was recorded, all of it or until the first event of a kind."""
    for event in events_of(capture):
        assert {await push(event) for _ in range(times)} == {200}
        if event["event"] == upto:
            return


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    ("name", "capture", "runs"),
    [
        ("call_ringing", DIRECT, 1),
        ("call_ringing", ANSWERED, 1),
        ("call_ringing", INTERNAL, 1),
        ("call_ringing", CAPTURE["push_retry"], 1),
        ("call_answered", DIRECT, 1),
        ("call_answered", ANSWERED, 1),
        ("call_answered", TRANSFER, 1),
        ("call_answered", MISSED, 0),
        ("call_ended", ANSWERED, 1),
        ("call_ended", ABANDONED, 1),
        ("call_ended", CAPTURE["internal_busy"], 1),
        ("call_ended", CAPTURE["pbx_restart"], 2),
        ("call_missed", ABANDONED, 1),
        ("call_missed", MISSED, 1),
        ("call_missed", ANSWERED, 0),
        ("call_missed", CAPTURE["internal_cancel"], 0),
        ("call_abandoned", ABANDONED, 1),
        ("call_abandoned", MISSED, 0),
        ("call_abandoned", ANSWERED, 0),
        ("ivr_choice_made", ANSWERED, 1),
        ("ivr_choice_made", DIRECT, 0),
    ],
)
async def test_a_call_triggers_once(
    hass: HomeAssistant, push: Push, name: str, capture: Path, runs: int, times: int
) -> None:
    ran = await automate(hass, trigger(name))
    await play(push, capture, times=times)
    assert len(ran) == runs


@pytest.mark.usefixtures("loaded")
async def test_the_call_is_told(hass: HomeAssistant, push: Push) -> None:
    ran = await automate(hass, trigger("call_abandoned"))
    await play(push, ABANDONED)
    (run,) = ran
    call = run["call"]
    assert (call["caller"], call["queue"], call["did"], call["menu"]) == (
        CUSTOMER,
        "630",
        "01632960100",
        "working time",
    )
    assert (call["direction"], call["outcome"], call["cause"]) == ("inbound", "missed", "caller_gave_up")
    assert run["entity_id"] == entity_id(hass, "630_queue_call")
    assert run["description"] == f"call from {CUSTOMER} was abandoned in the queue"


MEANT = [
    ({"direction": "inbound"}, True),
    ({"direction": ["outbound", "internal"]}, False),
    ({"caller": CUSTOMER}, True),
    ({"caller": "01632 960 186"}, True),
    ({"caller": ["555*", "01632960*"]}, True),
    ({"caller": "0163296018?"}, True),
    ({"caller": "01632960187"}, False),
    ({"caller": "withheld"}, False),
    ({"did": "01632960100"}, True),
    ({"did": "01632960101"}, False),
    ({"queue": ["630"]}, True),
    ({"queue": "631"}, False),
    ({"extension": "803"}, True),
    ({"extension": "804"}, True),
    ({"extension": "805"}, False),
    ({"agent": "803"}, True),
    ({"agent": "804"}, False),
    ({"direction": "inbound", "caller": "0163296*", "queue": "630"}, True),
    ({"direction": "inbound", "caller": "0163296*", "queue": "631"}, False),
]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("options", "meant"), MEANT)
async def test_the_options_choose(hass: HomeAssistant, push: Push, options: dict[str, Any], meant: bool) -> None:
    ran = await automate(hass, trigger("call_ended", **options))
    await play(push, ANSWERED)
    assert len(ran) == meant


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ({"digits": "0"}, True),
        ({"digits": ["1", "2"]}, False),
        ({"menu": "Working*"}, True),
        ({"menu": "night"}, False),
    ],
)
async def test_the_menu_and_the_keys_choose(
    hass: HomeAssistant, push: Push, options: dict[str, Any], meant: bool
) -> None:
    ran = await automate(hass, trigger("ivr_choice_made", **options))
    await play(push, ANSWERED)
    assert len(ran) == meant


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("outcome", "capture", "meant"),
    [("answered", ANSWERED, True), ("missed", ANSWERED, False), (["missed", "busy"], ABANDONED, True)],
)
async def test_the_outcome_chooses(
    hass: HomeAssistant, push: Push, outcome: str | list[str], capture: Path, meant: bool
) -> None:
    ran = await automate(hass, trigger("call_ended", outcome=outcome))
    await play(push, capture)
    assert len(ran) == meant


@pytest.mark.usefixtures("loaded")
async def test_a_caller_is_known_by_name(hass: HomeAssistant, push: Push) -> None:
    ran = await automate(hass, trigger("call_ringing", caller="ali*"), trigger("call_ringing", caller="bob"))
    await push(DIAL_BEGIN)
    assert [run["what"] for run in ran] == ["0"], "Alice has extension 801"


@pytest.mark.usefixtures("loaded")
async def test_a_withheld_number_is_one_of_its_own(hass: HomeAssistant, push: Push) -> None:
    ran = await automate(hass, trigger("call_ringing", caller="withheld"), trigger("call_ringing", caller="018*"))
    await push(DIAL_BEGIN | {"channel": "SIP/trunk-00000001", "calleridnum": "<unknown>"})
    assert [(run["what"], run["call"]["caller"]) for run in ran] == [("0", None)]
    assert ran[0]["description"] == "call from a withheld number is ringing"


def put_in_area(hass: HomeAssistant, *devices: str) -> str:
    area = ar.async_get(hass).async_create("Sales")
    for device in devices:
        dr.async_get(hass).async_update_device(devices_of(hass)[device].id, area_id=area.id)
    return area.id


def targets(hass: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return every way to choose the phones 803 and 804."""
    devices = [devices_of(hass)[number].id for number in ("803", "804")]
    label = lr.async_get(hass).async_create("Loud").label_id
    for number in ("803", "804"):
        er.async_get(hass).async_update_entity(entity_id(hass, f"{number}_call"), labels={label})
    return {
        "entity": {"entity_id": [entity_id(hass, f"{number}_call") for number in ("803", "804")]},
        "device": {"device_id": devices},
        "area": {"area_id": put_in_area(hass, "803", "804")},
        "label": {"label_id": label},
    }


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("way", ["entity", "device", "area", "label"])
async def test_several_phones_trigger_once_for_one_call(hass: HomeAssistant, push: Push, way: str) -> None:
    target = targets(hass)[way]
    names = ("call_ringing", "call_answered", "call_ended", "call_missed")
    ran = await automate(hass, *(trigger(name, target) for name in names))
    events = events_of(ANSWERED)
    told = []
    for event in events:
        await push(event)
        told += [(event["event"], names[int(run["what"])], run["extension"]) for run in ran]
        ran.clear()
    assert told == [
        ("dialbegein", "call_ringing", "803"),
        ("dialend", "call_answered", "803"),
        ("hangup", "call_ended", "803"),
    ], "804 was not as quick, and that ends nothing"
    await play(push, INTERNAL)
    assert ran == [], "the phones 801 and 802 are not meant"
    await play(push, ABANDONED)
    assert [names[int(run["what"])] for run in ran] == ["call_ringing", "call_ended", "call_missed"]


@pytest.mark.usefixtures("loaded")
async def test_a_phone_that_was_not_as_quick_has_its_end(hass: HomeAssistant, push: Push) -> None:
    ran = await automate(hass, trigger("call_ended", {"device_id": devices_of(hass)["804"].id}))
    await play(push, ANSWERED)
    (run,) = ran
    assert (run["extension"], run["call"]["cause"]) == ("804", "answered_elsewhere")


@pytest.mark.usefixtures("loaded")
async def test_the_pbx_and_its_queues_trigger_once(hass: HomeAssistant, push: Push) -> None:
    """The device of the PBX has those of its queues below it."""
    target = {"device_id": [devices_of(hass)[name].id for name in ("", "803")]}
    ran = await automate(hass, trigger("call_ringing", target), trigger("call_ended", target))
    await play(push, ANSWERED)
    assert [(run["what"], run["entity_id"]) for run in ran] == [
        ("0", entity_id(hass, "call")),
        ("1", entity_id(hass, "call")),
    ]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("queue", "meant"), [("queue_630", True), ("queue_631", False)])
async def test_a_queue_is_chosen_by_its_device(hass: HomeAssistant, push: Push, queue: str, meant: bool) -> None:
    ran = await automate(hass, trigger("call_abandoned", {"device_id": devices_of(hass)[queue].id}))
    await play(push, ABANDONED)
    assert len(ran) == meant


@pytest.mark.usefixtures("loaded")
async def test_a_phone_that_is_rung_again_after_a_transfer_rings_anew(hass: HomeAssistant, push: Push) -> None:
    ran = await automate(hass, trigger("call_ringing", {"device_id": devices_of(hass)["801"].id}))
    await play(push, TRANSFER)
    assert [run["extension"] for run in ran] == ["801"]
    assert ran[0]["call"]["state"] == "transferred"


@pytest.mark.usefixtures("loaded")
async def test_who_moves_into_the_area_is_meant(hass: HomeAssistant, push: Push) -> None:
    area = put_in_area(hass)
    ran = await automate(hass, trigger("call_ringing", {"area_id": area}))
    await push(DIAL_BEGIN | {"mac": ""})
    assert ran == []
    dr.async_get(hass).async_update_device(devices_of(hass)["803"].id, area_id=area)
    await hass.async_block_till_done()
    await play(push, ANSWERED)
    assert [run["extension"] for run in ran] == ["803"]


@pytest.mark.usefixtures("loaded")
async def test_the_targeted_phones_are_narrowed_by_the_option(hass: HomeAssistant, push: Push) -> None:
    """An area has other things than phones, and a target may name what is gone."""
    area = put_in_area(hass, "803", "804")
    er.async_get(hass).async_get_or_create("light", "test", "1", suggested_object_id="lamp")
    er.async_get(hass).async_update_entity("light.lamp", area_id=area)
    target = {"area_id": area, "entity_id": ["event.gone_call"]}
    ran = await automate(
        hass,
        trigger("call_ringing", target, extension="804"),
        trigger("call_ringing", target, extension="805"),
    )
    await play(push, ANSWERED)
    assert [(run["what"], run["extension"]) for run in ran] == [("0", "804")]
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
    await play(push, ABANDONED)
    assert len(ran) == 1


async def test_an_automation_outlives_a_reload(hass: HomeAssistant, loaded: MockConfigEntry, push: Push) -> None:
    ran = await automate(
        hass,
        trigger("call_ringing"),
        trigger("call_ringing", {"device_id": devices_of(hass)["803"].id}),
        trigger("call_ended"),
    )
    await play(push, ANSWERED, upto="dialbegein")
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert [run["what"] for run in ran] == ["0", "1", "2"], "the simulated PBX knows nothing of the call"
    await play(push, ANSWERED)
    assert len(ran) == 3, "what was pushed before the reload is known after it"
    await play(push, ABANDONED)
    assert [run["what"] for run in ran[3:]] == ["0", "1", "2"]


async def test_an_automation_may_be_there_before_the_pbx(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push
) -> None:
    assert await async_setup_component(hass, "coocenter", {})
    ran = await automate(hass, trigger("call_ringing"), trigger("queue_waiting", **{"for": {"seconds": 5}}))
    await load(hass, entry)
    await play(push, DIRECT)
    assert [run["what"] for run in ran] == ["0"]


@pytest.mark.usefixtures("loaded")
async def test_the_editor_is_offered_them(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "trigger_platforms/subscribe"})
    await client.receive_json()
    offered = (await client.receive_json())["event"]
    assert {name for name in offered if name.startswith("coocenter.")} == {f"coocenter.{name}" for name in TRIGGERS}
    target = {"device_id": [devices_of(hass)["801"].id]}
    await client.send_json_auto_id({"type": "get_triggers_for_target", "target": target})
    found = {name for name in (await client.receive_json())["result"] if name.startswith("coocenter.")}
    assert found >= {"coocenter.call_ringing", "coocenter.call_missed"}
