"""What the tests of the protocol package share: a scripted PBX, a clock, moments, and ways to look at a state."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from hashlib import md5
import json
from typing import Any

from aiohttp import web
from hypothesis import settings
from yarl import URL

from custom_components.coocenter.pbx import Call, CooCenterClient, Event, PbxState, parse

type Answer = Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]]
type Connect = Callable[..., CooCenterClient]

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = "sesame"

#: No files, no stop-watch: the folder is to take seconds.
quick = settings(max_examples=60, deadline=None, database=None)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def ok(data: object = None, message: str = "") -> web.Response:
    """Answer in the PBX's envelope."""
    return web.json_response({"status": "success", "message": message} | ({} if data is None else {"data": data}))


def error(message: str, status: int = 200) -> web.Response:
    return web.json_response({"status": "error", "message": message}, status=status)


def key_of(day: date, web_key: str = KEY) -> str:
    """Return the Authorization header as the manual describes it."""
    return md5(f"{web_key}{day:%Y-%m-%d}".encode(), usedforsecurity=False).hexdigest()


class Clock:
    """Our idea of the local time at the PBX."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=8)))

    def __call__(self) -> datetime:
        return self.time


@dataclass
class Asked:
    """One request that reached the PBX."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    content_type: str

    @property
    def brief(self) -> tuple[str, str]:
        return self.method, self.path


class FakePbx:
    """Answer what a test says, and remember what was asked."""

    def __init__(self) -> None:
        self.url = URL()
        self.asked: list[Asked] = []
        self.answer: Answer = lambda request: ok([])
        self.app = web.Application()
        self.app.router.add_route("*", "/{path:.*}", self._handle)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        form = dict(await request.post()) if request.method == "POST" else dict(_form(await request.text()))
        self.asked.append(Asked(request.method, request.raw_path, form, dict(request.headers), request.content_type))
        answer = self.answer(request)
        response = answer if isinstance(answer, web.StreamResponse) else await answer
        # The day of the test, not of whoever runs it.
        response.headers.setdefault("Date", format_datetime(NOW))
        return response

    @property
    def briefs(self) -> list[tuple[str, str]]:
        return [asked.brief for asked in self.asked]

    def wants(self, *days: date, refusal: Callable[[], web.Response] = lambda: web.Response(status=401)) -> None:
        """Accept the Web Key on these days only."""
        self.answer = lambda request: ok([]) if request.headers.get("Authorization") in map(key_of, days) else refusal()


def _form(body: str) -> Iterable[tuple[str, str]]:
    return URL(f"?{body}").query.items()


def read(fields: dict[str, Any], content_type: str = "application/json") -> Event:
    """Return the event of a push."""
    event = parse(json.dumps(fields).encode(), content_type)
    assert event is not None
    return event


def brief(call: Call) -> tuple[str, str, str, str, str | None]:
    """Return what a call shows of itself."""
    return call.direction.value, call.state.value, call.caller.number, call.callee.number, call.queue


def picture(state: PbxState) -> tuple[object, ...]:
    """Return all that can be seen of a state, to compare it with a later one."""
    return dict(state.extensions), dict(state.queues), state.blacklist, list(state.calls)


def channels_of(state: PbxState) -> set[str]:
    return {leg.channel for call in state.calls for leg in call.legs}


def assert_consistent(state: PbxState) -> None:
    """Check that the table finds the calls it has by all their names, and no others."""
    table = state.calls
    calls = {call.id: call for call in table}
    assert set(table._by_leg.values()) <= set(calls)
    assert set(table._heard) == set(calls)
    found = {(extension, call.id) for extension in table._by_extension for call in table.of_extension(extension)}
    assert found == {(extension, call.id) for call in table for extension in call.extensions}
    assert all(call.legs for call in table)
