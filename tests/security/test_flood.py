"""Junk from one address, however much of it, keeps nobody else's pushes waiting, and not those of the PBX."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
import json
from time import monotonic
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter import push_view
from custom_components.coocenter.push_view import async_push_path
from tests.conftest import WEBHOOK_ID
from tests.office_harness import errors, state_of, status

PATH = async_push_path(WEBHOOK_ID)
PBX, STRANGER = "127.0.0.1", "127.0.0.2"
#: Of so many bodies that are no event the first are read, and of more few: so many a second.
AT_ONCE, MORE, A_SECOND = 50, 250, 5
CONNECTIONS = 16

type Post = Callable[..., Awaitable[int]]


class Line:
    """One connection from an address, kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, body: bytes, *, kept_back: int = 0, **headers: str) -> int:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {PATH} HTTP/1.1\r\nHost: hass\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        self._writer.write(head.encode() + body[: len(body) - kept_back])
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


@pytest.fixture
def most_read() -> Callable[[], float]:
    """Return how many bodies of an address that never pushed an event may be read from the test's start until now."""
    began = monotonic()
    return lambda: AT_ONCE + A_SECOND * (monotonic() - began + 1)


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
    # Once for what was read, and once for what was not.
    assert caplog.text.count("was turned away") == 2
    assert errors(caplog) == []
    stranger.close()
    pbx.close()


async def test_a_pbx_that_sent_junk_is_heard_as_soon_as_it_sends_events(
    hass: HomeAssistant, line: Callable[[str], Awaitable[Line]]
) -> None:
    """It sends again what is not answered 200; from then on nothing of it is refused unread, as behind a proxy."""
    pbx = await line(STRANGER)
    async with asyncio.timeout(5):
        while await pbx.post(b"junk") != 429:
            pass
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
    line: Callable[[str], Awaitable[Line]], most_read: Callable[[], float], address: str
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
    waited: list[int] = []
    while len(waited) < 20 or answered.total() < AT_ONCE + MORE:
        before = answered.total()
        assert await pbx.post(rings(code=str(len(waited) % 2))) == 200
        waited.append(answered.total() - before)
    for one in floods:
        one.cancel()
    await asyncio.gather(*floods, return_exceptions=True)
    assert max(waited) <= 4 * CONNECTIONS
    assert set(answered) == ({200, 429} if address == STRANGER else {200})
    assert address == PBX or answered[200] <= most_read()
    pbx.close()


async def test_of_bodies_that_do_not_end_few_are_waited_for(
    line: Callable[[str], Awaitable[Line]],
    most_read: Callable[[], float],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(push_view, "_PATIENCE", 1)
    strangers = [await line(STRANGER) for _ in range(AT_ONCE + MORE)]
    async with asyncio.timeout(20):
        answers = Counter(await asyncio.gather(*(one.post(b"[" * 60_000, kept_back=1) for one in strangers)))
    assert set(answers) == {408, 429}
    assert AT_ONCE <= answers[408] <= most_read()
    assert errors(caplog) == []
    for one in strangers:
        one.close()
