"""Requests to the PBX: one method an endpoint (protocol.md, Passive part)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from aiohttp import ClientSession
from yarl import URL

from .auth import Calendar
from .errors import BadReply, ConnectionFailed, Refused
from .model import Channel, HintStatus, PeerStatus, Queue, Snapshot
from .transport import Transport, chunks
from .wire import reply

DEFAULT_PORT = 8000

_GET, _POST, _DELETE = ("GET",), ("POST",), ("DELETE",)
#: The documents disagree on some; the one to try first is [B]'s word.
_GET_OR_POST = ("GET", "POST")

_RANGE_HEADERS = ("Range", "If-Range", "If-None-Match")
_FILE_HEADERS = ("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified")
_FILE_STATUSES = (
    HTTPStatus.OK,
    HTTPStatus.PARTIAL_CONTENT,
    HTTPStatus.NOT_MODIFIED,
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording on its way: status (200, 206, 304, 416), the headers that matter, the bytes."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class CooCenterClient:
    """Speak to one PBX.

    `now` tells our idea of the local time at the PBX: the Web Key's digest is made for its date.
    Every method raises ConnectionFailed, AuthenticationFailed, BadReply, or Refused with the PBX's own message.
    """

    def __init__(
        self, session: ClientSession, base: URL, web_key: str, *, now: Callable[[], datetime], verify_ssl: bool = True
    ) -> None:
        self._calendar = Calendar(now)
        self._transport = Transport(session, base, web_key, self._calendar, verify_ssl=verify_ssl)

    def today(self) -> date:
        """Return the PBX's date as far as its replies have told."""
        return self._calendar.today()

    async def current_calls(self) -> tuple[Channel, ...]:
        """Return the live channels, two for a call of two."""
        return reply.channels(await self._ask(_GET_OR_POST, "extensions/current-calls"))

    async def extension_status(self) -> tuple[PeerStatus, ...]:
        """Return where each phone is."""
        return reply.peers(await self._ask(_GET, "extensions/extension-status"))

    async def extension_hints(self) -> tuple[HintStatus, ...]:
        """Return what each extension does."""
        return reply.hints(await self._ask(_GET, "extensions/extension-hints-status"))

    async def queues(self) -> tuple[Queue, ...]:
        """Return the queues and who is logged in to them."""
        return reply.queues(await self._ask(_GET_OR_POST, "queues/queue-info"))

    async def blacklist(self) -> tuple[str, ...]:
        """Return the blocked numbers."""
        return reply.blacklist(await self._ask(_GET, "blacklist/index"))

    async def snapshot(self, taken: datetime) -> Snapshot:
        """Return all that can be asked; `taken` is the time (UTC) at the call.

        The hints must be told, since they are what an office consists of; the rest is None where a firmware says no,
        or has nothing to say and shows a page.
        """
        return Snapshot(
            taken=taken,
            # An office without any extension is a PBX that is still starting.
            hints=await self.extension_hints() or None,
            peers=await _unless_untold(self.extension_status()),
            queues=await _unless_untold(self.queues()),
            channels=await _unless_untold(self.current_calls()),
            blacklist=await _unless_untold(self.blacklist()),
        )

    async def dial(self, source: str, destination: str) -> None:
        """Ring the source and, when it answers, the destination."""
        await self._ask(_POST, "extensions/click-number", src=source, dst=destination)

    async def hang_up(self, extension: str) -> None:
        """End the calls of an extension."""
        await self._ask(_POST, "extensions/hangup", extension=extension)

    async def transfer(self, source: str, destination: str) -> None:
        """Send the other party of the source's call to the destination (blind transfer)."""
        await self._ask(_POST, "extensions/transfer", src=source, dst=destination)

    async def spy(self, listener: str, extension: str) -> None:
        """Ring the listener and let it hear the extension's call."""
        await self._ask(_POST, "extensions/extenSpy", src=listener, dst=extension)

    async def pause_agent(self, queue: str, extension: str, *, paused: bool) -> None:
        """Pause or resume an agent in one queue."""
        state = "on" if paused else "off"
        await self._ask(_POST, "queues/agent-pause", queue=queue, member=extension, state=state)

    async def log_in_agent(self, queue: str, extension: str) -> None:
        """Log an agent in to a queue."""
        await self._ask(_POST, "queues/agent-login", queue=queue, extension=extension)

    async def log_out_agent(self, queue: str, extension: str) -> None:
        """Log an agent out of a queue."""
        await self._ask(_POST, "queues/agent-logout", queue=queue, extension=extension)

    async def add_to_blacklist(self, number: str) -> None:
        """Block a number."""
        await self._ask(_POST, "blacklist/create", number=number)

    async def remove_from_blacklist(self, number: str) -> None:
        """Unblock a number."""
        await self._ask(_DELETE, "blacklist/delete", number=number)

    @asynccontextmanager
    async def recording(self, path: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[Recording]:
        """Open a recording by the path that a call's log gave, at the listener's byte range.

        Of the listener's headers only those of the range go on: its cookies and tokens are not for the PBX.
        """
        wanted = {name: value for name, value in (headers or {}).items() if name.title() in _RANGE_HEADERS}
        # Compressed, its length and ranges would be those of other bytes.
        wanted["Accept-Encoding"] = "identity"
        async with self._transport.stream(("monitor", *_path_segments(path)), wanted) as response:
            if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise ConnectionFailed(_status(response.status))
            if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                message = "There is no such recording"
                raise Refused(message)
            if response.status not in _FILE_STATUSES:
                raise BadReply(_status(response.status))
            kept = {name: response.headers[name] for name in _FILE_HEADERS if name in response.headers}
            yield Recording(status=response.status, headers=kept, chunks=chunks(response))

    async def _ask(self, methods: tuple[str, ...], path: str, **form: str) -> object:
        return await self._transport.ask(methods, path, form)


async def _unless_untold[T](answer: Awaitable[T]) -> T | None:
    try:
        return await answer
    except Refused, BadReply:
        return None


def _status(status: int) -> str:
    return f"HTTP {status}"


def _path_segments(path: str) -> tuple[str, ...]:
    """Return a recording's path below /monitor, which a log may or may not have named."""
    segments = [segment for segment in path.strip().split("/") if segment]
    if segments[:1] == ["monitor"]:
        del segments[0]
    if not segments or not path.isprintable() or any(segment in (".", "..") or "\\" in segment for segment in segments):
        message = "This is no path of a recording"
        raise Refused(message)
    return tuple(segments)
