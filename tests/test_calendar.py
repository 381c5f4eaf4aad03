"""The calendars of calls, asked as the calendar page, the API and automations ask."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import DOMAIN as CALENDAR
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.coocenter import calendar
from custom_components.coocenter.call_log import GapReason
from simulator import Quirks, Simulator
from simulator.office import Extension
from tests.conftest import Push
from tests.flow_harness import until
from tests.log_harness import ALICE, BOB, cc_cdr, cdr, journal_of, missed
from tests.missed_harness import enable, log, pass_time, talk, times
from tests.office_harness import FOREVER, assert_entities, entity_id, poll, state_of
from tests.poll_harness import begin_call

PBX = "calls"
PHONE = "802_calls"
DAY = {"start": "2026-11-23T00:00:00+00:00", "end": "2026-11-24T00:00:00+00:00"}
INSIDE = {"calltype": "", "source": "802", "destination": "803", "recordfile": ""}


@pytest.fixture
async def london(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Noon of a day, in London."""
    await hass.config.async_set_time_zone("Europe/London")
    freezer.move_to("2026-11-23 12:00:10+00:00")


@pytest.fixture
async def shown(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Two calendars that somebody wants."""
    await enable(hass, PBX, PHONE)


async def asked(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, part: str = PBX, **span: str
) -> list[dict[str, Any]]:
    """Return the events of a day, or of another time, over HTTP."""
    client = await hass_client()
    response = await client.get(f"/api/calendars/{entity_id(hass, part)}", params=DAY | span)
    assert response.status == HTTPStatus.OK
    events: list[dict[str, Any]] = await response.json()
    return events


async def got(hass: HomeAssistant, part: str = PBX) -> list[dict[str, str]]:
    """Return the events of a day, as automations get them."""
    name = entity_id(hass, part)
    span = {"start_date_time": DAY["start"], "end_date_time": DAY["end"]}
    answer = await hass.services.async_call(
        CALENDAR, "get_events", {"entity_id": name, **span}, blocking=True, return_response=True
    )
    assert answer
    return list(answer[name]["events"])  # type: ignore[call-overload,index,arg-type]


@pytest.mark.usefixtures("loaded")
async def test_the_calendars(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    assert_entities(hass, snapshot, "calendar")


@pytest.mark.usefixtures("london", "shown")
async def test_the_calls_of_a_day(hass: HomeAssistant, hass_client: ClientSessionGenerator, push: Push) -> None:
    await log(
        push,
        cdr("3.1", **INSIDE, **talk("11:00")),
        missed("2.1", **times("10:00"), source=BOB),
        cc_cdr("1.1", holdTime="5", ivrName="Welcome", ivrDtmf="2"),
    )
    first, second, third = await asked(hass, hass_client)
    assert {name: value for name, value in first.items() if value} == {
        "uid": "1.1",
        "start": {"dateTime": "2026-11-23T09:00:00+00:00"},
        "end": {"dateTime": "2026-11-23T09:01:10+00:00"},
        "summary": f"{ALICE} rang queue 630, answered by Alice after 10 s, talked for 1 min 0 s",
        "description": "Number rung: 01632960200\nMenu: Welcome\nKeys pressed: 2\nTime in the queue: 8 s\n"
        "On hold: 5 s\nScore: 4\nRecordings: 1",
    }
    assert (second["summary"], second["description"]) == (f"{BOB} rang Alice, missed after 30 s", "")
    assert third["summary"] == "Bob (802) rang Carol, answered after 10 s, talked for 20 s"
    assert [event["uid"] for event in await asked(hass, hass_client, PHONE)] == ["3.1"]
    assert await asked(hass, hass_client, PHONE, end="2026-11-23T11:00:00+00:00") == []

    events = await got(hass)
    assert [event["summary"] for event in events] == [event["summary"] for event in (first, second, third)]
    assert events[1]["start"] == "2026-11-23T10:00:00+00:00"


@pytest.mark.usefixtures("london", "shown")
async def test_a_call_belongs_to_each_time_that_it_lasts_into(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, push: Push
) -> None:
    await log(
        push,
        cdr("1.1", starttime="2026-11-22 23:59:00", answertime="2026-11-22 23:59:10", endtime="2026-11-23 00:01:00"),
        # Over when the day begins; and one of no length at its very beginning.
        cdr("2.1", starttime="2026-11-22 23:00:00", answertime="2026-11-22 23:00:10", endtime="2026-11-23 00:00:00"),
        missed("3.1", starttime="2026-11-23 00:00:00", endtime="2026-11-23 00:00:00", duration="0"),
        missed("4.1", starttime="2026-11-24 00:00:00", endtime="2026-11-24 00:00:30"),
    )
    assert [event["uid"] for event in await asked(hass, hass_client)] == ["1.1", "3.1"]


async def test_what_lasts_into_the_hour_that_autumn_gives_twice(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_client: ClientSessionGenerator
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    await enable(hass, PBX)
    began, ended = datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    gaps = journal_of(hass).gaps
    gaps.begin(GapReason.UNREACHABLE, began)
    gaps.end(GapReason.UNREACHABLE, ended)
    night = {"starttime": "2026-10-25 02:50:00", "answertime": "2026-10-25 02:50:10", "endtime": "2026-10-25 02:10:00"}
    await log(push, cdr(f"{began.timestamp():.0f}.1", **night, duration="1200", billableseconds="1190"))
    span = {"start": "2026-10-24T00:00:00+00:00", "end": "2026-10-26T00:00:00+00:00"}
    found = await asked(hass, hass_client, **span)
    # By the wall they are over before they begin, which Home Assistant takes for no event at all.
    times = ({"dateTime": "2026-10-25T02:50:00+02:00"},) * 2
    assert [(event["start"], event["end"]) for event in found] == [times] * 2
    assert "talked for 19 min 50 s" in "".join(event["summary"] for event in found)


@pytest.mark.usefixtures("london", "shown")
async def test_many_calls_are_read_page_by_page_up_to_a_bound(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "_PAGE", 2)
    await log(push, *(missed(f"{n}.1", **times(f"09:{n:02}")) for n in range(7)))
    assert [event["uid"] for event in await asked(hass, hass_client)] == [f"{n}.1" for n in range(7)]
    monkeypatch.setattr(calendar, "_MOST", 4)
    assert [event["uid"] for event in await asked(hass, hass_client)] == [f"{n}.1" for n in range(3, 7)]


@pytest.mark.usefixtures("london", "shown")
async def test_a_log_that_cannot_be_read(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, push: Push, pbx: Simulator
) -> None:
    await log(push, missed("1.1"))
    pbx.quirks = Quirks(reply="500")
    await poll(hass)
    # What is in the log can be shown whether or not the PBX answers.
    assert len(await got(hass)) == 1
    await journal_of(hass).async_close()
    with pytest.raises(HomeAssistantError) as raised:
        await got(hass)
    assert raised.value.translation_key == "call_log_unavailable"
    client = await hass_client()
    response = await client.get(f"/api/calendars/{entity_id(hass, PBX)}", params=DAY)
    assert response.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "The call log cannot be read now" in (await response.json())["message"]


@pytest.mark.usefixtures("london", "shown")
async def test_who_looks_at_a_calendar_sees_what_is_logged(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, push: Push
) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "calendar/event/subscribe", "entity_id": entity_id(hass, PHONE), **DAY})
    assert (await client.receive_json())["success"]
    assert (await client.receive_json())["event"] == {"events": []}
    await log(push, cdr("1.1"), cdr("2.1", **INSIDE))
    (event,) = (await client.receive_json())["event"]["events"]
    assert event["uid"] == "2.1"


@pytest.mark.usefixtures("connected", "shown")
async def test_a_calendar_is_on_while_calls_go_on(hass: HomeAssistant, pbx: Simulator) -> None:
    assert (state_of(hass, PBX).state, state_of(hass, PHONE).state) == (STATE_OFF, STATE_OFF)
    await begin_call(pbx)
    for part in (PBX, PHONE):
        assert state_of(hass, part).state == STATE_ON
        assert state_of(hass, part).attributes["message"] == "Bob (802) talks to Alice"
    pbx.engine.hang_up("801")
    await until(lambda: not pbx.engine.live)
    await pbx.drain()
    await hass.async_block_till_done()
    assert (state_of(hass, PBX).state, state_of(hass, PHONE).state) == (STATE_OFF, STATE_OFF)


@pytest.mark.usefixtures("connected", "shown")
async def test_who_rings_and_who_waits(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.play("inbound", number=ALICE, callee="802", ring=FOREVER, wait=False)
    await until(lambda: state_of(hass, PHONE).state == STATE_ON)
    assert state_of(hass, PHONE).attributes["message"] == f"{ALICE} rings Bob"
    # Of several calls the one that has gone on for longest.
    await pbx.play("queue", number=BOB, queue="630", ring=FOREVER, wait=False)
    await until(lambda: len(pbx.engine.live) == 2)
    await pbx.drain()
    await hass.async_block_till_done()
    assert state_of(hass, PBX).attributes["message"] == f"{ALICE} rings Bob"
    pbx.engine.hang_up("802")
    await until(lambda: state_of(hass, PBX).attributes.get("message") == f"{BOB} waits in queue 630")


async def test_a_call_that_lasts_for_hours_is_on_all_the_time(
    hass: HomeAssistant,
    pbx: Simulator,
    london: None,
    loaded: MockConfigEntry,
    push: Push,
    freezer: FrozenDateTimeFactory,
) -> None:
    await enable(hass, PBX)
    begin = {
        "event": "dialbegein",
        "channel": "SIP/802-1",
        "calleridnum": "802",
        "destchannel": "SIP/801-2",
        "destcalleridnum": "801",
        "destuniqueid": "1.2",
        "uniqueid": "1.1",
    }
    await log(push, begin)
    state = state_of(hass, PBX)
    assert (state.attributes["start_time"], state.attributes["end_time"]) == (
        "2026-11-23 12:00:10",
        "2026-11-23 13:00:10",
    )
    # The PBX, which never heard of it, is not asked.
    pbx.quirks = Quirks(reply="500")
    await pass_time(hass, freezer, "2026-11-23 13:00:11")
    state = state_of(hass, PBX)
    assert (state.state, state.attributes["end_time"]) == (STATE_ON, "2026-11-23 14:00:10")


async def test_an_extension_that_comes_has_a_calendar(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.office.extensions["808"] = Extension(number="808", name="Heidi")
    await poll(hass)
    assert entity_id(hass, "808_calls") == "calendar.heidi_calls"
