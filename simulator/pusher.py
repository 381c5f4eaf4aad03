"""The active part's transport: pushes in order, each one repeated until it is acknowledged."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
import json
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from .events import Body
from .settings import Settings

KEPT = 2000
MAX_PENDING = 10_000
# The capture rig's time-out; the vendor's is not known.
TIMEOUT = ClientTimeout(total=5)


@dataclass(eq=False, slots=True)
class Push:
    """Hold one pushed event and how it fared."""

    body: Body
    sent: float = 0.0
    """When it was sent first, by the event loop's clock."""
    attempts: int = 0
    acknowledged: bool = False


class Pusher:
    """Send events to the Push URL, one after another."""

    def __init__(self, settings: Settings) -> None:
        self.pushed: deque[Push] = deque(maxlen=KEPT)
        self.acknowledged = 0
        self._settings = settings
        self._pending: deque[Push] = deque(maxlen=MAX_PENDING)
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    @property
    def pending(self) -> int:
        """Return how many pushes are not acknowledged yet."""
        return len(self._pending)

    def push(self, body: Body) -> None:
        """Queue an event; without a Push URL it goes nowhere, as on the PBX."""
        push = Push(body)
        self.pushed.append(push)
        if self._settings.push_url:
            self._pending.append(push)
            self._idle.clear()
            self._news.set()

    async def drain(self) -> None:
        """Wait until every queued push is acknowledged."""
        await self._idle.wait()

    async def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop at once; what is not acknowledged is lost."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._task = None
        self._pending.clear()
        self._idle.set()

    async def _run(self) -> None:
        async with ClientSession(timeout=TIMEOUT) as session:
            while True:
                await self._news.wait()
                while self._pending:
                    await self._deliver(session, self._pending[0])
                self._news.clear()
                self._idle.set()

    async def _deliver(self, session: ClientSession, push: Push) -> None:
        """Send one push until it is acknowledged; everything behind it waits, so the order holds."""
        while url := self._settings.push_url:
            push.sent = push.sent or asyncio.get_running_loop().time()
            push.attempts += 1
            push.acknowledged = await self._send(session, url, push.body)
            if push.acknowledged:
                self.acknowledged += 1
                break
            await asyncio.sleep(self._settings.resend_after)
        if self._pending and self._pending[0] is push:
            self._pending.popleft()

    async def _send(self, session: ClientSession, url: str, body: Body) -> bool:
        content_type, data = self._encode(body)
        headers = {"Content-Type": content_type}
        if self._settings.quirks.sign_pushes and (digest := self._settings.digest()):
            headers["Authorization"] = digest
        try:
            # The receiver's certificate may be self-signed as well: the PBX is not known to look at it.
            async with session.post(url, data=data, headers=headers, ssl=False) as response:
                return response.status == HTTPStatus.OK
        except ClientError, TimeoutError, ValueError:
            return False

    def _encode(self, body: Body) -> tuple[str, bytes]:
        match self._settings.quirks.push_encoding:
            case "json":
                return "application/json", json.dumps(body).encode()
            case "json-untyped":
                return "text/plain", json.dumps(body).encode()
            case "form":
                return "application/x-www-form-urlencoded", urlencode(body).encode()
