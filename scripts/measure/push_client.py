"""Push by hand: an HTTP client would take as much of the processor as the answers do."""

import asyncio
from collections.abc import Iterable, Sequence
import time

from yarl import URL

#: Over so many connections at once, where nothing else is said.
LANES = 8
_HEAD = b"POST %b HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class PushRefused(Exception):
    """Tell what was answered instead of an empty 200."""


class Connection:
    """One connection to push over."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._path, self._host = url.raw_path.encode(), url.authority.encode()

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(self._url.host, self._url.port)

    async def push(self, body: bytes) -> None:
        """Push an event and wait until it is acknowledged; raises PushRefused."""
        self._writer.write(_HEAD % (self._path, self._host, len(body)) + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200 ") or b"Content-Length: 0" not in answer:
            raise PushRefused(answer)

    async def close(self) -> None:
        """Leave."""
        self._writer.close()
        await self._writer.wait_closed()


async def push_each(url: URL, bodies: Iterable[bytes], waits: list[float] | None = None) -> None:
    """Push events over one connection, one after another; note how long each waited for its answer (ms)."""
    connection = Connection(url)
    await connection.open()
    for body in bodies:
        began = time.perf_counter()
        await connection.push(body)
        if waits is not None:
            waits.append((time.perf_counter() - began) * 1000)
    await connection.close()


async def push_lanes(url: URL, lanes: Sequence[Iterable[bytes]]) -> float:
    """Push each lane over a connection of its own, in its order; return the seconds until all was acknowledged."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(push_each(url, lane))
    return time.perf_counter() - began
