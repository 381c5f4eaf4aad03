"""The URL that pushes come to: one of our own, in front of Home Assistant's webhooks.

Home Assistant answers 200 for a webhook that it does not know, as it does of every one until the integration is set up.
200 tells the PBX to forget, and nothing would tell a call's log again. Of this URL it knows nothing until everything is
ready, and then of no other ids: 404, and the PBX keeps what it has.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address

from aiohttp import hdrs
from aiohttp.web import Request, RequestPayloadError, Response
from homeassistant.components import webhook
from homeassistant.components.webhook import HandlerType
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.network import NoURLAvailableError, get_url, is_cloud_connection
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.network import is_local

from .const import DOMAIN

_LISTENING: HassKey[set[str]] = HassKey(f"{DOMAIN}_listening")
_VIEW: HassKey[PushView] = HassKey(f"{DOMAIN}_push_view")
_URL = "/api/coocenter/push/{webhook_id}"
#: The longest documented event has under 2 KiB.
_MAX_BODY = 64 * 1024
#: Seconds for a body to come.
_PATIENCE = 10


class PushView(HomeAssistantView):
    """Pass a push on to its webhook, which looks where it comes from."""

    url = _URL
    name = "api:coocenter:push"
    requires_auth = False

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def post(self, request: Request, webhook_id: str) -> Response:
        """Answer a push."""
        if webhook_id not in self._hass.data.get(_LISTENING, ()):
            return Response(status=HTTPStatus.NOT_FOUND)
        return await webhook.async_handle_webhook(self._hass, webhook_id, request)


@callback
def async_open(hass: HomeAssistant) -> None:
    """Take pushes from now on."""
    if _VIEW not in hass.data:
        hass.data[_VIEW] = PushView(hass)
        hass.http.register_view(hass.data[_VIEW])


@callback
def async_listen(
    hass: HomeAssistant,
    name: str,
    webhook_id: str,
    handler: HandlerType,
    remote: Callable[[], None] = lambda: None,
) -> None:
    """Let a handler have what is pushed to an id from the local network, instead of who had it before.

    What else comes is refused here, and `remote` told: Home Assistant would write the id, which is a secret, into its
    log.
    """

    async def handle(hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        if request.method != hdrs.METH_POST:
            return Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
        if not _is_local(hass, request):
            remote()
            return Response(status=HTTPStatus.FORBIDDEN)
        response = await handler(hass, webhook_id, request) or Response()
        # What comes by Home Assistant's websocket has no connection, and is packed by nobody.
        if isinstance(request, Request) and (request.content.exception() or hdrs.CONTENT_ENCODING in request.headers):
            await _async_shut(request, response)
        return response

    webhook.async_unregister(hass, webhook_id)
    webhook.async_register(hass, DOMAIN, name, webhook_id, handle, allowed_methods=webhook.SUPPORTED_METHODS)
    hass.data.setdefault(_LISTENING, set()).add(webhook_id)


@callback
def async_stop_listening(hass: HomeAssistant, webhook_id: str) -> None:
    """Take no more of what is pushed to an id."""
    hass.data.get(_LISTENING, set()).discard(webhook_id)
    webhook.async_unregister(hass, webhook_id)


async def async_read_body(request: Request) -> bytes | None:
    """Return the body of a push, None for one that is longer than any event; raises TimeoutError."""
    # What comes by Home Assistant's websocket begins anew each time that its content is looked at.
    body, content = b"", request.content
    try:
        async with asyncio.timeout(_PATIENCE):
            while chunk := await content.read(_MAX_BODY + 1 - len(body)):
                body += chunk
                if len(body) > _MAX_BODY:
                    return None
    except ConnectionError, RequestPayloadError:
        # Half a number is another number: of a body that breaks off nothing is to be believed.
        return b""
    return body


async def _async_shut(request: Request, response: Response) -> None:
    """Answer, and read no more where that would be dear or in vain; the connection is not used again.

    Of a body that a handler leaves the server reads the rest, to throw it away. One that is compressed it unpacks
    first, which may be a thousand times as much; of one that is broken it tells in the log, as of an error.
    """
    with suppress(ConnectionError):
        await response.prepare(request)
        await response.write_eof()
    request.protocol.force_close()


@callback
def async_push_path(webhook_id: str) -> str:
    """Return the path that pushes come to."""
    return _URL.format(webhook_id=webhook_id)


@callback
def async_own_origin(hass: HomeAssistant) -> str | None:
    """Return Home Assistant's address in the local network, None if it knows none."""
    try:
        return get_url(hass, allow_external=False, allow_cloud=False)
    except NoURLAvailableError:
        return None


@callback
def async_push_url(hass: HomeAssistant, webhook_id: str) -> str:
    """Return the URL to enter on the PBX, which stands in the same network."""
    # An address that Home Assistant does not know, the user does.
    base = async_own_origin(hass) or "http://HOME-ASSISTANT:8123"
    return f"{base}{async_push_path(webhook_id)}"


def _is_local(hass: HomeAssistant, request: Request) -> bool:
    try:
        return not is_cloud_connection(hass) and _is_near(request.remote or "")
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _is_near(remote: str) -> bool:
    return is_local(ip_address(remote))
