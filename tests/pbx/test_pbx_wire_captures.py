"""What a real Asterisk pushed is read to the last field, in each encoding that a PBX may send it in."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from pbx_harness import read
import pytest

from custom_components.coocenter.pbx import (
    CallDetail,
    DialBegin,
    DialEnd,
    DialStatus,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    QueueCallDetail,
    parse,
)

CAPTURES = sorted((Path(__file__).parents[1] / "captures").glob("*.jsonl"))
PUSHES = [json.loads(line) for capture in CAPTURES for line in capture.read_text("utf-8").splitlines()]
KINDS = {
    "dialbegein": DialBegin,
    "dialend": DialEnd,
    "hangup": Hangup,
    "extensionstatus": ExtensionStatus,
    "ivr": IvrSelection,
    "cdr": CallDetail,
    "cc_cdr": QueueCallDetail,
}
NAMED = {"event": "hangup", "calleridname": "张伟", "uniqueid": "1-2"}
#: Read, but not kept as they came: words that became an enum, and those that say nothing beside another field.
TRANSLATED = {"event", "dialstatus", "status", "statustext", "disposition", "calltype", "callType", "missCause"}


def shown(record: object) -> Iterator[str]:
    """Yield the texts, numbers and times of an event as the PBX writes them."""
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            yield from shown(value)
            yield f'"{value.name}" <{value.number}>'
        else:
            yield str(value) if isinstance(value, datetime) else str(int(value) if isinstance(value, bool) else value)


def test_the_captures_hold_every_kind_of_event() -> None:
    assert {push["event"] for push in PUSHES} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_a_real_push_is_lost(kind: str) -> None:
    for push in (push for push in PUSHES if push["event"] == kind):
        event = read(push)
        assert type(event) is KINDS[kind]
        told = set(shown(event))
        lost = {
            name: value
            for name, value in push.items()
            if name not in TRANSLATED and str(value).strip() not in told and not _says_nothing(name, push)
        }
        assert lost == {}


def _says_nothing(name: str, push: dict[str, Any]) -> bool:
    """Tell whether a field is empty, or only says a number again, as Asterisk does where it has no name."""
    number = push.get(name.removesuffix("name") + "num", push.get("source"))
    return push[name] in ("", "<unknown>", number, f'"{number}" <{number}>')


def test_every_word_of_a_real_push_is_understood() -> None:
    for push in PUSHES:
        match read(push):
            case DialEnd(status=status):
                assert status not in (DialStatus.OTHER, DialStatus.HANGUP)
            case ExtensionStatus(activity=activity):
                assert activity is not None
            case CallDetail(disposition=disposition, started=started, ended=ended, duration=duration):
                assert disposition is not None
                assert started is not None
                assert ended is not None
                assert abs((ended - started).total_seconds() - (duration or 0)) <= 1
            case QueueCallDetail(miss_cause=cause):
                assert (cause is None) == (push.get("missCause", "") == "")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", ""])
def test_the_encoding_makes_no_difference(encoding: str, content_type: str) -> None:
    for push in PUSHES:
        event = read(push)
        assert parse(json.dumps(push, ensure_ascii=False).encode(encoding), content_type) == event
        assert parse(urlencode(push).encode(encoding), content_type) == event


def test_calls_whose_uniqueids_come_as_bare_numbers_stay_apart() -> None:
    one, other = (parse(f'{{"event": "hangup", "uniqueid": {uniqueid}}}'.encode()) for uniqueid in ("9.1", "9.10"))
    assert (one, other) == (Hangup(uniqueid="9.1"), Hangup(uniqueid="9.10"))


@pytest.mark.parametrize("charset", ["utf-99", "GB-none", "latin-99", "cp0"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_charset_that_does_not_exist_is_passed_over(charset: str, encoding: str) -> None:
    body = json.dumps(NAMED, ensure_ascii=False)
    content_type = f"application/json; charset={charset}"
    assert parse(body.encode(encoding), content_type) == read(NAMED)
    assert parse(quote_from_bytes(body.encode(encoding)).encode() + b"=", content_type) == read(NAMED)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("\ufeff{}".encode("utf-16-le"), "application/json; charset=utf-16-le"),
        ("\ufeff{}".encode("gb18030"), "application/json; charset=gb18030"),
        (b"data= {}\r\n", ""),
        (b" {} =", ""),
        (b'{"data": {}}', ""),
    ],
    ids=repr,
)
def test_marks_and_blanks_around_the_event_make_no_difference(body: bytes, content_type: str) -> None:
    event = '{" Event ": "hangup", "uniqueid": "1"}'
    for codec in ("utf-16-le", "ascii"):
        body = body.replace("{}".encode(codec), event.encode(codec))
    assert parse(body, content_type) == Hangup(uniqueid="1")


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "hex", "undefined"])
def test_a_codec_that_is_no_charset_is_not_used(charset: str) -> None:
    body = json.dumps(NAMED, ensure_ascii=False).encode()
    assert parse(body, f"application/json; charset={charset}") == read(NAMED)
    # As punycode this would be JSON.
    assert parse(b'{"event": "hangup"}-', f"application/json; charset={charset}") is None
