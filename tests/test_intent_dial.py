"""Dialling by voice: whom, from which phone, and what is not dialled.

Extension 801 is Alice, 802 Bob; what is said comes through a satellite in the kitchen, where 803 stands.
"""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from simulator import Office, Quirks, Simulator
from tests.conftest import WEB_KEY, Push, load, make_entry
from tests.log_harness import cdr, journal_of, missed
from tests.office_harness import poll
from tests.voice_harness import converse, dialled, know, listen, place, satellite, say, set_options, spoken

ZOE = "01632 960103"


@pytest.fixture
async def kitchen(hass: HomeAssistant, loaded: MockConfigEntry) -> dict[str, Any]:
    """What a sentence comes with that is said in the kitchen."""
    await listen(hass)
    place(hass, "803", "Kitchen")
    return {"satellite_id": satellite(hass, "Kitchen").entity_id}


async def test_the_phone_of_the_room_rings(hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any]) -> None:
    await know(hass, "Zoe Smith", "+44 1632 960103")
    assert await say(hass, "Call Zoe, please.", **kitchen) == "Calling Zoe Smith."
    assert await say(hass, "call bob", **kitchen) == "Calling Bob."
    assert await say(hass, "dial 01632 960199", **kitchen) == "Calling 01632960199."
    assert dialled(pbx) == [("803", "00441632960103"), ("803", "802"), ("803", "01632960199")]


async def test_through_the_action_of_home_assistant(
    hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any]
) -> None:
    data = {"text": "call alice from bob's phone", "language": "en"}
    answer = await hass.services.async_call("conversation", "process", data, blocking=True, return_response=True)
    assert answer
    speech: Any = answer["response"]
    assert speech["speech"]["plain"]["speech"] == "Calling Alice from Bob."
    assert dialled(pbx) == [("802", "801")]


async def test_the_phone_that_is_named_and_the_one_of_the_user(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, kitchen: dict[str, Any], hass_admin_user: MockUser
) -> None:
    set_options(hass, loaded, user_extensions=[{"user": hass_admin_user.id, "extension": "802"}])
    assert await say(hass, "call alice from the kitchen") == "Calling Alice from Carol."
    mine = Context(user_id=hass_admin_user.id)
    assert await say(hass, "call alice", context=mine) == "Calling Alice from Bob."
    assert dialled(pbx) == [("803", "801"), ("802", "801")]
    assert "which phone" in await say(hass, "call alice")
    await know(hass, "Zoe Smith", ZOE)
    assert await say(hass, "call alice from zoe") == "Zoe Smith has no extension in the office."
    assert dialled(pbx) == []


async def test_an_unknown_or_ambiguous_name_is_asked_about(
    hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any]
) -> None:
    await know(hass, "Zoe Smith", ZOE)
    await know(hass, "Zoe Jones", "01632 960104")
    answer = await converse(hass, "call zoe", **kitchen)
    assert spoken(answer) == "Who do you mean, Zoe Jones or Zoe Smith?"
    assert await say(hass, "call xavier", **kitchen) == "I don't know anyone called xavier."
    await know(hass, "zoë jones", "01632 960105")
    assert await say(hass, "call zoe jones", **kitchen) == "Who do you mean, Zoe Jones or zoë jones?"
    place(hass, "804", "Kitchen")
    assert await say(hass, "call bob", **kitchen) == "Which phone, Carol or Dave?"
    assert dialled(pbx) == []


async def test_one_of_several_numbers(hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any]) -> None:
    await know(hass, "Zoe Smith", (ZOE, "Büro"), ("01632 960104", "Mobile"))
    await say(hass, "call zoe", **kitchen)
    await say(hass, "call zoe on her mobile", **kitchen)
    assert dialled(pbx) == [("803", "01632960103"), ("803", "01632960104")]
    assert await say(hass, "call zoe at home", **kitchen) == "I can't dial Zoe Smith."
    await know(hass, "Zoltan")
    await know(hass, "Zora", "see note")
    assert await say(hass, "call zoltan", **kitchen) == "I can't dial Zoltan."
    assert await say(hass, "call zora", **kitchen) == "I can't dial see note."
    assert dialled(pbx) == []


@pytest.mark.parametrize("number", ["999", "112", "9 999", "0 112", "911"])
async def test_emergency_numbers_are_dialled_only_by_option(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, kitchen: dict[str, Any], number: str
) -> None:
    await hass.config.async_update(country="GB")
    await know(hass, "Rescue", number)
    for text in (f"dial {number}", "call rescue", f"call {number} from bob"):
        answer = await say(hass, text, **kitchen)
        assert "Emergency numbers are switched off" in answer, text
    assert dialled(pbx) == []
    set_options(hass, loaded, emergency_by_voice=True)
    await say(hass, "call rescue", **kitchen)
    assert dialled(pbx) == [("803", number.replace(" ", ""))]


async def test_nobody_calls_themselves(hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any]) -> None:
    assert await say(hass, "call carol", **kitchen) == "I can't dial Carol."
    assert dialled(pbx) == []


async def test_a_colleague_is_called_within_their_own_pbx(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, kitchen: dict[str, Any]
) -> None:
    async with Simulator(Office.build(), web_key=WEB_KEY) as other:
        other.office.extensions["805"].name = "Walter"
        pbx.office.extensions["806"].name = "Xaver"
        await poll(hass)
        await load(hass, make_entry(other, entry_id="other", title="Other", options={"default_extension": "802"}))
        assert await say(hass, "call walter", **kitchen) == "Calling Walter from Bob."
        assert (dialled(pbx), dialled(other)) == ([], [("802", "805")])
        assert await say(hass, "call alice", **kitchen) == "Who do you mean, Alice (CooCenter) or Alice (Other)?"
        # Another has Walter's number here.
        assert await say(hass, "call walter from xaver", **kitchen) == "I can't dial Walter."
        assert (dialled(pbx), dialled(other)) == ([], [])
        assert await hass.config_entries.async_unload("other")


async def test_what_the_pbx_says_is_told(hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any]) -> None:
    pbx.quirks = Quirks(reply="500")
    answer = await converse(hass, "call bob", **kitchen)
    assert spoken(answer) == "The telephone system can't be reached."
    pbx.quirks = Quirks(reply="garbage")
    assert await say(hass, "call bob", **kitchen) == "The telephone system gave an answer that makes no sense."


async def test_programs_are_told_that_it_came_to_nothing(hass: HomeAssistant, kitchen: dict[str, Any]) -> None:
    slots = {"callee": {"value": "xavier"}}
    response = await intent.async_handle(hass, "test", "CooCenterDial", slots)
    assert response.response_type is intent.IntentResponseType.ERROR
    assert response.error_code is intent.IntentResponseErrorCode.FAILED_TO_HANDLE


async def test_calling_back(hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any], push: Push) -> None:
    assert await say(hass, "call back the last caller", **kitchen) == "Nobody has called who could be called back."
    await push(missed("1795406545.1", source=""))
    await push(missed("1795406545.2", source="01632960103", starttime="2026-11-23 09:00:00"))
    await push(cdr("1795406545.3", source="01632960104", starttime="2026-11-23 10:00:00"))
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()
    await know(hass, "Zoe Smith", ZOE)
    assert await say(hass, "call back the last caller", **kitchen) == "Calling Zoe Smith."
    await push(cdr("1795406545.4", source="01632960103", starttime="2026-11-23 11:00:00"))
    await push(cdr("1795406545.5", source="01632960104", starttime="2026-11-23 12:00:00"))
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()
    await say(hass, "call back the last caller", **kitchen)
    assert dialled(pbx) == [("803", "01632960103"), ("803", "01632960104")]


async def test_redialling(hass: HomeAssistant, pbx: Simulator, kitchen: dict[str, Any], push: Push) -> None:
    assert await say(hass, "redial", **kitchen) == "There is no number to redial."
    out = {"calltype": "outbound", "source": "803", "callerid": '"Carol" <803>'}
    inside = {"calltype": "internal", "source": "802", "callerid": '"Bob" <802>', "destination": "803"}
    await push(cdr("1795406545.1", **out, destination="01632960103", starttime="2026-11-23 09:00:00"))
    await push(cdr("1795406545.2", **inside, starttime="2026-11-23 10:00:00"))
    others = out | {"source": "801", "callerid": '"Alice" <801>'}
    await push(cdr("1795406545.3", **others, destination="01632960104", starttime="2026-11-23 11:00:00"))
    await journal_of(hass).log.flush()
    assert await say(hass, "redial", **kitchen) == "Calling 01632960103."
    assert dialled(pbx) == [("803", "01632960103")]
