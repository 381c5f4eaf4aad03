"""What pushed events mean for the live calls: pieces joined by uniqueid, channel and numbers.

No event names everything: `dialbegein` knows both ends, `dialend` the called one by its channel, `hangup` one of
them by its uniqueid (captures: Identity, Dial events).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from .call import Call, CallState, CallStep, Leg
from .call_logs import learnt
from .call_table import CallTable, joined
from .changes import CallFact, Changes, PbxKey
from .events import CallDetail, CallEvent, DialBegin, DialEnd, Hangup, IvrSelection, QueueCallDetail
from .model import Activity, DialStatus, Direction, Party
from .numbers import channel_extension, is_extension, is_local

#: What the duration of a menu may say about the call's start, in seconds.
_MAX_BACKDATE = 3600


class CallFold:
    """Fold events into a table of calls.

    `is_extension` tells an extension's number from a trunk's name, `activity` what the extension does.
    """

    def __init__(
        self, table: CallTable, is_extension: Callable[[str], bool], activity: Callable[[str], Activity | None]
    ) -> None:
        self._table = table
        self._is_extension = is_extension
        self._activity = activity

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
                self._logged(event, now, changes)
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

    def activity_changed(
        self, number: str, before: Activity | None, now: datetime, changes: Changes, *, tell: bool = True
    ) -> None:
        """Note what an extension's new state tells of its calls: hold, which no other event tells, and an answer."""
        after = self._activity(number)
        if after is Activity.RINGING_IN_USE:
            return
        if not (calls := self._table.of_extension(number)):
            return
        calls = [call for call in calls if number in call.talking]
        on_hold = set[str]()
        if after in (Activity.ON_HOLD, Activity.IN_USE_ON_HOLD):
            # Who takes a second call holds the first.
            held = calls if after is Activity.ON_HOLD else calls[: max(len(calls) - 1, 1)]
            on_hold = {call.id for call in held}
        for call in calls:
            held_by = call.held_by | {number} if call.id in on_hold else call.held_by - {number}
            if held_by != call.held_by:
                self._table.put(replace(call, held_by=held_by), now, changes, tell=tell)
        if before is Activity.RINGING and after is Activity.IN_USE:
            self._picked_up(number, now, changes)

    def _picked_up(self, number: str, now: datetime, changes: Changes) -> None:
        ringing = [
            (call, leg)
            for call in self._table.of_extension(number)
            for leg in call.legs
            if leg.extension == number and not leg.connected
        ]
        if len(ringing) == 1:
            call, leg = ringing[0]
            self._table.put(_with(call, leg, replace(leg, picked_up=True)), now, changes)

    def _dial_begins(self, event: DialBegin, now: datetime, changes: Changes, *, tell: bool = True) -> None:
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
            self._table.put(_placed(call, legs[0]), now, changes, tell=tell)

    def _dial_ends(self, event: DialEnd, now: datetime, changes: Changes) -> None:
        if self._table.find(event.destination_channel) is None and not self._table.ended(event.destination_channel):
            # Its beginning was lost; that it rang is no news any more.
            self._dial_begins(_beginning(event), now, changes, tell=False)
        call = self._table.find(event.destination_channel)
        leg = next((leg for leg in call.legs if leg.channel == event.destination_channel), None) if call else None
        if call is None or leg is None:
            return
        if event.status is DialStatus.ANSWER:
            self._table.put(_with(call, leg, replace(leg, connected=True)), now, changes)
        elif not leg.connected:
            self._table.drop(replace(call, dialled=event.status), leg, now, changes)

    def _hangs_up(self, event: Hangup, now: datetime, changes: Changes) -> None:
        call = self._table.find(event.uniqueid)
        leg = next((leg for leg in call.legs if leg.uniqueid == event.uniqueid), None) if call else None
        if call is None and not self._table.ended(event.uniqueid):
            call, leg = self._taken_over(event)
        self._table.note_ended(now, event.uniqueid)
        if call and leg and leg.picked_up and not leg.connected:
            # That it was answered was lost.
            answered = replace(leg, connected=True)
            self._table.put(_with(call, leg, answered), now, changes)
            call, leg = self._table.get(call.id), answered
        if call and leg:
            if event.uniqueid and not leg.uniqueid:
                # Its log will come with the uniqueid alone.
                call, leg = _with(call, leg, told := replace(leg, uniqueid=event.uniqueid)), told
                self._table.put(call, now, changes)
                call = self._table.get(call.id) or call
            self._table.drop(call, leg, now, changes)

    def _menu_left(self, event: IvrSelection, now: datetime, changes: Changes) -> None:
        """Note the DID and the queue chosen by a caller, who may not have been heard of before."""
        if not event.uniqueid or self._table.ended(event.uniqueid):
            return
        call = self._table.find(event.uniqueid)
        call = call or self._polled_caller(event)
        if call is None:
            extension = event.caller if is_extension(event.caller) and self._is_extension(event.caller) else None
            leg = Leg(uniqueid=event.uniqueid, party=Party(event.caller), extension=extension, connected=True)
            spent = min(max(event.duration or 0, 0), _MAX_BACKDATE)
            call = _new(leg, now - timedelta(seconds=spent))
        queue = event.queue or call.queue
        call = replace(
            call,
            did=event.did or call.did,
            queue=queue,
            queued=now if queue and queue != call.queue else call.queued,
            menu=event.ivr_name or event.ivr_id or call.menu,
            digits=event.digits or call.digits,
        )
        told = Changes()
        self._table.put(call, now, told)
        changes.keys |= told.keys
        if event.digits:
            chosen = self._table.get(call.id) or call
            changes.signals.append(
                CallFact(about=PbxKey.CALLS, step=CallStep.IVR_SELECTION, call=chosen, cause=None, at=now)
            )
        changes.signals += told.signals

    def _logged(self, event: CallDetail | QueueCallDetail, now: datetime, changes: Changes) -> None:
        """Correct a call by its log, and take the caller away: the log of its channel comes with its end.

        The hangup may be lost. Those who remain may talk on: a caller who transfers the called party by the phone
        leaves.
        """
        call = self._table.find(event.uniqueid) or self._unnamed(event)
        if call is None:
            if past := self._table.past(event.uniqueid):
                self._table.correct(past, learnt(past, event, now), now, changes)
            return
        call = learnt(call, event, now)
        leg = next((leg for leg in call.legs if leg.calling and leg.uniqueid == event.uniqueid), None)
        if leg:
            self._table.drop(call, leg, now, changes)
        else:
            self._table.put(call, now, changes)

    def _unnamed(self, event: CallDetail | QueueCallDetail) -> Call | None:
        """Return the call of a caller who was taken over from current-calls, which names no uniqueid; now with it."""
        number = event.caller.number if isinstance(event, CallDetail) else event.caller
        if not number or not event.uniqueid or self._table.past(event.uniqueid) or self._table.ended(event.uniqueid):
            return None
        for call in self._table:
            leg = next((leg for leg in call.legs if leg.calling), None)
            if leg and not leg.uniqueid and leg.party.number == number:
                return _with(call, leg, replace(leg, uniqueid=event.uniqueid))
        return None

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


def _with(call: Call, leg: Leg, changed: Leg) -> Call:
    """Return the call with a leg replaced."""
    return replace(call, legs=tuple(changed if other is leg else other for other in call.legs))


def _beginning(event: DialEnd) -> DialBegin:
    """Return the event that came before the end of a ringing, as far as the end tells it."""
    return DialBegin(
        channel=event.channel,
        caller=event.caller,
        destination_channel=event.destination_channel,
        destination=event.destination,
        uniqueid=event.uniqueid,
    )


def _placed(call: Call, leg: Leg) -> Call:
    """Return the call with a leg as one that calls: the caller's own, or after its transfer the called party's."""
    if is_local(leg.channel) and any(known.calling for known in call.legs):
        return call
    legs = tuple(replace(known, calling=known.calling or known.channel == leg.channel) for known in call.legs)
    return replace(call, legs=legs)
