"""Notice when the PBX's pushes do not arrive: calls begin that only polling sees."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import CONF_WEBHOOK_ID, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from yarl import URL

from .call_log import GapReason
from .const import DOMAIN, ISSUE_NO_PUSHES, LOGGER
from .coordinator import CooCenterCoordinator
from .link import TurnedAway
from .pbx import Activity, Changes, Snapshot
from .push_view import async_own_origin, async_push_url

#: What is pushed of a call is on its way, or sent again, for so long before it counts as not pushed.
_GRACE = timedelta(seconds=5)
#: Why pushes that arrive are turned away, the reason first that the user has to mend first.
_TURNED_AWAY = (TurnedAway.WEB_KEY, TurnedAway.REMOTE, TurnedAway.UNREADABLE)
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
        #: How many had been turned away when the last was taken.
        self._turned_away = coordinator.link.pushes.turned_away.copy()
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
        hass = self._coordinator.hass
        # What the issue says of Home Assistant's own address is to follow what the user does about it.
        on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_addressed))

    @callback
    def _reached_or_not(self) -> None:
        # What began while nobody could look may have been pushed in vain, and is no evidence.
        if not self._coordinator.last_update_success:
            self._seen = self._awaiting = None

    @callback
    def _polled(self, snapshot: Snapshot, _changes: Changes) -> None:
        now, pushes = snapshot.taken, self._coordinator.link.pushes
        self._gaps.heard(now)
        before, self._seen = self._seen, _sight(snapshot)
        if snapshot.channels is None and before:
            # What was not told is what it was: else a long call would begin with the next answer.
            self._seen = replace(self._seen, channels=before.channels)
        if pushes.received != self._received:
            self._received, self._turned_away = pushes.received, pushes.turned_away.copy()
            self._awaiting, self._untold = None, 0
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
        if last is None or last < self._gaps.began:
            return 1 if self._gaps.arrived_at is None else 2
        return 2 if self._gaps.rhythm.explains(dt_util.as_local(last), dt_util.as_local(now)) else 1

    @callback
    def _raise(self) -> None:
        hass, entry = self._coordinator.hass, self._coordinator.config_entry
        # Before that nobody listened, which is a gap of its own.
        since = max(self._coordinator.link.pushes.last or self._gaps.began, self._gaps.began)
        if self._gaps.begin(GapReason.SILENT, since):
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

    @callback
    def _async_addressed(self, _event: Event[Any]) -> None:
        issue_id = f"{ISSUE_NO_PUSHES}_{self._coordinator.config_entry.entry_id}"
        if ir.async_get(self._coordinator.hass).async_get_issue(DOMAIN, issue_id):
            self._raise()

    def _why(self) -> str:
        """Return the text with the likeliest reason."""
        lately = self._coordinator.link.pushes.turned_away - self._turned_away
        for reason in _TURNED_AWAY:
            if lately[reason]:
                return f"{ISSUE_NO_PUSHES}_{reason}"
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
