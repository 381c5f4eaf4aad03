"""What a user may attach to a report: everything but keys, names and numbers of people."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import (
    CONF_DATABASE_URL,
    CONF_DEFAULT_EXTENSION,
    CONF_DEVICE_EXTENSIONS,
    CONF_EXTENSIONS,
    CONF_USER_EXTENSIONS,
    CONF_WEB_KEY,
)
from .contacts import async_get_contacts
from .gaps import describe_gap
from .link import TurnedAway
from .pbx import Call, Extension, mask
from .runtime import CooCenterConfigEntry

_SECRETS = {
    CONF_HOST,
    CONF_MAC,
    CONF_WEB_KEY,
    CONF_DATABASE_URL,
    CONF_WEBHOOK_ID,
    CONF_DEFAULT_EXTENSION,
    "address",
    "agent_name",
}

#: Options of which only the length is told.
_LISTS = (CONF_EXTENSIONS, CONF_DEVICE_EXTENSIONS, CONF_USER_EXTENSIONS)


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: CooCenterConfigEntry) -> dict[str, Any]:
    """Return the diagnostics of a PBX."""
    coordinator = entry.runtime_data.coordinator
    state, pushes = coordinator.state, coordinator.link.pushes
    return {
        "entry": {
            "data": async_redact_data(entry.data, _SECRETS),
            "options": {
                **async_redact_data(entry.options, _SECRETS),
                **{name: len(entry.options.get(name, ())) for name in _LISTS},
            },
        },
        "polling": {
            "works": coordinator.last_update_success,
            "error": type(error).__name__ if (error := coordinator.last_exception) else None,
        },
        "pushes": {
            "received": pushes.received,
            "repeated": pushes.repeated,
            "unreadable": pushes.turned_away[TurnedAway.UNREADABLE],
            "refused": pushes.turned_away.total() - pushes.turned_away[TurnedAway.UNREADABLE],
            "turned_away": dict(pushes.turned_away),
            "last": pushes.last,
            "age": round((dt_util.utcnow() - pushes.last).total_seconds()) if pushes.last else None,
            # Their shape helps to read them; letters and digits may be names and numbers.
            "unreadable_samples": [_shape(sample) for sample in pushes.samples],
        },
        "extensions": [_extension(extension) for extension in state.extensions.values()],
        "queues": [
            {
                "number": queue.number,
                "members": [
                    {**asdict(member), "extension": mask(member.extension)} for member in queue.members.values()
                ],
            }
            for queue in state.queues.values()
        ],
        "calls": [_call(call, listed=call.queue in state.queues) for call in state.calls],
        "gaps": [describe_gap(gap) for gap in coordinator.link.journal.gaps.between()],
        "blacklist_size": len(state.blacklist),
        "contacts": len(async_get_contacts(hass).book),
    }


def _extension(extension: Extension) -> dict[str, Any]:
    data: dict[str, Any] = async_redact_data(asdict(extension), _SECRETS)
    return {**data, "number": mask(extension.number)}


def _call(call: Call, *, listed: bool) -> dict[str, Any]:
    return {
        "direction": call.direction,
        "state": call.state,
        "started": call.started,
        "answered": call.answered,
        "caller": mask(call.caller.number),
        "callee": mask(call.callee.number),
        # What a push calls a queue may be any text.
        "queue": call.queue if listed else bool(call.queue),
        "legs": len(call.legs),
    }


def _shape(sample: bytes) -> str:
    """Return a body with every letter, or byte of a foreign one, as x and every digit as 0."""
    return "".join(
        "x" if char.isalpha() or not char.isascii() else "0" if char.isdigit() else char if char.isprintable() else "."
        for char in sample.decode("latin-1")
    )
