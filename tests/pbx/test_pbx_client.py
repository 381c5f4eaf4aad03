"""Each endpoint is asked as the vendor documents it, and its reply is understood in every documented shape."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web
from pbx_harness import Connect, FakePbx, at, error, ok
import pytest
from yarl import URL

from custom_components.coocenter.pbx import (
    Activity,
    BadReply,
    ConnectionFailed,
    CooCenterClient,
    Party,
    QueueMember,
    Refused,
)

type Act = Callable[[CooCenterClient], Awaitable[object]]

READS: dict[str, tuple[Act, str, str]] = {
    "calls": (lambda c: c.current_calls(), "GET", "extensions/current-calls"),
    "peers": (lambda c: c.extension_status(), "GET", "extensions/extension-status"),
    "hints": (lambda c: c.extension_hints(), "GET", "extensions/extension-hints-status"),
    "queues": (lambda c: c.queues(), "GET", "queues/queue-info"),
    "blacklist": (lambda c: c.blacklist(), "GET", "blacklist/index"),
}
ACTIONS: dict[str, tuple[Act, str, str, dict[str, str]]] = {
    "dial": (
        lambda c: c.dial("801", "18782985586"),
        "POST",
        "extensions/click-number",
        {"src": "801", "dst": "18782985586"},
    ),
    "hang up": (lambda c: c.hang_up("801"), "POST", "extensions/hangup", {"extension": "801"}),
    "transfer": (lambda c: c.transfer("801", "802"), "POST", "extensions/transfer", {"src": "801", "dst": "802"}),
    "spy": (lambda c: c.spy("806", "801"), "POST", "extensions/extenSpy", {"src": "806", "dst": "801"}),
    "pause": (
        lambda c: c.pause_agent("630", "803", paused=True),
        "POST",
        "queues/agent-pause",
        {"queue": "630", "member": "803", "state": "on"},
    ),
    "resume": (
        lambda c: c.pause_agent("630", "803", paused=False),
        "POST",
        "queues/agent-pause",
        {"queue": "630", "member": "803", "state": "off"},
    ),
    "log in": (
        lambda c: c.log_in_agent("630", "803"),
        "POST",
        "queues/agent-login",
        {"queue": "630", "extension": "803"},
    ),
    "log out": (
        lambda c: c.log_out_agent("630", "803"),
        "POST",
        "queues/agent-logout",
        {"queue": "630", "extension": "803"},
    ),
    "block": (lambda c: c.add_to_blacklist("01632 960123"), "POST", "blacklist/create", {"number": "01632 960123"}),
    "unblock": (
        lambda c: c.remove_from_blacklist("+441632960123"),
        "DELETE",
        "blacklist/delete",
        {"number": "+441632960123"},
    ),
}


@pytest.mark.parametrize("read", READS)
async def test_a_question_is_asked_once_without_a_body(fake: FakePbx, client: CooCenterClient, read: str) -> None:
    act, method, path = READS[read]
    fake.answer = lambda request: ok({} if read == "queues" else [])
    assert await act(client) == ()
    (asked,) = fake.asked
    assert asked.brief == (method, f"/coocenter-api/{path}")
    assert asked.form == {}
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_sends_a_form(fake: FakePbx, client: CooCenterClient, action: str) -> None:
    act, method, path, form = ACTIONS[action]
    fake.answer = lambda request: ok(message="done")
    await act(client)
    (asked,) = fake.asked
    assert asked.brief == (method, f"/coocenter-api/{path}")
    assert asked.content_type == "application/x-www-form-urlencoded"
    assert asked.form == form


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_refused_action_says_why_and_is_not_sent_again(
    fake: FakePbx, client: CooCenterClient, action: str, status: int
) -> None:
    fake.answer = lambda request: error("Interface not found", status)
    with pytest.raises(Refused, match=r"^Interface not found$"):
        await ACTIONS[action][0](client)
    assert len(fake.asked) == 1


async def test_a_base_url_may_have_a_path(fake: FakePbx, connect: Connect) -> None:
    await connect(fake.url / "proxy").blacklist()
    assert fake.briefs == [("GET", "/proxy/coocenter-api/blacklist/index")]


@pytest.mark.parametrize("wrap", [ok, web.json_response], ids=["envelope", "bare"])
async def test_hints_come_in_an_envelope_or_bare_as_codes_or_words(
    fake: FakePbx, client: CooCenterClient, wrap: Callable[[object], web.Response]
) -> None:
    rows = [
        {"agentName": "Ann", "extension": "801", "extenType": "analogCallCenter", "status": "0"},
        {"agentName": "", "extension": "802", "extenType": "web", "status": "InUse&Ringing"},
        {"agentName": "801", "extension": 803, "extenType": "", "status": 9},
        {"Exten": "804", "Interface": "SIP/804", "Status": "17", "StatusText": "InUse&Hold"},
        {"extension": "805", "status": "-1"},
        {"extension": " ", "status": "0"},
        "no row",
    ]
    fake.answer = lambda request: wrap(rows)
    hints = await client.extension_hints()
    assert [(hint.number, hint.activity) for hint in hints] == [
        ("801", Activity.IDLE),
        ("802", Activity.RINGING_IN_USE),
        ("803", Activity.RINGING_IN_USE),
        ("804", Activity.IN_USE_ON_HOLD),
        ("805", None),
    ]
    assert (hints[0].agent_name, hints[0].agent_type) == ("Ann", "analogCallCenter")
    assert (hints[1].agent_name, hints[1].agent_type) == (None, "web")


@pytest.mark.parametrize(
    ("address", "status", "expected"),
    [
        ("192.0.2.1", "OK (45 ms)", ("192.0.2.1", True, 45)),
        ("192.0.2.1", "LAGGED (2100 ms)", ("192.0.2.1", True, 2100)),
        ("192.0.2.1", "UNREACHABLE", ("192.0.2.1", False, None)),
        ("192.0.2.1", "Unmonitored", ("192.0.2.1", True, None)),
        ("-none-", "Unmonitored", (None, False, None)),
        ("-none-", "UNKNOWN", (None, False, None)),
        ("(null)", "OK (1 ms)", (None, False, 1)),
        ("", "", (None, None, None)),
    ],
)
async def test_where_a_phone_is(
    fake: FakePbx, client: CooCenterClient, address: str, status: str, expected: tuple[object, ...]
) -> None:
    row = {"Exten": "801", "Type": "SIP", "IPAddr": address, "Status": status}
    fake.answer = lambda request: ok([row, {**row, "Exten": "trunk-one"}, {**row, "Exten": "913800138000"}])
    (peer,) = await client.extension_status()
    assert (peer.number, peer.technology) == ("801", "SIP")
    assert (peer.address, peer.registered, peer.latency) == expected


async def test_queues_know_their_members_however_they_are_called(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = lambda request: ok(
        {
            "630": [
                {"name": "sip/803", "paused": "0", "penalty": "0"},
                {"name": "SIP/804", "paused": "1", "penalty": "2"},
                {"name": "Local/805@agents/n", "paused": True, "penalty": None},
                {"paused": "1"},
            ],
            "633": [],
            " ": [],
        },
        "Queue status will follow",
    )
    busy, empty = await client.queues()
    assert (busy.number, empty.number, dict(empty.members)) == ("630", "633", {})
    assert dict(busy.members) == {
        "803": QueueMember(extension="803"),
        "804": QueueMember(extension="804", paused=True, penalty=2),
        "805": QueueMember(extension="805", paused=True),
    }


async def test_channels_are_listed_with_parties_and_seconds(fake: FakePbx, client: CooCenterClient) -> None:
    row = {
        "calleridname": "<unknown>",
        "calleridnum": "18782985586",
        "channel": "SIP/trunk-00000013",
        "channelstate": "6",
        "channelstatedesc": "Up",
        "connectedlinename": "Ann",
        "connectedlinenum": "803",
        "duration": "100:02:03",
    }
    fake.answer = lambda request: ok([row, {**row, "duration": "soon"}, {**row, "channel": ""}], "Channels will follow")
    channel, odd = await client.current_calls()
    assert (channel.name, channel.state, channel.duration) == ("SIP/trunk-00000013", "up", 360_123)
    assert (channel.caller, channel.connected) == (Party("18782985586"), Party("803", "Ann"))
    assert odd.duration == 0


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (["913800138000", 876, " 876 ", ""], ("913800138000", "876")),
        ([{"number": "913800138000"}], ("913800138000",)),
        (None, ()),
    ],
)
async def test_the_blacklist(fake: FakePbx, client: CooCenterClient, reply: object, expected: tuple[str, ...]) -> None:
    fake.answer = lambda request: ok(reply)
    assert await client.blacklist() == expected


@pytest.mark.parametrize("read", READS)
async def test_no_data_is_nothing_and_other_data_is_an_error(fake: FakePbx, client: CooCenterClient, read: str) -> None:
    fake.answer = lambda request: ok()
    assert await READS[read][0](client) == ()
    fake.answer = lambda request: ok("text")
    with pytest.raises(BadReply):
        await READS[read][0](client)


async def test_no_queues_may_be_an_empty_list(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = lambda request: ok([])
    assert await client.queues() == ()


def page(request: web.Request) -> web.Response:
    return web.Response(text="<html>Cannot GET</html>", content_type="text/html", status=404)


@pytest.mark.parametrize("absent", [lambda request: error("Not Found", 404), page], ids=["refused", "page"])
async def test_a_snapshot_does_without_what_a_firmware_lacks(
    fake: FakePbx, client: CooCenterClient, absent: Callable[[web.Request], web.Response]
) -> None:
    fake.answer = lambda request: (
        web.json_response([{"extension": "801", "status": "0"}]) if "hints" in request.path else absent(request)
    )
    snapshot = await client.snapshot(at(0))
    assert snapshot.taken == at(0)
    assert [hint.number for hint in snapshot.hints or ()] == ["801"]
    assert (snapshot.peers, snapshot.queues, snapshot.channels, snapshot.blacklist) == (None, None, None, None)


@pytest.mark.parametrize(
    ("part", "answer", "problem"),
    [
        ("hints", lambda request: error("no"), Refused),
        ("blacklist", lambda request: web.Response(status=503), ConnectionFailed),
    ],
)
async def test_a_snapshot_needs_the_hints_and_a_working_pbx(
    fake: FakePbx,
    client: CooCenterClient,
    part: str,
    answer: Callable[[web.Request], web.Response],
    problem: type[Exception],
) -> None:
    fake.answer = lambda request: answer(request) if part in request.path else ok([])
    with pytest.raises(problem):
        await client.snapshot(datetime.now(UTC))


async def test_nothing_listens(connect: Connect, unused_tcp_port: int) -> None:
    with pytest.raises(ConnectionFailed):
        await connect(URL(f"http://127.0.0.1:{unused_tcp_port}")).blacklist()
