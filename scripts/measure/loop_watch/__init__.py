"""Watch Home Assistant from within: its event loop, and Assist; an integration of the benchmark's alone."""

from aiohttp.web import Request
from homeassistant.components.webhook import async_register as register_webhook
from homeassistant.components.websocket_api import async_register_command
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.json import json_loads_object

from .polls import poll
from .sentences import say
from .stalls import Stalls
from .starts import Start, complete
from .states import all_recorded, expect

DOMAIN = "loop_watch"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions: begin to watch, and tell what was seen."""
    watches: list[Stalls] = []
    start = Start(hass)

    async def begin(_call: ServiceCall) -> None:
        watches.append(Stalls())

    async def end(_call: ServiceCall) -> ServiceResponse:
        stalls = await watches.pop().stop()
        return {name: [*samples] for name, samples in stalls.items()}

    async def speak(call: ServiceCall) -> ServiceResponse:
        return await say(hass, call.data["sentences"], call.data["times"])

    async def ask(call: ServiceCall) -> ServiceResponse:
        return await poll(hass, call.data["times"])

    async def started(_call: ServiceCall) -> ServiceResponse:
        return await start.tell()

    async def recorded(_call: ServiceCall) -> None:
        await all_recorded(hass)

    async def there(_call: ServiceCall) -> None:
        await complete(hass)

    hass.services.async_register(DOMAIN, "begin", begin)
    hass.services.async_register(DOMAIN, "recorded", recorded)
    hass.services.async_register(DOMAIN, "complete", there)
    for name, action in {"end": end, "say": speak, "poll": ask, "started": started}.items():
        hass.services.async_register(DOMAIN, name, action, supports_response=SupportsResponse.ONLY)
    async_register_command(hass, expect)
    register_webhook(hass, DOMAIN, "Nothing", "nothing", _nothing)
    register_webhook(hass, DOMAIN, "Least", "least", _least)
    return True


async def _nothing(_hass: HomeAssistant, _webhook_id: str, _request: Request) -> None:
    """Do nothing with what is pushed: faster no webhook can be."""


async def _least(hass: HomeAssistant, _webhook_id: str, request: Request) -> None:
    """Set a state and fire an event, of what is believed as it comes: less than that no integration can do."""
    pushed = json_loads_object(await request.read())
    hass.states.async_set(f"sensor.least_{pushed['exten']}", str(pushed["status"]))
    hass.bus.async_fire("loop_watch_least", pushed)
