"""What the tests of recordings share: calls with recordings on the PBX, their addresses, and what came of them."""

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from http import HTTPStatus
import io
import logging
from typing import Any

from aiohttp import ClientPayloadError, ClientResponse
from aiohttp.test_utils import TestClient
import av
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import imageio_ffmpeg
from multidict import CIMultiDictProxy
import psutil
import pytest
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from simulator import Simulator
from simulator.recording import Recording
from tests.conftest import Push
from tests.log_harness import ALICE, BOB, cdr
from tests.office_harness import ENTRY_ID

MONITOR = "/coocenter-api/monitor/"
ROOT = "media-source://coocenter"
PBX = f"{ROOT}/{ENTRY_ID}"

type Ask = Callable[..., Awaitable[dict[str, Any]]]
type Listen = Callable[..., Awaitable[tuple[int, CIMultiDictProxy[str], bytes]]]


def encoded(text: str) -> str:
    """Return what stands in an address for a text that cannot."""
    return "~" + urlsafe_b64encode(text.encode()).decode().rstrip("=")


def url(uid: str = "1.1", index: object = 0, entry_id: str = ENTRY_ID) -> str:
    return f"/api/coocenter/recording/{entry_id}/{uid}/{index}"


def media_id(uid: str = "1.1", index: object = 0, entry_id: str = ENTRY_ID) -> str:
    return f"media-source://coocenter/{entry_id}/call/{uid}/{index}"


async def recorded(pbx: Simulator, push: Push, uid: str = "1.1", *, seconds: float = 2.0, **fields: str) -> None:
    """Let the PBX log a call from outside, and keep its recording."""
    log = cdr(uid, **fields)
    pbx.engine.exchange.keep_recording(log["recordfile"], seconds)
    assert await push(log) == HTTPStatus.OK


def change(pbx: Simulator, **quirks: object) -> None:
    pbx.quirks = pbx.quirks.changed(quirks)


def serve(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let every recording of the PBX be these bytes."""
    monkeypatch.setattr("simulator.api.recording", lambda *_: Recording(content, b"\0", len(content)))


def asked(pbx: Simulator) -> list[str]:
    """Return which recordings the PBX was asked for, once for each time."""
    return [request.path.removeprefix(MONITOR) for request in pbx.requests if request.path.startswith(MONITOR)]


def listening_to(client: TestClient) -> Listen:
    """Return what asks for a recording and returns the status, the headers and the whole body."""

    async def listen(
        uid: str = "1.1", *, wanted: str = "", method: str = "GET", address: str = "", **headers: str
    ) -> tuple[int, CIMultiDictProxy[str], bytes]:
        if wanted:
            headers["Range"] = wanted
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        async with client.request(method, address or url(uid), headers=given) as response:
            return response.status, response.headers, await response.read()

    return listen


async def with_ffmpeg(hass: HomeAssistant, binary: str = "") -> None:
    """Set up Home Assistant's integration of ffmpeg, with a real one where no other is given."""
    config = {"ffmpeg": {"ffmpeg_bin": binary or imageio_ffmpeg.get_ffmpeg_exe()}}
    assert await async_setup_component(hass, "ffmpeg", config)


async def until_it_breaks(response: ClientResponse) -> bytes:
    """Return what comes of a body before the connection breaks, which it must."""
    content = bytearray()
    try:
        async for chunk in response.content.iter_any():
            content += chunk
    except ClientPayloadError:
        return bytes(content)
    pytest.fail("came to an end")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged that somebody would have to look at; a slow machine is none."""
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING and one.name != "asyncio"]


def heard(content: bytes) -> tuple[str, int, float]:
    """Return what FFmpeg takes sound for, its rate, and how many seconds it lasts."""
    with av.open(io.BytesIO(content)) as file:
        stream = file.streams.audio[0]
        samples = sum(frame.samples for frame in file.decode(stream))
        return stream.codec_context.name, stream.rate, samples / stream.rate


def children() -> set[int]:
    """Return the ids of the processes that this one has begun and not done with."""
    return {child.pid for child in psutil.Process().children()}


async def three_days(hass: HomeAssistant, pbx: Simulator, push: Push) -> None:
    """Let there be calls of three days, most of them recorded, and a media browser."""
    assert await async_setup_component(hass, "media_source", {})
    await recorded(pbx, push, "1.1", callerid=f'"Acme" <{ALICE}>')
    outbound = {"calltype": "outbound", "source": "802", "destination": BOB}
    for uid, fields in {
        "2.1": outbound | {"starttime": "2026-11-23 23:59:59", "answertime": "2026-11-24 00:00:01"},
        "3.1": {"starttime": "2026-11-24 00:00:00", "answertime": "2026-11-24 00:00:09", "source": ""},
        "4.1": {"starttime": "2026-11-25 08:00:00", "answertime": "2026-11-25 08:00:10", "recordfile": ""},
        "5.1": {"starttime": "2026-11-25 07:00:00", "answertime": "2026-11-25 07:00:05", "billableseconds": "3"},
    }.items():
        end = {"endtime": f"{fields['answertime'][:-8]}09:00:00"}
        await recorded(pbx, push, uid, **(end | fields))


def asking(client: MockHAClientWebSocket) -> Ask:
    """Return a way to the media browser."""

    async def ask(command: str, item: str = ROOT, **fields: Any) -> dict[str, Any]:
        await client.send_json_auto_id({"type": f"media_source/{command}_media", "media_content_id": item, **fields})
        answer: dict[str, Any] = await client.receive_json()
        return answer

    return ask


async def titles(ask: Ask, item: str = ROOT) -> list[str]:
    """Return what is in a folder."""
    answer = await ask("browse", item)
    assert answer["success"], answer
    return [child["title"] for child in answer["result"]["children"]]
