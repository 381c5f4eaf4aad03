"""The live calls with the names they are found by, and a memory of those that ended."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from .bounded import Bounded
from .call import Call, Leg
from .changes import AgentReleased, CallFact, CallsDoubtful, Changes, ExtensionKey, PbxKey, QueueCallsKey
from .facts import facts_between, facts_learnt, facts_transferred
from .numbers import local_pair
from .settle import MAX_LEGS, over, settled

_MAX_CALLS = 2_000
_MAX_ENDED = 10_000
#: Whose logs may still come, or whose id an automation still has.
_MAX_PAST = 500
#: A call that nothing was heard of for so long is over, though nobody said so.
_FORGOTTEN = timedelta(hours=12)


class CallTable:
    """Keep the calls in progress by id: the uniqueid (or channel) of the leg that placed the call.

    `is_staffed` tells whether a queue has an agent who could be rung.
    """

    def __init__(self, is_staffed: Callable[[str], bool] = lambda _queue: True) -> None:
        self._is_staffed = is_staffed
        self._calls: dict[str, Call] = {}
        self._heard: dict[str, datetime] = {}
        self._by_leg: dict[str, str] = {}
        self._by_extension: dict[str, dict[str, None]] = {}
        self._ended: Bounded[str, datetime] = Bounded(_MAX_ENDED)
        self._past: Bounded[str, Call] = Bounded(_MAX_PAST)
        self._past_legs: Bounded[str, str] = Bounded(2 * _MAX_PAST)
        #: The calls of legs, also of those that are gone, and what placed the calls, each by its uniqueid.
        self._whole: Bounded[str, str] = Bounded(_MAX_ENDED)
        self._placed_by: Bounded[str, str] = Bounded(_MAX_ENDED)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def __len__(self) -> int:
        return len(self._calls)

    def of_extension(self, extension: str) -> list[Call]:
        """Return the calls an extension takes part in, the oldest first."""
        if not (ids := self._by_extension.get(extension)):
            # As mostly, and asked with every push.
            return []
        return sorted((self._calls[call_id] for call_id in ids), key=lambda call: (call.started, call.id))

    def find(self, *names: str) -> Call | None:
        """Return the call that one of the names, uniqueids or channels, belongs to."""
        for name in names:
            if name and (call_id := self._by_leg.get(local_pair(name) or name)):
                return self._calls[call_id]
        return None

    def ended(self, name: str) -> datetime | None:
        """Return when a leg with this uniqueid or channel went, None if it is not known to be gone."""
        return self._ended.get(name)

    def heard(self, call: Call) -> datetime:
        """Return when something was last heard of a call."""
        return self._heard[call.id]

    def note_heard(self, call: Call, now: datetime) -> None:
        """Remember that a call goes on."""
        self._heard[call.id] = now

    def note_ended(self, now: datetime, *names: str) -> None:
        """Remember names that a late or resent piece must not bring back to life."""
        for name in names:
            if name:
                self._ended[name] = now

    def get(self, call_id: str) -> Call | None:
        """Return a live call by its id."""
        return self._calls.get(call_id)

    def past(self, uniqueid: str) -> Call | None:
        """Return a call that ended, by its id or the uniqueid of a leg that placed it."""
        return self._past.get(self._past_legs.get(uniqueid, uniqueid))

    def log_id(self, call_id: str) -> str:
        """Return the id that the log has of a call, empty where the PBX never told it."""
        return self._placed_by.get(call_id, "") if "/" in call_id else call_id

    def whole(self, uniqueid: str) -> str:
        """Return the id that the log has of the call that a leg is or was a part of, empty where that is not known."""
        return self.log_id(self._whole.get(uniqueid, ""))

    def put(self, call: Call, now: datetime, changes: Changes, *, tell: bool = True) -> None:
        """Store a call as its legs say, or end it where none is left; `tell` what happened unless it is old."""
        if not call.legs:
            self.end(call, now, changes)
            return
        call, before = settled(call, now), self._calls.get(call.id)
        if call == before:
            return
        self._heard[call.id] = now
        if before:
            self._unlink(before)
        elif "/" in call.id:
            self._part_from_namesake(call.id, changes)
        self._link(call)
        _tell(before, call, changes)
        if tell:
            changes.signals.extend(facts_between(before, call, now))
        if call.is_lonely:
            changes.signals.append(CallsDoubtful())
        if len(self._calls) > _MAX_CALLS:
            self.end(next(iter(self._calls.values())), now, changes)

    def end(self, call: Call, now: datetime, changes: Changes, *, watched: bool = True) -> None:
        """Take a call away, with what was learnt of it at last; not `watched` is one that only polls saw."""
        before = self._calls.pop(call.id)
        del self._heard[call.id]
        self._unlink(before)
        self.note_ended(now, call.id, *(name for leg in before.legs for name in (leg.uniqueid, leg.channel)))
        after = over(call, now, staffed=self._is_staffed(call.queue or ""), watched=watched)
        self._past[call.id] = after
        for leg in before.legs:
            if leg.calling and leg.uniqueid:
                self._past_legs[leg.uniqueid] = call.id
        _tell(before, after, changes)
        changes.signals.extend(facts_between(before, after, now))

    def correct(self, before: Call, after: Call, now: datetime, changes: Changes) -> None:
        """Replace a call that ended by what its log says of it."""
        self._past[before.id] = after
        changes.signals.extend(facts_learnt(before, after, now))

    def merge(self, call: Call, other: Call, now: datetime, changes: Changes) -> None:
        """Store two calls that turned out to be one: the first with the other's legs, begun with the elder."""
        self._take_out(other, changes)
        self.put(_with_legs_of(call, other), now, changes)

    def join(self, call: Call, other: Call, now: datetime, changes: Changes) -> None:
        """Store two calls that somebody made one: the elder goes on, passed on to whom the other was with."""
        self._take_out(other, changes)
        changes.signals.extend(facts_between(other, over(other, now, staffed=True), now))
        self.put(replace(_with_legs_of(call, other), transferred=now), now, changes, tell=False)
        changes.signals.extend(facts_transferred(self._calls[call.id], now))

    def _take_out(self, call: Call, changes: Changes) -> None:
        del self._calls[call.id], self._heard[call.id]
        self._unlink(call)
        _tell(call, None, changes)

    def drop(self, call: Call, leg: Leg, now: datetime, changes: Changes) -> None:
        """Take one leg of a call away."""
        self.note_ended(now, leg.uniqueid, leg.channel)
        left = leg.extension if leg.extension in call.talking else call.left
        legs = tuple(other for other in call.legs if other is not leg)
        self.put(replace(call, legs=legs, left=left), now, changes)

    def expire(self, now: datetime, changes: Changes) -> None:
        """End the calls that nothing was heard of for half a day."""
        for call in self:
            if now - self._heard[call.id] > _FORGOTTEN:
                self.end(call, now, changes)

    def _link(self, call: Call) -> None:
        self._calls[call.id] = call
        for name in _names(call):
            self._by_leg[name] = call.id
        for leg in call.legs:
            if leg.uniqueid:
                self._whole[leg.uniqueid] = call.id
                if leg.calling and call.id not in self._placed_by:
                    self._placed_by[call.id] = leg.uniqueid
        for extension in call.extensions:
            self._by_extension.setdefault(extension, {})[call.id] = None

    def _part_from_namesake(self, channel: str, changes: Changes) -> None:
        """Let a call have its channel's name to itself: a PBX that restarted gives the same names again."""
        if not (uniqueid := self._placed_by.pop(channel, None)):
            return
        if call := self._past.pop(channel, None):
            self._past[uniqueid] = replace(call, id=uniqueid)
        # Its end may be told in the same breath, and is kept by its id.
        changes.signals = [
            replace(signal, call=replace(signal.call, id=uniqueid))
            if isinstance(signal, CallFact) and signal.call.id == channel
            else signal
            for signal in changes.signals
        ]
        for names in (self._whole, self._past_legs):
            for name in [name for name, call_id in names.items() if call_id == channel]:
                names[name] = uniqueid

    def _unlink(self, call: Call) -> None:
        for name in _names(call):
            # A channel's name that is used again belongs to the newer call.
            if self._by_leg.get(name) == call.id:
                del self._by_leg[name]
        for extension in call.extensions:
            calls = self._by_extension[extension]
            del calls[call.id]
            if not calls:
                del self._by_extension[extension]


def joined(call: Call, leg: Leg) -> Call:
    """Return the call with a leg more, or with what the leg adds to the one it already had."""
    for known in call.legs:
        if leg.channel == known.channel or (leg.uniqueid and leg.uniqueid == known.uniqueid):
            learned = replace(
                known,
                channel=known.channel or leg.channel,
                uniqueid=known.uniqueid or leg.uniqueid,
                extension=known.extension or leg.extension,
            )
            return replace(call, legs=tuple(learned if other is known else other for other in call.legs))
    return replace(call, legs=(*call.legs, leg)) if len(call.legs) < MAX_LEGS else call


def _with_legs_of(call: Call, other: Call) -> Call:
    for leg in other.legs:
        call = joined(call, replace(leg, calling=False))
    return replace(call, started=min(call.started, other.started))


def _names(call: Call) -> Iterator[str]:
    yield call.id
    for leg in call.legs:
        if leg.uniqueid:
            yield leg.uniqueid
        if leg.channel:
            yield local_pair(leg.channel) or leg.channel


def _tell(before: Call | None, after: Call | None, changes: Changes) -> None:
    changes.keys.add(PbxKey.CALLS)
    for call in (before, after):
        if call:
            changes.keys.update(ExtensionKey(extension) for extension in call.extensions)
            if call.queue:
                changes.keys.add(QueueCallsKey(call.queue))
    remaining = after.extensions if after else frozenset[str]()
    changes.signals.extend(map(AgentReleased, sorted(_talking(before) - remaining)))


def _talking(call: Call | None) -> frozenset[str]:
    if call is None:
        return frozenset()
    return frozenset(leg.extension for leg in call.legs if leg.extension and leg.connected and not leg.calling)
