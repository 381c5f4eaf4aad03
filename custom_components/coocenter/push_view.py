"""The URL that pushes come to: one of our own, in front of Home Assistant's webhooks.

Home Assistant answers 200 for a webhook that it does not know, as it does of every one until the integration is set up.
200 tells the PBX to forget, and nothing would tell a call's log again. Of this URL it knows nothing until everything is
ready, and then of no other ids: 404, and the PBX keeps what it has.
"""

from http import HTTPStatus

from aiohttp import hdrs
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.components.webhook import HandlerType
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_LISTENING: HassKey[set[str]] = HassKey(f"{DOMAIN}_listening")
_VIEW: HassKey[PushView] = HassKey(f"{DOMAIN}_push_view")
_URL = "/api/coocenter/push/{webhook_id}"


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
def async_listen(hass: HomeAssistant, name: str, webhook_id: str, handler: HandlerType) -> None:
    """Let a handler have what is pushed to an id from the local network, instead of who had it before."""
    webhook.async_unregister(hass, webhook_id)
    webhook.async_register(hass, DOMAIN, name, webhook_id, handler, local_only=True, allowed_methods=[hdrs.METH_POST])
    hass.data.setdefault(_LISTENING, set()).add(webhook_id)


@callback
def async_stop_listening(hass: HomeAssistant, webhook_id: str) -> None:
    """Take no more of what is pushed to an id."""
    hass.data.get(_LISTENING, set()).discard(webhook_id)
    webhook.async_unregister(hass, webhook_id)


@callback
def async_push_path(webhook_id: str) -> str:
    """Return the path that pushes come to."""
    return _URL.format(webhook_id=webhook_id)


@callback
def async_push_url(hass: HomeAssistant, webhook_id: str) -> str:
    """Return the URL to enter on the PBX, which stands in the same network."""
    try:
        base = get_url(hass, allow_external=False, allow_cloud=False)
    except NoURLAvailableError:
        # Home Assistant knows no address of its own in the local network: the user does.
        base = "http://HOME-ASSISTANT:8123"
    return f"{base}{async_push_path(webhook_id)}"
