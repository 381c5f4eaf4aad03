"""The control endpoint: what is behind the PBX, and how to make things happen, for people and tests."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from importlib.resources import files
import json
from typing import Any, NoReturn, get_args

from aiohttp import web

from .office import CallRecord, Extension
from .pbx import Pbx
from .queues import Member, Queue
from .scenarios import SCENARIOS
from .settings import Level
from .stage import ScenarioError

SHOWN_CALLS = 20
# A hundred years of seconds: other clocks have no date.
MAX_AHEAD = 100 * 365 * 86_400

LEVELS: dict[object, Level] = {level: level for level in get_args(Level.__value__)}

type Json = dict[str, Any]
type Action = Callable[[Pbx, Json], Awaitable[Json]]


def routes(pbx: Pbx) -> list[web.RouteDef]:
    """Return the control endpoint's routes for this PBX."""
    return [
        web.get("/", _page),
        web.get("/control/state", _showing(pbx, state)),
        web.get("/control/calls", _showing(pbx, _calls)),
        web.get("/control/requests", _showing(pbx, _requests)),
        web.post("/control/clock", _acting(pbx, _clock)),
        web.post("/control/play", _acting(pbx, _play)),
        web.post("/control/push-url", _acting(pbx, _push_url)),
        web.post("/control/quirks", _acting(pbx, _quirks)),
        web.post("/control/restart", _acting(pbx, _restart)),
        web.post("/control/traffic", _acting(pbx, _traffic)),
    ]


def state(pbx: Pbx) -> Json:
    """Return the ground truth as JSON."""
    office = pbx.office
    return {
        "now": pbx.now().isoformat(timespec="seconds"),
        "traffic": pbx.traffic,
        "scenarios": SCENARIOS,
        "extensions": [_extension(extension) for extension in office.extensions.values()],
        "queues": [_queue(queue) for queue in office.queues.values()],
        "live": [_record(call.record) | {"peers": sorted(call.peers)} for call in pbx.engine.live],
        "calls": [_record(record) for record in list(office.calls)[-SHOWN_CALLS:]],
        "blacklist": office.blacklist,
        "push": {
            "url": pbx.push_url,
            "pending": pbx.pusher.pending,
            "acknowledged": pbx.pusher.acknowledged,
            "last": pbx.pushed[-1].body if pbx.pushed else None,
        },
    }


def _extension(extension: Extension) -> Json:
    return {
        "number": extension.number,
        "name": extension.name,
        "state": extension.state,
        "text": extension.state_text,
        "registered": extension.registered,
    }


def _queue(queue: Queue) -> Json:
    return {"number": queue.number, "strategy": queue.strategy, "members": [_member(one) for one in queue.members]}


def _member(member: Member) -> Json:
    return {
        "extension": member.extension,
        "penalty": member.penalty,
        "paused": member.paused,
        "logged_in": member.logged_in,
        "wrap_up": member.wrap_up is not None,
    }


def _record(record: CallRecord) -> Json:
    fields = asdict(record)
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in fields.items()}


def _calls(pbx: Pbx) -> list[Json]:
    """Return all calls that are remembered and over."""
    return [_record(record) for record in pbx.office.calls]


def _requests(pbx: Pbx) -> list[Json]:
    return [asdict(request) for request in pbx.requests]


async def _page(_request: web.Request) -> web.Response:
    text = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/html")


def _showing(pbx: Pbx, show: Callable[[Pbx], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        return web.json_response(show(pbx))

    return handle


def _acting(pbx: Pbx, action: Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that hands an action the JSON object it was sent and says what was wrong with it."""

    async def handle(request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.text() or "{}")
            if not isinstance(body, dict):
                _refuse("a JSON object is needed")
            return web.json_response(await action(pbx, body))
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)

    return handle


async def _play(pbx: Pbx, body: Json) -> Json:
    params = {key: value for key, value in body.items() if key not in {"name", "wait", "caller_name"}}
    # `name` is the scenario's here; the caller's, which some scenarios take, needs another.
    if "caller_name" in body:
        params["name"] = body["caller_name"]
    call = pbx.begin(str(body.get("name", "")), params)
    if not call or not body.get("wait", False):
        return {"call": None}
    return {"call": _record(await call)}


async def _push_url(pbx: Pbx, body: Json) -> Json:
    url = body.get("url")
    if url is not None and not str(url).startswith(("http://", "https://")):
        _refuse(f"not an HTTP address: {url}")
    pbx.push_url = url or None
    return {"url": pbx.push_url}


async def _quirks(pbx: Pbx, body: Json) -> Json:
    pbx.quirks = pbx.quirks.changed(body)
    return asdict(pbx.quirks)


async def _clock(pbx: Pbx, body: Json) -> Json:
    """Set the PBX's clock so many seconds ahead of ours."""
    ahead = body.get("ahead")
    if isinstance(ahead, bool) or not isinstance(ahead, int | float) or not abs(ahead) <= MAX_AHEAD:
        _refuse(f"ahead cannot be {ahead!r}")
    pbx.clock_offset = timedelta(seconds=ahead)
    return {"now": pbx.now().isoformat(timespec="seconds")}


async def _restart(pbx: Pbx, body: Json) -> Json:
    down = body.get("down", 1.0)
    if isinstance(down, bool) or not isinstance(down, int | float) or not 0 <= down < float("inf"):
        _refuse(f"down cannot be {down!r}")
    pbx.engine.exchange.spawn(pbx.restart(down))
    return {"down": down}


async def _traffic(pbx: Pbx, body: Json) -> Json:
    level = body.get("level")
    if level not in LEVELS:
        _refuse(f"no such level: {level}")
    pbx.set_traffic(LEVELS[level])
    return {"level": level}


def _refuse(message: str) -> NoReturn:
    raise ScenarioError(message)
