"""Recordings are real sound in the format a quirk says, come whole or in part, and break off when they are told to."""

import array
import asyncio
import io
import logging
import ssl
import tracemalloc
import wave

from aiohttp import ClientPayloadError, ClientSession
import av
import pytest
from simulator_harness import Start, events

from simulator import Quirks, Simulator
from simulator.certificate import self_signed_context

PATH = "2001-02-03/one.wav"
OTHER = "2001-02-03/two.wav"
EMPTY = "2001-02-03/empty.wav"

type Part = tuple[int, str | None, bytes]


def url(simulator: Simulator, path: str = PATH) -> str:
    return f"{simulator.url}/coocenter-api/monitor/{path}"


async def keeping(start: Start, *, seconds: float = 2, secure: bool = False, **quirks: object) -> Simulator:
    """Start a simulator with two recordings and an empty one."""
    context = self_signed_context("127.0.0.1") if secure else None
    simulator = await start(quirks=Quirks().changed(quirks), ssl_context=context)
    for path, length in ((PATH, seconds), (OTHER, seconds), (EMPTY, 0)):
        simulator.engine.exchange.keep_recording(path, length)
    return simulator


async def whole(http: ClientSession, address: str) -> bytes:
    async with http.get(address) as reply:
        assert reply.status == 200
        content = await reply.read()
        assert reply.content_length == len(content)
        return content


async def part(http: ClientSession, address: str, wanted: str) -> Part:
    async with http.get(address, headers={"Range": wanted}) as reply:
        return reply.status, reply.headers.get("Content-Range"), await reply.read()


def decoded(content: bytes) -> tuple[str, str, array.array[int]]:
    """Return what FFmpeg takes a file for, and the samples it makes of it."""
    with av.open(io.BytesIO(content)) as file:
        stream = file.streams.audio[0]
        assert stream.rate == 8000
        samples = array.array("h")
        for frame in file.decode(stream):
            assert frame.format.name in {"s16", "s16p"}
            samples.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
        return file.format.name, stream.codec_context.name, samples


async def test_recordings_have_sound(start: Start, http: ClientSession) -> None:
    simulator = await start(speed=20)
    await simulator.play("internal", talk=20)
    (row,) = events(simulator, "cdr")
    async with http.get(url(simulator, row["recordfile"])) as reply:
        assert (reply.status, reply.content_type) == (200, "audio/x-wav")
        content = await reply.read()
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) == (8000, 2, 1)
        assert 0.9 < sound.getnframes() / 8000 < 2
        samples = array.array("h", sound.readframes(sound.getnframes()))
    assert max(samples) > 5000
    assert min(samples) < -5000


@pytest.mark.parametrize(
    ("kind", "taken_for", "seconds", "kept"),
    [
        ("wav", ("wav", "pcm_s16le"), 3, 3.0),
        ("gsm", ("wav", "gsm_ms"), 3, 3.04),
        ("raw-gsm", ("gsm", "gsm"), 3, 3.0),
        ("wav", ("wav", "pcm_s16le"), 600, 10.0),
        ("gsm", ("wav", "gsm_ms"), 0.01, 0.56),
        ("raw-gsm", ("gsm", "gsm"), 600, 10.0),
    ],
)
async def test_ffmpeg_plays_each_format(
    kind: str, taken_for: tuple[str, str], seconds: float, kept: float, start: Start, http: ClientSession
) -> None:
    simulator = await keeping(start, seconds=seconds, recording_format=kind)
    content = await whole(http, url(simulator))
    *format_and_codec, samples = decoded(content)
    assert tuple(format_and_codec) == taken_for
    assert len(samples) == round(kept * 8000)
    assert max(samples) > 5000
    assert min(samples) < -5000
    other = await whole(http, url(simulator, OTHER))
    assert len(other) == len(content)
    assert other != content


@pytest.mark.parametrize("kind", ["wav", "gsm", "raw-gsm"])
async def test_what_a_header_says_is_true(kind: str, start: Start, http: ClientSession) -> None:
    simulator = await keeping(start, recording_format=kind, recording_seconds=7.1)
    content = await whole(http, url(simulator))
    if kind == "raw-gsm":
        assert len(content) == 33 * 355
        assert {byte >> 4 for byte in content[::33]} == {0xD}
        return
    assert (content[:4], content[8:16]) == (b"RIFF", b"WAVEfmt ")
    assert int.from_bytes(content[4:8], "little") == len(content) - 8
    assert int.from_bytes(content[20:22], "little") == {"wav": 1, "gsm": 0x31}[kind]
    header = {"wav": 44, "gsm": 60}[kind]
    assert content[header - 8 : header - 4] == b"data"
    assert int.from_bytes(content[header - 4 : header], "little") == len(content) - header
    assert len(content) % 2 == 0


@pytest.mark.parametrize(("kind", "ending"), [("wav", ".wav"), ("gsm", ".wav"), ("raw-gsm", ".gsm")])
async def test_a_name_ends_as_its_format(kind: str, ending: str, start: Start, http: ClientSession) -> None:
    simulator = await start(quirks=Quirks().changed({"recording_format": kind}))
    await simulator.play("internal")
    (row,) = events(simulator, "cdr")
    assert row["recordfile"].endswith(ending)
    assert await whole(http, url(simulator, row["recordfile"]))


@pytest.mark.parametrize(("kind", "size"), [("wav", 44), ("gsm", 60), ("raw-gsm", 0)])
async def test_recordings_of_unanswered_calls_are_bare_headers(
    kind: str, size: int, start: Start, http: ClientSession
) -> None:
    simulator = await start(quirks=Quirks().changed({"recording_format": kind, "recording_seconds": 3600}))
    await simulator.play("cancelled")
    (row,) = events(simulator, "cdr")
    address = url(simulator, row["recordfile"])
    assert len(await whole(http, address)) == size
    if not size:
        assert await part(http, address, "bytes=0-") == (416, "bytes */0", b"")


@pytest.mark.parametrize("kind", ["wav", "gsm", "raw-gsm"])
async def test_recordings_come_in_parts(kind: str, start: Start, http: ClientSession) -> None:
    simulator = await keeping(start, recording_format=kind, recording_seconds=5)
    address = url(simulator)
    content = await whole(http, address)
    size = len(content)
    for first, last in ((0, 0), (0, 43), (40, 70), (43, 5000), (59, 60), (1111, size - 1), (size - 1, size - 1)):
        expected = (206, f"bytes {first}-{last}/{size}", content[first : last + 1])
        assert await part(http, address, f"bytes={first}-{last}") == expected
    assert await part(http, address, "bytes=100-") == (206, f"bytes 100-{size - 1}/{size}", content[100:])
    assert await part(http, address, f"bytes=7-{size * 2}") == (206, f"bytes 7-{size - 1}/{size}", content[7:])
    assert await part(http, address, "bytes=-10") == (206, f"bytes {size - 10}-{size - 1}/{size}", content[-10:])
    assert await part(http, address, f"bytes=-{size * 2}") == (206, f"bytes 0-{size - 1}/{size}", content)
    for wanted in (f"bytes={size}-", "bytes=-0", "bytes=-", "bytes=9-1", "bytes=0-1,5-6", "lines=1", "bytes=\xb2-"):
        assert await part(http, address, wanted) == (416, f"bytes */{size}", b"")
    simulator.quirks = simulator.quirks.changed({"range_support": False})
    assert await part(http, address, "bytes=0-43") == (200, None, content)


@pytest.mark.parametrize("wanted", [None, "bytes=10-19", "bytes=-5", "bytes=99999999-"])
@pytest.mark.parametrize("range_support", [True, False])
async def test_a_head_is_a_get_without_a_body(
    wanted: str | None, range_support: bool, start: Start, http: ClientSession
) -> None:
    simulator = await keeping(start, range_support=range_support)
    headers = {"Range": wanted} if wanted else {}
    async with http.get(url(simulator), headers=headers) as reply:
        got = (reply.status, {**reply.headers, "Date": ""})
    simulator.quirks = simulator.quirks.changed({"recording_cut": 3})
    async with http.head(url(simulator), headers=headers) as reply:
        assert (reply.status, {**reply.headers, "Date": ""}) == got
        assert await reply.read() == b""
    async with http.head(url(simulator, "2001-02-03/nothing.wav")) as reply:
        assert reply.status == 404
    async with http.post(url(simulator)) as reply:
        assert reply.status == 404


@pytest.mark.parametrize("kind", ["audio/x-wav", "text/html; charset=utf-8", "application/octet-stream", "nonsense"])
async def test_the_type_may_be_a_lie(kind: str, start: Start, http: ClientSession) -> None:
    simulator = await keeping(start, recording_format="gsm", recording_content_type=kind)
    for method, headers in (("GET", {}), ("GET", {"Range": "bytes=0-9"}), ("HEAD", {})):
        async with http.request(method, url(simulator), headers=headers) as reply:
            assert reply.headers["Content-Type"] == kind


async def until_it_ends(simulator: Simulator, wanted: str) -> tuple[str, bytes]:
    """Ask for a recording over a bare connection and return the head and whatever came of the body."""
    context = None
    if simulator.ssl_context:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(simulator.host, simulator.port, ssl=context)
    request = f"GET /coocenter-api/monitor/{PATH} HTTP/1.1\r\nHost: pbx\r\nRange: {wanted}\r\n\r\n"
    writer.write(request.encode())
    head, body = (await reader.read()).split(b"\r\n\r\n", 1)
    writer.close()
    await writer.wait_closed()
    return head.decode(), body


@pytest.mark.parametrize("secure", [False, True])
async def test_the_connection_breaks_off_in_the_midst(
    secure: bool, start: Start, http: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    simulator = await keeping(start, secure=secure, recording_seconds=100)
    async with http.get(url(simulator), ssl=False) as reply:
        content = await reply.read()
    for cut in (1, 44, 500_000):
        simulator.quirks = simulator.quirks.changed({"recording_cut": cut})
        for first in (0, 1000):
            head, body = await until_it_ends(simulator, f"bytes={first}-")
            assert head.startswith("HTTP/1.1 206 ")
            assert f"Content-Length: {len(content) - first}\r\n" in head
            assert body == content[first : first + cut]
        async with http.get(url(simulator), ssl=False) as reply:
            assert (reply.status, reply.content_length) == (200, len(content))
            with pytest.raises(ClientPayloadError):
                await reply.read()
    # A reply that is no longer than that comes whole.
    async with http.get(url(simulator), ssl=False, headers={"Range": "bytes=-500000"}) as reply:
        assert await reply.read() == content[-500_000:]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_long_recordings_are_never_in_memory_as_a_whole(start: Start, http: ClientSession) -> None:
    simulator = await keeping(start, recording_seconds=86_400)
    size = 44 + 86_400 * 16_000
    tracemalloc.start()
    try:
        async with http.head(url(simulator)) as reply:
            assert reply.content_length == size
        status, span, tail = await part(http, url(simulator), "bytes=-16000")
        assert (status, span, len(tail)) == (206, f"bytes {size - 16_000}-{size - 1}/{size}", 16_000)
        # Whoever reads no further keeps nobody from being served.
        async with http.get(url(simulator)) as reply:
            head = await reply.content.readexactly(2_000_000)
            assert await part(http, url(simulator), "bytes=0-1999999") == (206, f"bytes 0-1999999/{size}", head)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert head[44:].startswith(tail)
    assert peak < 20_000_000


async def test_who_listens_may_leave(start: Start, http: ClientSession, caplog: pytest.LogCaptureFixture) -> None:
    simulator = await keeping(start, recording_seconds=3600)
    for wanted in range(0, 1_000_000, 50_000):
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
        writer.write(f"GET /coocenter-api/monitor/{PATH} HTTP/1.1\r\nHost: pbx\r\n\r\n".encode())
        await reader.readexactly(wanted)
        writer.transport.abort()
    assert (await part(http, url(simulator), "bytes=0-43"))[0] == 206
    await simulator.stop()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_long_recording_that_is_being_sent_does_not_delay_the_end(
    start: Start, http: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    simulator = await keeping(start, recording_seconds=3600)
    async with http.get(url(simulator)) as reply:
        await reply.content.readexactly(1)
        async with asyncio.timeout(5):
            await simulator.stop()
        with pytest.raises(ClientPayloadError):
            await reply.read()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("recording_format", ["gsm", "raw-gsm"], ["mp3", None]),
        ("recording_content_type", ["audio/mpeg", "x"], ["", " ", "a\r\nb: c", "\xe4", 1, None]),
        ("recording_seconds", [0, 0.5, 86_400], [-1, True, 86_401, float("nan"), "1", None]),
        ("recording_cut", [0, 10**12], [-1, True, 1.5, "1", None]),
    ],
)
def test_quirks_of_recordings_are_checked(name: str, good: list[object], bad: list[object]) -> None:
    for value in good:
        assert getattr(Quirks().changed({name: value}), name) == value
    for value in bad:
        with pytest.raises(ValueError, match=f"quirk {name} cannot be"):
            Quirks().changed({name: value})


async def test_old_recordings_make_room(start: Start) -> None:
    simulator = await start()
    for number in range(600):
        simulator.engine.exchange.keep_recording(str(number), 1)
    assert next(iter(simulator.engine.exchange.recordings)) == "100"
