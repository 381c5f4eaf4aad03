"""Junk from one address, however much of it, keeps nobody else's pushes waiting, and not those of the PBX."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter.push_view import async_push_path
from tests.conftest import WEBHOOK_ID
from tests.office_harness import errors, state_of, status

PATH = async_push_path(WEBHOOK_ID)
PBX, STRANGER = "127.0.0.1", "127.0.0.2"
#: Of so many bodies that are no event the first are read, and of more few.
AT_ONCE, MORE = 50, 250
CONNECTIONS = 16

type Post = Callable[..., Awaitable[int]]


class Line:
    """One connection from an address, kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, body: bytes, **headers: str) -> int:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {PATH} HTTP/1.1\r\nHost: hass\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        self._writer.write(head.encode() + body)
        return int((await self._reader.readuntil(b"\r\n\r\n")).split()[1])

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
async def line(
    loaded: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Callable[[str], Awaitable[Line]]:
    client: TestClient[Any, Any] = await hass_client_no_auth()

    async def line(address: str) -> Line:
        return Line(*await asyncio.open_connection("127.0.0.1", client.port, local_addr=(address, 0)))

    return line


def rings(extension: str = "801", code: str = "8") -> bytes:
    return json.dumps(status(extension, code)).encode()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "x"}], ids=["no event", "a wrong key"])
async def test_of_junk_little_is_read(
    hass: HomeAssistant,
    line: Callable[[str], Awaitable[Line]],
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
) -> None:
    stranger, pbx = await line(STRANGER), await line(PBX)
    read = 401 if headers else 200
    answers = [await stranger.post(b"junk", **headers) for _ in range(AT_ONCE + MORE)]
    assert set(answers[:AT_ONCE]) == {read}
    assert set(answers) == {read, 429}
    assert await pbx.post(rings()) == 200
    await hass.async_block_till_done()
    assert state_of(hass, "801_status").state == "ringing"
    assert caplog.text.count("was refused") == 1
    assert errors(caplog) == []
    stranger.close()
    pbx.close()


async def test_a_pbx_that_sent_junk_is_heard_as_soon_as_it_sends_events(
    hass: HomeAssistant, line: Callable[[str], Awaitable[Line]]
) -> None:
    """It sends again what is not answered 200; from then on nothing of it is refused unread, as behind a proxy."""
    pbx = await line(STRANGER)
    while await pbx.post(b"junk") != 429:
        pass
    async with asyncio.timeout(5):
        while await pbx.post(rings()) != 200:  # noqa: ASYNC110 - there is nothing else to see it by
            # As a PBX does it, only sooner.
            await asyncio.sleep(0.05)
    assert {await pbx.post(b"junk") for _ in range(AT_ONCE + MORE)} == {200}
    assert await pbx.post(rings(code="1")) == 200
    await hass.async_block_till_done()
    assert state_of(hass, "801_status").state == "in_use"
    pbx.close()


@pytest.mark.parametrize("address", [STRANGER, PBX], ids=["another address", "the PBX's own"])
async def test_a_push_waits_for_no_more_than_what_was_there_before_it(
    hass: HomeAssistant, line: Callable[[str], Awaitable[Line]], address: str
) -> None:
    """The bound is a number of answers, not of seconds: a few for each connection that floods."""
    pbx = await line(PBX)
    assert await pbx.post(rings()) == 200
    answered: Counter[int] = Counter()

    async def flood() -> None:
        stranger = await line(address)
        while True:
            answered[await stranger.post(b"[" * 60_000)] += 1

    floods = [asyncio.create_task(flood()) for _ in range(CONNECTIONS)]
    waited = []
    for number in range(20):
        before = answered.total()
        assert await pbx.post(rings(code=str(number % 2))) == 200
        waited.append(answered.total() - before)
    for one in floods:
        one.cancel()
    await asyncio.gather(*floods, return_exceptions=True)
    assert max(waited) <= 4 * CONNECTIONS
    pbx.close()
