"""One call: its legs, what its people do, and the log it leaves."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from .channels import Channel, ChannelState
from .events import LogHead, Row, elapsed
from .exchange import STATUS_FIRST, Exchange
from .office import CallRecord, Direction, Outcome
from .plan import HangUp, Order, Plan, Transfer

CDR_AFTER_HANGUP = 0.2
CDR_TYPES = {"inbound": "inbound", "outbound": "outbound"}
EVEN = 0.5


@dataclass(eq=False, slots=True)
class Leg:
    """Hold a dialled channel and its row in the log."""

    channel: Channel
    row: Row


class Call:
    """Conduct one call from its first channel to its logs."""

    def __init__(self, exchange: Exchange, caller: Channel, plan: Plan, direction: Direction, callee: str) -> None:
        self.exchange = exchange
        self.caller = caller
        self.plan = plan
        self.record = CallRecord(
            id=caller.uniqueid,
            direction=direction,
            caller=caller.peer if direction == "outbound" else caller.number,
            callee=callee,
            start=caller.created,
        )
        self.source = caller
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

    def dial(self, target: str, *, direct: bool = True) -> Leg | None:
        """Ring a phone or an outside number; return None if there is nothing to ring."""
        channel = self._open_leg(target)
        if not channel:
            return None
        channel.linked = self.caller
        if direct:
            self.caller.linked = channel
        leg = Leg(channel, self.add_row())
        self.ringing.append(leg)
        exchange = self.exchange
        begin = exchange.events.dial_begin(self.caller, channel)
        exchange.push_racing(begin, exchange.status(channel.peer), STATUS_FIRST)
        exchange.push(exchange.status(self.caller.peer))
        return leg

    def _open_leg(self, target: str) -> Channel | None:
        office = self.exchange.office
        if extension := office.extensions.get(target):
            if not extension.registered:
                return None
            channel = self.exchange.open(target, target, extension.name, ChannelState.RINGING)
            channel.dialstring = f"SIP/{target}"
            return channel
        if not office.is_outside(target):
            return None
        number = target.removeprefix(office.outside_prefix)
        trunk = office.trunks[0].name
        channel = self.exchange.open(trunk, target, "", ChannelState.RINGING)
        channel.dialstring = f"SIP/{trunk}/{number}"
        return channel

    def add_row(self) -> Row:
        """Begin the next row of the log: the first one covers the call from its start."""
        now = self.exchange.settings.now()
        start = now if self.rows else self.record.start
        row = Row(uniqueid=self.caller.uniqueid, start=start, recordfile=self.recordfile)
        if self.caller_up:
            row.answer = max(start, self.caller_up, key=datetime.timestamp)
        self.rows.append(row)
        return row

    def record_as(self, target: str) -> None:
        """Name the recording that begins now: one file a call, and another after each transfer."""
        now = self.exchange.settings.now()
        name = f"{now:%Y%m%d-%H%M%S}-{self.record.caller}-{target}-{self.caller.uniqueid}.wav"
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
        exchange, channel = self.exchange, leg.channel
        self.ringing.remove(leg)
        self.bridged = leg
        channel.state = ChannelState.UP
        self.caller.linked, channel.linked = channel, self.caller
        self.lift_caller()
        now = exchange.settings.now()
        leg.row.answer = leg.row.answer or now
        leg.row.disposition = "ANSWERED"
        self.record.answer = self.record.answer or now
        end = exchange.events.dial_end(self.caller, channel, "ANSWER")
        exchange.push_racing(end, exchange.status(channel.peer), EVEN)
        for other in list(self.ringing):
            self.lose(other, "CANCEL", "CANCEL")

    def lose(self, leg: Leg, *statuses: str) -> None:
        """Take a ringing leg away."""
        self.ringing.remove(leg)
        self.exchange.push(*(self.exchange.events.dial_end(self.caller, leg.channel, one) for one in statuses))
        leg.row.end = self.exchange.settings.now()
        if "BUSY" in statuses:
            leg.row.disposition = "BUSY"
        self.exchange.hang_up(leg.channel)

    async def converse(self) -> str:
        """Let the two talk; return who hung up: an extension, a trunk, or nobody (empty)."""
        order = await self._hold() if self.plan.hold else None
        target = self.plan.transfer_to
        order = order or await self.wait(self.plan.talk / 2 if target else self.plan.talk)
        if order is None and target and self.bridged:
            order = Transfer(self.bridged.channel.peer, target)
        while isinstance(order, Transfer):
            if not await self._move(order):
                return ""
            order = await self.wait(self.plan.talk)
        if order:
            return order.party
        return self.caller.peer if self.plan.hangs_up == "caller" or not self.bridged else self.bridged.channel.peer

    async def _hold(self) -> Order | None:
        """Let the caller put the callee on hold for a while: the one being held shows it."""
        held = self.bridged.channel if self.bridged else self.caller
        order = await self.wait(self.plan.talk / 2)
        if order:
            return order
        began = self.exchange.settings.now()
        held.held = True
        self.exchange.push(self.exchange.status(held.peer))
        order = await self.wait(self.plan.hold)
        held.held = False
        self.held_seconds += int(elapsed(began, self.exchange.settings.now()))
        if order is None:
            self.exchange.push(self.exchange.status(held.peer))
        return order

    async def _move(self, order: Transfer) -> bool:
        """Ring the transfer's target from the party that stays; return whether somebody answered."""
        if not self.bridged:
            return False
        moved, self.bridged = self.bridged, None
        moved.row.end = self.exchange.settings.now()
        leaving = moved.channel
        if order.party == self.caller.peer:
            leaving, self.caller = self.caller, moved.channel
        self.exchange.hang_up(leaving)
        self.destination = order.target
        self.record_as(order.target)
        leg = self.dial(order.target)
        if not leg:
            return False
        busy = self.is_engaged(leg)
        gave_up = await self.ring(self.plan.ring)
        if gave_up or leg not in self.ringing:
            self.give_up()
            return False
        if busy:
            self.lose(leg, "BUSY")
            return False
        self.answer(leg)
        return True

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
        self._keep_recordings()
        closing = [self._hang_up_caller]
        if bridged := self.bridged:
            bridged.row.end = self.record.end
            closing.append(lambda: self.exchange.hang_up(bridged.channel))
            self.bridged = None
        self.exchange.dice.shuffle(closing)
        for close in closing:
            close()
        for spy in self.spies:
            spy.order(HangUp(spy.caller.peer))

    def _hang_up_caller(self) -> None:
        late = self.exchange.dice.random() < CDR_AFTER_HANGUP
        if not late:
            self._log()
        self.exchange.hang_up(self.caller)
        if late:
            self._log()

    def _log(self) -> None:
        head = LogHead(
            caller_name=self.source.label,
            source=self.source.number,
            destination=self.destination,
            call_type=CDR_TYPES.get(self.record.direction, ""),
        )
        self.exchange.push(*(self.exchange.events.cdr(head, row) for row in self.rows))

    def _keep_recordings(self) -> None:
        """Put the files that the rows name on the disk: with sound if somebody talked."""
        end = self.record.end or self.exchange.settings.now()
        for row in self.rows:
            talked = 0.0
            if row.disposition == "ANSWERED" and row.answer:
                talked = elapsed(row.answer, row.end or end)
            if row.recordfile:
                known = self.exchange.recordings.get(row.recordfile, 0.0)
                self.exchange.keep_recording(row.recordfile, max(known, talked))
