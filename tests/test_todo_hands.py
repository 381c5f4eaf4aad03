"""The lists of missed calls in people's hands: on the To-do page, by voice, and by calling back."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.todo import DOMAIN as TODO
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from simulator import Simulator
from tests.conftest import Push
from tests.flow_harness import until
from tests.log_harness import ALICE, BOB, cdr, journal_of, missed
from tests.missed_harness import LIST, enable, in_queue, listed, log, refused, reload, summaries, talk, times, use
from tests.office_harness import act, entity_id, state_of

DONE, OPEN = {"status": "completed"}, {"status": "needs_action"}
BACK = {"calltype": "outbound", "source": "802", "destination": ALICE}


@pytest.fixture
async def frozen(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Noon of a day, in London."""
    await hass.config.async_set_time_zone("Europe/London")
    freezer.move_to("2026-11-23 12:00:10+00:00")


def a_minute_passes(pbx: Simulator) -> None:
    """Let the next call be later by the PBX's logs, whose moments are whole seconds."""
    pbx.clock_offset += timedelta(minutes=1)


@pytest.mark.usefixtures("frozen", "loaded")
async def test_a_ticked_item_stays_ticked_and_the_next_call_is_another(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1", **times("09:00")), missed("2.1", **times("09:30")))
    await use(hass, "update_item", item="1.1", **DONE)
    (item,) = await listed(hass)
    assert (item["status"], item["completed"]) == ("completed", "2026-11-23T12:00:10+00:00")
    assert item["description"].startswith("2026-11-23 12:00: ticked off by hand.\n2026-11-23 09:30: rang Alice")
    await reload(hass)
    assert await listed(hass) == [item]
    # However slow the PBX's clock may be.
    await log(push, missed("3.1", **times("11:00")))
    assert await summaries(hass) == [(ALICE, False), (f"{ALICE}, 2 calls", True)]
    assert state_of(hass, LIST).state == "1"


@pytest.mark.usefixtures("frozen", "loaded")
async def test_an_item_that_is_ticked_off_again_waits_for_another_talk(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1", **times("09:00")), cdr("2.1", **talk("10:00"), **BACK))
    assert await summaries(hass) == [(ALICE, True)]
    await use(hass, "update_item", item=ALICE, **OPEN)
    assert await summaries(hass) == [(ALICE, False)]
    await reload(hass)
    assert await summaries(hass) == [(ALICE, False)]
    await use(hass, "update_item", item="1.1", **DONE)
    await use(hass, "update_item", item="1.1", **OPEN)
    assert await summaries(hass) == [(ALICE, False)]
    await log(push, cdr("3.1", **talk("13:00"), **BACK))
    assert await summaries(hass) == [(ALICE, True)]


@pytest.mark.usefixtures("frozen", "loaded")
async def test_a_pbx_whose_clock_is_fast(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1", **times("15:00")))
    await use(hass, "update_item", item="1.1", **DONE)
    assert await summaries(hass) == [(ALICE, True)]
    await use(hass, "update_item", item="1.1", **OPEN)
    await log(push, cdr("2.1", **talk("15:10"), **BACK))
    assert await summaries(hass) == [(ALICE, True)]
    await use(hass, "update_item", item="1.1", **OPEN)
    assert await summaries(hass) == [(ALICE, False)]


@pytest.mark.usefixtures("frozen", "loaded")
async def test_deleted_items_stay_away(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1"), missed("2.1", source=BOB), cdr("3.1", **talk("10:00"), **BACK))
    await use(hass, "remove_item", item=[BOB])
    assert await summaries(hass) == [(ALICE, True)]
    await use(hass, "remove_completed_items")
    assert await listed(hass) == []
    await reload(hass)
    assert await listed(hass) == []
    await log(push, missed("4.1", **times("11:00"), source=BOB))
    assert await summaries(hass) == [(BOB, False)]


@pytest.mark.usefixtures("frozen", "loaded")
async def test_a_queue_and_its_pbx_show_the_same_calls(hass: HomeAssistant, push: Push) -> None:
    await enable(hass, f"630_{LIST}")
    await log(push, missed("1.1", **times("08:00")), in_queue("2.1"))
    assert await summaries(hass) == [(f"{ALICE}, 2 calls", False)]
    await use(hass, "update_item", f"630_{LIST}", item="2.1", **DONE)
    assert await summaries(hass, f"630_{LIST}") == [(ALICE, True)]
    assert await summaries(hass) == [(ALICE, False), (ALICE, True)]


@pytest.mark.usefixtures("frozen", "loaded")
async def test_what_an_item_says_cannot_be_edited(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1"))
    (item,) = await listed(hass)
    for edit in ({"rename": "Somebody"}, {"description": "To be ignored"}, {"rename": "Somebody", **OPEN}):
        assert await refused(hass, "update_item", item="1.1", **edit) == "missed_call_not_editable"
    assert await refused(hass, "add_item", item="Somebody") is not None
    # The dialog sends all that it showed, even if the item says more by now.
    await log(push, missed("2.1", **times("10:00")))
    shown = {"rename": item["summary"], "description": item["description"]}
    await use(hass, "update_item", item="1.1", **shown, **DONE)
    assert await summaries(hass) == [(f"{ALICE}, 2 calls", True)]
    await use(hass, "update_item", item="1.1", **DONE)
    assert await summaries(hass) == [(f"{ALICE}, 2 calls", True)]


@pytest.mark.usefixtures("frozen", "loaded")
async def test_a_log_that_cannot_be_written_keeps_no_tick(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1"))
    await journal_of(hass).async_close()
    assert await refused(hass, "update_item", item="1.1", **DONE) == "call_log_unavailable"
    assert state_of(hass, LIST).state == "1"


@pytest.mark.usefixtures("frozen", "loaded")
async def test_an_item_is_ticked_by_voice(hass: HomeAssistant, push: Push) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "intent", {})
    await log(push, missed("1.1", callerid=f'"Alice" <{ALICE}>'))
    slots = {"item": {"value": f"alice ({ALICE})"}, "name": {"value": "CooCenter Missed calls"}}
    await intent.async_handle(hass, TODO, "HassListCompleteItem", slots)
    await hass.async_block_till_done()
    assert await summaries(hass) == [(f"Alice ({ALICE})", True)]


@pytest.mark.usefixtures("connected")
async def test_a_caller_is_called_back_by_the_action(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("inbound_missed", number=ALICE, callee="801")
    await pbx.drain()
    assert await summaries(hass) == [(ALICE, False)]
    a_minute_passes(pbx)
    await act(hass, "dial", source="802", destination=ALICE)
    await until(lambda: not pbx.engine.live)
    await pbx.drain()
    (item,) = await listed(hass)
    assert item["status"] == "completed"
    assert "called back by Bob." in item["description"]


@pytest.mark.usefixtures("connected")
async def test_a_caller_of_a_queue_who_gets_through_later(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("queue_abandoned", number=BOB, queue="630")
    await pbx.drain()
    (item,) = await listed(hass)
    assert (item["summary"], item["status"]) == (BOB, "needs_action")
    assert "rang queue 630" in item["description"]
    a_minute_passes(pbx)
    await pbx.play("queue", number=BOB, queue="630")
    await pbx.drain()
    (item,) = await listed(hass)
    assert (item["status"], "rang again and reached " in item["description"]) == ("completed", True)


async def test_missed_calls_are_there_before_the_entry_is(
    hass: HomeAssistant, pbx: Simulator, push_url: str, connected: MockConfigEntry
) -> None:
    """What is logged while the entry is not set up is listed at its next start."""
    await hass.config_entries.async_unload(connected.entry_id)
    await pbx.play("inbound_missed", number=ALICE)
    await pbx.drain()
    await journal_of(hass).log.flush()
    await hass.config_entries.async_setup(connected.entry_id)
    assert await summaries(hass) == [(ALICE, False)]


@pytest.mark.usefixtures("connected")
async def test_what_comes_while_the_log_is_read_again_is_listed(
    hass: HomeAssistant, pbx: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pbx.play("inbound_missed", number=BOB)
    await pbx.drain()
    (item,) = await listed(hass)
    log_of, gate = journal_of(hass).log, asyncio.Event()
    marks = log_of.marks

    async def marks_later() -> Any:
        read = await marks()
        await gate.wait()
        return read

    monkeypatch.setattr(log_of, "marks", marks_later)
    async_fire_time_changed(hass, dt_util.utcnow().replace(minute=0, second=0) + timedelta(hours=1))
    await pbx.play("inbound_missed", number=ALICE)
    await until(lambda: state_of(hass, LIST).state == "2")
    tick = {"entity_id": entity_id(hass, LIST), "item": item["uid"], **DONE}
    await hass.services.async_call(TODO, "update_item", tick, blocking=True)
    assert state_of(hass, LIST).state == "1"
    gate.set()
    assert await summaries(hass) == [(ALICE, False), (BOB, True)]
