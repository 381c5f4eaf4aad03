"""The HTTP server: the passive part under its base path, the control endpoint beside it."""

from datetime import UTC
from email.utils import format_datetime
from typing import Self

from aiohttp import hdrs, web

from .api import BASE
from .control import routes
from .pbx import Pbx

# How long requests in progress may hold up the end, in seconds.
SHUTDOWN = 0.1


class Simulator(Pbx):
    """Be a PBX over real HTTP, for development and tests."""

    def __post_init__(self) -> None:
        """Build the parts; nothing runs before `start`."""
        super().__post_init__()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the server's address without a path."""
        return f"{'https' if self.ssl_context else 'http'}://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen on the port, a free one if it is 0, and begin the traffic."""
        app = web.Application()
        app.router.add_route("*", BASE + "/{path:.*}", self.api.handle)
        app.add_routes(routes(self))
        app.on_response_prepare.append(self._date)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.host, self.port, ssl_context=self.ssl_context).start()
        except OSError:
            await self.stop()
            raise
        self.port = self._runner.addresses[0][1]
        await self.pusher.start()
        self.generator.start(self.traffic)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Let a reply carry the time that the PBX's clock shows."""
        response.headers[hdrs.DATE] = format_datetime(self.now().astimezone(UTC), usegmt=True)

    async def stop(self) -> None:
        """End everything at once and leave nothing behind."""
        await self.engine.exchange.stop()
        self.engine.exchange.reset()
        await self.pusher.stop()
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
