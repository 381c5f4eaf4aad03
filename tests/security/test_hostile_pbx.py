"""The PBX is not trusted: where it sends us, how much it says, how long it takes, and what it calls its files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter import recordings
from custom_components.coocenter.pbx import transport
from simulator import Simulator
from simulator.recording import Recording
from tests.conftest import Push
from tests.office_harness import errors, poll, state_of
from tests.recordings_harness import recorded, serve, url

PAGE = b"<html><script>alert(document.cookie)</script></html>"
MIB = 1024 * 1024


@pytest.fixture
async def elsewhere(socket_enabled: None) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Another host, and who came there."""
    came: list[web.Request] = []

    async def take(request: web.Request) -> web.Response:
        came.append(request)
        return web.json_response([])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/")), came


async def hostile(handle: object) -> TestServer:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)  # type: ignore[arg-type]
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    return server


async def become(hass: HomeAssistant, entry: MockConfigEntry, server: TestServer) -> None:
    """Let the PBX at the entry's address be another one."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, "port": server.port})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere(
    hass: HomeAssistant, loaded: MockConfigEntry, elsewhere: tuple[str, list[web.Request]], status: int
) -> None:
    """Neither the key's digest nor a number that is dialled gets to another host."""
    place, came = elsewhere

    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": place + request.path.lstrip("/")})

    async with await hostile(redirect) as server:
        await become(hass, loaded, server)
        assert loaded.state is ConfigEntryState.SETUP_RETRY
    assert came == []


@pytest.mark.usefixtures("loaded")
async def test_a_redirected_recording_leads_nowhere(
    pbx: Simulator,
    push: Push,
    elsewhere: tuple[str, list[web.Request]],
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await recorded(pbx, push)
    place, came = elsewhere

    def redirect(*_: object) -> None:
        raise web.HTTPFound(place)

    monkeypatch.setattr("simulator.api.recording", redirect)
    assert (await (await hass_client()).get(url(), allow_redirects=False)).status == 502
    assert came == []


async def test_no_more_than_8_mib_of_a_reply_are_read(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    sent, ended = 0, asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while sent < 64 * MIB:
                await response.write(b" " * MIB)
                sent += MIB
        except ConnectionError:
            pass
        finally:
            ended.set()
        return response

    async with await hostile(endless) as server:
        await become(hass, loaded, server)
        assert loaded.state is ConfigEntryState.SETUP_RETRY
        await asyncio.wait_for(ended.wait(), 10)
    # What was on its way, in the buffers of both ends, comes on top.
    assert sent < 32 * MIB


@pytest.mark.parametrize(("blanks", "state"), [(MIB, ConfigEntryState.LOADED), (9 * MIB, ConfigEntryState.SETUP_RETRY)])
async def test_what_is_packed_counts_unpacked(
    hass: HomeAssistant, loaded: MockConfigEntry, blanks: int, state: ConfigEntryState
) -> None:
    """What is too long would be an answer like any other, but for the blanks."""
    body = b'[{"extension": "801", "status": "0"}]' + b" " * blanks

    async def bomb(request: web.Request) -> web.Response:
        response = web.Response(body=body, content_type="application/json")
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with await hostile(bomb) as server:
        await become(hass, loaded, server)
        assert loaded.state is state


async def test_a_reply_that_comes_by_drops_ends_in_time(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound is for the whole of a reply, however often a byte of it comes."""
    monkeypatch.setattr(transport, "_TIMEOUT", transport.ClientTimeout(total=0.5))
    left = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(1_000):
                await response.write(b" ")
                await asyncio.sleep(0.05)
        finally:
            left.set()
        return response

    async with await hostile(drip) as server:
        await become(hass, loaded, server)
        assert loaded.state is ConfigEntryState.SETUP_RETRY
        await asyncio.wait_for(left.wait(), 10)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("said", ["text/html", "image/svg+xml", "application/x-msdownload", "audio/x-wav"])
async def test_a_page_is_no_recording_whatever_it_is_called(
    pbx: Simulator,
    push: Push,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
) -> None:
    await recorded(pbx, push)
    pbx.quirks = pbx.quirks.changed({"recording_content_type": said})
    client = await hass_client()
    sound = await client.get(url())
    # A page is none by its name alone; any other name is not believed, and the sound is what its bytes are.
    if said != "text/html":
        assert (sound.status, sound.headers["Content-Type"]) == (200, "audio/wav")
        assert sound.headers["X-Content-Type-Options"] == "nosniff"
    await recorded(pbx, push, "2.1")
    serve(monkeypatch, PAGE)
    page = await client.get(url("2.1"))
    assert page.status == 502
    assert PAGE not in await page.read()


@pytest.mark.usefixtures("loaded")
async def test_a_recording_that_comes_by_drops_begins_in_time_or_not_at_all(
    pbx: Simulator, push: Push, hass_client: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recorded(pbx, push)
    monkeypatch.setattr(recordings, "_PATIENCE", 0.5)

    async def drip(request: web.Request, *_: object) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/x-wav"})
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(1_000):
                await response.write(b"R")
                await asyncio.sleep(0.05)
        return response

    monkeypatch.setattr("simulator.api.send", drip)
    client = await hass_client()
    async with asyncio.timeout(10):
        assert (await client.get(url())).status == 503


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("value", [b"a\x0bb", b"a\x7fb", b"a\x1b[31mb", b"\x85"], ids=repr)
async def test_no_header_of_a_recording_is_an_error(
    pbx: Simulator,
    push: Push,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    value: bytes,
) -> None:
    await recorded(pbx, push)
    names = ("ETag", "Content-Range", "Accept-Ranges", "Last-Modified")
    odd = b"".join(b"%b: %b\r\n" % (name.encode(), value) for name in names)

    async def send(request: web.Request, recording: Recording, _: object) -> web.StreamResponse:
        """Answer past the server's own checks."""
        body = b"".join(recording.chunks(0, recording.size))
        head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\nContent-Length: %d\r\n" % len(body)
        assert request.transport
        request.transport.write(head + odd + b"Connection: close\r\n\r\n" + body)
        request.transport.close()
        return web.Response()

    monkeypatch.setattr("simulator.api.send", send)
    client = await hass_client()
    for method in ("GET", "HEAD"):
        sound = await client.request(method, url())
        assert (sound.status, {*names} & {*sound.headers}) == (200, set())
    assert errors(caplog) == []


async def test_after_all_that_the_right_pbx_is_shown(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    async def junk(request: web.Request) -> web.Response:
        return web.Response(body=PAGE, content_type="text/html")

    port = loaded.data["port"]
    async with await hostile(junk) as server:
        await become(hass, loaded, server)
    hass.config_entries.async_update_entry(loaded, data={**loaded.data, "port": port})
    await hass.config_entries.async_reload(loaded.entry_id)
    await poll(hass)
    assert state_of(hass, "801_status").state == "idle"
    assert errors(caplog) == []
