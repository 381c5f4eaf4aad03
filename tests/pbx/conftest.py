"""A PBX of plain HTTP on the loopback, and a client that speaks to it."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from pbx_harness import Clock, Connect, FakePbx
import pytest
from yarl import URL

from custom_components.coocenter.pbx import CooCenterClient


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def fake(socket_enabled: None) -> AsyncIterator[FakePbx]:
    fake = FakePbx()
    async with TestServer(fake.app, host="127.0.0.1") as server:
        fake.url = server.make_url("/")
        yield fake


@pytest.fixture
async def connect(socket_enabled: None, clock: Clock) -> AsyncIterator[Connect]:
    """Return how to speak to a PBX at a URL."""
    async with ClientSession() as session:

        def connect(url: URL, web_key: str = "", **options: Any) -> CooCenterClient:
            return CooCenterClient(session, url, web_key, now=clock, **options)

        yield connect


@pytest.fixture
def client(fake: FakePbx, connect: Connect) -> CooCenterClient:
    return connect(fake.url)
