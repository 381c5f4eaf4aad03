"""The websocket commands of the call log, for cards and panels."""

from collections.abc import Sequence
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, require_admin, websocket_command
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import service
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import voluptuous as vol

from .call_info import describe_logged
from .call_log import LoggedCall
from .const import DOMAIN
from .export import ATTR_FILE_NAME, ATTR_FOLDER, EXPORT, async_export
from .helpers import pbx_errors_to_user
from .journal import logged_signal
from .log_filter import ATTR_CURSOR, ATTR_LIMIT, PAGE, async_page, filter_of, gaps_of
from .runtime import CooCenterConfigEntry

type Message = dict[str, Any]


@websocket_command({vol.Required("type"): "coocenter/calls/list", **PAGE})
@async_response
@pbx_errors_to_user
async def _list_calls(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    entry = _entry(hass, message)
    link = entry.runtime_data.coordinator.link
    wanted = filter_of(hass, entry, message)
    page = await async_page(link, wanted, message[ATTR_LIMIT], message.get(ATTR_CURSOR))
    connection.send_result(message["id"], page | {"gaps": gaps_of(link, wanted)})


@require_admin
@websocket_command({vol.Required("type"): "coocenter/calls/export", **EXPORT})
@async_response
@pbx_errors_to_user
async def _export_calls(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    entry = _entry(hass, message)
    link = entry.runtime_data.coordinator.link
    wanted = filter_of(hass, entry, message)
    written = await async_export(hass, entry, wanted, message[ATTR_FOLDER], message.get(ATTR_FILE_NAME))
    connection.send_result(message["id"], written | {"gaps": gaps_of(link, wanted)})


@websocket_command({vol.Required("type"): "coocenter/calls/subscribe", vol.Optional(ATTR_CONFIG_ENTRY_ID): str})
@callback
def _subscribe_calls(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    """Tell of calls that are new or changed in the log, several at once where they are stored at once."""
    entry = _entry(hass, message)
    # It outlives a reload, in which the entry has none.
    state = entry.runtime_data.coordinator.state

    @callback
    def tell(calls: Sequence[LoggedCall]) -> None:
        told = {"calls": [describe_logged(state, call) for call in calls]}
        connection.send_message(event_message(message["id"], told))

    connection.subscriptions[message["id"]] = async_dispatcher_connect(hass, logged_signal(entry), tell)
    connection.send_result(message["id"])


def _entry(hass: HomeAssistant, message: Message) -> CooCenterConfigEntry:
    entry: CooCenterConfigEntry = service.async_get_config_entry(hass, DOMAIN, message.get(ATTR_CONFIG_ENTRY_ID))
    return entry


@callback
def async_setup_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (_list_calls, _export_calls, _subscribe_calls):
        async_register_command(hass, command)
