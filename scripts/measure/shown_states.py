"""The states of entities as a frontend sees them, on a websocket."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from scripts.demo.hass import HassProcess


@asynccontextmanager
async def states_shown(hass: HassProcess, entities: Sequence[str]) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    """Subscribe to entities as a frontend does; their new states can be iterated over."""
    async with hass.session.ws_connect(f"{hass.url}/api/websocket", max_msg_size=0) as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": hass.token})
        await socket.receive_json()
        await socket.send_json({"id": 1, "type": "subscribe_entities", "entity_ids": [*entities]})
        # The answer, and the states as they are.
        await socket.receive_json()
        await socket.receive_json()
        yield _changes(socket)


async def _changes(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[tuple[str, str]]:
    while True:
        message = await socket.receive_json()
        for entity, change in message["event"].get("c", {}).items():
            if (state := change.get("+", {}).get("s")) is not None:
                yield entity, state
