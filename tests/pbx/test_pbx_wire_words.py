"""Words, codes, times and numbers as the PBX writes them, and as nobody should."""

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
    ExtensionStatus,
    Hangup,
    MissCause,
    Party,
    QueueCallDetail,
    Unknown,
)


def _cdr(**fields: Any) -> CallDetail:
    event = read({"event": "cdr", **fields})
    assert isinstance(event, CallDetail)
    return event


def _cc_cdr(**fields: Any) -> QueueCallDetail:
    event = read({"event": "cc_cdr", **fields})
    assert isinstance(event, QueueCallDetail)
    return event


@pytest.mark.parametrize(
    ("status", "activity"),
    [
        ("0", Activity.IDLE),
        (0, Activity.IDLE),
        ("1", Activity.IN_USE),
        ("2", Activity.BUSY),
        ("3", Activity.BUSY),
        ("4", Activity.UNAVAILABLE),
        ("8", Activity.RINGING),
        ("9", Activity.RINGING_IN_USE),
        ("16", Activity.ON_HOLD),
        ("17", Activity.IN_USE_ON_HOLD),
        ("24", Activity.RINGING_IN_USE),
        ("31", Activity.RINGING_IN_USE),
        ("-1", None),
        ("-2", None),
        ("32", None),
        ("Idle", Activity.IDLE),
        ("Not in use", Activity.IDLE),
        ("InUse", Activity.IN_USE),
        ("Busy", Activity.BUSY),
        ("Unavailable", Activity.UNAVAILABLE),
        ("Ringing", Activity.RINGING),
        ("InUse&Ringing", Activity.RINGING_IN_USE),
        ("Hold", Activity.ON_HOLD),
        ("InUse&Hold", Activity.IN_USE_ON_HOLD),
        ("InUse&Dancing", None),
    ],
)
def test_what_an_extension_does(status: object, activity: Activity | None) -> None:
    expected = ExtensionStatus(extension="801", activity=activity)
    assert read({"event": "extensionstatus", "exten": "801", "status": status}) == expected
    assert read({"event": "extensionstatus", "exten": 801, "statustext": status}) == expected
    assert read({"event": "extensionstatus", "extension": "801", "status": status, "statustext": "Busy"}) == expected


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("ANSWER", DialStatus.ANSWER),
        ("answer", DialStatus.ANSWER),
        ("BUSY", DialStatus.BUSY),
        ("NOANSWER", DialStatus.NO_ANSWER),
        ("CANCEL", DialStatus.CANCEL),
        ("CONGESTION", DialStatus.CONGESTION),
        ("CHANUNAVAIL", DialStatus.UNAVAILABLE),
        ("ABORT", DialStatus.ABORTED),
        ("hangup", DialStatus.HANGUP),
        ("GOSUB:x", DialStatus.OTHER),
        ("", DialStatus.OTHER),
    ],
)
def test_how_ringing_ended(word: str, status: DialStatus) -> None:
    assert read({"event": "dialend", "dialstatus": word}) == DialEnd(status=status)


@pytest.mark.parametrize(
    ("word", "disposition"),
    [
        ("ANSWERED", Disposition.ANSWERED),
        ("NO ANSWER", Disposition.NO_ANSWER),
        ("BUSY", Disposition.BUSY),
        ("FAILED", Disposition.FAILED),
        ("ANSWER", Disposition.ANSWERED),
        ("NOANSWER", Disposition.NO_ANSWER),
        ("CANCEL", Disposition.NO_ANSWER),
        ("ABORT", Disposition.NO_ANSWER),
        ("CONGESTION", Disposition.FAILED),
        ("CHANUNAVAIL", Disposition.FAILED),
        ("", None),
        ("?", None),
    ],
)
def test_how_a_call_ended(word: str, disposition: Disposition | None) -> None:
    assert _cdr(disposition=word).disposition is disposition
    assert _cdr(status=word).disposition is disposition


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("inbound", Direction.INBOUND),
        ("Incoming", Direction.INBOUND),
        ("IN", Direction.INBOUND),
        ("outbound", Direction.OUTBOUND),
        ("outgoing", Direction.OUTBOUND),
        ("OUT", Direction.OUTBOUND),
    ],
)
def test_which_way_a_call_went(word: str, direction: Direction) -> None:
    assert _cdr(calltype=word).direction is direction
    assert _cc_cdr(callType=word).direction is direction


def test_a_call_of_no_direction_is_internal_and_one_of_the_call_centre_inbound() -> None:
    assert _cdr(calltype="").direction is Direction.INTERNAL
    assert _cdr(calltype="internal").direction is Direction.INTERNAL
    assert _cc_cdr().direction is Direction.INBOUND


@pytest.mark.parametrize("cause", MissCause)
def test_why_nobody_was_reached(cause: MissCause) -> None:
    assert _cc_cdr(missCause=cause.value.upper()).miss_cause is cause
    assert _cc_cdr(missCause="?").miss_cause is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        (" 7 ", 7),
        (7, 7),
        (7.9, 7),
        ("-1", -1),
        ("", None),
        ("seven", None),
        ("nan", None),
        ("1e999", None),
        ("9" * 400, None),
        (2**53, None),
        (-(2**53), None),
        (2**53 - 1, 2**53 - 1),
    ],
)
def test_whole_numbers(text: object, number: int | None) -> None:
    assert _cdr(duration=text).duration == number


@pytest.mark.parametrize(("text", "voicemail"), [("1", True), (1, True), ("0", False), (0, False), ("", False)])
def test_whether_the_caller_left_a_message(text: object, voicemail: bool) -> None:
    assert _cc_cdr(voicemailState=text).voicemail is voicemail


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23 12:03:36", datetime.fromisoformat("2026-11-23 12:03:36")),
        ("2026-11-23 12:03:36.123", datetime.fromisoformat("2026-11-23 12:03:36")),
        ("2026/11/23 12:03:36", datetime.fromisoformat("2026-11-23 12:03:36")),
        ("2026-11-23T12:03:36Z", datetime.fromisoformat("2026-11-23 12:03:36")),
        ("2026-02-30 12:03:36", None),
        ("0000-00-00 00:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moments(text: str, moment: datetime | None) -> None:
    assert _cdr(starttime=text).started == moment


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ('"Ann" <801>', Party("801", "Ann")),
        ('"801" <801>', Party("801")),
        ('"" <18782985586>', Party("18782985586")),
        ("Ann <801>", Party("801", "Ann")),
        ("801", Party("801")),
        ("<unknown>", Party()),
        ('"Anonymous" <anonymous>', Party()),
        ('"A <b>" <801>', Party("801", "A <b>")),
        ("", Party()),
        (f'"{"x" * 245}" <801>', Party("801", "x" * 245)),
        (f'"{"x" * 10_000}" <{"8" * 10_000}>', Party("8" * 255, "x" * 255)),
        ('"\x07Ann" <801>\0', Party("801", "Ann")),
        ('"Ann" <>', Party("802", "Ann")),
        ('"802" <>', Party("802")),
        ('"Ann" <', Party('"Ann" <')),
        (None, Party()),
    ],
)
def test_caller_ids(text: str | None, party: Party) -> None:
    assert _cdr(callerid=text, source="802").caller == party


@pytest.mark.parametrize("word", ["<unknown>", "Anonymous", "RESTRICTED", "unavailable", "null", "undefined", "", None])
def test_a_withheld_number_is_none(word: str | None) -> None:
    assert read({"event": "hangup", "calleridnum": word, "calleridname": word}) == Hangup()
    assert read({"event": "dialbegin", "calleridnum": word}) == DialBegin()


def test_a_uniqueid_is_text() -> None:
    ids = {read({"event": "hangup", "uniqueid": uniqueid}) for uniqueid in ("1795406419.1", "1795406419.10")}
    assert len(ids) == 2


def test_controls_and_halves_of_letters_are_dropped() -> None:
    event = _cdr(source="8\x000\x851\x1b\n", destination="\ud800802\u009f", callerid="\x07")
    assert (event.source, event.destination, event.caller) == ("801", "802", Party())


def test_long_texts_are_cut() -> None:
    assert len(_cdr(source="8" * 10_000).source) == 255


def test_of_an_unknown_event_a_bounded_part_is_kept() -> None:
    event = read({"event": "x", "nested": [["y" * 1000]]} | {f"f{number}": number for number in range(1000)})
    assert isinstance(event, Unknown)
    assert len(event.fields) == 50
    assert all(len(text) <= 255 for field in event.fields for text in field)
