"""The lists of missed calls: who waits to be called back, and what became of it."""

import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.coocenter.call_log import LogUnavailable, Trouble
from custom_components.coocenter.journal import database_path
from simulator import Simulator
from simulator.queues import Member, Queue
from tests.conftest import Push, load
from tests.log_harness import ALICE, BOB, cc_cdr, cdr, journal_of, missed
from tests.missed_harness import LIST, enable, in_queue, listed, log, pass_time, reload, summaries, talk, times
from tests.office_harness import act, assert_entities, entity_id, poll, state_of
from tests.poll_harness import written_states

DID = "01632960200"


@pytest.fixture
async def entry(hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """An entry that is set up at noon of a day, in London."""
    await hass.config.async_set_time_zone("Europe/London")
    hass.config.country = "GB"
    freezer.move_to("2026-11-23 12:00:10+00:00")
    return entry


@pytest.mark.usefixtures("loaded")
async def test_the_lists(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    assert_entities(hass, snapshot, "todo")


@pytest.mark.usefixtures("loaded")
async def test_who_called_how_often_and_what_became_of_it(hass: HomeAssistant, push: Push) -> None:
    alice = f'"Alice Ltd" <{ALICE}>'
    await log(
        push,
        missed("1.1", **times("09:00"), callerid=alice),
        # However it is written; and who rang a queue by way of another number left a message.
        missed("2.1", **times("09:30"), source="+441632960123", destination="630"),
        in_queue("2.1", startTime="2026-11-23 09:30:00", duration="30", trunkNumber=DID, voicemailState="1"),
        missed("3.1", **times("10:00"), source=BOB, destination="899"),
    )
    bob, both = await listed(hass)
    assert bob == {
        "uid": "3.1",
        "summary": BOB,
        "status": "needs_action",
        "description": "2026-11-23 10:00: rang 899, waited 30 s.",
    }
    assert (both["uid"], both["summary"], both["status"]) == (
        "1.1",
        "Alice Ltd (+441632960123), 2 calls",
        "needs_action",
    )
    assert both["description"].splitlines() == [
        "2026-11-23 09:30: rang queue 630 (01632960200) and left a message.",
        "2026-11-23 09:00: rang Alice, waited 30 s.",
    ]
    assert state_of(hass, LIST).state == "2"

    back = {"calltype": "outbound", "callerid": '"Bert" <802>', "source": "802", "destination": f"9{ALICE}"}
    await log(push, cdr("4.1", **talk("10:30"), **back))
    _, done = await listed(hass)
    assert (done["uid"], done["status"], done["completed"]) == ("1.1", "completed", "2026-11-23T10:30:10+00:00")
    assert done["description"].startswith("2026-11-23 10:30: called back by Bert.\n2026-11-23 09:30: rang queue")
    assert state_of(hass, LIST).state == "1"

    await log(push, missed("5.1", **times("11:00"), callerid=alice), cdr("6.1", **talk("11:30"), source=BOB))
    assert await summaries(hass) == [
        (f"Alice Ltd ({ALICE})", False),
        (BOB, True),
        ("Alice Ltd (+441632960123), 2 calls", True),
    ]
    assert (await listed(hass))[1]["description"].startswith("2026-11-23 11:30: rang again and reached Alice.")


@pytest.mark.usefixtures("loaded")
async def test_of_many_calls_the_last_are_told_of(hass: HomeAssistant, push: Push) -> None:
    await log(push, *(missed(f"{n}.1", **times(f"09:{n:02}")) for n in range(7)))
    (item,) = await listed(hass)
    assert item["summary"] == f"{ALICE}, 7 calls"
    lines = item["description"].splitlines()
    assert (len(lines), lines[0][:16], lines[-1]) == (6, "2026-11-23 09:06", "Calls before that: 2.")


@pytest.mark.usefixtures("loaded")
async def test_callers_who_withhold_their_number_are_not_taken_for_one(hass: HomeAssistant, push: Push) -> None:
    await log(
        push,
        missed("1.1", **times("09:00"), source="anonymous"),
        missed("2.1", **times("10:00"), source="anonymous"),
        cdr("3.1", **talk("11:00"), source="anonymous"),
    )
    assert await summaries(hass) == [
        ("Withheld number, 2026-11-23 10:00", False),
        ("Withheld number, 2026-11-23 09:00", False),
    ]


@pytest.mark.usefixtures("loaded")
async def test_what_was_taken_for_missed_and_what_was_not_missed(hass: HomeAssistant, push: Push) -> None:
    inside = {"calltype": "", "source": "802", "destination": "801"}
    await log(push, missed("1.1"), cdr("2.1", source=BOB), missed("3.1", **inside))
    assert await summaries(hass) == [(ALICE, False)]
    # Its second log says that an agent took it.
    await log(push, cc_cdr("1.1"))
    assert await listed(hass) == []
    assert state_of(hass, LIST).state == "0"


@pytest.mark.usefixtures("loaded")
async def test_who_looks_at_a_list_is_told_of_what_changes(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, push: Push
) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "todo/item/subscribe", "entity_id": entity_id(hass, LIST)})
    assert (await client.receive_json())["success"]
    assert (await client.receive_json())["event"] == {"items": []}
    written = written_states(hass)
    # Neither others' calls nor what is told again is news.
    await log(push, cdr("9.1", source=BOB), missed("1.1"), missed("1.1"))
    told = (await client.receive_json())["event"]["items"]
    assert [(item["uid"], item["status"], item["completed"]) for item in told] == [("1.1", "needs_action", None)]
    assert written.count(entity_id(hass, LIST)) == 1

    await client.send_json_auto_id({"type": "todo/item/list", "entity_id": entity_id(hass, LIST)})
    assert (await client.receive_json())["result"]["items"] == await listed(hass)


@pytest.mark.usefixtures("loaded")
async def test_the_list_of_a_queue(hass: HomeAssistant, push: Push) -> None:
    await enable(hass, "630_missed_calls", "631_missed_calls")
    await log(push, missed("1.1", **times("09:00")), in_queue("2.1"), missed("3.1", source=BOB))
    assert await summaries(hass, "630_missed_calls") == [(ALICE, False)]
    assert await summaries(hass, "631_missed_calls") == []
    assert (state_of(hass, "630_missed_calls").state, state_of(hass, LIST).state) == ("1", "2")
    # Who rang it was called back by somebody who is no agent.
    back = {"calltype": "outbound", "source": "802", "destination": ALICE}
    written = written_states(hass)
    await log(push, cdr("4.1", **talk("10:00"), **back))
    assert await summaries(hass, "630_missed_calls") == [(ALICE, True)]
    assert entity_id(hass, "631_missed_calls") not in written


async def test_a_queue_that_comes_has_a_list(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator) -> None:
    pbx.office.queues["632"] = Queue(number="632", strategy="ringall", members=[Member(extension="808")])
    await poll(hass)
    assert entity_id(hass, "632_missed_calls")


@pytest.mark.usefixtures("loaded")
async def test_the_list_outlives_a_reload_and_a_number_that_is_forgotten(hass: HomeAssistant, push: Push) -> None:
    await log(push, missed("1.1", **times("09:00")), missed("2.1", **times("10:00"), source=BOB))
    await log(push, cdr("3.1", **talk("11:00"), source=BOB))
    before = await listed(hass)
    await reload(hass)
    assert await listed(hass) == before

    await act(hass, "forget_number", number=BOB)
    assert await summaries(hass) == [(ALICE, False)]
    await reload(hass)
    assert await summaries(hass) == [(ALICE, False)]
    await act(hass, "forget_number", number=ALICE)
    assert await listed(hass) == []


@pytest.mark.usefixtures("loaded")
async def test_time_takes_items_off_the_list(hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory) -> None:
    await log(push, missed("1.1", **times("09:00")), missed("2.1", **times("10:00"), source=BOB))
    await log(push, cdr("3.1", **talk("11:00"), source=BOB))
    await pass_time(hass, freezer, "2026-11-23 12:01:00")
    await pass_time(hass, freezer, "2026-11-30 11:00:00")
    assert await summaries(hass) == [(ALICE, False), (BOB, True)]
    await pass_time(hass, freezer, "2026-11-30 12:00:00")
    assert await summaries(hass) == [(ALICE, False)]
    await pass_time(hass, freezer, "2026-12-23 10:00:00")
    assert await summaries(hass) == []


@pytest.mark.parametrize("calls", [True, False])
async def test_the_list_waits_for_a_log_that_cannot_be_read(
    hass: HomeAssistant, entry: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory, *, calls: bool
) -> None:
    path = database_path(hass, entry)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"This is no database. " * 1000)
    await load(hass, entry)
    assert state_of(hass, LIST).state == STATE_UNAVAILABLE
    if calls:
        # Kept beside the log, and in the log once there is another.
        await log(push, missed("1.1"))
        assert state_of(hass, LIST).state == STATE_UNAVAILABLE
    await journal_of(hass).async_put_aside()
    if not calls:
        # Nobody tells that it can be read again.
        await pass_time(hass, freezer, "2026-11-23 12:01:00")
    assert await summaries(hass) == [(ALICE, False)] * calls


@pytest.mark.usefixtures("loaded")
async def test_a_log_that_fails_again_leaves_the_list_as_it_is(
    hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log(push, missed("1.1"), missed("2.1", source=BOB))

    async def fail(*_: object) -> None:
        raise LogUnavailable(Trouble.LOCKED)

    for name in ("call_backs", "mark"):
        monkeypatch.setattr(journal_of(hass).log, name, fail)
    await pass_time(hass, freezer, "2026-11-23 13:00:00")
    assert state_of(hass, LIST).state == "2"
    # Who was forgotten is so at once, even if that cannot be noted.
    await act(hass, "forget_number", number=BOB)
    assert await summaries(hass) == [(ALICE, False)]


@pytest.mark.usefixtures("loaded")
async def test_what_a_stranger_says_is_no_markup(hass: HomeAssistant, push: Push) -> None:
    picture, link = "![x](http://192.0.2.1/y.png)<img src=x>", "[click](http://192.0.2.1/)"
    await log(
        push,
        missed("1.1", **times("09:00"), dstname=picture, destination="630"),
        in_queue("1.1", startTime="2026-11-23 09:00:00", duration="30", trunkNumber=link),
        missed("2.1", **times("09:10"), source=BOB, destination="01632960999", dstname=picture),
    )
    told = "".join(item["description"] for item in await listed(hass))
    assert "192.0.2.1" in told
    assert re.findall(r"(?<!\\)[<\[!:]|(?<=http):", re.sub(r"\d\d:\d\d: ", "", told)) == []
