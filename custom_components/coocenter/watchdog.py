"""Notice when the PBX's pushes do not arrive: calls begin that only polling sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from yarl import URL

from .call_log import GapReason
from .const import DOMAIN, ISSUE_NO_PUSHES, LOGGER
from .coordinator import CooCenterCoordinator
from .pbx import Activity, Changes, Snapshot
from .push_view import async_own_origin, async_push_url

#: What is pushed of a call is on its way, or sent again, for so long before it counts as not pushed.
_GRACE = timedelta(seconds=5)
_AT_WORK = frozenset(Activity) - {Activity.IDLE, Activity.UNAVAILABLE}


@dataclass(frozen=True, slots=True)
class _Sight:
    """What a poll saw of calls: the channels that are connected, and what the extensions do."""

    channels: frozenset[str]
    idle: frozenset[str]
    at_work: frozenset[str]

    def began_since(self, before: _Sight) -> bool:
        """Tell whether a call began; that one ended is no evidence: a PBX that restarts ends them all."""
        return bool(self.channels - before.channels or self.at_work & before.idle)


class PushWatchdog:
    """Raise a repair issue when calls begin and not a single push comes.

    Silence alone raises none: on a holiday nobody telephones. Nor does one call where pushes came before: a PBX that
    was just restarted may forget it. But it does where the silence is longer than the office's rhythm explains.
    """

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self._coordinator = coordinator
        self._gaps = coordinator.link.journal.gaps
        self._seen: _Sight | None = None
        self._received = coordinator.link.pushes.received
        #: When a call was seen to begin of which nothing has been pushed so far.
        self._awaiting: datetime | None = None
        self._untold = 0

    @callback
    def async_start(self) -> None:
        """Watch the polls, of which the first has succeeded."""
        self._gaps.heard(dt_util.utcnow())
        on_unload = self._coordinator.config_entry.async_on_unload
        on_unload(self._coordinator.async_on_poll(self._polled))
        on_unload(self._coordinator.async_add_listener(self._reached_or_not))

    @callback
    def _reached_or_not(self) -> None:
        # What began while nobody could look may have been pushed in vain, and is no evidence.
        if not self._coordinator.last_update_success:
            self._seen = self._awaiting = None

    @callback
    def _polled(self, snapshot: Snapshot, _changes: Changes) -> None:
        now, received = snapshot.taken, self._coordinator.link.pushes.received
        self._gaps.heard(now)
        before, self._seen = self._seen, _sight(snapshot)
        if received != self._received:
            self._received, self._awaiting, self._untold = received, None, 0
            return
        if self._awaiting:
            if timedelta() <= now - self._awaiting < _GRACE:
                return
            self._untold += 1
            if self._untold >= self._enough(now):
                self._raise()
        # What was there at the first poll may have begun before Home Assistant.
        began = before is not None and self._seen.began_since(before)
        self._awaiting = now if began else None

    def _enough(self, now: datetime) -> int:
        """Return how many polls that saw a call begin are evidence."""
        last = self._coordinator.link.pushes.last
        if last is None:
            return 1 if self._gaps.arrived_at is None else 2
        return 2 if self._gaps.rhythm.explains(dt_util.as_local(last), dt_util.as_local(now)) else 1

    @callback
    def _raise(self) -> None:
        hass, entry = self._coordinator.hass, self._coordinator.config_entry
        if self._gaps.begin(GapReason.SILENT, self._coordinator.link.pushes.last or self._gaps.began):
            LOGGER.warning("%s has calls, but pushes nothing of them to Home Assistant", entry.title)
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"{ISSUE_NO_PUSHES}_{entry.entry_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=self._why(),
            translation_placeholders={
                "title": entry.title,
                "webhook_url": async_push_url(hass, entry.data[CONF_WEBHOOK_ID]),
                "arrived_at": self._gaps.arrived_at or "",
            },
        )

    def _why(self) -> str:
        """Return the text with the likeliest reason."""
        origin, arrived_at = async_own_origin(self._coordinator.hass), self._gaps.arrived_at
        if origin is None:
            return f"{ISSUE_NO_PUSHES}_no_address"
        # A PBX may call Home Assistant by another name than Home Assistant does; then it worked with the same address.
        changed = origin not in (arrived_at, self._gaps.told_at)
        if URL(origin).scheme == "https" and (changed or arrived_at == origin):
            return f"{ISSUE_NO_PUSHES}_https"
        return f"{ISSUE_NO_PUSHES}_moved" if changed and arrived_at else ISSUE_NO_PUSHES


def _sight(snapshot: Snapshot) -> _Sight:
    doing = {hint.number: hint.activity for hint in snapshot.hints or ()}
    return _Sight(
        # A caller in a menu is alone, and nothing is pushed of him yet: two make a call.
        channels=frozenset(row.name for row in snapshot.channels or () if row.connected.number),
        idle=frozenset(number for number, activity in doing.items() if activity is Activity.IDLE),
        at_work=frozenset(number for number, activity in doing.items() if activity in _AT_WORK),
    )
