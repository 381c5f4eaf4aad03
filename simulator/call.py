"""One call: its legs, who rings and answers, and the log it leaves."""

import asyncio
from collections.abc import Callable
from copy import copy
from datetime import datetime
from functools import partial

from .channels import Channel, ChannelState
from .events import LogHead, Row, elapsed
from .exchange import Exchange
from .legs import Leg, LocalLeg
from .office import CallRecord, Direction, Extension, Outcome
from .plan import HangUp, Order, Plan
from .queues import Member

CDR_AFTER_HANGUP = 0.2
CDR_TYPES = {"inbound": "inbound", "outbound": "outbound"}


class Call:
    """Conduct one call from its first channel to its logs."""

    def __init__(self, exchange: Exchange, caller: Channel, plan: Plan, direction: Direction, callee: str) -> None:
        self.exchange = exchange
        self.caller = caller
        self.plan = plan
        self.record = CallRecord(
            id=caller.uniqueid,
            direction=direction,
            caller=caller.peer if direction == "outbound" else caller.known_number,
            callee=callee,
            start=caller.created,
        )
        self.destination = callee
        self.recordfile = ""
        self.caller_up: datetime | None = None
        self.ringing: list[Leg] = []
        self.bridged: Leg | None = None
        self.rows: list[Row] = []
        self.held_seconds = 0
        self.spies: list[Call] = []
        self._orders: asyncio.Queue[Order] = asyncio.Queue()

    @property
    def peers(self) -> set[str]:
        """Return the extensions and trunks that take part now."""
        legs = [leg.channel for leg in (*self.ringing, self.bridged) if leg]
        return {channel.peer for channel in (self.caller, *legs)}

    def order(self, order: Order) -> None:
        """Have something happen to the call at its next step."""
        self._orders.put_nowait(order)

    async def wait(self, seconds: float | None) -> Order | None:
        """Let time pass; return the order that cut it short, if any."""
        try:
            return await asyncio.wait_for(self._orders.get(), seconds and seconds / self.exchange.settings.speed)
        except TimeoutError:
            return None

    def lift_caller(self) -> None:
        """Let the PBX or the caller's own phone answer the caller."""
        self.caller.state = ChannelState.UP
        self.caller_up = self.caller_up or self.exchange.settings.now()

    def dial(self, target: str) -> Leg | None:
        """Ring a phone or an outside number; return None if there is nothing to ring."""
        channel = self._open_leg(target)
        if not channel:
            return None
        channel.linked, self.caller.linked = self.caller, channel
        self.record.reached = channel.number
        return self._ring(Leg(channel, self.add_row()))

    def dial_agent(self, member: Member, did: str) -> Leg:
        """Ring an agent's phone, which is idle, for a queue that was reached by a DID."""
        extension = self.exchange.office.extensions[member.extension]
        if member.local:
            near, far = self.exchange.open_local(extension.number, self.caller, did)
            return self._ring(LocalLeg(self._open_phone(extension), self.add_row(), near=near, far=far))
        channel = self._open_phone(extension)
        channel.linked = self.caller
        return self._ring(Leg(channel, self.add_row()))

    def _ring(self, leg: Leg) -> Leg:
        self.ringing.append(leg)
        leg.begin(self.exchange, self.caller)
        return leg

    def _open_leg(self, target: str) -> Channel | None:
        office = self.exchange.office
        if extension := office.extensions.get(target):
            if not extension.registered:
                return None
            return self._open_phone(extension)
        if not office.is_outside(target):
            return None
        number = target.removeprefix(office.outside_prefix)
        trunk = office.trunks[0].name
        channel = self.exchange.open(trunk, target, "", ChannelState.RINGING)
        channel.dialstring = f"SIP/{trunk}/{number}"
        return channel

    def _open_phone(self, extension: Extension) -> Channel:
        channel = self.exchange.open(extension.number, extension.number, extension.name, ChannelState.RINGING)
        channel.dialstring = f"SIP/{extension.number}"
        return channel

    def add_row(self) -> Row:
        """Begin the next row of the log: the first one covers the call from its start."""
        now = self.exchange.settings.now()
        is_first = not self.rows and self.caller.uniqueid == self.record.id
        start = self.record.start if is_first else now
        row = Row(uniqueid=self.caller.uniqueid, start=start, recordfile=self.recordfile)
        if self.caller_up:
            row.answer = max(start, self.caller_up, key=datetime.timestamp)
        self.rows.append(row)
        return row

    def record_as(self, target: str) -> None:
        """Name the recording that begins now: one file a call, and another after each transfer."""
        now = self.exchange.settings.now()
        kind = "gsm" if self.exchange.settings.quirks.recording_format == "raw-gsm" else "wav"
        name = f"{now:%Y%m%d-%H%M%S}-{self.record.caller}-{target}-{self.caller.uniqueid}.{kind}"
        self.recordfile = f"{now:%Y-%m-%d}/{name}"

    async def ring(self, seconds: float) -> Order | None:
        """Let the legs ring; who declines drops out, and a caller who gives up is returned as an order."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds / self.exchange.settings.speed
        while self.ringing:
            left = max(deadline - loop.time(), 0) * self.exchange.settings.speed
            order = await self.wait(left)
            if order is None:
                return None
            if isinstance(order, HangUp):
                if order.party == self.caller.peer:
                    return order
                for leg in [leg for leg in self.ringing if leg.channel.peer == order.party]:
                    self.lose(leg, "NOANSWER")
        return None

    def answer(self, leg: Leg) -> None:
        """Connect the caller to a ringing leg; the others lose."""
        self.ringing.remove(leg)
        self.bridged = leg
        self.caller.linked = leg.channel
        self.lift_caller()
        now = self.exchange.settings.now()
        leg.row.answer = leg.row.answer or now
        leg.row.disposition = "ANSWERED"
        self.record.answer = self.record.answer or now
        self.record.reached = leg.channel.number
        self.exchange.hold_others(leg.channel, held=True)
        leg.answer(self.exchange, self.caller)
        for other in list(self.ringing):
            self.lose(other, "CANCEL", "CANCEL")

    def lose(self, leg: Leg, *statuses: str) -> None:
        """Take a ringing leg away."""
        self.ringing.remove(leg)
        leg.row.end = self.exchange.settings.now()
        if "BUSY" in statuses:
            leg.row.disposition = "BUSY"
        leg.lose(self.exchange, self.caller, *statuses)

    def is_engaged(self, leg: Leg) -> bool:
        """Return whether a phone that rings is already in another call, and so will decline."""
        extension = self.exchange.office.extensions.get(leg.channel.peer)
        return bool(extension and len(extension.channels) > 1)

    def give_up(self) -> None:
        """Stop ringing because the caller is gone."""
        for leg in list(self.ringing):
            self.lose(leg, "CANCEL")

    def finish(self, outcome: Outcome) -> None:
        """Hang up what is left and push the log."""
        self.record.outcome = outcome
        self.record.end = self.exchange.settings.now()
        self.keep_recordings()
        closing: list[Callable[[], None]] = [self.hang_up_caller]
        if self.bridged:
            closing.append(partial(self.part_from, self.bridged))
        self.exchange.dice.shuffle(closing)
        for close in closing:
            close()
        for spy in self.spies:
            spy.order(HangUp(spy.caller.peer))

    def part_from(self, leg: Leg) -> None:
        """Take the party that answered away."""
        self.bridged = None
        leg.row.end = self.exchange.settings.now()
        self.exchange.hold_others(leg.channel, held=False)
        leg.hang_up(self.exchange)

    def hang_up_caller(self) -> None:
        """Take the caller away, and push the log of its channel."""
        for row in self.rows:
            row.end = row.end or self.exchange.settings.now()
        late = self.exchange.dice.random() < CDR_AFTER_HANGUP
        if not late:
            self._log()
        self.exchange.hang_up(self.caller)
        if late:
            self._log()

    def pass_to(self, channel: Channel, target: str) -> Callable[[], None]:
        """Let a called party call on in the caller's place; return what takes the caller away."""
        self.keep_recordings()
        leaving = copy(self)
        self.caller, self.rows, self.destination = channel, [], target
        return leaving.hang_up_caller

    def _log(self) -> None:
        head = LogHead(
            caller_name=self.caller.label,
            source=self.caller.logged_number,
            destination=self.destination,
            call_type=CDR_TYPES.get(self.record.direction, ""),
        )
        self.exchange.push(*(self.exchange.events.cdr(head, row) for row in self.rows))

    def keep_recordings(self) -> None:
        """Put the files that the rows name on the disk: with sound if somebody talked."""
        end = self.record.end or self.exchange.settings.now()
        for row in self.rows:
            talked = 0.0
            if row.disposition == "ANSWERED" and row.answer:
                talked = elapsed(row.answer, row.end or end)
            if row.recordfile:
                known = self.exchange.recordings.get(row.recordfile, 0.0)
                self.exchange.keep_recording(row.recordfile, max(known, talked))
