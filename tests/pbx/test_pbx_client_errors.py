"""Whatever goes wrong on the way to the PBX comes out as one of four errors; methods that work are remembered."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestServer
from pbx_harness import Connect, FakePbx, error, ok
import pytest
from yarl import URL

from custom_components.coocenter.pbx import (
    BadReply,
    ConnectionFailed,
    CooCenterClient,
    CooCenterError,
    Refused,
    transport,
)
from simulator.certificate import self_signed_context

HTML = "<html><body>Router login</body></html>"
WRONG_ANSWERS: dict[str, tuple[Callable[[], web.Response], type[CooCenterError], str]] = {
    "page": (lambda: web.Response(text=HTML, content_type="text/html"), BadReply, "not JSON"),
    "page not found": (lambda: web.Response(text=HTML, content_type="text/html", status=404), BadReply, "HTTP 404"),
    "empty": (web.Response, BadReply, "not JSON"),
    "half a JSON": (lambda: web.Response(text='{"status": "succ'), BadReply, "not JSON"),
    "endless brackets": (lambda: web.Response(text="[" * 200_000), BadReply, "not JSON"),
    "a number": (lambda: web.json_response(42), BadReply, "list"),
    "an unknown status": (lambda: web.json_response({"status": "maybe"}), BadReply, "list"),
    "no words": (lambda: web.json_response({"status": "error"}), Refused, "^error$"),
    "failed": (lambda: web.json_response({"status": "Failed", "message": "No such queue"}), Refused, "No such queue"),
    "refused by status": (lambda: error("Interface not found", 404), Refused, "^Interface not found$"),
    "success with a wrong status": (lambda: web.json_response({"status": "success"}, status=400), BadReply, "HTTP 400"),
    "bad request": (lambda: web.Response(text="no", status=400), BadReply, "HTTP 400"),
    "moved": (lambda: web.Response(status=302, headers={"Location": "/"}), BadReply, "HTTP 302"),
    "broken": (lambda: web.Response(text=HTML, status=500), ConnectionFailed, "HTTP 500"),
    "broken, politely": (lambda: error("PBX not connected", 503), ConnectionFailed, "PBX not connected"),
    "broken, yet successful": (lambda: web.json_response([], status=502), BadReply, "HTTP 502"),
}


@pytest.mark.parametrize("answer", WRONG_ANSWERS)
async def test_a_wrong_answer(fake: FakePbx, client: CooCenterClient, answer: str) -> None:
    make, problem, words = WRONG_ANSWERS[answer]
    fake.answer = lambda request: make()
    with pytest.raises(problem, match=words):
        await client.extension_hints()
    assert len(fake.asked) == 1


async def test_a_redirect_is_not_followed(fake: FakePbx, connect: Connect) -> None:
    client = connect(fake.url, "sesame")
    fake.answer = lambda request: web.Response(status=307, headers={"Location": str(fake.url / "elsewhere")})
    with pytest.raises(BadReply, match="HTTP 307"):
        await client.hang_up("801")
    assert fake.briefs == [("POST", "/coocenter-api/extensions/hangup")]


async def test_a_reply_in_the_vendors_encoding(fake: FakePbx, client: CooCenterClient) -> None:
    body = '[{"extension": "801", "agentName": "张伟", "status": "0"}]'.encode("gb18030")
    fake.answer = lambda request: web.Response(body=body, content_type="application/json")
    (hint,) = await client.extension_hints()
    assert hint.agent_name == "张伟"


async def test_an_answer_without_end_is_cut_off(
    fake: FakePbx, client: CooCenterClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_MAX_REPLY", 1000)
    fake.answer = lambda request: web.Response(text="[" + " " * 998 + "]")
    assert await client.blacklist() == ()
    fake.answer = lambda request: web.Response(text="[" + " " * 999 + "]")
    with pytest.raises(BadReply, match="too long"):
        await client.blacklist()


async def test_silence_is_a_timeout(fake: FakePbx, client: CooCenterClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_TIMEOUT", ClientTimeout(total=0.05))
    given_up = asyncio.Event()

    async def silent(request: web.Request) -> web.Response:
        await given_up.wait()
        return ok()

    fake.answer = silent
    with pytest.raises(ConnectionFailed, match="in time"):
        await client.blacklist()
    given_up.set()


def _abort(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


async def test_a_connection_reset_before_the_answer(fake: FakePbx, client: CooCenterClient) -> None:
    def reset(request: web.Request) -> web.Response:
        _abort(request)
        return ok()

    fake.answer = reset
    with pytest.raises(ConnectionFailed):
        await client.dial("801", "802")


async def _break_off(request: web.Request, after: asyncio.Event) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"[1, 2")
    await after.wait()
    _abort(request)
    return response


async def test_a_reply_that_breaks_off(fake: FakePbx, client: CooCenterClient) -> None:
    at_once = asyncio.Event()
    at_once.set()
    fake.answer = lambda request: _break_off(request, at_once)
    with pytest.raises(ConnectionFailed):
        await client.blacklist()


async def test_a_recording_that_breaks_off(fake: FakePbx, client: CooCenterClient) -> None:
    heard = asyncio.Event()

    async def listen() -> None:
        async with client.recording("a.wav") as recording:
            assert await anext(recording.chunks) == b"[1, 2"
            heard.set()
            await anext(recording.chunks)

    fake.answer = lambda request: _break_off(request, heard)
    with pytest.raises(ConnectionFailed):
        await listen()
    assert heard.is_set()


async def test_garbage_instead_of_http(connect: Connect, socket_enabled: None) -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"SSH-2.0-dropbear\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(garbage, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(ConnectionFailed):
            await connect(URL(f"http://{host}:{port}")).blacklist()


@pytest.fixture
async def secured(fake: FakePbx) -> AsyncIterator[URL]:
    """The same PBX behind a certificate of its own."""
    server = TestServer(fake.app, host="127.0.0.1")
    await server.start_server(ssl=self_signed_context("127.0.0.1"))
    yield server.make_url("/")
    await server.close()


async def test_a_certificate_that_the_pbx_signed_itself_is_taken_where_the_user_says_so(
    fake: FakePbx, connect: Connect, secured: URL
) -> None:
    await connect(secured, verify_ssl=False).hang_up("801")
    assert len(fake.asked) == 1


async def test_a_certificate_that_the_pbx_signed_itself_is_refused_otherwise(
    fake: FakePbx, connect: Connect, secured: URL
) -> None:
    with pytest.raises(ConnectionFailed, match=r"(?i)certificate"):
        await connect(secured).hang_up("801")
    assert fake.asked == []


async def test_https_where_plain_http_is_spoken(fake: FakePbx, connect: Connect) -> None:
    with pytest.raises(ConnectionFailed):
        await connect(fake.url.with_scheme("https"), verify_ssl=False).blacklist()


async def test_a_method_that_is_wrong_there_is_replaced_and_the_right_one_remembered(
    fake: FakePbx, client: CooCenterClient
) -> None:
    path = "/coocenter-api/extensions/current-calls"
    right = "POST"
    wrong = [web.Response(status=405), error("Not Found", 404)]
    fake.answer = lambda request: ok([]) if request.method == right else wrong.pop()

    await client.current_calls()
    await client.current_calls()
    assert fake.briefs == [("GET", path), ("POST", path), ("POST", path)]

    right = "GET"
    fake.asked.clear()
    await client.current_calls()
    await client.current_calls()
    assert fake.briefs == [("POST", path), ("GET", path), ("GET", path)]


async def test_methods_are_remembered_by_path(fake: FakePbx, client: CooCenterClient) -> None:
    fake.answer = lambda request: (
        ok({} if "queue" in request.path else []) if request.method == "POST" else error("", 405)
    )
    await client.queues()
    await client.current_calls()
    assert [method for method, _ in fake.briefs] == ["GET", "POST", "GET", "POST"]


async def test_where_neither_method_is_right_the_refusal_is_told_and_nothing_learnt(
    fake: FakePbx, client: CooCenterClient
) -> None:
    fake.answer = lambda request: error("Not Found", 404)
    for _ in range(2):
        fake.asked.clear()
        with pytest.raises(Refused, match="Not Found"):
            await client.queues()
        assert [method for method, _ in fake.briefs] == ["GET", "POST"]


async def test_a_refusal_by_the_right_method_is_no_reason_to_try_the_other(
    fake: FakePbx, client: CooCenterClient
) -> None:
    fake.answer = lambda request: error("The queue service is off")
    with pytest.raises(Refused):
        await client.queues()
    assert len(fake.asked) == 1
