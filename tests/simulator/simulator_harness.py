"""What the simulator's tests share: a receiver of pushes, a client of the passive part, and ways to read pushes."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp import ClientSession, web
import pytest

from simulator import Office, Simulator

type Start = Callable[..., Awaitable[Simulator]]
type Json = dict[str, Any]


class Receiver:
    """Take pushes the way a plain HTTP server does; answer what it is told to."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.bodies: list[Json] = []
        self.refusals: list[int] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        form = request.content_type == "application/x-www-form-urlencoded"
        self.bodies.append(dict(await request.post()) if form else json.loads(await request.text()))
        return web.Response(status=self.refusals.pop(0) if self.refusals else 200)


class Client:
    """Ask one simulator's passive part."""

    def __init__(self, session: ClientSession, simulator: Simulator) -> None:
        self.session = session
        self.base = f"{simulator.url}/coocenter-api"
        self.headers: dict[str, str] = {}

    async def ask(self, method: str, path: str, **form: str) -> tuple[int, Any]:
        async with self.session.request(method, self.base + path, data=form, headers=self.headers) as reply:
            return reply.status, await reply.json(content_type=None)

    async def data(self, path: str) -> Any:
        status, body = await self.ask("GET", path)
        assert status == 200
        return body if isinstance(body, list) else body["data"]


async def until(true: Callable[[], Any]) -> None:
    """Wait for a condition, however long it takes within reason."""
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0.001)
    pytest.fail("waited in vain")


def queue_office() -> Office:
    """Return an office whose ring-all queue has 803 and 804, and 805 with a penalty."""
    office = Office.build()
    for member, number in zip(office.queues["630"].members, ("803", "804", "805"), strict=True):
        member.extension = number
    for member, number in zip(office.queues["631"].members, ("803", "806", "802"), strict=True):
        member.extension = number
    return office


def events(simulator: Simulator, kind: str | None = None) -> list[Json]:
    """Return the pushed bodies, of one kind or all."""
    return [push.body for push in simulator.pushed if kind in {None, push.body["event"]}]


def brief(body: Json) -> str:
    """Return one push in a few characters, as the captures read."""
    match body["event"]:
        case "dialbegein":
            return f"begin {body['destcalleridnum']}"
        case "dialend":
            return f"end {body['destcalleridnum']} {body['dialstatus']}"
        case "extensionstatus":
            return f"{body['exten']}={body['status']}"
        case "hangup":
            return f"hangup {body['calleridnum']}"
        case "cdr":
            return f"cdr {body['disposition']}"
        case other:
            return str(other)
