"""A call of the call centre: through the menu into a queue, and the log of its own that it leaves."""

from datetime import datetime

from .call import Call
from .channels import Channel
from .events import local
from .exchange import Exchange
from .legs import Leg
from .office import Ivr, Outcome, Trunk
from .plan import HangUp, Order, Plan
from .queues import Member, Queue, WrapUp

IVR_SECONDS = 4.0
RING_ROUND = 15.0
ROUNDS = 3
RETRY = 5.0
MESSAGE = 6.0
CC_CDR_AFTER = 0.6


class CentreCall(Call):
    """Conduct an outside caller's call through menu and queue."""

    def __init__(self, exchange: Exchange, caller: Channel, plan: Plan, trunk: Trunk) -> None:
        super().__init__(exchange, caller, plan, "inbound", trunk.did)
        self.record.did = trunk.did
        self.trunk = trunk
        self.queue: Queue | None = None
        self.ivr: Ivr | None = None
        self.key = ""
        self.ivr_end: datetime | None = None
        self.first_ring: datetime | None = None
        self.queue_end: datetime | None = None
        self.rung = ""
        self.hangup_side = "caller"
        self.miss_cause = ""
        self.pause_seconds = 0

    async def hear_menu(self, ivr: Ivr, key: str) -> bool:
        """Play the menu; return whether the caller chose a queue."""
        self.lift_caller()
        self.ivr = ivr
        order = await self.wait(IVR_SECONDS)
        self.ivr_end = self.exchange.settings.now()
        target = ivr.keys.get(key) if order is None else None
        if target:
            self.key, self.queue = key, self.exchange.office.queues[target]
            self.destination = self.record.queue = target
        self.exchange.push(self.exchange.events.ivr(self._menu_fields(ivr)))
        return target is not None

    def _menu_fields(self, ivr: Ivr) -> dict[str, str]:
        return {
            "uuid": self.record.id,
            "caller": self.record.caller,
            "called": "",
            "callType": "IN",
            "queueCode": self.queue.number if self.queue else "",
            "startTime": local(self.record.start),
            "endTime": local(self.ivr_end),
            "duration": str(self._between(self.record.start, self.ivr_end)),
            "ivrId": ivr.number,
            "ivrName": ivr.name,
            "ivrDtmf": self.key,
            "trunkNumber": self.trunk.did,
        }

    async def wait_in_queue(self, queue: Queue) -> Outcome:
        """Ring the queue's agents in rounds; return how the waiting ended."""
        if not queue.logged_in:
            self.miss_cause = "NO_AGENT_LOGIN"
            return "no_agents"
        rounds = ROUNDS if queue.strategy == "ringall" else max(ROUNDS, 2 * len(queue.logged_in))
        for turn in range(max(rounds, self.plan.rounds + 1)):
            if turn and self._is_hung_up(await self.wait(RETRY)):
                return self._abandon()
            for member in self.exchange.candidates(queue, turn):
                self._ring_agent(member)
            patience = self.plan.ring if self.plan.reaction == "cancel" and turn >= self.plan.rounds else None
            if self._is_hung_up(await self._ring_round(patience, turn)):
                return self._abandon()
            if leg := self._answering(turn):
                self.answer(leg)
                self.record.agent = leg.channel.peer
                self.queue_end = self.record.answer
                return "answered"
            if patience is not None:
                return self._abandon()
            for leg in list(self.ringing):
                self.lose(leg, "NOANSWER", "CANCEL")
        self.miss_cause = "NO_AGENT_ANSWER" if self.rung else "NO_ASSIGN"
        return "no_answer"

    def _is_hung_up(self, order: Order | None) -> bool:
        return isinstance(order, HangUp) and order.party == self.caller.peer

    def _ring_agent(self, member: Member) -> None:
        self.dial_agent(member, self.trunk.did)
        self.first_ring = self.first_ring or self.exchange.settings.now()
        self.rung = member.extension

    async def _ring_round(self, patience: float | None, turn: int) -> Order | None:
        """Wait for this round's end; with nobody to ring there is none."""
        if patience is not None:
            return await (self.ring if self.ringing else self.wait)(patience)
        return await self.ring(self.plan.ring if self._answering(turn) else RING_ROUND)

    def _answering(self, turn: int) -> Leg | None:
        """Return the ringing agent who will answer: the planned one, else the first."""
        if self.plan.reaction != "answer" or turn < self.plan.rounds:
            return None
        wanted = self.plan.agent
        return next((leg for leg in self.ringing if wanted in {None, leg.channel.peer}), None)

    def _abandon(self) -> Outcome:
        for leg in list(self.ringing):
            self.lose(leg, "CANCEL", "CANCEL")
        self.miss_cause = "MEMBER_CANCEL"
        return "abandoned"

    async def say_goodbye(self, outcome: Outcome) -> Outcome:
        """End a call nobody took: with the caller's message, or a prompt of no length."""
        self.queue_end = self.exchange.settings.now()
        if outcome == "abandoned" and self.rows:
            return outcome
        row = self.add_row()
        row.disposition = "ANSWERED"
        if outcome == "abandoned":
            return outcome
        self.hangup_side = "system"
        if not self.plan.voicemail:
            return outcome
        await self.wait(MESSAGE)
        self.hangup_side = "caller"
        return "voicemail"

    def note_side(self, party: str) -> None:
        """Note which side hung up: the caller, the PBX (empty) or the agent."""
        sides = {self.caller.peer: "caller", "": "system"}
        self.hangup_side = sides.get(party, "agent")

    async def log(self) -> None:
        """Begin the agent's wrap-up and push the call centre's log when it is due."""
        settings = self.exchange.settings
        began = settings.now()
        seconds = settings.wrap_up / settings.speed
        if self.record.agent and seconds > 0:
            wrap_up = WrapUp(self.exchange.office.memberships(self.record.agent))
            pausing = self.exchange.spawn(wrap_up.run(seconds))
            if settings.quirks.late_cc_cdr:
                await pausing
                self.pause_seconds = self._between(began, settings.now())
        await settings.sleep(CC_CDR_AFTER)
        self.exchange.push(self.exchange.events.cc_cdr(self._log_fields()))

    def _log_fields(self) -> dict[str, str | int]:
        """Return the log's fields; the rules beyond names and formats are the captures'."""
        record = self.record
        end = record.end or self.exchange.settings.now()
        agent = record.agent or self.rung
        recorded = record.agent or record.outcome == "voicemail"
        return {
            "uuid": record.id,
            "caller": record.caller,
            "called": agent,
            "queueCode": record.queue or "",
            "agentCode": agent,
            "callType": "incoming",
            "cdrState": "bridged" if record.agent else "queue" if self.queue else "ivr",
            "hangupSide": self.hangup_side,
            "hangupCause": "Normal Clearing",
            "startTime": local(record.start),
            "endTime": local(end),
            "duration": str(self._between(record.start, end)),
            "queueTime": str(self._between(self.ivr_end, self.queue_end)),
            "feedbackTime": "0",
            "ivrTime": str(self._between(record.start, self.ivr_end)),
            "ringTime": str(self._between(self.first_ring, self.queue_end)),
            "holdTime": self.held_seconds,
            "pauseTime": self.pause_seconds,
            "talkingTime": str(self._between(record.answer, end)),
            "voicemailState": "1" if record.outcome == "voicemail" else "0",
            "ivrId": self.ivr.number if self.ivr else "",
            "ivrName": self.ivr.name if self.ivr else "",
            "ivrDtmf": self.key,
            "fwType": "",
            "score": "0",
            "trunkNumber": self.trunk.did,
            "forwardNumber": "",
            "filePath": self.recordfile if recorded else "",
            "missCause": self.miss_cause,
        }

    @staticmethod
    def _between(start: datetime | None, end: datetime | None) -> int:
        """Return whole seconds; the captures' cc_cdr counts the difference of the shown times."""
        if not start or not end:
            return 0
        return int(end.timestamp()) - int(start.timestamp())
