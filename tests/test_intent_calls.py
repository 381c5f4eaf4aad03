"""Ending and passing on calls by voice, who is on the phone, and who called.

Extension 801 is Alice, 802 Bob; what is said comes from 801's room.
"""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coocenter.call_log import CallLog, LogUnavailable, Trouble
from simulator import Quirks, Simulator
from tests.conftest import Push, load
from tests.flow_harness import until
from tests.log_harness import journal_of, missed
from tests.missed_harness import times
from tests.office_harness import FOREVER, asked
from tests.poll_harness import begin_call, next_poll
from tests.voice_harness import know, listen, place, satellite, say, set_options

OUTSIDE = "01632960103"


@pytest.fixture
async def here(hass: HomeAssistant, connected: MockConfigEntry) -> dict[str, Any]:
    await listen(hass)
    place(hass, "801", "Office")
    return {"satellite_id": satellite(hass, "Office").entity_id}


async def test_hanging_up(hass: HomeAssistant, pbx: Simulator, here: dict[str, Any]) -> None:
    assert await say(hass, "hang up", **here) == "There is no call to hang up."
    await begin_call(pbx)
    assert await say(hass, "hang up", **here) == "Hung up."
    assert asked(pbx, "extensions/hangup") == [{"extension": "801"}]


async def test_the_default_phone_is_nobodys_to_hang_up(
    hass: HomeAssistant, pbx: Simulator, connected: MockConfigEntry
) -> None:
    await listen(hass)
    set_options(hass, connected, default_extension="801")
    await begin_call(pbx)
    for text in ("hang up", "transfer the call to carol"):
        assert await say(hass, text) == "I don't know which extension is yours. Choose it in the options."
    assert asked(pbx, "extensions/hangup") == asked(pbx, "extensions/transfer") == []


async def test_a_call_that_no_push_told_of_is_asked_for(
    hass: HomeAssistant, pbx: Simulator, here: dict[str, Any]
) -> None:
    pbx.push_url = None
    await begin_call(pbx)
    assert await say(hass, "hang up", **here) == "Hung up."


async def test_transferring(hass: HomeAssistant, pbx: Simulator, here: dict[str, Any]) -> None:
    assert await say(hass, "transfer the call to carol", **here) == "There is no call to transfer."
    await begin_call(pbx)
    assert await say(hass, "transfer them to carol", **here) == "The call goes to Carol."
    assert asked(pbx, "extensions/transfer") == [{"src": "801", "dst": "803"}]
    await hass.config.async_update(country="GB")
    assert "Emergency" in await say(hass, "transfer the call to 999", **here)


async def test_who_is_on_the_phone(hass: HomeAssistant, pbx: Simulator, here: dict[str, Any]) -> None:
    assert await say(hass, "who is on the phone") == "Nobody is on the phone."
    assert await say(hass, "is bob on the phone") == "No, Bob is not on the phone."
    await begin_call(pbx)
    await until(lambda: not hass.states.is_state("sensor.bob_status", "ringing"))
    assert await say(hass, "is bob on the phone") == "Yes, Bob is on the phone with Alice."
    assert await say(hass, "who is on the phone") == "On the phone: Alice with Bob."
    assert await say(hass, "is carol on the phone") == "No, Carol is not on the phone."
    assert await say(hass, "is xavier on the phone") == "I don't know anyone called xavier."


async def test_a_contact_on_the_phone(hass: HomeAssistant, pbx: Simulator, here: dict[str, Any]) -> None:
    await know(hass, "Zoe Smith", "+44 1632 960103")
    await hass.config.async_update(country="GB")
    await hass.async_block_till_done()
    assert await say(hass, "is zoe on the phone") == "No, Zoe Smith is not on the phone."
    await pbx.play("inbound", wait=False, number=OUTSIDE, callee="801", ring=0, talk=FOREVER)
    (call,) = pbx.engine.live
    await until(lambda: call.bridged)
    await pbx.drain()
    assert await say(hass, "is zoe on the phone") == "Yes, Zoe Smith is on the phone with Alice."
    assert await say(hass, "is alice on the phone") == "Yes, Alice is on the phone with Zoe Smith."


async def test_a_phone_that_rings_or_is_not_there(hass: HomeAssistant, pbx: Simulator, here: dict[str, Any]) -> None:
    await pbx.play("internal", wait=False, caller="802", callee="801", ring=FOREVER)
    await pbx.drain()
    await next_poll(hass)
    assert await say(hass, "is alice on the phone") == "The phone of Alice is ringing."
    pbx.office.extensions["803"].registered = False
    await next_poll(hass)
    assert await say(hass, "is carol on the phone") == "The phone of Carol is not connected."


async def test_who_called(
    hass: HomeAssistant, here: dict[str, Any], push: Push, freezer: FrozenDateTimeFactory
) -> None:
    # The tests' own time zone is eight hours behind.
    freezer.move_to("2026-11-24 01:00:00+00:00")
    assert await say(hass, "who called") == "There are no missed calls."
    await know(hass, "Zoe Smith", OUTSIDE)
    await push(missed("1795406545.1", source=OUTSIDE, **times("10:04")))
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()
    assert await say(hass, "any missed calls?") == "One missed call: Zoe Smith at 10:04."
    await push(missed("1795406545.2", source="01632960104", **times("12:20")))
    await push(missed("1795406545.3", source=OUTSIDE, **times("9:04")))
    await push(missed("1795406545.4", source="", **times("8:00")))
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()
    assert await say(hass, "who called") == (
        "4 missed calls: 01632960104 at 12:20, Zoe Smith at 10:04, 2 times and a withheld number at 8:00."
    )
    freezer.move_to("2026-11-24 16:00:00+00:00")
    assert "01632960104 yesterday at 12:20" in await say(hass, "who called")
    freezer.move_to("2026-11-26 16:00:00+00:00")
    assert "01632960104 on 2026-11-23 at 12:20" in await say(hass, "who called")


async def test_nobody_listens_to_all_of_many_calls(hass: HomeAssistant, here: dict[str, Any], push: Push) -> None:
    for one in range(7):
        await push(missed(f"1795406545.{one}", source=f"0163296020{one}", **times(f"10:0{one}")))
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()
    answer = await say(hass, "who called")
    assert answer.startswith("7 missed calls. The latest: 01632960206")
    assert answer.endswith(", and 2 more.")


async def test_a_user_who_may_only_look(
    hass: HomeAssistant, pbx: Simulator, here: dict[str, Any], hass_read_only_user: MockUser
) -> None:
    assert [group.id for group in hass_read_only_user.groups] == [GROUP_ID_READ_ONLY]
    await begin_call(pbx)
    guest = here | {"context": Context(user_id=hass_read_only_user.id)}
    for text in ("call bob", "hang up", "transfer the call to carol", "pause bob", "redial"):
        answer = await say(hass, text, **guest)
        assert answer in ("You are not allowed to do that.", "There is no number to redial."), text
    assert not [request for request in pbx.requests if request.form]
    assert await say(hass, "is bob on the phone", **guest) == "Yes, Bob is on the phone with Alice."


async def test_without_a_pbx(hass: HomeAssistant, here: dict[str, Any], connected: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(connected.entry_id)
    response = await intent.async_handle(hass, "test", "CooCenterMissedCalls", language="en")
    assert response.speech["plain"]["speech"] == "No telephone system is set up."


async def test_a_log_that_cannot_be_read_is_said(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise LogUnavailable(Trouble.LOCKED)

    for name in ("call_backs", "page"):
        monkeypatch.setattr(CallLog, name, fail)
    await load(hass, entry)
    await listen(hass)
    for text in ("who called", "redial from alice", "call back the last caller from alice"):
        assert await say(hass, text) == "The call log can't be read at the moment.", text


async def test_of_a_pbx_that_does_not_answer_nothing_is_said(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    await listen(hass)
    pbx.quirks = Quirks(reply="500")
    await next_poll(hass)
    for sentence in ("is bob on the phone", "who is on the phone"):
        assert await say(hass, sentence) == "The telephone system can't be reached."
