"""An event is read from whatever encoding its body has, and no bytes at all do harm."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
import json
import unicodedata
from urllib.parse import quote_from_bytes, urlencode

from hypothesis import given, strategies as st
from pbx_harness import quick
import pytest

from custom_components.coocenter.pbx import CallDetail, Event, IvrSelection, Unknown, parse

FIELDS = {"event": "ivr", "uuid": "1795406612.28", "caller": "18782985586", "ivrName": "工作时间", "ivrDtmf": "0&=#"}
EVENT = IvrSelection(uniqueid="1795406612.28", caller="18782985586", ivr_name="工作时间", digits="0&=#")
JSON = json.dumps(FIELDS, ensure_ascii=False)


def form(encoding: str) -> bytes:
    return "&".join(f"{name}={quote_from_bytes(text.encode(encoding))}" for name, text in FIELDS.items()).encode()


BODIES = {
    "JSON": JSON.encode(),
    "escaped JSON": json.dumps(FIELDS).encode(),
    "JSON with a byte order mark": b"\xef\xbb\xbf" + JSON.encode(),
    "JSON in GB 18030": JSON.encode("gb18030"),
    "JSON between blanks and zeros": b"\0 \r\n" + JSON.encode() + b"\r\n\0",
    "a list of one": f"[{JSON}]".encode(),
    "wrapped": f'{{"data": {JSON}}}'.encode(),
    "form": urlencode(FIELDS).encode(),
    "form in GBK": form("gbk"),
    "bare form": "event=ivr&uuid=1795406612.28&caller=18782985586&ivrName=工作时间&ivrDtmf=0%26=%23".encode(),
    "JSON in a form's field": urlencode({"data": JSON}).encode(),
    "JSON in a form's field in GBK": b"data=" + quote_from_bytes(JSON.encode("gbk")).encode(),
    "JSON as a form's name": urlencode({JSON: ""}).encode(),
}
CONTENT_TYPES = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; charset=no-such",
    "application/json; charset=ascii",
    "; charset=rot13",
    "multipart/form-data; boundary=x",
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@pytest.mark.parametrize("body", BODIES)
def test_the_body_counts_and_not_its_content_type(body: str, content_type: str) -> None:
    assert parse(BODIES[body], content_type) == EVENT


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32", "gbk", "big5", "UTF-8", '"utf-8"'])
def test_a_charset_that_is_named_counts(charset: str) -> None:
    text = JSON.replace("工作时间", "中文")
    event = parse(text.encode(charset.strip('"')), f"application/json; charset={charset}")
    assert isinstance(event, IvrSelection)
    assert event.ivr_name == "中文"


def test_bytes_of_no_encoding_are_read_letter_by_letter() -> None:
    event = parse(b'{"event": "cdr", "source": "801", "destination": "\xff\xff"}')
    assert isinstance(event, CallDetail)
    assert (event.source, event.destination) == ("801", "ÿÿ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n\0",
        b"hello",
        b"{}",
        b"[]",
        b"null",
        b"42",
        b'"event"',
        b'[{"event": "cdr"}, {"event": "cdr"}]',
        b'[["event"]]',
        b'{"event": "cdr"',
        b"{event: 'cdr'}",
        b'{"event":' * 100_000,
        b"[" * 100_000,
        b"<event/>",
        b"%FF",
        # A form, and a record: neither says what happened.
        b"\x17&\x03",
        b'{"hello": true}',
        b'{"event": " "}',
        b'{"event": "cdr", "uniqueid": [' + b"[]," * 1_000 + b"[]]}",
        b"&".join(b"f%d=1" % number for number in range(201)),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_without_an_event(body: bytes) -> None:
    assert parse(body, "application/json") is None


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


def integers(event: Event) -> Iterator[int]:
    return (value for field in fields(event) if type(value := getattr(event, field.name)) is int)


def assert_presentable(event: Event | None) -> None:
    """Check that an event can be shown, stored and sent on: clean texts, numbers of 64 bits."""
    for text in texts(event):
        assert len(text) <= 255
        assert not {unicodedata.category(letter) for letter in text} & {"Cc", "Cs"}
    if event is not None:
        assert all(abs(number) < 2**63 for number in integers(event))
        assert hash(event) == hash(event)


NAMES = ["dialbegein", "dialbegin", "dialend", "hangup", "extensionstatus", "ivr", "cdr", "cc_cdr", "pdr"]
FIELD_NAMES = [
    *("timestamp", "channel", "calleridnum", "destchannel", "destcalleridnum", "destuniqueid", "uniqueid", "mac"),
    *("exten", "status", "statustext", "uuid", "caller", "ivrName", "startTime", "endTime", "duration", "queueCode"),
    *("callerid", "source", "disposition", "billableseconds", "calltype", "score", "missCause", "voicemailState"),
]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
content_types = st.sampled_from(CONTENT_TYPES) | st.builds(
    "a/b; charset={}".format,
    st.sampled_from(["utf-7", "utf-16", "unicode_escape", "punycode", "idna", "cp037", "hex", "undefined", "mbcs", ""]),
)


@quick
@given(st.binary(max_size=2000), content_types)
def test_no_bytes_do_harm(raw: bytes, content_type: str) -> None:
    assert_presentable(parse(raw, content_type))


@quick
@given(st.binary(max_size=200), st.text(max_size=60))
def test_no_content_type_does_harm(raw: bytes, content_type: str) -> None:
    assert_presentable(parse(raw, content_type))
    assert_presentable(parse(BODIES["JSON"] + raw, content_type))


@quick
@given(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(FIELD_NAMES), values, max_size=12), content_types)
def test_no_json_does_harm(name: str, content: dict[str, object], content_type: str) -> None:
    event = parse(json.dumps({"event": name} | content).encode(), content_type)
    assert_presentable(event)


@quick
@given(values)
def test_no_json_value_does_harm(value: object) -> None:
    assert_presentable(parse(json.dumps(value).encode()))


@quick
@given(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(FIELD_NAMES) | st.text(), st.binary(max_size=20), max_size=9),
)
def test_no_form_does_harm(name: str, content: dict[str, bytes]) -> None:
    body = urlencode({"event": name, "mac": ""} | content, errors="replace").encode()
    assert parse(body) is not None
    assert_presentable(parse(body))


@quick
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_an_unknown_event_keeps_its_words(text: str) -> None:
    event = parse(json.dumps({"event": "x", "word": text}).encode())
    assert isinstance(event, Unknown)
    clean = "".join(letter for letter in text[:255] if unicodedata.category(letter) != "Cc").strip()
    assert event.fields == (("word", clean),)
