"""Legs: the channels that a call dials, an agent's phone behind a Local channel among them."""

from dataclasses import dataclass, field

from .channels import Channel, ChannelState
from .events import Body, LogHead, Row
from .exchange import EVEN, STATUS_FIRST, Exchange


@dataclass(eq=False, slots=True)
class Leg:
    """Hold a dialled channel and its row in the log."""

    channel: Channel
    row: Row

    def begin(self, exchange: Exchange, caller: Channel) -> None:
        """Push that the phone rings."""
        begin = exchange.events.dial_begin(caller, self.channel)
        exchange.push_racing(begin, exchange.status(self.channel.peer), STATUS_FIRST)
        exchange.push(exchange.status(caller.peer))

    def answer(self, exchange: Exchange, caller: Channel) -> None:
        """Push that the phone was answered."""
        self.channel.state = ChannelState.UP
        self.channel.linked = caller
        end = exchange.events.dial_end(caller, self.channel, "ANSWER")
        exchange.push_racing(end, exchange.status(self.channel.peer), EVEN)

    def lose(self, exchange: Exchange, caller: Channel, *statuses: str) -> None:
        """Push that the phone stops to ring, and take it away."""
        exchange.push(*(exchange.events.dial_end(caller, self.channel, one) for one in statuses))
        self.hang_up(exchange)

    def hang_up(self, exchange: Exchange) -> None:
        """Take the phone away."""
        exchange.hang_up(self.channel)


@dataclass(eq=False, slots=True, kw_only=True)
class LocalLeg(Leg):
    """Hold an agent's phone that is reached through the two halves of a Local channel (captures README, 11)."""

    near: Channel
    """The half that the queue dials."""
    far: Channel
    """The half that dials the phone."""
    answered: bool = field(default=False, init=False)

    def begin(self, exchange: Exchange, caller: Channel) -> None:
        """Push both rings: the queue's of the near half, the far half's of the phone."""
        exchange.push(exchange.events.dial_begin(caller, self.near))
        # From here on the half goes by the number of the agent it leads to.
        self.near.number, self.near.label = self.channel.number, self.channel.label
        self.near.linked, self.channel.linked = caller, self.far
        Leg.begin(self, exchange, self.far)

    def answer(self, exchange: Exchange, caller: Channel) -> None:
        """Push that the phone was answered, then that the near half was."""
        self.answered = True
        Leg.answer(self, exchange, self.far)
        self.far.state = self.near.state = ChannelState.UP
        self.far.linked = self.channel
        exchange.push(exchange.events.dial_end(caller, self.near, "ANSWER"))

    def lose(self, exchange: Exchange, caller: Channel, *statuses: str) -> None:
        """Push that neither half rings any more; the phone is told last."""
        exchange.push(*(exchange.events.dial_end(caller, self.near, one) for one in statuses))
        exchange.push(exchange.events.dial_end(self.far, self.channel, statuses[0]))
        self.hang_up(exchange)

    def hang_up(self, exchange: Exchange) -> None:
        """Take the phone and both halves away; the far one leaves a row of the log of its own."""
        exchange.hang_up(self.channel)
        exchange.push(exchange.close(self.far), exchange.close(self.near), self._log(exchange))

    def _log(self, exchange: Exchange) -> Body:
        row = Row(uniqueid=self.far.uniqueid, start=self.far.created, disposition="NO ANSWER")
        if self.answered:
            row.disposition, row.answer = "ANSWERED", self.row.answer
        head = LogHead(
            caller_name=self.far.label, source=self.far.logged_number, destination=self.channel.number, call_type=""
        )
        return exchange.events.cdr(head, row)
