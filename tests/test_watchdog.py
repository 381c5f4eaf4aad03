"""A PBX whose pushes do not arrive is noticed by the calls that only polling saw."""

from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.pbx import BadReply
from simulator import Quirks, Simulator
from simulator.channels import Channel, ChannelState
from tests.conftest import WEBHOOK_ID, Push, load
from tests.poll_harness import status
from tests.watchdog_harness import NOON, call, gaps, issue, pass_time


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


async def test_a_call_that_no_push_told_of_is_an_issue_until_the_first_push(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    pbx: Simulator,
    push: Push,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await pass_time(hass, freezer)
    await call(pbx)
    await pass_time(hass, freezer)
    assert issue(hass) is None, "what is pushed of it may be on its way"
    await pass_time(hass, freezer)

    raised = issue(hass)
    assert raised
    assert raised.translation_key == "no_pushes"
    assert (raised.severity, raised.is_fixable) == (ir.IssueSeverity.WARNING, False)
    assert raised.translation_placeholders
    assert raised.translation_placeholders["title"] == "CooCenter"
    assert raised.translation_placeholders["webhook_url"].endswith(f"/api/coocenter/push/{WEBHOOK_ID}")
    await call(pbx)
    for _ in range(3):
        await pass_time(hass, freezer)
    assert caplog.text.count("pushes nothing") == 1

    assert await push(status("801", 1)) == 200
    assert issue(hass) is None
    assert caplog.text.count("pushes again") == 1
    # Nobody knows what was pushed in vain before.
    assert await gaps(hass) == [("12:00:00", "12:03:06", "silent")]


async def test_where_pushes_came_one_call_may_be_lost_and_two_may_not(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("807", 1)) == 200
    for _ in range(3):
        await pass_time(hass, freezer)
    await call(pbx)
    for _ in range(3):
        await pass_time(hass, freezer)
    assert issue(hass) is None

    await call(pbx)
    await pass_time(hass, freezer)
    assert issue(hass) is None
    assert await push(status("807", 0)) == 200
    await pass_time(hass, freezer)
    assert issue(hass) is None, "a push came: the calls before count no more"
    for _ in range(2):
        assert issue(hass) is None
        pbx.engine.hang_up("802")
        await pass_time(hass, freezer)
        await call(pbx)
        await pass_time(hass, freezer)
        await pass_time(hass, freezer)
    assert issue(hass)
    assert (await gaps(hass))[0][1:] == (None, "silent")


async def test_where_it_is_never_quiet_for_so_long_one_call_is_enough(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    for code in (1, 0, 1):
        assert await push(status("807", code)) == 200
        await pass_time(hass, freezer, 600)
    await pass_time(hass, freezer, 1800)
    assert issue(hass) is None, "silence is none"
    await call(pbx)
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    assert issue(hass)


async def test_a_phone_that_is_taken_off_the_hook_is_as_good_as_a_call(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer)
    dialling = Channel(
        name="SIP/804-1", uniqueid="1.1", peer="804", number="804", state=ChannelState.UP, created=dt_util.utcnow()
    )
    pbx.office.extensions["804"].channels.append(dialling)
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    assert issue(hass)


async def test_a_call_that_was_there_before_home_assistant_is_none(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await call(pbx)
    await load(hass, entry)
    for _ in range(4):
        await pass_time(hass, freezer)
    assert issue(hass) is None


async def test_a_call_that_began_while_the_pbx_could_not_be_asked_is_none(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer)
    pbx.quirks = Quirks(reply="500")
    await pass_time(hass, freezer)
    await call(pbx)
    pbx.quirks = Quirks()
    for _ in range(4):
        await pass_time(hass, freezer)
    assert issue(hass) is None


async def test_a_poll_that_comes_at_once_waits_for_what_is_on_its_way(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer)
    await call(pbx)
    await pass_time(hass, freezer)
    await loaded.runtime_data.coordinator.async_refresh()
    assert issue(hass) is None
    await pass_time(hass, freezer)
    assert issue(hass)


async def test_a_pbx_that_pushes_has_none(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(3):
        await call(pbx)
        await pbx.drain()
        await pass_time(hass, freezer)
    assert hass.states.get("sensor.coocenter_active_calls").state == "3"
    assert issue(hass) is None
    assert await gaps(hass) == []


async def test_what_is_never_pushed_is_none(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer)
    # Nothing is pushed of a caller before the choice in the menu, and this one takes a day.
    pbx.speed /= 1e6
    await pbx.play("ivr_only", wait=False)
    pbx.office.extensions["804"].registered = False
    next(member for member in pbx.office.queues["630"].logged_in if not member.paused).pause(paused=True)
    for _ in range(3):
        await pass_time(hass, freezer)
    pbx.office.extensions["804"].registered = True
    for _ in range(3):
        await pass_time(hass, freezer)

    assert hass.states.get("sensor.coocenter_active_calls").state == "1"
    assert issue(hass) is None


async def test_the_issue_goes_with_the_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, freezer)
    await call(pbx)
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    assert issue(hass)
    await hass.config_entries.async_set_disabled_by(loaded.entry_id, ConfigEntryDisabler.USER)
    assert issue(hass) is None

    await hass.config_entries.async_set_disabled_by(loaded.entry_id, None)
    # Home Assistant reloads an entry whose entities it enabled.
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    await call(pbx)
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    assert issue(hass)
    await hass.config_entries.async_remove(loaded.entry_id)
    assert issue(hass) is None


async def test_a_long_call_does_not_begin_again_when_one_answer_was_lost(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("807", 1)) == 200
    await call(pbx)
    await pass_time(hass, freezer)
    assert await push(status("807", 0)) == 200
    for _ in range(3):
        with patch.object(loaded.runtime_data.coordinator.client, "current_calls", side_effect=BadReply):
            await pass_time(hass, freezer)
        for _ in range(3):
            await pass_time(hass, freezer)
    assert issue(hass) is None
    assert await gaps(hass) == []


async def test_after_it_was_disabled_the_gap_is_told_once(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("807", 1)) == 200
    await pass_time(hass, freezer, 60)
    await hass.config_entries.async_set_disabled_by(loaded.entry_id, ConfigEntryDisabler.USER)
    await pass_time(hass, freezer, 60)
    await pass_time(hass, freezer, 3_600)
    await hass.config_entries.async_set_disabled_by(loaded.entry_id, None)
    await hass.async_block_till_done()
    await pass_time(hass, freezer)
    for _ in range(2):
        await call(pbx)
        await pass_time(hass, freezer)
        await pass_time(hass, freezer)
    told = await gaps(hass)
    assert [reason for *_, reason in told] == ["stopped", "silent"]
    assert told[0][1] == told[1][0], "one ends where the other begins"
