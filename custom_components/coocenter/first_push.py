"""Wait for the first push of a PBX that is being added."""

import asyncio
from http import HTTPStatus

from aiohttp import hdrs
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant, callback

from .pbx import Event, parse
from .push_view import async_listen, async_open, async_read_body, async_stop_listening

#: How long a user is kept waiting, in seconds: time enough to go to a phone and make it ring.
_PATIENCE = 120


class FirstPush:
    """Listen at the URL of an entry that does not exist yet.

    An event is seen but not acknowledged: the PBX sends it again, and by then the entry is there to take it.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._event: asyncio.Future[Event] = hass.loop.create_future()
        self.webhook_id = webhook.async_generate_id()
        # The first PBX is being added before the integration is set up.
        async_open(hass)
        async_listen(hass, "CooCenter (being added)", self.webhook_id, self._async_handle)

    async def async_wait(self) -> Event | None:
        """Return the first event, None if none came in time."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.shield(self._event)
        except TimeoutError:
            return None

    @callback
    def async_stop(self) -> None:
        """Stop listening."""
        async_stop_listening(self._hass, self.webhook_id)

    async def _async_handle(self, hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        try:
            if (body := await async_read_body(request)) is None:
                return Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TimeoutError:
            return Response(status=HTTPStatus.REQUEST_TIMEOUT)
        event = parse(body, request.headers.get(hdrs.CONTENT_TYPE, ""))
        if event is None:
            return Response(status=HTTPStatus.BAD_REQUEST)
        if not self._event.done():
            self._event.set_result(event)
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
