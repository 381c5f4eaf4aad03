"""Each event the vendor documents is read, of both generations and from real pushes; others are kept as they are."""

from datetime import datetime
from typing import Any

from pbx_harness import read
import pytest

from custom_components.coocenter.pbx import (
    Activity,
    CallDetail,
    DialBegin,
    DialEnd,
    DialStatus,
    Direction,
    Disposition,
    Event,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    MissCause,
    Party,
    QueueCallDetail,
    Unknown,
)

DIAL_BEGIN = {
    "event": "dialbegein",
    "timestamp": "1541645678.123",
    "channel": "DAHDI/i1/18782985586-51",
    "calleridnum": "18782985586",
    "destchannel": "SIP/886-00000065",
    "destcalleridnum": "886",
    "destuniqueid": "1541645678.102",
    "dialstring": "886",
    "uniqueid": "1541645677.101",
    "mac": "68:69:2E-03:8b:3e ",
}
DIAL_END = {
    "event": "dialend",
    "timestamp": "1541645679.123",
    "channel": "DAHDI/i1/18782985586-51",
    "calleridnum": "18782985586",
    "destchannel": "SIP/886-00000065",
    "destcalleridnum": "886",
    "uniqueid": "1541645677.101",
    "dialstatus": "hangup",
}
HANGUP = {
    "event": "hangup",
    "calleridnum": "886",
    "calleridname": "886",
    "connectedlinenum": "18782985586",
    "connectedlinename": "<unknown>",
    "uniqueid": "1541645678.10",
}
IVR = {
    "event": "ivr",
    "uuid": "1541645677.101",
    "caller": "18782985586",
    "called": "",
    "callType": "IN",
    "queueCode": "630",
    "startTime": "2018-11-08 10:00:00",
    "endTime": "2018-11-08 10:00:04",
    "duration": "4",
    "ivrId": "610",
    "ivrName": "工作时间",
    "ivrDtmf": "0#",
    "trunkNumber": "913800138000",
    "mac": "68:69:2e:03:8b:3e",
}
CDR = {
    "event": "cdr",
    "callerid": '"Ann" <886>',
    "source": "886",
    "destination": "887",
    "starttime": "2018-11-08 10:00:00",
    "answertime": "",
    "endtime": "2018-11-08 10:00:09",
    "disposition": "NO ANSWER",
    "duration": "9",
    "billableseconds": 0,
    "calltype": "",
    "recordfile": "2018-11-08/1541645677.101.wav",
    "uniqueid": "1541645677.101",
}
CC_CDR = {
    "event": "cc_cdr",
    "uuid": "1541645677.101",
    "caller": "18782985586",
    "called": "886",
    "queueCode": "630",
    "agentCode": "886",
    "callType": "incoming",
    "cdrState": "bridged",
    "hangupSide": "caller",
    "hangupCause": "Normal Clearing",
    "startTime": "2018-11-08 10:00:00",
    "endTime": "2018-11-08 10:01:00",
    "duration": "60",
    "queueTime": "5",
    "feedbackTime": "3",
    "ivrTime": "4",
    "ringTime": "6",
    "holdTime": 0,
    "pauseTime": "30",
    "talkingTime": "42.0",
    "voicemailState": "1",
    "ivrId": "610",
    "ivrName": "work",
    "ivrDtmf": "0",
    "fwType": "always",
    "score": "5",
    "trunkNumber": "913800138000",
    "forwardNumber": "887",
    "filePath": "monitor/2018-11-08/1541645677.101.wav",
    "missCause": "NO_AGENT_ANSWER",
    "mac": "68:69:2e:03:8b:3e",
}

EVENTS: dict[str, tuple[dict[str, Any], Event]] = {
    "dialbegein": (
        DIAL_BEGIN,
        DialBegin(
            timestamp="1541645678.123",
            channel="DAHDI/i1/18782985586-51",
            caller="18782985586",
            destination_channel="SIP/886-00000065",
            destination="886",
            destination_uniqueid="1541645678.102",
            dial_string="886",
            uniqueid="1541645677.101",
            mac="68:69:2e:03:8b:3e",
        ),
    ),
    "dialend": (
        DIAL_END,
        DialEnd(
            timestamp="1541645679.123",
            channel="DAHDI/i1/18782985586-51",
            caller="18782985586",
            destination_channel="SIP/886-00000065",
            destination="886",
            uniqueid="1541645677.101",
            status=DialStatus.HANGUP,
        ),
    ),
    "hangup": (HANGUP, Hangup(uniqueid="1541645678.10", caller=Party("886"), connected=Party("18782985586"))),
    "extensionstatus": (
        {"event": "extensionstatus", "exten": "886", "status": "8", "statustext": "Ringing"},
        ExtensionStatus(extension="886", activity=Activity.RINGING),
    ),
    "ivr": (
        IVR,
        IvrSelection(
            uniqueid="1541645677.101",
            caller="18782985586",
            queue="630",
            ivr_id="610",
            ivr_name="工作时间",
            digits="0#",
            did="913800138000",
            started=datetime.fromisoformat("2018-11-08 10:00:00"),
            ended=datetime.fromisoformat("2018-11-08 10:00:04"),
            duration=4,
            mac="68:69:2e:03:8b:3e",
        ),
    ),
    "cdr": (
        CDR,
        CallDetail(
            uniqueid="1541645677.101",
            caller=Party("886", "Ann"),
            source="886",
            destination="887",
            started=datetime.fromisoformat("2018-11-08 10:00:00"),
            ended=datetime.fromisoformat("2018-11-08 10:00:09"),
            disposition=Disposition.NO_ANSWER,
            duration=9,
            billable=0,
            recording="2018-11-08/1541645677.101.wav",
        ),
    ),
    "cdr of generation 2": (
        {
            "event": "cdr",
            "srcname": "Ann",
            "src": "886",
            "dstname": "Bob",
            "dst": "887",
            "start": "2020-07-15 10:00:00",
            "answer": "2020-07-15 10:00:02",
            "end": "2020-07-15 10:00:09",
            "duration": 9,
            "billsec": 7,
            "calltype": "outgoing",
            "status": "ANSWER",
            "record_filename": "asterisk/monitor/recording/20200715/1.wav",
            "uniqueid": "1594778400.1",
        },
        CallDetail(
            uniqueid="1594778400.1",
            caller=Party("886", "Ann"),
            source="886",
            destination="887",
            destination_name="Bob",
            started=datetime.fromisoformat("2020-07-15 10:00:00"),
            answered=datetime.fromisoformat("2020-07-15 10:00:02"),
            ended=datetime.fromisoformat("2020-07-15 10:00:09"),
            disposition=Disposition.ANSWERED,
            duration=9,
            billable=7,
            direction=Direction.OUTBOUND,
            recording="asterisk/monitor/recording/20200715/1.wav",
        ),
    ),
    "cc_cdr": (
        CC_CDR,
        QueueCallDetail(
            uniqueid="1541645677.101",
            caller="18782985586",
            called="886",
            queue="630",
            agent="886",
            direction=Direction.INBOUND,
            ended_in="bridged",
            hangup_side="caller",
            hangup_cause="Normal Clearing",
            started=datetime.fromisoformat("2018-11-08 10:00:00"),
            ended=datetime.fromisoformat("2018-11-08 10:01:00"),
            duration=60,
            queue_time=5,
            feedback_time=3,
            ivr_time=4,
            ring_time=6,
            hold_time=0,
            wrap_up_time=30,
            talk_time=42,
            voicemail=True,
            ivr_id="610",
            ivr_name="work",
            digits="0",
            forward_type="always",
            forward_number="887",
            score=5,
            did="913800138000",
            recording="monitor/2018-11-08/1541645677.101.wav",
            miss_cause=MissCause.NO_AGENT_ANSWER,
            mac="68:69:2e:03:8b:3e",
        ),
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_documented_event(name: str) -> None:
    fields, event = EVENTS[name]
    assert read(fields) == event


@pytest.mark.parametrize("name", EVENTS)
def test_case_padding_and_more_fields_make_no_difference(name: str) -> None:
    fields, event = EVENTS[name]
    padded = {f" {key.upper()} ": f" {value}\r\n" for key, value in fields.items()}
    assert read(padded | {"channelstate": "6", "destchannelstate": None, "new": {"a": []}}) == event


@pytest.mark.parametrize("name", EVENTS)
def test_any_field_may_be_missing_empty_null_or_nonsense(name: str) -> None:
    fields, event = EVENTS[name]
    for left_out in set(fields) - {"event"}:
        for content in ("", " ", None, [], {}, ["x"]):
            assert type(read(fields | {left_out: content})) is type(event)
        assert type(read({key: value for key, value in fields.items() if key != left_out})) is type(event)


@pytest.mark.parametrize(("name", "event"), [("dialbegin", DialBegin()), ("CDR", CallDetail())])
def test_an_event_of_no_fields_is_what_its_defaults_say(name: str, event: Event) -> None:
    assert read({"event": name}) == event


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"event": "pdr", "dst": ["801", "802"]}, Unknown(name="pdr", fields=(("dst", "['801', '802']"),))),
        ({"event": "Reboot", "Why": 1.5, "a": None}, Unknown(name="Reboot", fields=(("a", "None"), ("why", "1.5")))),
        ({"data": {"event": "x", "a": 1}}, Unknown(name="x", fields=(("a", "1"),))),
    ],
)
def test_an_unknown_event_is_kept(fields: dict[str, Any], event: Unknown) -> None:
    assert read(fields) == event
