"""Watch Home Assistant from within: its event loop, and Assist; an integration of the benchmark's alone."""

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .sentences import say
from .stalls import Stalls

DOMAIN = "loop_watch"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions: begin to watch, and tell what was seen."""
    watches: list[Stalls] = []

    async def begin(_call: ServiceCall) -> None:
        watches.append(Stalls())

    async def end(_call: ServiceCall) -> ServiceResponse:
        stalls = await watches.pop().stop()
        return {"late": [*stalls["late"]], "own": [*stalls["own"]]}

    async def speak(call: ServiceCall) -> ServiceResponse:
        return await say(hass, call.data["sentences"], call.data["times"])

    hass.services.async_register(DOMAIN, "begin", begin)
    hass.services.async_register(DOMAIN, "end", end, supports_response=SupportsResponse.ONLY)
    hass.services.async_register(DOMAIN, "say", speak, supports_response=SupportsResponse.ONLY)
    return True
