"""A reply is read in every shape that was seen or can be feared; what is none comes out as one of our errors."""

from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from itertools import product
import json
from typing import Any
import unicodedata

from hypothesis import given, strategies as st
from pbx_harness import NOW, quick, read
import pytest

from custom_components.coocenter.pbx import (
    Activity,
    AuthenticationFailed,
    BadReply,
    Channel,
    CooCenterError,
    ExtensionStatus,
    Party,
    Refused,
    numbers,
)
from custom_components.coocenter.pbx.model import HintStatus, PeerStatus
from custom_components.coocenter.pbx.wire import reply

READERS = {
    "hints": reply.hints,
    "peers": reply.peers,
    "channels": reply.channels,
    "queues": reply.queues,
    "blacklist": reply.blacklist,
}


def activity_of(code: int) -> Activity:
    """Say what the bits of a code mean, in the words of Asterisk's own documentation."""
    in_use, busy, unavailable, ringing, held = (bool(code & bit) for bit in (1, 2, 4, 8, 16))
    if ringing:
        return Activity.RINGING_IN_USE if in_use or held else Activity.RINGING
    if held:
        return Activity.IN_USE_ON_HOLD if in_use else Activity.ON_HOLD
    if busy:
        return Activity.BUSY
    if in_use:
        return Activity.IN_USE
    return Activity.UNAVAILABLE if unavailable else Activity.IDLE


@pytest.mark.parametrize("code", range(32))
def test_every_code_of_asterisk_is_understood_in_polls_and_pushes(code: int) -> None:
    expected = activity_of(code)
    for status in (code, str(code), f" {code} "):
        assert reply.hints([{"extension": "801", "status": status}])[0].activity is expected
        assert read({"event": "extensionstatus", "exten": "801", "status": status}) == ExtensionStatus(
            extension="801", activity=expected
        )


@pytest.mark.parametrize("code", [-2, -1, 32, 33, 63, 64, 2**31, 2**64, "1.5", "0x1", "?", "", None, [], True])
def test_no_other_code_is_guessed(code: object) -> None:
    assert reply.hints([{"extension": "801", "status": code}])[0].activity is None


def test_every_text_of_asterisk_is_understood() -> None:
    words = {"InUse": 1, "Busy": 2, "Unavailable": 4, "Ringing": 8, "Hold": 16, "On Hold": 16, "Idle": 0, "Offline": 4}
    for (one, left), (other, right) in product(words.items(), repeat=2):
        (hint,) = reply.hints([{"extension": "801", "status": f"{one}&{other}"}])
        assert hint.activity is activity_of(left | right), f"{one}&{other}"


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"status": "success", "message": "", "data": [1]}, [1]),
        ({"status": "Success", "Data": [1]}, [1]),
        ({"status": "success"}, None),
        ({"status": "success", "message": "Web Key saved"}, None),
        ([1], [1]),
        ([], []),
        ({}, {}),
        (None, None),
        ({"630": []}, {"630": []}),
        ({"status": []}, {"status": []}),
        ({"status": 0, "message": "Idle"}, {"status": 0, "message": "Idle"}),
        ({"status": "0", "extension": "801"}, {"status": "0", "extension": "801"}),
    ],
)
def test_the_data_of_an_envelope_or_bare(value: object, data: object) -> None:
    assert reply.unwrap(value) == data


@pytest.mark.parametrize(
    ("value", "problem", "words"),
    [
        ({"status": "error", "message": "Interface not found"}, Refused, "Interface not found"),
        ({"status": "ERROR"}, Refused, "error"),
        ({"Status": "Error", "Message": "No such queue"}, Refused, "No such queue"),
        ({"status": "failed", "message": ""}, Refused, "failed"),
        ({"status": "failure", "message": ["x"]}, Refused, "failure"),
        ({"status": "error", "message": "No extension 801\r\n\x07"}, Refused, "No extension 801"),
        ({"status": "unauthorized", "message": "Token expired"}, AuthenticationFailed, "Token expired"),
        ({"status": "error", "message": "Unauthorised"}, AuthenticationFailed, "Unauthorised"),
        ({"status": "error", "message": "Not authorized"}, AuthenticationFailed, "Not authorized"),
        ({"status": "fail", "message": "invalid token"}, AuthenticationFailed, "invalid token"),
        ({"status": "error", "message": "Access Forbidden"}, AuthenticationFailed, "Access Forbidden"),
        ({"status": "error", "message": "WebKey error"}, AuthenticationFailed, "WebKey error"),
    ],
)
def test_a_no_says_whether_the_key_is_the_reason(
    value: dict[str, Any], problem: type[CooCenterError], words: str
) -> None:
    with pytest.raises(CooCenterError) as caught:
        reply.unwrap(value)
    assert type(caught.value) is problem
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("00:00:00", 0),
        ("00:01:05", 65),
        ("27:46:40", 100_000),
        ("100:00:00", 360_000),
        ("02:05", 125),
        ("7", 7),
        (7, 7),
        (" 00:00:09 ", 9),
        ("", 0),
        ("-00:00:01", 0),
        ("00:00:0x", 0),
        ("1:2:3:4", 0),
        ("00:00:", 0),
        ("\u0660\u0660:\u0660\u0660:\u0660\u0669", 0),
        (":".join(["999999"] * 30), 0),
    ],
)
def test_how_long_a_channel_has_lived(duration: object, seconds: int) -> None:
    (channel,) = reply.channels([{"channel": "SIP/801-1", "duration": duration}])
    assert channel.duration == seconds


def test_the_longest_call_that_can_be_told_has_a_beginning() -> None:
    (channel,) = reply.channels([{"channel": "SIP/801-1", "duration": "999999:99:99"}])
    assert NOW - timedelta(seconds=channel.duration) < NOW


def test_a_call_as_a_real_asterisk_lists_it() -> None:
    data = [
        {
            "calleridname": "<unknown>",
            "calleridnum": "18782985586",
            "channel": "SIP/trunk-00000013",
            "channelstate": "6",
            "channelstatedesc": "Up",
            "connectedlinename": "803",
            "connectedlinenum": "803",
            "duration": "00:00:06",
        },
        {
            "calleridname": "803",
            "calleridnum": "803",
            "channel": "SIP/803-00000014",
            "channelstate": "5",
            "channelstatedesc": "Ringing",
            "connectedlinename": "<unknown>",
            "connectedlinenum": "<unknown>",
            "duration": "00:00:03",
        },
    ]
    trunk, phone = reply.channels(data)
    assert (trunk.caller, trunk.connected, trunk.state) == (Party("18782985586"), Party("803"), "up")
    assert (phone.caller, phone.connected, phone.state) == (Party("803"), Party(), "ringing")


def test_what_a_row_does_not_say_is_not_known() -> None:
    assert reply.hints([{"exten": "801"}]) == (HintStatus(number="801"),)
    assert reply.peers([{"extension": "801"}]) == (PeerStatus(number="801"),)
    assert reply.channels([{"channel": "SIP/801-1"}]) == (Channel(name="SIP/801-1", caller=Party(), connected=Party()),)


def test_what_a_row_says_is_kept() -> None:
    row = {"Exten": "801", "StatusText": "Busy", "agentName": "Ann", "extenType": "web"}
    assert reply.hints([row]) == (HintStatus(number="801", activity=Activity.BUSY, agent_name="Ann", agent_type="web"),)
    row = {"channel": "SIP/801-1", "calleridnum": "801", "calleridname": "Ann", "connectedlinename": "Bob"}
    (channel,) = reply.channels([row])
    assert (channel.caller, channel.connected) == (Party("801", "Ann"), Party("", "Bob"))


@pytest.mark.parametrize(
    ("status", "address", "registered", "latency"),
    [
        ("OK (45 ms)", "192.0.2.1", True, 45),
        ("Lagged (2100 ms)", "192.0.2.1", True, 2100),
        ("Reachable", "192.0.2.1", True, None),
        ("Avail", "192.0.2.1", True, None),
        ("UNREACHABLE", "192.0.2.1", False, None),
        ("UNKNOWN", "192.0.2.1", False, None),
        ("NOK (9 ms)", "192.0.2.1", False, 9),
        ("OK (45 ms)", "-NONE-", False, 45),
        ("OK (9999999999 ms)", "192.0.2.1", True, None),
        ("Unmonitored", "(Unspecified)", False, None),
    ],
)
def test_a_phone_is_there_when_it_has_an_address_and_answers(
    status: str, address: str, registered: bool, latency: int | None
) -> None:
    (peer,) = reply.peers([{"Exten": "801", "IPAddr": address, "Status": status}])
    assert (peer.registered, peer.latency) == (registered, latency)


@pytest.mark.parametrize(
    ("name", "is_extension"),
    [("1", True), ("123456", True), ("1234567", False), ("\u0668\u0660\u0661", False), ("\u00b2", False), ("", False)],
)
def test_an_extension_is_a_short_number(name: str, is_extension: bool) -> None:
    assert len(reply.peers([{"Exten": name}])) == is_extension
    assert numbers.channel_extension(f"SIP/{name}-00000001") == (name if is_extension else None)


@pytest.mark.parametrize(
    "word",
    ["<unknown>", "Unknown", "anonymous", "Restricted", "unavailable", "null", "None", "undefined"],
)
def test_a_word_for_nobody_is_neither_number_nor_name(word: str) -> None:
    fields = ("calleridnum", "calleridname", "connectedlinenum", "connectedlinename")
    (channel,) = reply.channels([{"channel": "SIP/801-1"} | dict.fromkeys(fields, word)])
    assert (channel.caller, channel.connected) == (Party(), Party())


@pytest.mark.parametrize(
    ("paused", "is_paused"),
    [("1", True), (1, True), ("yes", True), ("On", True), ("true", True), ("0", False), (False, False), ("", False)],
)
def test_whether_an_agent_is_paused(paused: object, is_paused: bool) -> None:
    (queue,) = reply.queues({"630": [{"interface": "Local/804@agents/n", "paused": paused, "penalty": "x"}]})
    assert queue.members["804"].paused is is_paused
    assert queue.members["804"].penalty == 0


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("data", ["text", 42, True, {"630": "text"}], ids=repr)
def test_other_data_is_a_bad_reply(reader: str, data: object) -> None:
    with pytest.raises(BadReply):
        READERS[reader](data)


names = st.sampled_from(
    ["extension", "Exten", "status", "channel", "duration", "name", "paused", "penalty", "IPAddr", "number", "message"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
rows = st.lists(st.dictionaries(names, values, max_size=6) | values, max_size=4)


@quick
@given(st.sampled_from(sorted(READERS)), rows | st.dictionaries(st.text(max_size=9), rows, max_size=3) | values)
def test_no_data_does_harm(reader: str, data: object) -> None:
    try:
        found = READERS[reader](reply.unwrap(json.loads(json.dumps(data))))
    except CooCenterError:
        return
    for text in texts([asdict(row) if is_dataclass(row) else row for row in found]):
        assert len(text) <= 255
        assert not {unicodedata.category(letter) for letter in text} & {"Cc", "Cs"}
    assert all(NOW - timedelta(seconds=getattr(row, "duration", 0)) <= NOW for row in found)


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for part in value:
                yield from texts(part)
        case dict():
            for part in (*value, *value.values()):
                yield from texts(part)
