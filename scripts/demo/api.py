"""Speak to a running Home Assistant as its own frontend does: REST, websocket and config flows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypedDict

import aiohttp


class HassError(Exception):
    """Report what Home Assistant refused."""


class State(TypedDict):
    """The part of an entity's state that callers look at."""

    entity_id: str
    state: str
    attributes: dict[str, Any]
    last_changed: str
    last_updated: str


type States = dict[str, State]


class HassApi:
    """One Home Assistant, reached with a long-lived token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the HTTP session, made on first use because it needs the running loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self._session

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()

    async def request(self, method: str, path: str, json: Any = None) -> Any:
        """Make one REST call and return its decoded answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(method, self.url + path, json=json, headers=headers) as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                message = f"{method} {path}: {response.status} {await response.text()}"
                raise HassError(message)
            return await response.json()

    async def states(self) -> States:
        """Return the state of every entity by its id."""
        return {state["entity_id"]: state for state in await self.request("GET", "/api/states")}

    async def get_state(self, entity_id: str) -> State:
        """Return the state of one entity."""
        state: State = await self.request("GET", f"/api/states/{entity_id}")
        return state

    async def call_service(
        self, domain: str, service: str, data: Mapping[str, Any], *, return_response: bool = False
    ) -> Any:
        """Call an action; with return_response its own answer is what comes back."""
        path = f"/api/services/{domain}/{service}" + ("?return_response" if return_response else "")
        answer = await self.request("POST", path, dict(data))
        return answer["service_response"] if return_response else answer

    async def automate(self, blueprint: str, inputs: Mapping[str, Any]) -> None:
        """Make an automation of one of the integration's blueprints, which it is called after."""
        use = {"path": f"coocenter/{blueprint}.yaml", "input": dict(inputs)}
        config = {"alias": blueprint, "use_blueprint": use}
        await self.request("POST", f"/api/config/automation/config/{blueprint}", config)

    async def flow_start(self, handler: str, **context: str) -> dict[str, Any]:
        """Start a config flow; `entry_id=…` makes it a reconfiguration."""
        return await self._flow("", {"handler": handler, **context})

    async def flow_step(self, flow_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the step that a config flow shows."""
        return await self._flow(f"/{flow_id}", answer)

    async def options_start(self, entry_id: str) -> dict[str, Any]:
        """Start the options flow of an entry."""
        return await self._flow("", {"handler": entry_id}, kind="options/flow")

    async def options_step(self, flow_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the step that an options flow shows."""
        return await self._flow(f"/{flow_id}", answer, kind="options/flow")

    async def _flow(self, path: str, body: Mapping[str, Any], kind: str = "flow") -> dict[str, Any]:
        result: dict[str, Any] = await self.request("POST", f"/api/config/config_entries/{kind}{path}", dict(body))
        return result

    async def command(self, command: str, **data: Any) -> Any:
        """Make one websocket command and return its result."""
        async with self._socket() as socket:
            return await _ask(socket, {"id": 1, "type": command, **data})

    @asynccontextmanager
    async def events(self, event_type: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Subscribe to an event type; what is fired from now on can be iterated over."""
        async with self._socket() as socket:
            await _ask(socket, {"id": 1, "type": "subscribe_events", "event_type": event_type})
            yield _data_of_events(socket)

    async def wait_for(self, condition: Callable[[States], bool], within: float = 30) -> States:
        """Wait until the states satisfy a condition and return them."""
        async with asyncio.timeout(within), self.events("state_changed") as changes:
            # Subscribed first, read second: no change can fall between the two.
            states = await self.states()
            while not condition(states):
                change = await anext(changes)
                if change["new_state"] is None:
                    states.pop(change["entity_id"], None)
                else:
                    states[change["entity_id"]] = change["new_state"]
            return states

    async def wait_for_state(self, entity_id: str, wanted: str, within: float = 30) -> State:
        """Wait until an entity has a state and return it."""
        states = await self.wait_for(
            lambda states: entity_id in states and states[entity_id]["state"] == wanted, within=within
        )
        return states[entity_id]

    async def say(self, text: str, *, device_id: str | None = None, language: str | None = None) -> str:
        """Let Assist hear a sentence, at a device where one is named; return what it says.

        The pipeline's websocket command is what a voice satellite's sentence comes through once it is text.
        """
        where = {"device_id": device_id} if device_id else {}
        run = {"start_stage": "intent", "end_stage": "intent", "input": {"text": text}, **where}
        if language:
            pipelines = await self.command("assist_pipeline/pipeline/list")
            run["pipeline"] = next(one["id"] for one in pipelines["pipelines"] if one["language"] == language)
        async with self._socket() as socket:
            await _ask(socket, {"id": 1, "type": "assist_pipeline/run", **run})
            while (event := (await socket.receive_json())["event"])["type"] != "intent-end":
                if event["type"] == "error":
                    raise HassError(str(event["data"]))
            spoken: str = event["data"]["intent_output"]["response"]["speech"]["plain"]["speech"]
            return spoken

    async def entities_of(self, entry_id: str) -> dict[str, str]:
        """Return the entity ids of a config entry by their unique ids, disabled ones left out."""
        entities = await self.command("config/entity_registry/list")
        return {
            entity["unique_id"]: entity["entity_id"]
            for entity in entities
            if entity["config_entry_id"] == entry_id and entity["disabled_by"] is None
        }

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self.session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            if (answer := await socket.receive_json())["type"] != "auth_ok":
                raise HassError(str(answer))
            yield socket


async def _ask(socket: aiohttp.ClientWebSocketResponse, command: dict[str, Any]) -> Any:
    await socket.send_json(command)
    while (answer := await socket.receive_json())["type"] != "result":
        pass
    if not answer["success"]:
        message = f"{command['type']}: {answer['error']}"
        raise HassError(message)
    return answer["result"]


async def _data_of_events(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[dict[str, Any]]:
    while True:
        message = await socket.receive_json()
        if message["type"] == "event":
            yield message["event"]["data"]
