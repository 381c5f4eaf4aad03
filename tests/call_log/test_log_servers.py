"""A database server that goes away and comes back costs no call."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from log_store import row
from log_watch import watched
import pytest
from sqlalchemy import URL, make_url

from custom_components.coocenter.call_log import LogUnavailable, NotStored, Trouble
from scripts.measure.databases import Server

LOOPBACK = "127.0.0.1"


class Gate:
    """Stand between a log and its server, and shut when it is to be gone."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._listener: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def url(self) -> str:
        return self._server.set(port=self._port).render_as_string(hide_password=False)

    async def open(self) -> None:
        self._listener = await asyncio.start_server(self._pass_on, LOOPBACK, self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse whoever comes, and cut off whoever is there."""
        if self._listener:
            self._listener.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._server.host, self._server.port
        from_server, to_server = await asyncio.open_connection(host, port)
        self._spawn(copy(reader, to_server))
        self._spawn(copy(from_server, writer))

    def _spawn(self, copying: Coroutine[Any, Any, None]) -> None:
        self._running.add(asyncio.create_task(copying))


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                target.write(data)
    finally:
        target.close()


@pytest.fixture(params=["postgresql", "mariadb"])
async def gate(request: pytest.FixtureRequest, socket_enabled: None) -> AsyncIterator[Gate]:
    """The way to an empty database on a server."""
    server: Server = request.getfixturevalue(request.param)
    with server.database() as url:
        gate = Gate(make_url(url))
        await gate.open()
        yield gate
        await gate.shut()


async def test_a_server_that_is_stopped_and_started_again_costs_no_call(gate: Gate, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    async with watched(gate.url, spool) as log:
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(300)))
        await gate.shut()
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(250, 600)))
        assert log.troubles == [Trouble.UNAVAILABLE]
        with pytest.raises(LogUnavailable):
            await log.count()
        await log.tried(2)
        await gate.open()
        await log.until(lambda: log.trouble is None)
        assert await log.count() == len(log.calls) == 600

        # Restarted while nothing was to be written, it is not even noticed.
        await gate.shut()
        await gate.open()
        await asyncio.gather(*(log.add(row(f"{index}.1", index)) for index in range(600, 700)))
        assert await log.count() == len(log.calls) == 700
        assert log.troubles == [Trouble.UNAVAILABLE, None]


async def test_a_server_that_goes_in_the_midst_costs_no_call(gate: Gate, tmp_path: Path) -> None:
    async with watched(gate.url, tmp_path / "spool") as log:
        adding = [asyncio.create_task(log.add(row(f"{index}.1", index))) for index in range(2000)]
        for stored in (100, 700, 1500):
            await log.until(lambda stored=stored: sum(task.done() for task in adding) >= stored or log.trouble)
            await gate.shut()
            await asyncio.sleep(0)
            await gate.open()
            await log.until(lambda: log.trouble is None)
        done = await asyncio.gather(*adding, return_exceptions=True)
        assert not [one for one in done if isinstance(one, NotStored)]
        await log.until(lambda: log.trouble is None)
        assert await log.count() == 2000
        assert log.troubles.count(None) == len(log.troubles) / 2


async def test_a_server_that_is_not_there_at_the_start_is_waited_for(gate: Gate, tmp_path: Path) -> None:
    url = gate.url
    await gate.shut()
    async with watched(url, tmp_path / "spool") as log:
        assert log.troubles == [Trouble.UNAVAILABLE]
        await log.add(row("1.1"))
        await gate.open()
        await log.until(lambda: log.trouble is None)
        assert await log.uids() == ["1.1"]
        await log.forget(row("1.1").body.caller.number)
