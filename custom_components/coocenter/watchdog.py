"""Notice when the PBX pushes nothing: calls are seen by polling that no push told of."""

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, ISSUE_NO_PUSHES
from .coordinator import CooCenterCoordinator
from .pbx import Changes, Snapshot
from .push_view import async_push_url


class PushWatchdog:
    """Raise a repair issue when a call begins between two polls and no push ever came."""

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self._coordinator = coordinator
        self._seen: frozenset[str] | None = None

    @callback
    def async_start(self) -> None:
        """Watch the polls."""
        self._coordinator.config_entry.async_on_unload(self._coordinator.async_on_poll(self._polled))

    @callback
    def _polled(self, snapshot: Snapshot, _changes: Changes) -> None:
        # A caller in a menu is alone, and nothing is pushed of him yet: two make a call.
        channels = frozenset(row.name for row in snapshot.channels or () if row.connected.number)
        before, self._seen = self._seen, channels
        # What was there at the first poll may have begun before Home Assistant.
        if before is None or self._coordinator.link.pushes.received or not channels - before:
            return
        entry = self._coordinator.config_entry
        ir.async_create_issue(
            self._coordinator.hass,
            DOMAIN,
            f"{ISSUE_NO_PUSHES}_{entry.entry_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_NO_PUSHES,
            translation_placeholders={
                "title": entry.title,
                "webhook_url": async_push_url(self._coordinator.hass, entry.data[CONF_WEBHOOK_ID]),
            },
        )
