"""Triggers that let time pass, and those on the state of phones and queues."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from simulator import Simulator
from tests.automation_harness import automate, trigger
from tests.conftest import Push
from tests.office_harness import CAPTURES, DIAL_BEGIN, devices_of, events_of, poll, status

ABANDONED = events_of(next(path for path in CAPTURES if path.stem == "queue_abandoned"))
ANSWER = {**DIAL_BEGIN, "event": "dialend", "dialstatus": "ANSWER"}
HANGUPS = [
    {"event": "hangup", "calleridnum": number, "uniqueid": uniqueid}
    for number, uniqueid in (("802", DIAL_BEGIN["destuniqueid"]), ("801", DIAL_BEGIN["uniqueid"]))
]


def after(seconds: float, **options: Any) -> dict[str, Any]:
    return {"for": {"seconds": seconds}, **options}


async def let(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass; no poll is due within a minute, for the PBX knows nothing of what is pushed here."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


@pytest.fixture
async def seldom_polled(hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry) -> None:
    """Poll every five minutes; by the clock that stands still, or its stop would make the next poll due at once."""
    hass.config_entries.async_update_entry(loaded, options={"poll_interval": 300})
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()


@pytest.mark.usefixtures("seldom_polled")
@pytest.mark.parametrize("targeted", [False, True])
async def test_a_call_that_rings_for_long(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory, targeted: bool
) -> None:
    target = {"device_id": devices_of(hass)["802"].id} if targeted else None
    ran = await automate(hass, trigger("call_ringing", target, **after(20)))
    await push(DIAL_BEGIN)
    await let(hass, freezer, 19)
    assert ran == []
    await let(hass, freezer, 2)
    (run,) = ran
    assert (run["call"]["state"], run["call"]["wait_time"]) == ("ringing", 21)
    assert run["extension"] == ("802" if targeted else None)
    await let(hass, freezer, 60)
    assert len(ran) == 1


@pytest.mark.usefixtures("seldom_polled")
@pytest.mark.parametrize("events", [[ANSWER], [ANSWER, *HANGUPS], HANGUPS])
async def test_a_call_that_is_answered_or_over_in_time(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory, events: list[dict[str, Any]]
) -> None:
    ran = await automate(hass, trigger("call_ringing", **after(20)))
    await push(DIAL_BEGIN)
    for event in events:
        await push(event)
    await let(hass, freezer, 30)
    assert ran == []


@pytest.mark.usefixtures("seldom_polled")
@pytest.mark.parametrize("queue", [None, "queue_630"])
async def test_a_caller_who_waits_for_long(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory, queue: str | None
) -> None:
    target = {"device_id": devices_of(hass)[queue].id} if queue else None
    ran = await automate(hass, trigger("queue_waiting", target, **after(30)))
    for event in ABANDONED[:3]:
        await push(event)
    await let(hass, freezer, 29)
    assert ran == []
    await let(hass, freezer, 2)
    (run,) = ran
    assert (run["queue"], run["call"]["queue"], run["call"]["caller"]) == ("630", "630", "01632960186")
    for event in ABANDONED[3:]:
        await push(event)
    await let(hass, freezer, 60)
    assert len(ran) == 1


@pytest.mark.usefixtures("seldom_polled")
async def test_a_caller_who_does_not_wait_for_long(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    other = {"device_id": devices_of(hass)["queue_631"].id}
    ran = await automate(hass, trigger("queue_waiting", **after(30)), trigger("queue_waiting", other, **after(1)))
    for event in ABANDONED:
        await push(event)
    await let(hass, freezer, 60)
    assert ran == []


@pytest.mark.usefixtures("seldom_polled")
async def test_an_automation_that_comes_while_somebody_waits(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await push(ABANDONED[0])
    await let(hass, freezer, 20)
    ran = await automate(hass, trigger("queue_waiting", **after(30)), trigger("queue_waiting", **after(10)))
    await let(hass, freezer, 11)
    assert [run["what"] for run in ran] == ["0"], "who had waited for ten seconds before is no news"


@pytest.mark.usefixtures("seldom_polled")
async def test_an_automation_that_goes_leaves_no_timer(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    ran = await automate(hass, trigger("call_ringing", **after(20)), trigger("queue_waiting", **after(20)))
    await push(DIAL_BEGIN | {"mac": ""})
    await push(ABANDONED[0])
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
    await let(hass, freezer, 30)
    assert ran == []


@pytest.mark.parametrize("target", ["device", "entity"])
async def test_a_phone_that_is_gone(hass: HomeAssistant, loaded: MockConfigEntry, push: Push, target: str) -> None:
    chosen = {
        "device": {"device_id": devices_of(hass)["801"].id},
        "entity": {"entity_id": "binary_sensor.alice_registered"},
    }[target]
    ran = await automate(hass, trigger("extension_unregistered", chosen))
    await push(status("802", "4"))
    assert ran == []
    await push(status("801", "4"))
    assert [run["entity_id"] for run in ran] == ["binary_sensor.alice_registered"]
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert len(ran) == 1, "a reload is no change"


@pytest.mark.usefixtures("loaded")
async def test_a_queue_without_agents(hass: HomeAssistant, pbx: Simulator) -> None:
    ran = await automate(
        hass,
        trigger("queue_unstaffed", {"device_id": devices_of(hass)["queue_630"].id}),
        trigger("queue_unstaffed", {"device_id": devices_of(hass)["queue_631"].id}),
    )
    for member in pbx.office.queues["630"].logged_in:
        member.paused = True
    await poll(hass)
    assert [(run["what"], run["entity_id"]) for run in ran] == [("0", "binary_sensor.coocenter_queue_630_unstaffed")]
