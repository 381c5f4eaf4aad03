"""Polls put right what pushes do not tell, and pushes do not get in their way; who listens is told what changed."""

import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.coocenter.const import DOMAIN
from custom_components.coocenter.pbx import ExtensionKey
from simulator import Quirks, Simulator
from tests.conftest import Push, load, make_entry
from tests.office_harness import DIAL_BEGIN
from tests.poll_harness import asked, begin_call, next_poll, status, written_states


def ours(caplog: pytest.LogCaptureFixture, least: int = logging.INFO) -> list[str]:
    """Return what the integration logged."""
    return [one.getMessage() for one in caplog.records if DOMAIN in one.name and one.levelno >= least]


async def tick(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_pushes_do_not_put_off_the_polls(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    asked(pbx)
    for turn in range(30):
        await tick(hass, freezer, 10)
        assert await push(status("801", turn % 2)) == 200

    assert asked(pbx) == 10


async def test_a_push_wakes_only_those_whom_it_is_about(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    agents = {member.extension for queue in pbx.office.queues.values() for member in queue.members}
    phone = next(one for one in pbx.office.extensions.values() if one.number not in agents)
    written = written_states(hass)
    await push(status(phone.number, 8))

    name = phone.name.lower()
    about = [
        f"binary_sensor.{name}_registered",
        "sensor.coocenter_last_push",
        f"sensor.{name}_other_party",
        f"sensor.{name}_status",
    ]
    assert sorted(written) == about

    for seconds, told in ((0, []), (1, ["sensor.coocenter_last_push"]), (-3600, ["sensor.coocenter_last_push"])):
        freezer.tick(seconds)
        written.clear()
        await push(status(phone.number, 8))
        assert written == told, "what it says is known, and when the last one came is told once a second"


async def test_a_poll_that_finds_nothing_new_wakes_nobody(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    written = written_states(hass)
    await next_poll(hass)
    assert written == []

    pbx.office.blacklist.append("01632960123")
    await next_poll(hass)
    assert written == ["sensor.coocenter_blacklist_size"]


async def test_a_listener_that_fails_does_not_silence_the_others(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, caplog: pytest.LogCaptureFixture
) -> None:
    coordinator = loaded.runtime_data.coordinator
    told: list[str] = []

    def fail(*_: object) -> None:
        told.append("failed")
        raise RuntimeError

    def hear(*_: object) -> None:
        told.append("heard")

    removers = [coordinator.async_add_listener(one, ExtensionKey("801")) for one in (fail, hear)]
    await push(status("801", 8))
    assert told == ["failed", "heard"]
    removers += [coordinator.async_on_call_fact(ExtensionKey("801"), one) for one in (fail, hear)]
    await push(DIAL_BEGIN)
    assert told == ["failed", "heard"] * 3, "the listeners of the key, and those of what happens to its calls"
    assert hass.states.get("sensor.alice_status").state == "ringing"
    assert hass.states.get("event.alice_call").attributes["event_type"] == "dialing"
    assert len(ours(caplog, logging.ERROR)) == 3

    removers += [coordinator.async_on_poll(one) for one in (fail, hear)]
    for remove in removers[:4]:
        remove()
    told.clear()
    await next_poll(hass)
    assert told == ["failed", "heard"]
    for remove in removers[4:]:
        remove()
    told.clear()
    await push(status("801", 8))
    await next_poll(hass)
    assert told == []


@pytest.mark.parametrize("quirks", [Quirks(reply="500"), Quirks(reply="reset"), Quirks(reply="html")])
async def test_a_pbx_that_cannot_be_asked_is_said_once_and_so_is_its_return(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, quirks: Quirks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    pbx.quirks = quirks
    for _ in range(3):
        await next_poll(hass)

    assert hass.states.get("binary_sensor.coocenter_connectivity").state == "off"
    assert hass.states.get("sensor.alice_status").state == "unavailable"
    assert hass.states.get("sensor.coocenter_active_calls").state == "unavailable"
    assert hass.states.get("sensor.coocenter_last_push").state == "unknown", "none came, and that is known"
    (line,) = ours(caplog)
    assert line.startswith("Error fetching CooCenter data: The PBX could not be asked: ")

    caplog.clear()
    pbx.quirks = Quirks()
    for _ in range(3):
        await next_poll(hass)

    assert hass.states.get("binary_sensor.coocenter_connectivity").state == "on"
    assert hass.states.get("sensor.alice_status").state == "idle"
    assert ours(caplog) == ["Fetching CooCenter data recovered"]


async def test_pushes_of_a_pbx_that_cannot_be_asked_are_there_when_it_can(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.quirks = Quirks(reply="500")
    await next_poll(hass)
    call = await begin_call(pbx)
    assert hass.states.get("sensor.coocenter_active_calls").state == "unavailable"
    pbx.quirks = Quirks()
    await next_poll(hass)

    assert [one["id"] for one in hass.states.get("sensor.coocenter_active_calls").attributes["calls"]] == [call]


async def test_a_restart_of_the_pbx_is_over_with_the_next_poll(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    await begin_call(pbx)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.coocenter_active_calls").state == "1"
    caplog.clear()
    await pbx.restart(down=0)
    await pbx.drain()
    await next_poll(hass)

    assert hass.states.get("sensor.coocenter_active_calls").state == "0"
    for phone in pbx.office.extensions.values():
        name = phone.name.lower()
        assert hass.states.get(f"binary_sensor.{name}_registered").state == ("on" if phone.registered else "off")
        assert (hass.states.get(f"sensor.{name}_status").state == "idle") is phone.registered
    assert ours(caplog) == []


async def test_the_web_key_is_right_around_both_midnights(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, pbx: Simulator
) -> None:
    freezer.move_to("2026-03-01 12:00:00+00:00")
    pbx.time_zone = "Asia/Shanghai"
    await load(hass, make_entry(pbx, options={"poll_interval": 3600}))
    for _ in range(48):
        await tick(hass, freezer, 3600)
        assert hass.states.get("binary_sensor.coocenter_connectivity").state == "on"

    assert hass.config_entries.flow.async_progress() == []


async def test_an_extension_that_a_push_speaks_of_is_there_without_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, push_url: str
) -> None:
    erin = pbx.office.extensions.pop("805")
    await load(hass, entry)
    pbx.push_url = push_url
    assert hass.states.get("sensor.erin_status") is None

    pbx.office.extensions["805"] = erin
    asked(pbx)
    await begin_call(pbx, caller="805")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert asked(pbx) == 1
    assert hass.states.get("sensor.erin_status").state == "in_use"


async def test_what_is_no_extension_has_the_pbx_polled_no_more_than_every_ten_seconds(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    asked(pbx)
    for turn in range(20):
        await push(status("700", turn % 2))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert asked(pbx) == 1

    await tick(hass, freezer, 11)
    assert asked(pbx) == 1
    assert hass.states.get("sensor.extension_700_status") is None


async def test_what_is_asked_between_polls_is_told_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.office.blacklist.append("01632960123")
    blacklist = await hass.services.async_call(DOMAIN, "get_blacklist", blocking=True, return_response=True)
    await begin_call(pbx)
    calls = await hass.services.async_call(DOMAIN, "get_current_calls", blocking=True, return_response=True)

    assert blacklist == {"numbers": ["01632960123"]}
    assert hass.states.get("sensor.coocenter_blacklist_size").state == "1"
    assert len(calls["calls"]) == 1
    assert hass.states.get("sensor.coocenter_active_calls").state == "1"


async def test_a_pbx_that_takes_the_key_again_needs_nobody(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    key, pbx.web_key = pbx.web_key, "of another day"
    for _ in range(3):
        await next_poll(hass)
    assert hass.states.get("sensor.alice_status").state == "unavailable"
    assert len(hass.config_entries.flow.async_progress()) == 1
    pbx.web_key = key
    await next_poll(hass)
    assert hass.states.get("sensor.alice_status").state == "idle"
    assert hass.config_entries.flow.async_progress() == []


async def test_a_pbx_that_pushes_again_is_asked_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    pbx.quirks = Quirks(reply="500")
    await tick(hass, freezer, 31)
    assert hass.states.get("sensor.alice_status").state == "unavailable"
    pbx.quirks = Quirks()
    # Less than half of the interval.
    await tick(hass, freezer, 11)
    assert hass.states.get("sensor.alice_status").state == "unavailable"
    assert await push(status("802", 1)) == 200
    await tick(hass, freezer, 1)
    assert hass.states.get("sensor.alice_status").state == "idle"
