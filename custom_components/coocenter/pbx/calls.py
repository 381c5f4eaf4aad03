"""What pushed events mean for the live calls: pieces joined by uniqueid, channel and numbers.

No event names everything: `dialbegein` knows both ends, `dialend` the called one by its channel, `hangup` one of
them by its uniqueid (captures: Identity, Dial events).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from .call_table import CallTable, joined
from .changes import Changes
from .events import CallDetail, CallEvent, DialBegin, DialEnd, Hangup, IvrSelection, QueueCallDetail
from .model import Call, CallState, DialStatus, Direction, Leg, Party
from .numbers import channel_extension, is_local

#: What the duration of a menu may say about the call's start, in seconds.
_MAX_BACKDATE = 3600


class CallFold:
    """Fold events into a table of calls; `is_extension` tells an extension's number from a trunk's name."""

    def __init__(self, table: CallTable, is_extension: Callable[[str], bool]) -> None:
        self._table = table
        self._is_extension = is_extension

    def apply(self, event: CallEvent, now: datetime, changes: Changes) -> None:
        """Fold an event that speaks of a call."""
        match event:
            case DialBegin():
                self._dial_begins(event, now, changes)
            case DialEnd():
                self._dial_ends(event, now, changes)
            case Hangup():
                self._hangs_up(event, now, changes)
            case IvrSelection():
                self._menu_left(event, now, changes)
            case CallDetail() | QueueCallDetail():
                self._logged(event.uniqueid, now, changes)
            case _:
                assert_never(event)

    def roster_changed(self, changes: Changes) -> None:
        """Tell extensions from trunks anew, now that the PBX was asked which there are; nothing is heard of a call."""
        for call in self._table:
            legs = tuple(replace(leg, extension=self._extension(leg.channel)) for leg in call.legs)
            self._table.put(replace(call, legs=legs), self._table.heard(call), changes)

    def leg(self, channel: str, uniqueid: str, party: Party, *, connected: bool = False) -> Leg:
        """Return a leg, knowing an extension by its channel."""
        extension = self._extension(channel)
        if extension and extension != party.number:
            # What a phone on the way to an agent is called changes; who it is does not.
            party = Party(extension)
        return Leg(channel=channel, uniqueid=uniqueid, extension=extension, party=party, connected=connected)

    def _extension(self, channel: str) -> str | None:
        found = channel_extension(channel)
        return found if found and self._is_extension(found) else None

    def _dial_begins(self, event: DialBegin, now: datetime, changes: Changes) -> None:
        called = self.leg(event.destination_channel, event.destination_uniqueid, Party(event.destination))
        # The half of a Local channel is no party of the call: it has not answered because it dials on.
        connected = not is_local(event.channel)
        placing = self.leg(event.channel, event.uniqueid, Party(event.caller), connected=connected)
        if not called.channel or any(self._table.ended(leg.uniqueid) for leg in (placing, called)):
            return
        for leg in (placing, called):
            self._end_predecessor(leg, now, changes)
        # A click-to-dial's first event names only the phone of whoever asked: it is what places the call.
        legs = (placing, called) if placing.channel or placing.uniqueid else (called,)
        call = self._table.find(*(name for leg in legs for name in (leg.uniqueid, leg.channel) if name))
        if call is None:
            call = _new(legs[0], now)
        for leg in legs:
            call = joined(call, leg)
        twin = self._table.find(placing.channel)
        if twin and twin.id != call.id:
            # A poll had taken the caller over by channel, the menu then told the uniqueid alone.
            self._table.merge(_placed(call, placing), twin, now, changes)
        else:
            self._table.put(_placed(call, legs[0]), now, changes)

    def _dial_ends(self, event: DialEnd, now: datetime, changes: Changes) -> None:
        call = self._table.find(event.destination_channel)
        leg = next((leg for leg in call.legs if leg.channel == event.destination_channel), None) if call else None
        if call is None or leg is None:
            return
        if event.status is DialStatus.ANSWER:
            legs = tuple(replace(other, connected=True) if other is leg else other for other in call.legs)
            self._table.put(replace(call, legs=legs), now, changes)
        else:
            self._table.drop(call, leg, now, changes)

    def _hangs_up(self, event: Hangup, now: datetime, changes: Changes) -> None:
        call = self._table.find(event.uniqueid)
        leg = next((leg for leg in call.legs if leg.uniqueid == event.uniqueid), None) if call else None
        if call is None and not self._table.ended(event.uniqueid):
            call, leg = self._taken_over(event)
        self._table.note_ended(now, event.uniqueid)
        if call and leg:
            self._table.drop(call, leg, now, changes)

    def _menu_left(self, event: IvrSelection, now: datetime, changes: Changes) -> None:
        """Note the DID and the queue chosen by a caller, who may not have been heard of before."""
        if not event.uniqueid or self._table.ended(event.uniqueid):
            return
        call = self._table.find(event.uniqueid)
        call = call or self._polled_caller(event)
        if call is None:
            leg = Leg(uniqueid=event.uniqueid, party=Party(event.caller), connected=True)
            spent = min(max(event.duration or 0, 0), _MAX_BACKDATE)
            call = _new(leg, now - timedelta(seconds=spent))
        self._table.put(replace(call, did=event.did or call.did, queue=event.queue or call.queue), now, changes)

    def _logged(self, uniqueid: str, now: datetime, changes: Changes) -> None:
        """Take the caller away: the log of its channel comes with its end, the hangup perhaps never.

        Those who remain may talk on: a caller who transfers the called party by the phone leaves.
        """
        call = self._table.find(uniqueid)
        leg = next((leg for leg in call.legs if leg.calling and leg.uniqueid == uniqueid), None) if call else None
        if call and leg:
            self._table.drop(call, leg, now, changes)

    def _end_predecessor(self, leg: Leg, now: datetime, changes: Changes) -> None:
        """End the call whose channel's name is used again: the PBX was restarted in its midst."""
        call = self._table.find(leg.channel) if leg.channel and leg.uniqueid else None
        if call and any(old.channel == leg.channel and old.uniqueid not in ("", leg.uniqueid) for old in call.legs):
            self._table.end(call, now, changes)

    def _polled_caller(self, event: IvrSelection) -> Call | None:
        """Return the call of a caller whom a poll saw in the menu, now with the uniqueid."""
        for call in self._table:
            leg = call.legs[0]
            known_by_channel = not leg.uniqueid and not leg.extension and leg.party.number == event.caller
            if len(call.legs) == 1 and known_by_channel:
                return replace(call, legs=(replace(leg, uniqueid=event.uniqueid),))
        return None

    def _taken_over(self, event: Hangup) -> tuple[Call, Leg] | tuple[None, None]:
        """Find the leg by both its numbers: one taken over from current-calls has no uniqueid."""
        if number := event.caller.number:
            for call in self._table:
                for leg in call.legs:
                    others = {other.party.number for other in call.legs if other is not leg}
                    meant = event.connected.number in others or not others
                    if not leg.uniqueid and leg.party.number == number and meant:
                        return call, leg
        return None, None


def _new(leg: Leg, now: datetime) -> Call:
    return Call(
        id=leg.uniqueid or leg.channel,
        direction=Direction.INTERNAL,
        state=CallState.RINGING,
        started=now,
        caller=leg.party,
        legs=(replace(leg, calling=True),),
    )


def _placed(call: Call, leg: Leg) -> Call:
    """Return the call with a leg as one that calls: the caller's own, or after its transfer the called party's."""
    if is_local(leg.channel) and any(known.calling for known in call.legs):
        return call
    legs = tuple(replace(known, calling=known.calling or known.channel == leg.channel) for known in call.legs)
    return replace(call, legs=legs)
