"""Recordings come through as they are asked for, byte range by byte range, and nothing else comes through."""

import asyncio
from contextlib import nullcontext, suppress

from aiohttp import ClientTimeout, web
from pbx_harness import KEY, Connect, FakePbx, error, key_of
import pytest

from custom_components.coocenter.pbx import (
    AuthenticationFailed,
    BadReply,
    ConnectionFailed,
    CooCenterClient,
    CooCenterError,
    Recording,
    Refused,
    transport,
)

SOUND = bytes(range(256)) * 4
PATH = "2026-11-23/20261123-120336-801-802-1795406545.0.wav"


def serve(request: web.Request) -> web.Response:
    """Answer like a file server that knows ranges."""
    wanted = request.http_range
    if "Range" not in request.headers:
        return web.Response(body=SOUND, content_type="audio/x-wav", headers={"ETag": '"1"', "X-Powered-By": "PBX"})
    if wanted.start >= len(SOUND):
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(SOUND)}"})
    part = SOUND[wanted]
    content_range = f"bytes {wanted.start}-{wanted.start + len(part) - 1}/{len(SOUND)}"
    return web.Response(status=206, body=part, content_type="audio/x-wav", headers={"Content-Range": content_range})


async def heard(recording: Recording) -> bytes:
    return b"".join([chunk async for chunk in recording.chunks])


async def test_a_whole_recording(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = serve
    async with client.recording(PATH) as recording:
        assert recording.status == 200
        assert recording.headers == {"Content-Type": "audio/x-wav", "Content-Length": "1024", "ETag": '"1"'}
        assert await heard(recording) == SOUND
    assert fake.briefs == [("GET", f"/coocenter-api/monitor/{PATH}")]
    # The length told must be the length sent.
    assert fake.asked[0].headers["Accept-Encoding"] == "identity"


async def test_a_part_of_a_recording(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = serve
    async with client.recording(PATH, {"range": "bytes=100-199"}) as recording:
        assert recording.status == 206
        assert recording.headers["Content-Range"] == "bytes 100-199/1024"
        assert await heard(recording) == SOUND[100:200]


async def test_a_part_behind_the_end(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = serve
    async with client.recording(PATH, {"Range": "bytes=5000-"}) as recording:
        assert recording.status == 416
        assert recording.headers["Content-Range"] == "bytes */1024"


async def test_of_the_listener_only_the_range_is_passed_on(fake: FakePbx, connect: Connect) -> None:
    fake.answer = serve
    headers = {
        "Range": "bytes=0-",
        "if-range": '"1"',
        "If-None-Match": '"2"',
        "Cookie": "session=secret",
        "Authorization": "Bearer secret",
        "X-Forwarded-For": "192.0.2.1",
        "Host": "home.example",
    }
    async with connect(fake.url, KEY).recording(PATH, headers) as recording:
        await heard(recording)
    sent = fake.asked[0].headers
    assert {name.title(): sent[name] for name in sent if name.title() in ("Range", "If-Range", "If-None-Match")} == {
        "Range": "bytes=0-",
        "If-Range": '"1"',
        "If-None-Match": '"2"',
    }
    assert sent["Authorization"] != "Bearer secret"
    assert sent["Host"] == f"127.0.0.1:{fake.url.port}"
    assert not {"Cookie", "X-Forwarded-For"} & set(sent)


async def test_a_recording_is_passed_on_while_it_comes(fake: FakePbx, client: CooCenterClient) -> None:
    heard_first = asyncio.Event()

    async def slowly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await heard_first.wait()
        await response.write(b"second")
        return response

    fake.answer = slowly
    async with client.recording(PATH) as recording:
        assert await anext(recording.chunks) == b"first"
        heard_first.set()
        assert await heard(recording) == b"second"


@pytest.mark.parametrize("longest", [len(SOUND), len(SOUND) - 1])
async def test_no_more_comes_than_any_recording_has(
    fake: FakePbx, client: CooCenterClient, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    fake.answer = serve
    monkeypatch.setattr(transport, "_MAX_RECORDING", longest)
    with nullcontext() if longest == len(SOUND) else pytest.raises(BadReply, match="too long"):
        async with client.recording(PATH) as recording:
            await heard(recording)


async def test_a_recording_that_never_falls_silent_ends(
    fake: FakePbx, client: CooCenterClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of hours, less than a second.
    total = transport._STREAM_TIMEOUT.total
    assert total
    monkeypatch.setattr(transport, "_STREAM_TIMEOUT", ClientTimeout(total=total / 40_000))

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(1_000):
                await response.write(b"x")
                await asyncio.sleep(0.02)
        return response

    fake.answer = drip
    async with asyncio.timeout(10):
        with pytest.raises(ConnectionFailed, match="in time"):
            async with client.recording(PATH) as recording:
                await heard(recording)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (f"monitor/{PATH}", PATH),
        (f"/monitor/{PATH} ", PATH),
        (f"//{PATH}", PATH),
        ("monitor/monitor/a.wav", "monitor/a.wav"),
        ("asterisk/monitor/recording/20200715/a.wav", "asterisk/monitor/recording/20200715/a.wav"),
        ("a b?c#d.wav", "a%20b%3Fc%23d.wav"),
        ("%2e%2e/a.wav", "%252e%252e/a.wav"),
        ("http://elsewhere.example/a.wav", "http:/elsewhere.example/a.wav"),
        ("录音.wav", "%E5%BD%95%E9%9F%B3.wav"),
    ],
)
async def test_a_path_stays_below_monitor(fake: FakePbx, client: CooCenterClient, path: str, asked: str) -> None:
    fake.answer = serve
    async with client.recording(path):
        pass
    assert fake.briefs == [("GET", f"/coocenter-api/monitor/{asked}")]


@pytest.mark.parametrize(
    "path",
    ["", "/", "monitor", "../etc/passwd", "a/../../b", "monitor/..", "./a", "a\\..\\b", "a\nb", "a\0", "..\u202e/a"],
)
async def test_a_path_that_leads_elsewhere_is_not_asked_for(fake: FakePbx, client: CooCenterClient, path: str) -> None:
    with pytest.raises(Refused, match="no path"):
        async with client.recording(path):
            pytest.fail("opened")
    assert fake.asked == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (web.Response(status=404, text="<html>"), Refused),
        (web.Response(status=410), Refused),
        (web.Response(status=500), ConnectionFailed),
        (web.Response(status=302, headers={"Location": "/"}), BadReply),
        (web.Response(status=400), BadReply),
        (web.Response(text="<html>Login</html>", content_type="text/html"), BadReply),
        (web.json_response({"status": "success"}), BadReply),
        (error("No such file"), Refused),
        (error("No such file", 404), Refused),
        (error("Unauthorized"), AuthenticationFailed),
        (web.Response(status=401), AuthenticationFailed),
    ],
    ids=lambda value: f"{value.status} {value.content_type}" if isinstance(value, web.Response) else value.__name__,
)
async def test_what_is_no_recording(
    fake: FakePbx, client: CooCenterClient, answer: web.Response, problem: type[CooCenterError]
) -> None:
    fake.answer = lambda request: answer
    with pytest.raises(problem):
        async with client.recording(PATH):
            pytest.fail("opened")
    assert len(fake.asked) == 1


async def test_the_day_is_found_for_a_recording_too(fake: FakePbx, connect: Connect) -> None:
    client = connect(fake.url, KEY)
    yesterday = client.today().replace(day=22)
    fake.answer = lambda request: (
        serve(request) if request.headers["Authorization"] == key_of(yesterday) else error("Unauthorized")
    )
    async with client.recording(PATH) as recording:
        assert await heard(recording) == SOUND
    assert client.today() == yesterday
