"""The ZYCOO CooCenter integration: office telephony in Home Assistant."""

from functools import partial

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_when_setup

from . import webhook
from .agents import Pauses
from .const import DOMAIN, ISSUE_NO_PUSHES, ISSUE_OTHER_PBX
from .contact_services import async_setup_contact_services
from .contacts import SIGNAL_CONTACTS_CHANGED, async_prepare_contacts
from .coordinator import CooCenterCoordinator
from .devices import Roster, async_part_of_device, async_register_pbx
from .link import async_drop_link, async_prepare_link, async_tell_names
from .log_services import async_setup_log_services
from .missed_calls import MissedCallsOfPbx
from .push_view import async_open
from .runtime import CooCenterConfigEntry, Runtime
from .services import async_setup_services
from .views import RecordingView
from .watchdog import PushWatchdog
from .websocket import async_setup_commands

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
RECORDER = "recorder"
CONVERSATION = "conversation"
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and take the pushes of every entry before any of them is set up."""
    async_setup_services(hass)
    async_setup_log_services(hass)
    async_setup_contact_services(hass)
    async_setup_commands(hass)
    hass.http.register_view(RecordingView(hass))
    await async_prepare_contacts(hass)
    async_dispatcher_connect(hass, SIGNAL_CONTACTS_CHANGED, partial(async_tell_names, hass))
    for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False, include_ignore=False):
        webhook.async_register(hass, entry, await async_prepare_link(hass, entry))
    # Last: until it is there the PBX keeps what it has.
    async_open(hass)

    @callback
    def entry_changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        # An entry that is retrying is not unloaded when the user disables it.
        if entry.domain == DOMAIN and entry.disabled_by:
            _async_forget_pushes(hass, entry)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
    async_when_setup(hass, CONVERSATION, _async_setup_assist)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CooCenterConfigEntry) -> bool:
    """Set up a PBX; raises ConfigEntryNotReady or ConfigEntryAuthFailed while it cannot be asked."""
    # A new entry has no webhook yet; pushes are taken even while the PBX's REST side is down.
    link = await async_prepare_link(hass, entry)
    webhook.async_register(hass, entry, link)
    coordinator = CooCenterCoordinator(hass, entry, link)
    await coordinator.async_config_entry_first_refresh()
    coordinator.device_id = async_register_pbx(hass, entry)
    runtime = Runtime(coordinator, Roster(coordinator), Pauses(coordinator), MissedCallsOfPbx(coordinator))
    entry.runtime_data = runtime
    await runtime.pauses.async_start()
    # Before the platforms: what is pushed while they are set up is told to the entities that are there already.
    coordinator.async_start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    runtime.roster.async_start()
    PushWatchdog(coordinator).async_start()
    link.journal.async_start(entry)
    if RECORDER in hass.config.components:
        # Only now: what the recorder requires is installed with it.
        from .statistics import HourlyStatistics  # noqa: PLC0415

        HourlyStatistics(hass, entry, link.journal).async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: CooCenterConfigEntry) -> bool:
    """Unload a PBX; its pushes are still taken, unless the user disabled it."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: CooCenterConfigEntry) -> None:
    """Leave nothing of a removed PBX behind."""
    _async_forget_pushes(hass, entry)
    await async_drop_link(hass, entry)
    await Pauses.async_remove(hass, entry)
    if RECORDER in hass.config.components:
        # As above.
        from .statistics import async_clear  # noqa: PLC0415

        await async_clear(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: CooCenterConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Let the user delete the device of an extension or queue that the PBX does not list."""
    if entry.state is not ConfigEntryState.LOADED:
        # Nobody knows what the PBX lists.
        return False
    part = async_part_of_device(entry, device)
    return part is not None and entry.runtime_data.roster.async_forget(part)


async def _async_setup_assist(hass: HomeAssistant, _component: str) -> None:
    # Only now: what conversation requires is installed with it.
    from .assist import async_setup_assist  # noqa: PLC0415

    await async_setup_assist(hass)


@callback
def _async_forget_pushes(hass: HomeAssistant, entry: ConfigEntry) -> None:
    webhook.async_unregister(hass, entry)
    for issue in (ISSUE_NO_PUSHES, ISSUE_OTHER_PBX):
        ir.async_delete_issue(hass, DOMAIN, f"{issue}_{entry.entry_id}")
