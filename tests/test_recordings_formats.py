"""What a recording is, by its bytes alone, and how one that browsers cannot play is played all the same."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
from pathlib import Path
import struct
from unittest.mock import AsyncMock

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockModule, mock_integration
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter.sound import GSM, GSM_IN_WAV, MP3, OGG, WAV, Kind, kind_of
from simulator import Quirks, Simulator
from simulator.recording import recording as made_up
from tests.conftest import Push
from tests.flow_harness import until
from tests.recordings_harness import (
    asked,
    change,
    children,
    complaints,
    heard,
    listening_to,
    recorded,
    serve,
    until_it_breaks,
    url,
    with_ffmpeg,
)


def wave(codec: int, before: bytes = b"") -> bytes:
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, codec, 1, 8000, 8000, 1, 8)
    return b"RIFF\0\0\0\0WAVE" + before + layout + b"data\0\0\0\0"


def sample(form: str) -> bytes:
    """Return a second in a format of the simulator's."""
    made = made_up(1, 0, Quirks().changed({"recording_format": form}))
    return b"".join(made.chunks(0, made.size))


KINDS: dict[str, tuple[bytes, Kind | None]] = {
    "PCM": (sample("wav"), WAV),
    "a-law": (wave(6), WAV),
    "u-law": (wave(7), WAV),
    "extensible": (wave(0xFFFE), WAV),
    "behind another chunk": (wave(1, b"LIST\x03\0\0\0abc\0"), WAV),
    "GSM in WAV": (sample("gsm"), GSM_IN_WAV),
    "GSM behind another chunk": (wave(0x31, b"JUNK\x02\0\0\0ab"), GSM_IN_WAV),
    "bare GSM": (sample("raw-gsm"), GSM),
    "one frame of GSM": (b"\xd2" + bytes(32), GSM),
    "MP3 with a tag": (b"ID3\x04\0\0\0\0\0\0", MP3),
    "MP3": (b"\xff\xfb\x90\x64", MP3),
    "MP3 of 16 kHz": (b"\xff\xf3\x48\xc4", MP3),
    "MP3 of 8 kHz": (b"\xff\xe3\x18\xc4", MP3),
    "Ogg": (b"OggS\0\x02", OGG),
    "ADPCM": (wave(2), None),
    "a WAV file without a format": (b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff", None),
    "a format cut off": (wave(1)[:20], None),
    "a chunk that goes on for ever": (wave(1, b"LIST\xff\xff\xff\xff"), None),
    "AVI": (b"RIFF\0\0\0\0AVI LIST", None),
    "AAC": (b"\xff\xf1\x50\x80", None),
    "silence in u-law": (b"\xff" * 500, None),
    "MPEG audio of a reserved rate": (b"\xff\xfb\x9c\x64", None),
    "half a frame of GSM": (b"\xd2" + bytes(31), None),
    "a frame of GSM and something else": (b"\xd2" + bytes(40), None),
    "a page": (b"<!DOCTYPE html><script>", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize(("head", "kind"), KINDS.values(), ids=KINDS)
def test_a_file_is_what_its_bytes_are(head: bytes, kind: Kind | None) -> None:
    assert kind_of(head) is kind
    for length in range(20):
        # However little there is of it, nothing else becomes of it.
        assert kind_of(head[:length]) in (kind, None)


@pytest.fixture
async def client(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_client: ClientSessionGenerator
) -> TestClient:
    await recorded(pbx, push)
    return await hass_client()


@pytest.fixture
async def ffmpeg(hass: HomeAssistant) -> AsyncGenerator[None]:
    before = children()
    await with_ffmpeg(hass)
    yield
    # None is left behind, whatever happened to the listeners.
    await until(lambda: children() <= before)


@pytest.mark.parametrize(("content", "kind"), [(b"ID3" + bytes(99), "audio/mpeg"), (b"OggS" + bytes(99), "audio/ogg")])
async def test_what_browsers_know_is_passed_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str
) -> None:
    serve(monkeypatch, content)
    status, headers, body = await listening_to(client)(wanted="bytes=50-")
    assert (status, headers["Content-Type"], body) == (HTTPStatus.PARTIAL_CONTENT, kind, content[50:])


@pytest.mark.parametrize("content", [b"", b"<script>alert(1)</script>", wave(2) + bytes(99)])
async def test_what_nobody_knows_is_refused(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    pbx: Simulator,
    content: bytes,
) -> None:
    serve(monkeypatch, content)
    change(pbx, recording_content_type="audio/x-wav")
    for method in ("GET", "HEAD"):
        status, headers, body = await listening_to(client)(method=method)
        assert (status, headers["Content-Type"]) == (HTTPStatus.BAD_GATEWAY, "application/json")
        assert b"alert" not in body
    assert "Nothing here can play the recording of call 1.1" in caplog.text


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize("form", ["gsm", "raw-gsm"])
@pytest.mark.parametrize("ranges", [True, False])
async def test_gsm_becomes_mp3(client: TestClient, pbx: Simulator, form: str, ranges: bool) -> None:
    change(pbx, recording_format=form, recording_seconds=20, range_support=ranges)
    for wanted in ("", "bytes=0-", "bytes=1000-"):
        status, headers, content = await listening_to(client)(wanted=wanted)
        # Where in it a byte of the other is nobody can say, so it is the whole.
        assert (status, headers["Content-Type"], headers["Accept-Ranges"]) == (HTTPStatus.OK, "audio/mpeg", "none")
        assert headers["Content-Disposition"].endswith('_1.1.mp3"')
        assert "Content-Length" not in headers
        codec, rate, seconds = heard(content)
        assert (codec.startswith("mp3"), rate) == (True, 16_000)
        assert seconds == pytest.approx(20, abs=0.2)
        # A player may begin anywhere in a stream of it: it has no header of its own.
        assert kind_of(content) is MP3
        assert content[0] == 0xFF


@pytest.mark.parametrize("form", ["gsm", "raw-gsm"])
@pytest.mark.usefixtures("ffmpeg")
async def test_a_head_of_gsm(client: TestClient, pbx: Simulator, form: str) -> None:
    change(pbx, recording_format=form)
    before = children()
    status, headers, content = await listening_to(client)(method="HEAD")
    assert (status, headers["Content-Type"], content) == (HTTPStatus.OK, "audio/mpeg", b"")
    assert children() == before
    assert len(asked(pbx)) == 1


async def test_without_ffmpeg_it_is_said(hass: HomeAssistant, client: TestClient, pbx: Simulator) -> None:
    change(pbx, recording_format="gsm")
    await with_ffmpeg(hass, "/nonexistent/ffmpeg")
    for method in ("GET", "HEAD"):
        status, _, body = await listening_to(client)(method=method)
        assert status == HTTPStatus.NOT_IMPLEMENTED
        assert method == "HEAD" or b"no ffmpeg" in body


async def test_an_ffmpeg_that_does_not_run(
    hass: HomeAssistant, client: TestClient, pbx: Simulator, tmp_path: Path
) -> None:
    change(pbx, recording_format="gsm")
    program = tmp_path / "ffmpeg"
    program.write_bytes(b"\x7fELF of another machine")
    program.chmod(0o755)
    await with_ffmpeg(hass, str(program))
    assert (await listening_to(client)())[0] == HTTPStatus.NOT_IMPLEMENTED
    program.write_text("#!/bin/sh\nexit 1\n")
    for seconds in (1, 3600):
        # Whether or not it ends before all was given to it.
        change(pbx, recording_seconds=seconds)
        assert (await listening_to(client)())[0] == HTTPStatus.BAD_GATEWAY


async def test_an_ffmpeg_that_cannot_be_set_up(hass: HomeAssistant, client: TestClient, pbx: Simulator) -> None:
    change(pbx, recording_format="gsm")
    mock_integration(hass, MockModule("ffmpeg", async_setup=AsyncMock(return_value=False)))
    assert (await listening_to(client)())[0] == HTTPStatus.NOT_IMPLEMENTED


@pytest.mark.usefixtures("ffmpeg")
async def test_the_pbx_goes_while_gsm_is_transcoded(
    client: TestClient, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    change(pbx, recording_format="gsm", recording_seconds=3600, recording_cut=1_000_000)
    async with client.get(url()) as response:
        assert response.status == HTTPStatus.OK
        content = await until_it_breaks(response)
    # 1,000,000 bytes are 615 seconds; the last of them may be lost.
    assert 300 < heard(content)[2] < 616
    assert [complaint.split(":")[0] for complaint in complaints(caplog)] == ["A recording broke off"]
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.usefixtures("ffmpeg")
async def test_so_many_are_transcoded_at_once(
    client: TestClient, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    change(pbx, recording_format="raw-gsm", recording_seconds=36_000)
    listeners = [await client.get(url()) for _ in range(4)]
    for listener in listeners:
        assert listener.status == HTTPStatus.OK
        await listener.content.readexactly(10_000)
    status, _, body = await listening_to(client)()
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert b"Wait until one of them is over" in body
    change(pbx, recording_seconds=1)
    listeners.pop().close()
    async with asyncio.timeout(10):
        while (await listening_to(client)())[0] != HTTPStatus.OK:
            pass
    for listener in listeners:
        listener.close()
    assert complaints(caplog) == []


@pytest.mark.usefixtures("ffmpeg")
async def test_a_listener_who_stops_reading_and_leaves(
    client: TestClient, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    change(pbx, recording_format="gsm", recording_seconds=36_000)
    before = children()
    response = await client.get(url())
    await response.content.readexactly(1)
    (process,) = children() - before
    response.close()
    # It is noticed though nothing can be written.
    await until(lambda: process not in children())
    assert complaints(caplog) == []
