"""The actions: telephone, agents, blacklist."""

from collections.abc import Awaitable, Callable

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .call_info import describe_call
from .const import DOMAIN
from .helpers import pbx_errors_to_user
from .pbx import Call, CooCenterClient, dialable
from .runtime import CooCenterConfigEntry
from .targets import (
    async_get_entry,
    async_get_source,
    call_of,
    chosen,
    ending_extensions,
    extension_of,
    number_of,
    queue_of,
    transferring_extension,
)

type Command = Callable[[CooCenterClient, str, str], Awaitable[None]]

ATTR_CALL = "call"
ATTR_SOURCE = "source"
ATTR_DESTINATION = "destination"
ATTR_EXTENSION = "extension"
ATTR_LISTENER = "listener"
ATTR_QUEUE = "queue"
ATTR_PAUSED = "paused"
ATTR_NUMBER = "number"

_ENTRY = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_REFERENCE = vol.All(chosen, cv.string)

_ENTRY_SCHEMA = vol.Schema(_ENTRY)
_DIAL = vol.Schema({**_ENTRY, vol.Optional(ATTR_SOURCE): _REFERENCE, vol.Required(ATTR_DESTINATION): _REFERENCE})
_TRANSFER = vol.Schema(
    {
        **_ENTRY,
        vol.Optional(ATTR_SOURCE): _REFERENCE,
        vol.Optional(ATTR_CALL): cv.string,
        vol.Required(ATTR_DESTINATION): _REFERENCE,
    }
)
_HANG_UP = vol.Schema({**_ENTRY, vol.Optional(ATTR_EXTENSION): _REFERENCE, vol.Optional(ATTR_CALL): cv.string})
_SPY = vol.Schema({**_ENTRY, vol.Required(ATTR_LISTENER): _REFERENCE, vol.Required(ATTR_EXTENSION): _REFERENCE})
_AGENT = vol.Schema({**_ENTRY, vol.Required(ATTR_QUEUE): _REFERENCE, vol.Required(ATTR_EXTENSION): _REFERENCE})
_PAUSE = vol.Schema(
    {
        **_ENTRY,
        vol.Optional(ATTR_QUEUE): _REFERENCE,
        vol.Required(ATTR_EXTENSION): _REFERENCE,
        vol.Required(ATTR_PAUSED): cv.boolean,
    }
)
_NUMBER = vol.Schema({**_ENTRY, vol.Required(ATTR_NUMBER): cv.string})


@pbx_errors_to_user
async def _dial(call: ServiceCall) -> None:
    entry, source = async_get_source(call, ATTR_SOURCE, ATTR_DESTINATION)
    await entry.runtime_data.coordinator.client.dial(source, number_of(call, entry, ATTR_DESTINATION))


@pbx_errors_to_user
async def _transfer(call: ServiceCall) -> None:
    if live := _live_call(call, ATTR_SOURCE):
        entry, source = live[0], transferring_extension(live[1])
    else:
        entry, source = async_get_source(call, ATTR_SOURCE, ATTR_DESTINATION)
    await entry.runtime_data.coordinator.client.transfer(source, number_of(call, entry, ATTR_DESTINATION))


@pbx_errors_to_user
async def _hang_up(call: ServiceCall) -> None:
    if live := _live_call(call, ATTR_EXTENSION):
        entry, extensions = live[0], ending_extensions(live[1])
    else:
        entry, extension = async_get_source(call, ATTR_EXTENSION)
        extensions = [extension]
    for extension in extensions:
        await entry.runtime_data.coordinator.client.hang_up(extension)


def _live_call(call: ServiceCall, field: str) -> tuple[CooCenterConfigEntry, Call] | None:
    """Return the call that is named by its id, and its PBX; an extension cannot be named as well."""
    if ATTR_CALL not in call.data:
        return None
    if field in call.data:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="call_or_extension")
    return call_of(call, ATTR_CALL)


@pbx_errors_to_user
async def _spy(call: ServiceCall) -> None:
    entry = async_get_entry(call, ATTR_LISTENER, ATTR_EXTENSION)
    listener, extension = extension_of(call, entry, ATTR_LISTENER), extension_of(call, entry, ATTR_EXTENSION)
    await entry.runtime_data.coordinator.client.spy(listener, extension)


@pbx_errors_to_user
async def _log_in_agent(call: ServiceCall) -> None:
    await _change_queue(call, CooCenterClient.log_in_agent)


@pbx_errors_to_user
async def _log_out_agent(call: ServiceCall) -> None:
    await _change_queue(call, CooCenterClient.log_out_agent)


@pbx_errors_to_user
async def _pause_agent(call: ServiceCall) -> None:
    entry = async_get_entry(call, ATTR_QUEUE, ATTR_EXTENSION)
    pauses = entry.runtime_data.pauses
    extension = extension_of(call, entry, ATTR_EXTENSION)
    queue = queue_of(call, entry, ATTR_QUEUE) if ATTR_QUEUE in call.data else None
    await (pauses.async_pause if call.data[ATTR_PAUSED] else pauses.async_resume)(extension, queue)


@pbx_errors_to_user
async def _add_to_blacklist(call: ServiceCall) -> None:
    coordinator = async_get_entry(call).runtime_data.coordinator
    # The PBX compares with what the trunk delivers, so that a + is kept.
    await coordinator.client.add_to_blacklist(dialable(call.data[ATTR_NUMBER], plus="+"))
    await coordinator.async_read_blacklist()


@pbx_errors_to_user
async def _remove_from_blacklist(call: ServiceCall) -> None:
    coordinator = async_get_entry(call).runtime_data.coordinator
    await coordinator.client.remove_from_blacklist(dialable(call.data[ATTR_NUMBER], plus="+"))
    await coordinator.async_read_blacklist()


@pbx_errors_to_user
async def _get_blacklist(call: ServiceCall) -> ServiceResponse:
    coordinator = async_get_entry(call).runtime_data.coordinator
    await coordinator.async_read_blacklist()
    return {"numbers": list(coordinator.state.blacklist)}


@pbx_errors_to_user
async def _get_current_calls(call: ServiceCall) -> ServiceResponse:
    coordinator = async_get_entry(call).runtime_data.coordinator
    await coordinator.async_read_calls()
    now = dt_util.utcnow()
    return {"calls": [describe_call(coordinator.state, live, now) for live in coordinator.state.calls]}


async def _change_queue(call: ServiceCall, command: Command) -> None:
    entry = async_get_entry(call, ATTR_QUEUE, ATTR_EXTENSION)
    coordinator = entry.runtime_data.coordinator
    queue, extension = queue_of(call, entry, ATTR_QUEUE), extension_of(call, entry, ATTR_EXTENSION)
    await command(coordinator.client, queue, extension)
    # A whole poll: it makes the switch of a new agent appear at once.
    await coordinator.async_refresh()


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, which find their PBX when they are called."""
    register = hass.services.async_register
    register(DOMAIN, "dial", _dial, _DIAL)
    register(DOMAIN, "hangup", _hang_up, _HANG_UP)
    register(DOMAIN, "transfer", _transfer, _TRANSFER)
    async_register_admin_service(hass, DOMAIN, "spy", _spy, _SPY)
    register(DOMAIN, "agent_login", _log_in_agent, _AGENT)
    register(DOMAIN, "agent_logout", _log_out_agent, _AGENT)
    register(DOMAIN, "agent_pause", _pause_agent, _PAUSE)
    register(DOMAIN, "blacklist_add", _add_to_blacklist, _NUMBER)
    register(DOMAIN, "blacklist_remove", _remove_from_blacklist, _NUMBER)
    only = SupportsResponse.ONLY
    register(DOMAIN, "get_blacklist", _get_blacklist, _ENTRY_SCHEMA, only)
    register(DOMAIN, "get_current_calls", _get_current_calls, _ENTRY_SCHEMA, only)
