"""Rare replies, broken ones and slow ones, and what the client does when several things happen at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

from aiohttp import ClientConnectionResetError, ClientTimeout, web
from pbx_harness import KEY, NOW, Clock, Connect, FakePbx, error, key_of, ok
import pytest
from yarl import URL

from custom_components.coocenter.pbx import (
    AuthenticationFailed,
    BadReply,
    ConnectionFailed,
    CooCenterClient,
    CooCenterError,
    Refused,
    transport,
)

YESTERDAY = date(2026, 11, 22)
PARTS = {
    "peers": "extension-status",
    "queues": "queue-info",
    "channels": "current-calls",
    "blacklist": "blacklist",
}


@pytest.mark.parametrize("part", PARTS)
async def test_a_snapshot_lacks_only_what_was_refused(fake: FakePbx, client: CooCenterClient, part: str) -> None:
    fake.answer = lambda request: error("Not Found", 404) if PARTS[part] in request.path else ok([])
    snapshot = await client.snapshot(NOW)
    told = {name: getattr(snapshot, name) for name in PARTS}
    assert told == dict.fromkeys(told, ()) | {part: None}


async def test_a_pbx_without_extensions_is_still_starting(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = lambda _request: ok([])
    assert (await client.snapshot(NOW)).hints is None


@pytest.mark.parametrize("part", PARTS)
async def test_a_snapshot_does_not_hide_that_the_key_is_wrong(
    fake: FakePbx, client: CooCenterClient, part: str
) -> None:
    fake.answer = lambda request: web.Response(status=401) if PARTS[part] in request.path else ok([])
    with pytest.raises(AuthenticationFailed):
        await client.snapshot(NOW)


async def test_requests_at_the_same_time_each_find_the_day(fake: FakePbx, connect: Connect) -> None:
    client = connect(fake.url, KEY)
    fake.wants(YESTERDAY)
    await asyncio.gather(*(client.hang_up(str(extension)) for extension in range(801, 806)))
    assert len(fake.asked) <= 5 * 4
    assert client.today() == YESTERDAY
    fake.asked.clear()
    await client.blacklist()
    assert len(fake.asked) == 1


async def test_a_key_that_is_changed_on_the_pbx_is_noticed_and_the_day_kept(fake: FakePbx, connect: Connect) -> None:
    client = connect(fake.url, KEY)
    fake.wants(YESTERDAY)
    await client.blacklist()
    fake.wants()
    with pytest.raises(AuthenticationFailed):
        await client.blacklist()
    assert client.today() == YESTERDAY


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_day_counts_as_right_when_the_answer_is_an_error_of_another_kind(
    fake: FakePbx, connect: Connect, status: int
) -> None:
    client = connect(fake.url, KEY)
    fake.answer = lambda request: (
        error("No", status) if request.headers["Authorization"] == key_of(YESTERDAY) else web.Response(status=403)
    )
    with pytest.raises((Refused, ConnectionFailed), match=r"^No$"):
        await client.hang_up("801")
    assert client.today() == YESTERDAY


@pytest.mark.parametrize("content_type", ["json", ";;;", "text/html", "a/b/c; charset", "text/plain; charset=punycode"])
async def test_the_reply_counts_and_not_its_content_type(
    fake: FakePbx, client: CooCenterClient, content_type: str
) -> None:
    body = '["张", "801"]'.encode()
    fake.answer = lambda request: web.Response(body=body, headers={"Content-Type": content_type})
    assert await client.blacklist() == ("张", "801")


@pytest.mark.parametrize(
    "headers",
    [{"Content-Encoding": "gzip"}, {"X-Long": "x" * 100_000}],
    ids=["what is not compressed", "a header without end"],
)
async def test_a_reply_that_http_does_not_allow(
    fake: FakePbx, client: CooCenterClient, headers: dict[str, str]
) -> None:
    fake.answer = lambda request: web.Response(body=b"[]", headers=headers)
    # Which of the two depends on the library that decompresses.
    with pytest.raises((ConnectionFailed, BadReply)):
        await client.blacklist()


class _Broken:
    """A session whose requests fail."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    async def request(self, *args: object, **options: object) -> None:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (ClientConnectionResetError("Reset by peer"), "Reset by peer"),
        (ClientConnectionResetError(), "ClientConnectionResetError"),
        (TimeoutError(), "The PBX did not answer in time"),
    ],
    ids=repr,
)
async def test_a_failed_connection_says_why(problem: Exception, words: str) -> None:
    client = CooCenterClient(_Broken(problem), URL("http://192.0.2.1"), "", now=Clock())
    with pytest.raises(ConnectionFailed) as caught:
        await client.blacklist()
    assert str(caught.value) == words


async def test_a_question_has_no_form_at_all(fake: FakePbx, client: CooCenterClient) -> None:
    await client.blacklist()
    assert not {"Content-Type", "Transfer-Encoding"} & set(fake.asked[0].headers)


async def _half(request: web.Request, given_up: asyncio.Event) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"[")
    await given_up.wait()
    return response


async def _listen(client: CooCenterClient) -> None:
    async with client.recording("a.wav") as recording:
        assert [chunk async for chunk in recording.chunks] == []


@pytest.mark.parametrize(
    ("ask", "setting", "patience"),
    [
        (lambda client: client.blacklist(), "_TIMEOUT", ClientTimeout(total=0.05)),
        (_listen, "_STREAM_TIMEOUT", ClientTimeout(sock_read=0.05)),
    ],
    ids=["reply", "recording"],
)
async def test_silence_in_the_middle_is_a_timeout(
    fake: FakePbx,
    client: CooCenterClient,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[CooCenterClient], Awaitable[object]],
    setting: str,
    patience: ClientTimeout,
) -> None:
    monkeypatch.setattr(transport, setting, patience)
    given_up = asyncio.Event()
    fake.answer = lambda request: _half(request, given_up)
    with pytest.raises(ConnectionFailed, match="in time"):
        await ask(client)
    given_up.set()


async def test_a_recording_may_take_longer_than_a_question(
    fake: FakePbx, client: CooCenterClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_TIMEOUT", ClientTimeout(total=1e-9))
    fake.answer = lambda request: web.Response(body=b"sound", content_type="audio/x-wav")
    async with client.recording("a.wav") as recording:
        assert [chunk async for chunk in recording.chunks] == [b"sound"]
    with pytest.raises(ConnectionFailed, match="in time"):
        await client.blacklist()


@pytest.mark.parametrize("problem", [ClientConnectionResetError("Cannot write"), TimeoutError()], ids=repr)
async def test_a_listener_who_leaves_is_not_the_pbxs_failure(
    fake: FakePbx, client: CooCenterClient, problem: Exception
) -> None:
    fake.answer = lambda request: web.Response(body=b"sound", content_type="audio/x-wav")

    async def listen() -> None:
        async with client.recording("a.wav"):
            raise problem

    with pytest.raises(type(problem)) as caught:
        await listen()
    assert caught.value is problem


async def test_of_the_pbxs_headers_those_of_the_file_are_passed_on(fake: FakePbx, client: CooCenterClient) -> None:
    told = {
        "Content-Type": "audio/x-wav",
        "Content-Length": "5",
        "Content-Range": "bytes 0-4/9",
        "Accept-Ranges": "bytes",
        "ETag": '"1"',
        "Last-Modified": "Mon, 23 Nov 2026 04:03:36 GMT",
    }
    others = {"Set-Cookie": "session=1", "Location": "/", "Server": "PBX", "Content-Disposition": "attachment"}
    fake.answer = lambda request: web.Response(status=206, body=b"sound", headers=told | others)
    async with client.recording("a.wav") as recording:
        assert recording.headers == told


async def test_a_recording_that_the_listener_has_already(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = lambda request: web.Response(status=304, headers={"ETag": '"1"'})
    async with client.recording("a.wav", {"If-None-Match": '"1"'}) as recording:
        assert (recording.status, recording.headers["ETag"]) == (304, '"1"')
        assert [chunk async for chunk in recording.chunks] == []


@pytest.mark.parametrize(
    ("answer", "problem", "words"),
    [
        (lambda: error("Web Key is wrong"), AuthenticationFailed, "The Web Key was refused"),
        (lambda: web.Response(status=403), AuthenticationFailed, "The Web Key was refused"),
        (lambda: error("The disk is full", 500), ConnectionFailed, "HTTP 500"),
        (lambda: error("Interface not found", 404), Refused, "There is no such recording"),
        (lambda: error("No such file"), Refused, "No such file"),
    ],
    ids=["200", "403", "500", "404", "other"],
)
async def test_of_a_refused_recording_the_days_are_tried_only_where_the_key_is_the_reason(
    fake: FakePbx, connect: Connect, answer: Callable[[], web.Response], problem: type[CooCenterError], words: str
) -> None:
    fake.answer = lambda request: answer()
    with pytest.raises(problem, match=f"^{words}$"):
        await _listen(connect(fake.url, KEY))
    tries = len({asked.headers["Authorization"] for asked in fake.asked})
    assert tries == len(fake.asked)
    assert (3 <= tries <= 9) if problem is AuthenticationFailed else tries == 1
