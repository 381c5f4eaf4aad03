"""How long a genuine push waits for its answer while somebody at another address sends junk over many connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import time
import zlib

from yarl import URL

from scripts.measure.figures import Figure, Target, progress
from scripts.measure.site import add_pbx, open_site
from simulator import Office

_CONNECTIONS, _PUSHES, _WARM_UP = 64, 200, 2.0
_STRANGER = "127.0.0.2"
_LONG = 64 * 1024
#: Ms; the PBX sends again what is not answered after 2 s.
_IN_TIME = Target(250, "p95")


async def measure() -> list[Figure]:
    """Push one event after another under each kind of flood."""
    async with open_site(Office.build()) as (hass, pbx):
        url = URL((await add_pbx(hass, pbx))[1])
        wrong = "Authorization: " + "0" * 32 + "\r\n"
        floods = {
            "nothing else": b"",
            "bytes that are no event": _request(url, b"x"),
            "64 KiB of brackets": _request(url, b"[" * _LONG),
            "64 KiB of escapes": _request(url, b"%e4" * (_LONG // 3)),
            "a wrong key": _request(url, b"{}", wrong),
            "a guessed id": _request(url.with_name("guessed"), b"x"),
            "1 GiB, packed": _request(url, zlib.compress(bytes(1 << 30), 9), "Content-Encoding: deflate\r\n"),
        }
        return [await _under(name, url, junk) for name, junk in floods.items()]


async def _under(name: str, url: URL, junk: bytes) -> Figure:
    progress(f"a push under a flood of {name}")
    async with _flood(url, junk):
        # Until what is read of a stranger's junk is used up.
        await asyncio.sleep(_WARM_UP)
        return Figure(f"push → answer, {_CONNECTIONS} connections of {name}", "ms", await _waits(url), _IN_TIME)


@asynccontextmanager
async def _flood(url: URL, junk: bytes) -> AsyncIterator[None]:
    senders = [asyncio.create_task(_send(url, junk)) for _ in range(_CONNECTIONS if junk else 0)]
    try:
        yield
    finally:
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)


async def _send(url: URL, junk: bytes) -> None:
    while True:
        try:
            reader, writer = await asyncio.open_connection(url.host, url.port, local_addr=(_STRANGER, 0))
            while True:
                writer.write(junk)
                await reader.readuntil(b"\r\n\r\n")
        except OSError, asyncio.IncompleteReadError:
            # Shut by the other side: once more.
            continue


async def _waits(url: URL) -> tuple[float, ...]:
    waits = []
    reader, writer = await asyncio.open_connection(url.host, url.port)
    for number in range(_PUSHES):
        event = {"event": "extensionstatus", "exten": "801", "status": str(number % 2)}
        began = time.perf_counter()
        writer.write(_request(url, json.dumps(event).encode()))
        if b" 200 " not in await reader.readuntil(b"\r\n\r\n"):
            message = "A push was refused"
            raise RuntimeError(message)
        waits.append((time.perf_counter() - began) * 1000)
    writer.close()
    return tuple(waits)


def _request(url: URL, body: bytes, headers: str = "") -> bytes:
    head = f"POST {url.raw_path} HTTP/1.1\r\nHost: {url.authority}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body
