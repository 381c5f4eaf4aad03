"""The names of the phone book, wherever it is said who calls."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.coocenter import log_filter
from custom_components.coocenter.const import EVENT_CALL, EVENT_COOCENTER
from simulator import Simulator
from tests.conftest import Push
from tests.contact_harness import ALICE, ALICE_ABROAD, MOBILE, add
from tests.flow_harness import until
from tests.log_harness import BOB, cdr, journal_of, logged, missed
from tests.missed_harness import enable, listed, log, summaries, times
from tests.office_harness import FOREVER, act, entity_id, refusal, state_of
from tests.recordings_harness import PBX, ROOT, asking, encoded, recorded, titles

LIDDELL = "Alice Liddell"


@pytest.fixture(autouse=True)
async def british(hass: HomeAssistant) -> None:
    hass.config.country = "GB"


async def test_a_live_call_shows_the_names_of_now(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    await pbx.play("inbound", number=ALICE, callee="802", ring=FOREVER, wait=False)
    await until(lambda: state_of(hass, "802_other_party").state == ALICE)
    await pbx.drain()
    await hass.async_block_till_done()
    contact_id = await add(hass, LIDDELL, ALICE_ABROAD)

    assert state_of(hass, "802_other_party").state == LIDDELL
    assert state_of(hass, "802_status").attributes["other_party_name"] == LIDDELL
    (call,) = state_of(hass, "active_calls").attributes["calls"]
    assert (call["caller"], call["caller_name"], call["callee_name"]) == (ALICE, LIDDELL, "Bob")
    (call,) = (await hass.services.async_call("coocenter", "get_current_calls", {}, True, return_response=True))[
        "calls"
    ]
    assert call["caller_name"] == LIDDELL

    await act(hass, "update_contact", contact=contact_id, name="Alice")
    await hass.async_block_till_done()
    assert state_of(hass, "802_other_party").state == "Alice"
    await act(hass, "remove_contact", contact=contact_id)
    await hass.async_block_till_done()
    assert state_of(hass, "802_other_party").state == ALICE


async def test_an_extension_may_have_another_name(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    await add(hass, "Reception", "801")
    await pbx.play("internal", caller="801", callee="802", ring=FOREVER, wait=False)
    await until(lambda: state_of(hass, "802_other_party").state == "Reception")
    await until(lambda: state_of(hass, "801_other_party").state == "Bob")


async def test_callers_in_a_queue_are_named(hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator) -> None:
    await pbx.play("queue", number=ALICE, queue="630", ring=FOREVER, wait=False)
    await until(lambda: state_of(hass, "630_callers_waiting").state == "1")
    await add(hass, LIDDELL, ALICE)
    (call,) = state_of(hass, "630_callers_waiting").attributes["calls"]
    assert call["caller_name"] == LIDDELL


async def test_the_events_name_callers(hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator) -> None:
    await add(hass, LIDDELL, ALICE)
    pushed, ended = async_capture_events(hass, EVENT_COOCENTER), async_capture_events(hass, EVENT_CALL)
    await pbx.play("inbound_missed", number=ALICE, callee="802")
    await pbx.drain()
    await hass.async_block_till_done()

    hangups = [event.data for event in pushed if event.data["type"] == "hangup"]
    assert hangups
    told = {data["caller"]: data["caller_name"] for data in hangups}
    assert told[ALICE] == LIDDELL
    (record,) = (event.data for event in pushed if event.data["type"] == "cdr")
    assert (record["caller"], record["caller_name"]) == (ALICE, LIDDELL)
    # What the logbook makes its sentence of.
    assert {event.data["caller_name"] for event in ended} == {LIDDELL}
    assert state_of(hass, "802_call").attributes["caller_name"] == LIDDELL


async def test_missed_calls_are_named_and_renamed(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-23 20:00:00+00:00")
    await log(push, missed("1.1", callerid=f'"The PBX" <{ALICE}>', **times("09:00")), missed("2.1", source=BOB))
    assert {name for name, _ in await summaries(hass)} == {f"The PBX ({ALICE})", BOB}

    contact_id = await add(hass, LIDDELL, ALICE_ABROAD)
    assert {name for name, _ in await summaries(hass)} == {f"{LIDDELL} ({ALICE})", BOB}
    await act(hass, "update_contact", contact=contact_id, numbers=[BOB])
    assert {name for name, _ in await summaries(hass)} == {f"The PBX ({ALICE})", f"{LIDDELL} ({BOB})"}
    assert len(await listed(hass)) == 2


async def test_past_calls_bear_the_names_of_now(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-24 12:00:00+00:00")
    await push(cdr("1.1"))
    await add(hass, LIDDELL, ALICE)
    (call,) = await logged(hass)
    assert call["caller_name"] == LIDDELL

    await enable(hass, "calls")
    calendar = entity_id(hass, "calls")
    span = {"start_date_time": "2026-11-22T00:00:00+00:00", "end_date_time": "2026-11-25T00:00:00+00:00"}
    answer = await hass.services.async_call(
        "calendar", "get_events", {"entity_id": calendar, **span}, blocking=True, return_response=True
    )
    ((event,),) = (one["events"] for one in answer.values())
    assert event["summary"].startswith(f"{LIDDELL} ({ALICE}) rang Alice")


async def test_calls_are_found_by_their_contact(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_ws_client: WebSocketGenerator
) -> None:
    await push(cdr("1.1"))
    await push(cdr("2.1", source=MOBILE.replace(" ", ""), starttime="2026-11-23 10:00:00"))
    await push(cdr("3.1", source=BOB, callerid=f'"Liddell" <{BOB}>', starttime="2026-11-23 11:00:00"))
    await push(cdr("4.1", source="01632960199", starttime="2026-11-23 12:00:00"))
    contact_id = await add(hass, LIDDELL, ALICE_ABROAD, MOBILE, aliases=["Boss"])
    await add(hass, "Nobody")

    for wanted in (contact_id, "alice liddell", "boss"):
        assert [call["id"] for call in await logged(hass, contact=wanted)] == ["2.1", "1.1"]
    # What the PBX calls somebody counts as well.
    assert [call["id"] for call in await logged(hass, text="liddell")] == ["3.1", "2.1", "1.1"]
    assert [call["id"] for call in await logged(hass, text="boss 960777")] == ["2.1"]
    assert [call["id"] for call in await logged(hass, text="alice lid bos")] == ["2.1", "1.1"]
    assert await logged(hass, text="boss 960199") == []
    assert await logged(hass, contact=contact_id, number=BOB) == []

    assert (await refusal(hass, "get_calls", contact="Carol")).translation_key == "unknown_contact"
    assert (await refusal(hass, "get_calls", contact="Nobody")).translation_key == "contact_without_number"
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "coocenter/calls/list", "contact": "Boss"})
    assert [call["id"] for call in (await client.receive_json())["result"]["calls"]] == ["2.1", "1.1"]


async def test_a_word_that_is_in_many_names_is_no_name(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    await push(cdr("1.1"))
    await add(hass, LIDDELL, ALICE)
    assert [call["id"] for call in await logged(hass, text="lid")] == ["1.1"]
    assert await logged(hass, text="l") == []
    monkeypatch.setattr(log_filter, "_MOST_CONTACTS", 0)
    assert await logged(hass, text="lid") == []


async def test_a_contact_is_one_folder_of_recordings(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    await recorded(pbx, push, "1.1")
    later = {"starttime": "2026-11-23 10:00:00", "answertime": "2026-11-23 10:00:10", "endtime": "2026-11-23 10:01:10"}
    await recorded(pbx, push, "2.1", source=MOBILE.replace(" ", ""), **later)
    await recorded(pbx, push, "3.1", source="00441632960123", starttime="2026-11-23 08:00:00")
    await journal_of(hass).log.flush()
    ask = asking(await hass_ws_client())
    assert await titles(ask, f"{PBX}/contacts") == [MOBILE.replace(" ", ""), ALICE]

    await add(hass, LIDDELL, ALICE_ABROAD, MOBILE)
    await add(hass, "Reception", "801")
    assert await titles(ask, f"{PBX}/contacts") == [LIDDELL]
    folder = (await ask("browse", f"{PBX}/contact/{encoded(MOBILE.replace(' ', ''))}"))["result"]
    assert folder["title"] == LIDDELL
    assert [child["title"][:40] for child in folder["children"]] == [
        "2026-11-23 10:00 Alice Liddell → Reception"[:40],
        "2026-11-23 09:00 Alice Liddell → Reception"[:40],
        "2026-11-23 08:00 Alice Liddell → Reception"[:40],
    ]
    assert (await titles(ask, f"{PBX}/extensions"))[0] == "801 Reception"
    found = (await ask("search", ROOT, search_query="liddell"))["result"]["result"]
    assert len(found) == 3
