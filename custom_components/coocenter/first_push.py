"""Wait for the first push of a PBX that is being added."""

import asyncio
from http import HTTPStatus

from aiohttp import hdrs
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .pbx import Event, Unknown, parse

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
        webhook.async_register(
            hass,
            DOMAIN,
            "CooCenter (being added)",
            self.webhook_id,
            self._async_handle,
            local_only=True,
            allowed_methods=[hdrs.METH_POST],
        )

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
        webhook.async_unregister(self._hass, self.webhook_id)

    async def _async_handle(self, hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        event = parse(await request.read(), request.headers.get(hdrs.CONTENT_TYPE, ""))
        if event is None or (isinstance(event, Unknown) and not event.name):
            return Response(status=HTTPStatus.BAD_REQUEST)
        if not self._event.done():
            self._event.set_result(event)
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
