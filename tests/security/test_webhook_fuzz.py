"""Whatever comes to the webhook's port: no error, no growth, and no state from what is not the PBX's."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import json
from typing import Any
from urllib.parse import urlencode
import zlib

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.coocenter.link import DATA_LINKS, Link
from custom_components.coocenter.push_view import async_push_path
from tests.conftest import WEBHOOK_ID
from tests.log_harness import cc_cdr, cdr
from tests.office_harness import DIAL_BEGIN, ENTRY_ID, errors, state_of, status

PATH = async_push_path(WEBHOOK_ID)
#: An example is a connection or two, and tells nothing of the next one.
fuzz = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

type Send = Callable[[bytes], Awaitable[int]]

EVENTS = [DIAL_BEGIN, status("801", "8"), cdr("1.1"), cc_cdr("1.1"), {"event": "hangup", "uniqueid": "1.1"}]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
twisted = st.builds(lambda event, changes: event | changes, st.sampled_from(EVENTS), st.dictionaries(st.text(), values))
fields = st.sampled_from(EVENTS).flatmap(
    lambda event: st.fixed_dictionaries(dict.fromkeys(event, values) | {"event": st.just(event["event"])})
)
bodies = st.one_of(
    st.binary(max_size=2_000),
    st.builds(json.dumps, twisted | fields | values).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(lambda event: urlencode(event, errors="replace").encode(), twisted | fields),
    st.builds(lambda event: urlencode(event).encode("utf-16"), st.sampled_from(EVENTS)),
    st.builds(
        lambda part, times: part * times,
        st.sampled_from([b"[", b'{"a":', b"%e4", b"a=&", b"\0"]),
        st.integers(1, 30_000),
    ),
)
content_types = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-16", "x; charset=punycode", ""]
) | st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
#: What unpacks it is to be told as much truth as the rest.
encodings = st.sampled_from(["", "gzip", "deflate", "br", "zstd", "identity", "nonsense"])
framings = st.sampled_from(["length", "chunked", "short", "long", "none"])
requests = st.tuples(content_types, encodings, framings)


@pytest.fixture
async def port(loaded: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator) -> int:
    client: TestClient[Any, Any] = await hass_client_no_auth()
    assert client.port
    return client.port


@pytest.fixture
def link(hass: HomeAssistant, loaded: MockConfigEntry) -> Link:
    return hass.data[DATA_LINKS][ENTRY_ID]


@pytest.fixture
def send(port: int) -> Send:
    """Send bytes over a connection of their own, end it, and return the status of the answer, 0 for none."""

    async def send(raw: bytes) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        line = b""
        try:
            async with asyncio.timeout(20):
                writer.write(raw)
                writer.write_eof()
                line = await reader.readline()
                await reader.read()
        except ConnectionError:
            # It need not have listened to the end.
            pass
        finally:
            writer.close()
        return int(line.split()[1]) if line.startswith(b"HTTP/") else 0

    return send


def framed(path: str, body: bytes, framing: str, headers: dict[str, str], method: str = "POST") -> bytes:
    """Return a request whose body is, or is not, as long as it says."""
    length = {"length": len(body), "short": len(body) // 2, "long": len(body) * 2 + 1}
    if framing == "chunked":
        headers = headers | {"Transfer-Encoding": "chunked"}
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:]) if part) + b"0\r\n\r\n"
    elif framing in length:
        headers = headers | {"Content-Length": str(length[framing])}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return f"{method} {path} HTTP/1.1\r\nHost: hass\r\n{head}\r\n".encode("latin-1") + body


def shown(hass: HomeAssistant) -> dict[str, Any]:
    return {state.entity_id: (state.state, dict(state.attributes)) for state in hass.states.async_all()}


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the errors of what got as far as to us: of what is no HTTP Home Assistant's server tells, at any URL."""
    found = [line for line in errors(caplog) if not line.startswith("Error handling request")]
    caplog.clear()
    return found


def kept(link: Link) -> int:
    """Return how much is remembered of what was pushed."""
    state = link.state
    samples = sum(map(len, link.pushes.samples))
    return len(list(state.calls)) + len(state.extensions) + len(state.queues) + samples


@fuzz
@given(body=bodies, asked=requests)
async def test_any_body_under_any_header(
    hass: HomeAssistant,
    send: Send,
    link: Link,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    asked: tuple[str, str, str],
) -> None:
    content_type, encoding, framing = asked
    headers = {"Content-Type": content_type, "Content-Encoding": encoding}
    # 0: the connection was shut. 429: so much junk has come by now.
    assert await send(framed(PATH, body, framing, headers)) in {0, 200, 400, 403, 413, 429}
    await hass.async_block_till_done()
    assert ours(caplog) == []
    assert kept(link) < 10_000
    assert all(len(state.state) <= 255 for state in hass.states.async_all())


@fuzz
@given(raw=st.binary(max_size=3_000), method=st.sampled_from(["POST", "GET", "PUT", "HEAD", "OPTIONS", "\0", "PO ST"]))
async def test_any_bytes_instead_of_a_request(
    hass: HomeAssistant, send: Send, caplog: pytest.LogCaptureFixture, raw: bytes, method: str
) -> None:
    before = shown(hass)
    await send(raw)
    await send(f"{method} {PATH} HTTP/1.1\r\n".encode() + raw)
    await send(framed(PATH, raw, "length", {}, method))
    assert ours(caplog) == []
    assert {name: state for name, state in shown(hass).items() if state != before[name]} == {}


@fuzz
@given(event=twisted | fields | st.sampled_from(EVENTS), key=st.text(st.characters(codec="latin-1"), max_size=40))
async def test_no_state_comes_of_an_event_with_a_wrong_key(
    hass: HomeAssistant, send: Send, link: Link, caplog: pytest.LogCaptureFixture, event: dict[str, Any], key: str
) -> None:
    before = shown(hass)
    key = "".join(filter(str.isprintable, key)).strip() or "x"
    answer = await send(framed(PATH, json.dumps(event).encode(), "length", {"Authorization": key}))
    assert answer in {400, 401, 429}
    other = async_push_path(f"{WEBHOOK_ID}x")
    assert await send(framed(other, json.dumps(event).encode(), "length", {})) == 404
    await hass.async_block_till_done()
    assert shown(hass) == before
    assert (link.pushes.received, errors(caplog)) == (0, [])


async def test_of_what_is_packed_no_more_is_unpacked_than_an_event_is_long(
    hass: HomeAssistant, send: Send, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Of 256 MiB in 256 KiB; the connection is shut, because the server would unpack the rest to throw it away."""
    packer = zlib.compressobj(9)
    bomb = packer.compress(bytes(256 * 1024 * 1024)) + packer.flush()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(framed(PATH, bomb, "length", {"Content-Encoding": "deflate"}))
    async with asyncio.timeout(5):
        # Shut from the other side, with or without what was not read yet.
        with suppress(ConnectionResetError):
            await reader.read()
    writer.close()
    assert errors(caplog) == []
    assert await send(framed(PATH, json.dumps(status("801", "8")).encode(), "length", {})) == 200
    assert state_of(hass, "801_status").state == "ringing"


@pytest.mark.parametrize(("length", "answer"), [(64 * 1024, 200), (64 * 1024 + 1, 413), (5_000_000, 413)])
async def test_a_body_over_64_kib_is_refused(send: Send, length: int, answer: int) -> None:
    assert await send(framed(PATH, b"x" * length, "length", {})) == answer


async def test_the_websocket_s_way_to_a_webhook_is_none_around_the_checks(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_ws_client: WebSocketGenerator, link: Link
) -> None:
    client = await hass_ws_client()

    async def handle(body: str, **fields: Any) -> int:
        command = {"type": "webhook/handle", "webhook_id": WEBHOOK_ID, "method": "POST", "body": body, **fields}
        await client.send_json_auto_id(command)
        answer = await client.receive_json()
        return int(answer["result"]["status"])

    rings = json.dumps(status("801", "8"))
    assert await handle(rings, headers={"Authorization": "x"}) == 401
    assert await handle("x" * 70_000, headers={"Content-Encoding": "gzip"}) == 413
    assert await handle(rings, method="GET") == 405
    assert link.pushes.received == 0
    assert await handle(rings) == 200
    assert link.pushes.received == 1
