"""What belongs to a configured PBX even while it cannot be reached: its state and the pushes' counters.

Pushes come when they come. They are folded here from Home Assistant's start to the removal of the entry, so that
an entry that is retrying, or reloading, loses none of them.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.signal_type import SignalType

from .bus_event import fire, fire_call
from .const import CONF_TIME_ZONE, DOMAIN
from .contacts import async_prepare_contacts
from .journal import Journal, async_delete_journal
from .pbx import (
    CallDetail,
    CallFact,
    Changes,
    Event,
    ExtensionKey,
    PbxKey,
    PbxState,
    Pushed,
    QueueCallDetail,
    QueueCallsKey,
)

_KEPT_SAMPLES = 5
#: A time of the last push that is finer than this interests nobody, and each telling writes a state.
_TELL_EVERY = timedelta(seconds=1)


class TurnedAway(StrEnum):
    """Why a push was not taken; a repair issue tells some of them."""

    UNREADABLE = "unreadable"
    WEB_KEY = "web_key"
    REMOTE = "remote"
    OTHER_PBX = "other_pbx"
    JUNK = "junk"
    TOO_LONG = "too_long"
    TOO_SLOW = "too_slow"


@dataclass(slots=True)
class PushStatistics:
    """How the pushes went since Home Assistant's start."""

    received: int = 0
    repeated: int = 0
    turned_away: Counter[TurnedAway] = field(default_factory=Counter)
    last: datetime | None = None
    samples: deque[bytes] = field(default_factory=lambda: deque(maxlen=_KEPT_SAMPLES))
    """The last bodies that could not be read."""


class Link:
    """The state of one PBX, and who is told of its changes while the entry is loaded."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self.state = PbxState()
        self.pushes = PushStatistics()
        self.journal = Journal(hass, entry, self.state)
        self.deliver: Callable[[Changes], None] | None = None
        self.zone = dt_util.get_default_time_zone()
        #: The PBX's date; once its replies have told more, the client knows better.
        self.today: Callable[[], date] = lambda: dt_util.now(self.zone).date()
        self._told: datetime | None = None
        self._hass = hass
        self._entry = entry

    async def async_take(self, event: Event, now: datetime) -> None:
        """Fold an event; return when what is to be kept of it is durable. Raises NotStored."""
        try:
            self.receive(event, now)
        finally:
            # Whatever the fold makes of a log, it is kept.
            if isinstance(event, (CallDetail, QueueCallDetail)):
                await self.journal.async_add(event, now)

    @callback
    def receive(self, event: Event, now: datetime) -> None:
        """Fold an event and pass on what it changed."""
        self.pushes.received += 1
        self.pushes.last = now
        changes = self.state.apply(event, now)
        if not changes:
            self.pushes.repeated += 1
        if self._told is None or abs(now - self._told) >= _TELL_EVERY:
            self._told = now
            changes.keys.add(PbxKey.PUSHES)
        self.publish(changes)

    @callback
    def publish(self, changes: Changes) -> None:
        """Tell what changed, pushed or polled: Home Assistant's bus, automations, and the entry while it is loaded."""
        for signal in changes.signals:
            match signal:
                case Pushed():
                    fire(self._hass, self._entry, self.state, signal.event, self.zone)
                case CallFact():
                    fire_call(self._hass, self._entry, self.state, signal)
                    self.journal.note(signal)
                    async_dispatcher_send(self._hass, SIGNAL_CALL_FACT, self._entry.entry_id, signal)
                case _:
                    pass
        if self.deliver:
            self.deliver(changes)


DATA_LINKS: HassKey[dict[str, Link]] = HassKey(DOMAIN)
#: What happened to a call, with the id of its PBX's entry: for those who outlive a reload, such as automations.
SIGNAL_CALL_FACT: SignalType[str, CallFact] = SignalType(f"{DOMAIN}_call_fact")


async def async_prepare_link(hass: HomeAssistant, entry: ConfigEntry) -> Link:
    """Return the link of an entry, making it at the first call, in the PBX's time zone of now."""
    link = hass.data.setdefault(DATA_LINKS, {}).setdefault(entry.entry_id, Link(hass, entry))
    zone = entry.options.get(CONF_TIME_ZONE)
    link.zone = (await dt_util.async_get_time_zone(zone) if zone else None) or dt_util.get_default_time_zone()
    link.state.name_of = (await async_prepare_contacts(hass)).name_of
    await link.journal.async_open(link.zone)
    return link


@callback
def async_tell_names(hass: HomeAssistant) -> None:
    """Tell whatever shows who calls that names may be others."""
    for link in hass.data.get(DATA_LINKS, {}).values():
        calls = list(link.state.calls)
        phones = {number for call in calls for number in call.extensions | call.involved}
        queues = {call.queue for call in calls if call.queue}
        link.publish(Changes(keys={PbxKey.CALLS, *map(ExtensionKey, phones), *map(QueueCallsKey, queues)}))


async def async_drop_link(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget the state and the call log of a removed entry."""
    if link := hass.data.get(DATA_LINKS, {}).pop(entry.entry_id, None):
        await link.journal.async_close()
    await async_delete_journal(hass, entry)
