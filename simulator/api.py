"""The passive part: what is asked of the PBX under `/coocenter-api` (protocol.md, Passive part)."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import hmac
from http import HTTPStatus
from typing import Any, NoReturn

from aiohttp import web

from .channels import Channel
from .engine import Engine
from .events import elapsed
from .monitor import send
from .plan import Plan
from .queues import Queue
from .quirks import Quirks
from .recording import recording
from .settings import Settings
from .spoiled import spoiled

BASE = "/coocenter-api"
KEPT = 1000

type Form = Mapping[str, str]
type Answer = tuple[str, Any]
type Handler = Callable[[Form], Answer]


class Refused(Exception):
    """What was asked makes no sense to the PBX; the text is Asterisk's."""


@dataclass(frozen=True, slots=True)
class Request:
    """Hold one request of the passive part as it arrived."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


class Api:
    """Answer the passive part's requests out of the engine's truth."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.requests: deque[Request] = deque(maxlen=KEPT)
        self._settings = settings
        self._engine = engine
        self._office = settings.office
        self._calls: dict[str, tuple[str, Handler]] = {
            "/extensions/current-calls": ("GET POST", self._current_calls),
            "/extensions/extension-status": ("GET", self._extension_status),
            "/extensions/extension-hints-status": ("GET", self._hints_status),
            "/extensions/click-number": ("POST", self._click_number),
            "/extensions/hangup": ("POST", self._hangup),
            "/extensions/transfer": ("POST", self._transfer),
            "/extensions/extenSpy": ("POST", self._spy),
            "/queues/queue-info": ("GET POST", self._queue_info),
            "/queues/agent-pause": ("POST", self._agent_pause),
            "/queues/agent-login": ("POST", self._agent_login),
            "/queues/agent-logout": ("POST", self._agent_logout),
            "/blacklist/index": ("GET", self._blacklist_index),
            "/blacklist/create": ("POST", self._blacklist_create),
            "/blacklist/delete": ("DELETE", self._blacklist_delete),
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, the way the quirks say."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.requests.append(Request(request.method, request.path, form, dict(request.headers)))
        quirks = self._settings.quirks
        if quirks.hang:
            await asyncio.Event().wait()
        await asyncio.sleep(quirks.delay)
        if quirks.reply != "ok":
            return await spoiled(request, quirks.reply)
        if self._engine.down:
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, "PBX not connected")
        digest = self._settings.digest()
        if digest and not hmac.compare_digest(request.headers.get("Authorization", "").encode(), digest.encode()):
            return _refused(quirks)
        path = request.path.removeprefix(BASE)
        if path.startswith("/monitor/"):
            return await self._recording(request, path.removeprefix("/monitor/"))
        return self._answer(request.method, path, form)

    def _answer(self, method: str, path: str, form: Form) -> web.Response:
        if path not in self._calls:
            return _error(HTTPStatus.NOT_FOUND, "Not Found")
        methods, handler = self._calls[path]
        if method not in self._narrowed(path, methods).split():
            status = HTTPStatus(self._settings.quirks.wrong_method_status)
            return _error(status, status.phrase)
        try:
            message, data = handler(form)
        except Refused as error:
            return _error(int(self._settings.quirks.error_style), str(error))
        if not message:
            return web.json_response(data)
        body = {"status": "success", "message": message}
        return web.json_response(body if data is None else body | {"data": data})

    def _narrowed(self, path: str, methods: str) -> str:
        """Return the methods that this firmware takes where the protocol's sources disagree."""
        quirk = {
            "/extensions/current-calls": self._settings.quirks.current_calls_method,
            "/queues/queue-info": self._settings.quirks.queue_info_method,
        }.get(path, "both")
        return methods if quirk == "both" else quirk

    def _current_calls(self, _form: Form) -> Answer:
        rows = [self._channel_row(channel) for channel in self._engine.exchange.channels]
        self._engine.exchange.dice.shuffle(rows)
        return "Channels will follow", rows

    def _channel_row(self, channel: Channel) -> dict[str, str]:
        seconds = max(int(elapsed(channel.created, self._settings.now())), 0)
        return {
            "calleridname": channel.shown_name,
            "calleridnum": channel.number,
            "channel": channel.name,
            "channelstate": channel.state.code,
            "channelstatedesc": channel.state.word,
            "connectedlinename": channel.linked_name,
            "connectedlinenum": channel.linked_number,
            "duration": f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        }

    def _extension_status(self, _form: Form) -> Answer:
        return "Peer status list will follow", [
            {"Exten": one.number, "Type": "SIP", "IPAddr": one.address, "Status": one.peer_status}
            for one in self._office.extensions.values()
        ]

    def _hints_status(self, _form: Form) -> Answer:
        as_text = self._settings.quirks.status_style == "text"
        rows = [
            {
                "agentName": one.name,
                "extension": one.number,
                "extenType": "sipCallCenter",
                "status": one.state_text if as_text else str(one.state),
            }
            for one in self._office.extensions.values()
        ]
        return ("" if self._settings.quirks.hints_style == "list" else "Extension hints will follow"), rows

    def _queue_info(self, _form: Form) -> Answer:
        return "Queue status will follow", {
            queue.number: [
                {"name": one.interface, "paused": str(int(one.paused)), "penalty": str(one.penalty)}
                for one in queue.logged_in
            ]
            for queue in self._office.queues.values()
        }

    def _agent_pause(self, form: Form) -> Answer:
        number, extension, state = _fields(form, "queue", "member", "state")
        queue = self._office.queues.get(number)
        member = queue and queue.member(extension)
        if not member:
            _refuse("Interface not found")
        member.pause(paused=state == "on")
        return f"Interface {'paused' if member.paused else 'unpaused'} successfully", None

    def _agent_login(self, form: Form) -> Answer:
        number, extension = _fields(form, "queue", "extension")
        queue = self._office.queues.get(number)
        if not queue:
            _refuse("Unable to add interface to queue: No such queue")
        # The PBX does not ask whether there is such a phone (captures README, 31).
        if not queue.log_in(extension):
            _refuse("Unable to add interface: Already there")
        return "login extension success", None

    def _agent_logout(self, form: Form) -> Answer:
        """Log an agent out; a parameter left out means all of them."""
        number, extension = form.get("queue"), form.get("extension")
        if number and number not in self._office.queues:
            _refuse("Unable to remove interface from queue: No such queue")
        queues = [self._office.queues[number]] if number else list(self._office.queues.values())
        if not sum(_log_out(queue, extension) for queue in queues):
            _refuse("Unable to remove interface: Not there")
        return "logout extension success", None

    def _click_number(self, form: Form) -> Answer:
        src, dst = _fields(form, "src", "dst")
        self._engine.click(src, dst, Plan())
        return "Originate successfully queued", None

    def _hangup(self, form: Form) -> Answer:
        (extension,) = _fields(form, "extension")
        self._engine.hang_up(extension)
        return "hangup extension success", None

    def _transfer(self, form: Form) -> Answer:
        src, dst = _fields(form, "src", "dst")
        self._engine.transfer(src, dst)
        return "tansfer extension success", None

    def _spy(self, form: Form) -> Answer:
        src, dst = _fields(form, "src", "dst")
        self._engine.spy(src, dst, Plan())
        return "spy extension success", None

    def _blacklist_index(self, _form: Form) -> Answer:
        numbers = list(self._office.blacklist)
        return "success", (None if self._settings.quirks.blacklist_without_data and not numbers else numbers)

    def _blacklist_create(self, form: Form) -> Answer:
        (number,) = _fields(form, "number")
        if number not in self._office.blacklist:
            self._office.blacklist.append(number)
        return "Updated database successfully", None

    def _blacklist_delete(self, form: Form) -> Answer:
        (number,) = _fields(form, "number")
        if number not in self._office.blacklist:
            _refuse("Database entry not found")
        self._office.blacklist.remove(number)
        return "Key deleted successfully", None

    async def _recording(self, request: web.Request, path: str) -> web.StreamResponse:
        seconds = self._engine.exchange.recordings.get(path)
        if request.method not in {"GET", "HEAD"} or seconds is None:
            return _error(HTTPStatus.NOT_FOUND, "Not Found")
        quirks = self._settings.quirks
        return await send(request, recording(seconds, sum(path.encode()), quirks), quirks)


def _log_out(queue: Queue, extension: str | None) -> int:
    """Log out one agent or all; return how many there were."""
    agents = [extension] if extension else [member.extension for member in queue.logged_in]
    return sum(queue.log_out(agent) for agent in agents)


def _fields(form: Form, *names: str) -> list[str]:
    for name in names:
        if not form.get(name):
            _refuse(f"parameter {name} is missing or invalid")
    return [form[name] for name in names]


def _refuse(message: str) -> NoReturn:
    raise Refused(message)


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"status": "error", "message": message}, status=status)


def _refused(quirks: Quirks) -> web.Response:
    body = {"status": "unauthorized", "message": "Authorization failed"}
    return web.json_response(body, status=int(quirks.refusal_style))
