"""A simulated PBX and a receiver of its pushes, both over real HTTP on the loopback."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest
from simulator_harness import Receiver, Start

from simulator import Office, Simulator


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Open the loopback, which Home Assistant's test plugin shuts."""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/push", receiver.handle)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/push"))
        yield receiver


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start simulators that go two hundred times as fast as life."""
    running: list[Simulator] = []

    async def build(office: Office | None = None, **settings: Any) -> Simulator:
        simulator = Simulator(office or Office.build(), **{"speed": 200.0, "resend_after": 0.02} | settings)
        await simulator.start()
        running.append(simulator)
        return simulator

    yield build
    for simulator in running:
        await simulator.stop()


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session
