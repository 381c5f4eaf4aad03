"""The actions of the call log."""

from datetime import timedelta
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .call_log import CallLog, LogUnavailable
from .const import DOMAIN, MAX_RETENTION
from .export import ATTR_FILE_NAME, ATTR_FOLDER, EXPORT, async_export
from .helpers import pbx_errors_to_user
from .log_filter import (
    ATTR_CURSOR,
    ATTR_LIMIT,
    ATTR_NUMBER,
    PAGE,
    async_page,
    filter_of,
    gaps_of,
    unavailable,
)
from .recordings import async_save
from .runtime import CooCenterConfigEntry
from .targets import async_get_entry

ATTR_CALL = "call"
ATTR_KEEP_DAYS = "keep_days"

_ENTRY = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_PURGE = vol.Schema(
    {**_ENTRY, vol.Required(ATTR_KEEP_DAYS): vol.All(vol.Coerce(int), vol.Range(min=0, max=MAX_RETENTION))}
)
_FORGET = vol.Schema({**_ENTRY, vol.Required(ATTR_NUMBER): vol.All(cv.string, str.strip, vol.Length(min=1))})
_SAVE = vol.Schema({**_ENTRY, vol.Required(ATTR_CALL): cv.string})


@pbx_errors_to_user
async def _get_calls(call: ServiceCall) -> ServiceResponse:
    entry = async_get_entry(call)
    link = entry.runtime_data.coordinator.link
    wanted = filter_of(call.hass, entry, call.data)
    page = await async_page(link, wanted, call.data[ATTR_LIMIT], call.data.get(ATTR_CURSOR))
    return page | {"gaps": gaps_of(link, wanted)}


@pbx_errors_to_user
async def _export_calls(call: ServiceCall) -> ServiceResponse:
    entry = async_get_entry(call)
    link = entry.runtime_data.coordinator.link
    wanted = filter_of(call.hass, entry, call.data)
    written = await async_export(call.hass, entry, wanted, call.data[ATTR_FOLDER], call.data.get(ATTR_FILE_NAME))
    return written | {"gaps": gaps_of(link, wanted)}


async def _purge_calls(call: ServiceCall) -> ServiceResponse:
    before = dt_util.utcnow() - timedelta(days=call.data[ATTR_KEEP_DAYS])
    journal = async_get_entry(call).runtime_data.coordinator.link.journal
    try:
        purged = await journal.log.purge(before)
    except LogUnavailable as err:
        raise unavailable() from err
    journal.gaps.purge(before)
    return {"calls": purged}


async def _forget_number(call: ServiceCall) -> ServiceResponse:
    try:
        return {"calls": await _log(async_get_entry(call)).forget(call.data[ATTR_NUMBER])}
    except LogUnavailable as err:
        raise unavailable() from err


@pbx_errors_to_user
async def _save_recording(call: ServiceCall) -> ServiceResponse:
    entry = async_get_entry(call)
    saved: dict[str, Any] = await async_save(call.hass, entry, call.data[ATTR_CALL], user_id=call.context.user_id)
    return saved


def _log(entry: CooCenterConfigEntry) -> CallLog:
    return entry.runtime_data.coordinator.link.journal.log


@callback
def async_setup_log_services(hass: HomeAssistant) -> None:
    """Register the actions; what erases, or takes calls out of Home Assistant, is for administrators."""
    optional = SupportsResponse.OPTIONAL
    hass.services.async_register(DOMAIN, "get_calls", _get_calls, vol.Schema(PAGE), SupportsResponse.ONLY)
    hass.services.async_register(DOMAIN, "save_recording", _save_recording, _SAVE, optional)
    async_register_admin_service(hass, DOMAIN, "export_calls", _export_calls, vol.Schema(EXPORT), optional)
    async_register_admin_service(hass, DOMAIN, "purge_calls", _purge_calls, _PURGE, optional)
    async_register_admin_service(hass, DOMAIN, "forget_number", _forget_number, _FORGET, optional)
