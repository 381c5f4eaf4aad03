"""A pushed event on Home Assistant's bus."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
import orjson
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.coocenter.const import CONF_EXTENSIONS, CONF_TIME_ZONE, EVENT_COOCENTER
from tests.conftest import Push
from tests.office_harness import DIAL_BEGIN, ENTRY_ID, MAC, devices_of, status

DIAL = {
    "timestamp": "1795406897.716252",
    "channel": "SIP/801-00000001",
    "caller": "801",
    "destination_channel": "SIP/802-00000002",
    "destination": "802",
    "uniqueid": "1795406897.1",
}
TIMES = {"startTime": "2026-07-01 12:03:32", "endTime": "2026-12-01 12:03:36"}
ZONED = {"started": "2026-07-01T12:03:32+01:00", "ended": "2026-12-01T12:03:36+00:00"}

#: By the type of the event: what is pushed, what is told of it, and whose device it is about.
EVENTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "dial_begin": (
        DIAL_BEGIN,
        DIAL | {"destination_uniqueid": "1795406897.2", "dial_string": "SIP/802", "mac": MAC},
        "802",
    ),
    "dial_end": (DIAL_BEGIN | {"event": "dialend", "dialstatus": "NOANSWER"}, DIAL | {"status": "no_answer"}, "802"),
    "hangup": (
        {
            "event": "hangup",
            "uniqueid": "1795406897.1",
            "calleridnum": "801",
            "calleridname": "Alice",
            "connectedlinenum": "01632960186",
            "connectedlinename": "<unknown>",
        },
        {
            "uniqueid": "1795406897.1",
            "caller": "801",
            "caller_name": "Alice",
            "connected": "01632960186",
            "connected_name": None,
        },
        "801",
    ),
    "extension_status": (status("801", "9"), {"extension": "801", "activity": "ringing_in_use"}, "801"),
    "ivr_selection": (
        {
            "event": "ivr",
            "uuid": "1795406612.28",
            "caller": "01632960186",
            "called": "",
            "queueCode": "630",
            "duration": "4",
            "ivrId": "610",
            "ivrName": "working time",
            "ivrDtmf": "0",
            "trunkNumber": "01632960100",
            "mac": f"{MAC} ",
        }
        | TIMES,
        {
            "uniqueid": "1795406612.28",
            "caller": "01632960186",
            "called": None,
            "queue": "630",
            "ivr_id": "610",
            "ivr_name": "working time",
            "digits": "0",
            "did": "01632960100",
            "duration": 4,
            "mac": MAC,
        }
        | ZONED,
        "",
    ),
    "cdr": (
        {
            "event": "cdr",
            "callerid": '"Alice" <801>',
            "source": "801",
            "destination": "901632960186",
            "starttime": "2026-07-01 12:03:32",
            "answertime": "",
            "endtime": "2026-12-01 12:03:36",
            "disposition": "NO ANSWER",
            "duration": "9",
            "billableseconds": "0",
            "calltype": "outbound",
            "recordfile": "2026-07-01/1.wav",
            "uniqueid": "1795406897.1",
        },
        {
            "uniqueid": "1795406897.1",
            "caller": "801",
            "caller_name": "Alice",
            "source": "801",
            "destination": "901632960186",
            "destination_name": None,
            "answered": None,
            "disposition": "no_answer",
            "duration": 9,
            "billable": 0,
            "direction": "outbound",
            "recording": "2026-07-01/1.wav",
        }
        | ZONED,
        "801",
    ),
    "cc_cdr": (
        {
            "event": "cc_cdr",
            "uuid": "1795406612.28",
            "caller": "01632960186",
            "called": "803",
            "queueCode": "630",
            "agentCode": "803",
            "callType": "incoming",
            "cdrState": "bridged",
            "hangupSide": "agent",
            "hangupCause": "Normal Clearing",
            "duration": "11",
            "queueTime": "2",
            "feedbackTime": "0",
            "ivrTime": "4",
            "ringTime": "2",
            "holdTime": 0,
            "pauseTime": 7,
            "talkingTime": "5",
            "voicemailState": "1",
            "ivrId": "610",
            "ivrName": "working time",
            "ivrDtmf": "0",
            "fwType": "",
            "score": "5",
            "trunkNumber": "01632960100",
            "forwardNumber": "",
            "filePath": "2026-07-01/1.wav",
            "missCause": "NO_ASSIGN",
            "mac": MAC,
        }
        | TIMES,
        {
            "uniqueid": "1795406612.28",
            "caller": "01632960186",
            "called": "803",
            "queue": "630",
            "agent": "803",
            "direction": "inbound",
            "ended_in": "bridged",
            "hangup_side": "agent",
            "hangup_cause": "Normal Clearing",
            "duration": 11,
            "queue_time": 2,
            "feedback_time": 0,
            "ivr_time": 4,
            "ring_time": 2,
            "hold_time": 0,
            "wrap_up_time": 7,
            "talk_time": 5,
            "voicemail": True,
            "ivr_id": "610",
            "ivr_name": "working time",
            "digits": "0",
            "forward_type": None,
            "forward_number": None,
            "score": 5,
            "did": "01632960100",
            "recording": "2026-07-01/1.wav",
            "miss_cause": "no_assign",
            "mac": MAC,
        }
        | ZONED,
        "803",
    ),
    "unknown": (
        {"event": "FaxReceived", "Pages": 3, "caller": "01632960186", "who": {"name": "Bob"}},
        {"name": "FaxReceived", "fields": {"pages": "3", "caller": "01632960186", "name": "Bob"}},
        "",
    ),
}


@pytest.fixture
async def in_london(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Have the PBX stand in another zone than Home Assistant, which the tests' plugin puts in California."""
    hass.config_entries.async_update_entry(loaded, options={CONF_TIME_ZONE: "Europe/London"})
    assert await hass.config_entries.async_reload(ENTRY_ID)


@pytest.mark.usefixtures("in_london")
@pytest.mark.parametrize(("kind", "pushed", "fields", "device"), [(kind, *one) for kind, one in EVENTS.items()])
async def test_an_event_is_told_once_with_clean_names(
    hass: HomeAssistant, push: Push, kind: str, pushed: dict[str, Any], fields: dict[str, Any], device: str
) -> None:
    told = async_capture_events(hass, EVENT_COOCENTER)
    assert [await push(pushed) for _ in range(2)] == [200, 200]
    (event,) = told
    about = {"type": kind, "config_entry_id": ENTRY_ID, "device_id": devices_of(hass)[device].id}
    assert event.data == about | fields
    assert orjson.loads(json_bytes(event.data)) == json.loads(json.dumps(event.data)) == about | fields


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("pushed", "device"),
    [
        (DIAL_BEGIN | {"destchannel": "SIP/trunk-00000002", "destcalleridnum": "901632960186"}, "801"),
        (DIAL_BEGIN | {"destcalleridnum": "01632960186", "calleridnum": ""}, ""),
        (DIAL_BEGIN | {"destcalleridnum": "queue_630", "calleridnum": "630"}, ""),
        ({"event": "cc_cdr", "uuid": "1", "agentCode": "", "called": "802", "caller": "01632960186"}, "802"),
        ({"event": "hangup", "uniqueid": "1", "calleridnum": "01632960186", "connectedlinenum": "803"}, "803"),
    ],
    ids=["calls out", "strangers", "a queue", "rang last", "talked to"],
)
async def test_the_device_is_that_of_the_extension_or_else_the_pbx(
    hass: HomeAssistant, push: Push, pushed: dict[str, Any], device: str
) -> None:
    told = async_capture_events(hass, EVENT_COOCENTER)
    assert await push(pushed) == 200
    assert told[0].data["device_id"] == devices_of(hass)[device].id


async def test_an_extension_that_is_left_out_has_no_device_to_name(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    hass.config_entries.async_update_entry(loaded, options={CONF_EXTENSIONS: ["801"]})
    assert await hass.config_entries.async_reload(ENTRY_ID)
    told = async_capture_events(hass, EVENT_COOCENTER)
    assert await push(status("802", "1")) == 200
    assert told[0].data["device_id"] == devices_of(hass)[""].id


async def test_without_a_zone_of_its_own_the_pbx_has_home_assistants(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    told = async_capture_events(hass, EVENT_COOCENTER)
    assert await push(EVENTS["ivr_selection"][0]) == 200
    assert told[0].data["started"] == "2026-07-01T12:03:32-07:00"


async def test_a_status_is_told_once_also_where_a_poll_knew_it(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push
) -> None:
    told = async_capture_events(hass, EVENT_COOCENTER)
    for _ in range(2):
        assert await push(status("801", "0")) == 200
    assert [event.data["activity"] for event in told] == ["idle"]


async def test_before_anything_was_set_up_an_event_has_no_device(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, device_registry: Any
) -> None:
    assert await hass.config_entries.async_unload(ENTRY_ID)
    for name, device in devices_of(hass).items():
        if not name.startswith("queue_"):
            device_registry.async_remove_device(device.id)
    told = async_capture_events(hass, EVENT_COOCENTER)
    assert await push(DIAL_BEGIN) == 200
    assert told[0].data["device_id"] is None
