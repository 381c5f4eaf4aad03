"""What current-calls means for the live calls: it lists channels, names no uniqueid, and knows no queue."""

from dataclasses import replace
from datetime import datetime, timedelta

from .call import Call, CallState, Leg
from .call_table import CallTable
from .calls import CallFold
from .changes import Changes
from .model import Channel, Direction
from .numbers import local_pair
from .settle import settled

#: Clocks and whole seconds differ by less; a channel that is younger than its call by more is another's.
_SLACK = timedelta(seconds=10)
_LONGEST_POLL = timedelta(minutes=2)


def overtakes(moment: datetime, taken: datetime) -> bool:
    """Tell whether something happened after a snapshot was taken.

    What lies further ahead than a poll can take is from before the clock was set back.
    """
    return timedelta(0) < moment - taken < _LONGEST_POLL


class Takeover:
    """Bring the table in line with the channels listed at a moment: end, mend and take over calls."""

    def __init__(self, table: CallTable, fold: CallFold, taken: datetime, changes: Changes) -> None:
        self._table = table
        self._fold = fold
        self._taken = taken
        self._changes = changes

    def run(self, channels: tuple[Channel, ...], now: datetime) -> None:
        """Reconcile; what was pushed after the list was taken is newer and stays."""
        free = {row.name: row for row in channels if not self._ended_since(row)}
        for call in self._table:
            newer = self._is_newer(call)
            kept = self._kept(call, free) if newer or not self._is_over(call, free) else ()
            if newer:
                continue
            if kept:
                self._table.put(replace(call, legs=kept), now, self._changes)
                self._table.note_heard(call, now)
            else:
                self._table.end(call, now, self._changes, watched=any(leg.uniqueid for leg in call.legs))
        for group in _groups(list(free.values())):
            self._take_over(group, now)
        self._merge_transferred(channels, now)

    def _is_newer(self, call: Call) -> bool:
        return overtakes(self._table.heard(call), self._taken)

    def _ended_since(self, row: Channel) -> bool:
        ended = self._table.ended(row.name)
        return ended is not None and (ended == self._taken or overtakes(ended, self._taken))

    def _kept(self, call: Call, free: dict[str, Channel]) -> tuple[Leg, ...]:
        """Return the legs that are still listed, and take their rows away from those to explain."""
        kept = []
        for leg in call.legs:
            name = leg.channel or next((row.name for row in free.values() if self._is_silent(row, leg)), "")
            row = free.get(name)
            if row is None:
                continue
            del free[name]
            kept.append(replace(leg, channel=name, connected=leg.connected or row.state == "up"))
        return tuple(kept)

    def _is_silent(self, row: Channel, leg: Leg) -> bool:
        """Tell whether a row can be a caller of whom only the IVR told, which names no channel."""
        return row.caller.number == leg.party.number and self._table.find(row.name) is None

    def _is_over(self, call: Call, free: dict[str, Channel]) -> bool:
        """Tell whether the name of the leg that began a call was given to a new channel, as after a restart."""
        rows = (free.get(leg.channel) for leg in call.legs if call.id in (leg.uniqueid, leg.channel))
        return any(row and timedelta(seconds=row.duration) + _SLACK < self._taken - call.started for row in rows)

    def _take_over(self, group: list[Channel], now: datetime) -> None:
        rows = sorted(group, key=_placing_first)
        legs = [self._fold.leg(row.name, "", row.caller, connected=row.state == "up") for row in rows]
        known = next((call for row in rows if (call := self._table.find(row.name))), None) or self._partner(rows)
        started = self._taken - timedelta(seconds=rows[0].duration)
        call = known or Call(
            id=rows[0].name,
            direction=Direction.INTERNAL,
            state=CallState.QUEUED,
            started=started,
            caller=rows[0].caller,
        )
        if known is None:
            # Who hears the ringing placed the call; whose phone rings first clicked to dial.
            legs[0] = replace(legs[0], calling=True, connected=rows[0].state != "ringing")
        call = replace(call, legs=(*call.legs, *legs))
        # What happened before somebody looked is no news.
        self._table.put(call if known else settled(call, started), now, self._changes, tell=known is not None)

    def _merge_transferred(self, channels: tuple[Channel, ...], now: datetime) -> None:
        """Make one call of two whose parties talk to each other now: somebody in both of them left the rest alone."""
        by_number = {row.caller.number: row for row in channels if row.caller.number}
        for row in channels:
            mate = by_number.get(row.connected.number)
            if mate is None or not _mutual(row, mate):
                continue
            found = {call.id: call for name in (row.name, mate.name) if (call := self._table.find(name))}
            if len(found) > 1 and all(len(call.legs) == 1 and not self._is_newer(call) for call in found.values()):
                elder, younger = sorted(found.values(), key=lambda call: call.started)
                self._table.join(elder, younger, now, self._changes)

    def _partner(self, rows: list[Channel]) -> Call | None:
        """Find the known call that channels with a lost `dialbegein` belong to, by its caller's number."""
        if len(rows) != 1 or not (number := rows[0].connected.number):
            return None
        return next((call for call in self._table if call.caller.number == number), None)


def _placing_first(row: Channel) -> tuple[bool, int, str]:
    # The caller's channel is the elder; between two of one second the counter in the name decides.
    return (row.state == "ringing", -row.duration, row.name.rpartition("-")[2])


def _groups(rows: list[Channel]) -> list[list[Channel]]:
    """Put the rows together that talk to or ring each other."""
    groups: list[list[Channel]] = []
    for row in rows:
        mates = [group for group in groups if any(_belong_together(row, other) for other in group)]
        groups = [group for group in groups if group not in mates]
        groups.append([row, *(other for group in mates for other in group)])
    return groups


def _belong_together(one: Channel, other: Channel) -> bool:
    if (pair := local_pair(one.name)) and pair == local_pair(other.name):
        return True
    if "ringing" in (one.state, other.state):
        ringing, caller = (one, other) if one.state == "ringing" else (other, one)
        return bool(ringing.connected.number) and ringing.connected.number == caller.caller.number
    return _mutual(one, other)


def _mutual(one: Channel, other: Channel) -> bool:
    return (
        # One of them may be withheld.
        bool(one.connected.number or other.connected.number)
        and one.connected.number == other.caller.number
        and one.caller.number == other.connected.number
    )
