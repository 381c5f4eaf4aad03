"""The live calls with the names they are found by, and a memory of those that ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from .bounded import Bounded
from .changes import AgentReleased, Changes, ExtensionKey, PbxKey
from .model import NOBODY, Call, CallState, Direction, Leg
from .numbers import is_local, local_pair

_MAX_CALLS = 2_000
#: More than any queue rings at once.
_MAX_LEGS = 200
_MAX_ENDED = 10_000
#: A call that nothing was heard of for so long is over, though nobody said so.
_FORGOTTEN = timedelta(hours=12)


class CallTable:
    """Keep the calls in progress by id: the uniqueid (or channel) of the leg that placed the call."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._heard: dict[str, datetime] = {}
        self._by_leg: dict[str, str] = {}
        self._by_extension: dict[str, dict[str, None]] = {}
        self._ended: Bounded[str, datetime] = Bounded(_MAX_ENDED)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def __len__(self) -> int:
        return len(self._calls)

    def of_extension(self, extension: str) -> list[Call]:
        """Return the calls an extension takes part in, the oldest first."""
        calls = (self._calls[call_id] for call_id in self._by_extension.get(extension, ()))
        return sorted(calls, key=lambda call: (call.started, call.id))

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

    def put(self, call: Call, now: datetime, changes: Changes) -> None:
        """Store a call as its legs say, or end it where none is left."""
        if not call.legs:
            self.end(call, now, changes)
            return
        call, before = _settled(call), self._calls.get(call.id)
        if call.state is CallState.CONNECTED and call.answered is None:
            call = replace(call, answered=now)
        if call == before:
            return
        self._heard[call.id] = now
        if before:
            self._unlink(before)
        self._link(call)
        _tell(before, call, changes)
        if len(self._calls) > _MAX_CALLS:
            self.end(next(iter(self._calls.values())), now, changes)

    def end(self, call: Call, now: datetime, changes: Changes) -> None:
        """Take a call away."""
        before = self._calls.pop(call.id)
        del self._heard[call.id]
        self._unlink(before)
        self.note_ended(now, call.id, *(name for leg in before.legs for name in (leg.uniqueid, leg.channel)))
        _tell(before, None, changes)

    def merge(self, call: Call, other: Call, now: datetime, changes: Changes) -> None:
        """Store two calls that turned out to be one: the first with the other's legs, begun with the elder."""
        del self._calls[other.id], self._heard[other.id]
        self._unlink(other)
        _tell(other, None, changes)
        for leg in other.legs:
            call = joined(call, replace(leg, calling=False))
        self.put(replace(call, started=min(call.started, other.started)), now, changes)

    def drop(self, call: Call, leg: Leg, now: datetime, changes: Changes) -> None:
        """Take one leg of a call away."""
        self.note_ended(now, leg.uniqueid, leg.channel)
        self.put(replace(call, legs=tuple(other for other in call.legs if other is not leg)), now, changes)

    def expire(self, now: datetime, changes: Changes) -> None:
        """End the calls that nothing was heard of for half a day."""
        for call in self:
            if now - self._heard[call.id] > _FORGOTTEN:
                self.end(call, now, changes)

    def _link(self, call: Call) -> None:
        self._calls[call.id] = call
        for name in _names(call):
            self._by_leg[name] = call.id
        for extension in call.extensions:
            self._by_extension.setdefault(extension, {})[call.id] = None

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
    return replace(call, legs=(*call.legs, leg)) if len(call.legs) < _MAX_LEGS else call


def _names(call: Call) -> Iterator[str]:
    yield call.id
    for leg in call.legs:
        if leg.uniqueid:
            yield leg.uniqueid
        if leg.channel:
            yield local_pair(leg.channel) or leg.channel


def _settled(call: Call) -> Call:
    """Return a call with what follows from its legs: its state, its parties, its direction."""
    placing = next((leg for leg in call.legs if leg.calling), None)
    others = [leg for leg in call.legs if not leg.calling]
    # The halves of a Local channel stand for the phone behind them while that is not known yet.
    others = [leg for leg in others if not is_local(leg.channel)] or [leg for leg in others if leg.extension]
    talking = [leg for leg in others if leg.connected]
    # Of two who talk the later one took over in a transfer; of several who ring nobody is the callee yet.
    callee = talking[-1].party if talking else others[0].party if len({leg.party for leg in others}) == 1 else NOBODY
    return replace(
        call,
        state=_state(call, placing, others, connected=bool(talking)),
        caller=placing.party if placing else call.caller,
        callee=callee,
        direction=_direction(call, placing, others),
    )


def _state(call: Call, placing: Leg | None, others: list[Leg], *, connected: bool) -> CallState:
    if connected:
        return CallState.CONNECTED
    if others or (placing and not placing.connected):
        return CallState.RINGING
    # Nobody on the other side: a caller from outside waits in a queue or menu, one from inside hears a tone, and
    # between two legs of a transfer is only a moment.
    waits = not call.answered and (placing is None or placing.extension is None)
    return CallState.QUEUED if call.queue or waits else call.state


def _direction(call: Call, placing: Leg | None, others: list[Leg]) -> Direction:
    if placing is None:
        return call.direction
    if placing.extension is None:
        return Direction.INBOUND
    if others:
        return Direction.INTERNAL if any(leg.extension for leg in others) else Direction.OUTBOUND
    return call.direction


def _tell(before: Call | None, after: Call | None, changes: Changes) -> None:
    changes.keys.add(PbxKey.CALLS)
    for call in (before, after):
        if call:
            changes.keys.update(ExtensionKey(extension) for extension in call.extensions)
    remaining = after.extensions if after else frozenset[str]()
    changes.signals.extend(map(AgentReleased, sorted(_talking(before) - remaining)))


def _talking(call: Call | None) -> frozenset[str]:
    if call is None:
        return frozenset()
    return frozenset(leg.extension for leg in call.legs if leg.extension and leg.connected and not leg.calling)
