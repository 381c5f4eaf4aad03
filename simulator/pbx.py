"""The PBX as a whole, apart from the HTTP server in front of it."""

import asyncio
from collections import deque
from dataclasses import dataclass

from .api import Api, Request
from .engine import Engine
from .office import CallRecord
from .pusher import Push, Pusher
from .scenarios import play
from .settings import Level, Settings
from .traffic import Traffic


@dataclass(eq=False)
class Pbx(Settings):
    """Join the call engine, the passive and the active part."""

    def __post_init__(self) -> None:
        """Build the parts; nothing runs before the server does."""
        self.pusher = Pusher(self)
        self.engine = Engine(self, self.pusher.push)
        self.api = Api(self, self.engine)
        self.generator = Traffic(self, self.engine)

    @property
    def requests(self) -> deque[Request]:
        """Return the latest requests of the passive part."""
        return self.api.requests

    @property
    def pushed(self) -> deque[Push]:
        """Return the latest pushes, sent or not."""
        return self.pusher.pushed

    def begin(self, name: str, params: dict[str, object]) -> asyncio.Task[CallRecord] | None:
        """Begin a scenario and return its call, if it is about one."""
        return play(self.engine, name, params)

    async def play(self, scenario: str, /, *, wait: bool = True, **params: object) -> CallRecord | None:
        """Play a scenario; return the truth about its call once that is over, None without `wait`."""
        call = self.begin(scenario, params)
        # Whoever gives up waiting does not end the call.
        return await asyncio.shield(call) if call and wait else None

    async def drain(self) -> None:
        """Wait until every queued push is acknowledged."""
        await self.pusher.drain()

    async def restart(self, down: float = 1.0) -> None:
        """Restart the PBX: for `down` real seconds every request of the passive part gets a 503."""
        await self.engine.go_down()
        await asyncio.sleep(down)
        self.engine.come_back()

    def set_traffic(self, level: Level) -> None:
        """Change how many calls come by themselves."""
        self.traffic = level
        self.generator.start(level)
