"""The office behind the simulated PBX: what exists, and the truth about what happened."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
import random
from typing import Literal, Self

from .channels import Channel, ChannelState
from .queues import Member, Queue, Strategy

type Direction = Literal["internal", "inbound", "outbound", "spy"]
type Outcome = Literal[
    "answered",  # Somebody talked, even if a transfer failed afterwards.
    "no_answer",  # Whoever rang declined or let it ring out, or a queue's agents did until the PBX said good-bye.
    "busy",
    "cancelled",  # The caller gave up while one phone rang.
    "unreachable",  # There was no phone to ring: nothing but a hangup is pushed.
    "blacklisted",  # The PBX turned the caller away: nothing but a hangup is pushed.
    "announcement",  # The DID plays something and rings nobody: nothing is pushed before the end.
    "ivr",  # The caller chose no queue in the menu.
    "abandoned",  # The caller gave up in the queue.
    "no_agents",  # Nobody was logged in to the queue.
    "voicemail",  # The caller left a message because nobody answered.
    "lost",  # The PBX was restarted during the call.
]

MAX_EXTENSIONS = 1000
MAX_QUEUES = 100
SPARE_PHONE_FROM = 4
MENU_KEYS = 10
SHORTEST_OUTSIDE = 6
FIRST_EXTENSION = 801
FIRST_QUEUE = 630
IVR_DID = "01632960100"
DIRECT_DID = "01632960101"
ANNOUNCEMENT_DID = "01632960102"
ANNOUNCEMENT = "s"
NAMES = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Mallory", "Olivia")

IDLE, IN_USE, BUSY, UNAVAILABLE, RINGING, ON_HOLD = 0, 1, 2, 4, 8, 16
STATE_TEXTS = {
    IDLE: "Idle",
    IN_USE: "InUse",
    BUSY: "Busy",
    UNAVAILABLE: "Unavailable",
    RINGING: "Ringing",
    IN_USE | RINGING: "InUse&Ringing",
    ON_HOLD: "Hold",
    IN_USE | ON_HOLD: "InUse&Hold",
    # Asterisk has no words for these two; it says the part that matters most to a caller.
    RINGING | ON_HOLD: "Ringing",
    IN_USE | RINGING | ON_HOLD: "InUse&Ringing",
}


class Dice(random.Random):
    """Draw from a seed, so that the same seed gives the same office and the same calls."""


@dataclass(eq=False, slots=True, kw_only=True)
class Extension:
    """Hold one phone and the channels it takes part in."""

    number: str
    name: str
    registered: bool = True
    monitored: bool = True
    latency: int = 45
    """Milliseconds."""
    channels: list[Channel] = field(default_factory=list)

    @property
    def state(self) -> int:
        """Return the Asterisk state code that follows from the channels."""
        if not self.registered:
            return UNAVAILABLE
        if any(channel.busy for channel in self.channels):
            return BUSY
        code = IDLE
        for channel in self.channels:
            if channel.state is ChannelState.RINGING:
                code |= RINGING
            else:
                code |= ON_HOLD if channel.held else IN_USE
        return code

    @property
    def state_text(self) -> str:
        """Return the state as the PBX words it."""
        return STATE_TEXTS[self.state]

    @property
    def peer_status(self) -> str:
        """Return how the PBX reaches the phone, in the words of `extension-status`."""
        if not self.registered:
            return "UNKNOWN"
        return f"OK ({self.latency} ms)" if self.monitored else "Unmonitored"

    @property
    def address(self) -> str:
        """Return the phone's address, from the range reserved for documentation."""
        return f"192.0.2.{int(self.number) % 250 + 1}" if self.registered else "-none-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """Hold a line to the outside, its DID and where calls to that go."""

    name: str
    did: str
    target: str
    """The IVR's or an extension's number, or ANNOUNCEMENT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ivr:
    """Hold the voice menu and the queues behind its keys."""

    number: str = "610"
    name: str = "working time"
    keys: dict[str, str] = field(default_factory=dict)

    def key_of(self, queue: str) -> str | None:
        """Return the key that leads to a queue."""
        return next((key for key, target in self.keys.items() if target == queue), None)


@dataclass(eq=False, slots=True, kw_only=True)
class CallRecord:
    """Hold the truth about one call, whatever its pushes and logs say."""

    id: str
    """The uniqueid of the channel that placed the call."""
    direction: Direction
    caller: str
    """Who placed the call, also if they left it in a transfer; empty if the number was withheld."""
    callee: str
    """As dialled: outside numbers with the prefix that gets a line."""
    reached: str = ""
    """Who talked or rang last; empty if that was nobody or, in a queue that nobody answered, several in turn."""
    did: str | None = None
    queue: str | None = None
    agent: str | None = None
    """Who took the call out of the queue, whomever it was passed on to."""
    outcome: Outcome = "no_answer"
    start: datetime
    answer: datetime | None = None
    """When a person answered first; the voice menu and the queue do not count."""
    end: datetime | None = None
    """When the last two parted; of a consultation when it was joined to the call it was about."""


@dataclass(eq=False, kw_only=True)
class Office:
    """Hold everything that exists behind the PBX, and its finished calls."""

    extensions: dict[str, Extension]
    queues: dict[str, Queue]
    trunks: list[Trunk]
    ivr: Ivr
    outside_prefix: str = "9"
    blacklist: list[str] = field(default_factory=list)
    calls: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=1000))

    @classmethod
    def build(cls, extensions: int = 7, queues: int = 2, seed: int = 1) -> Self:
        """Return an office of this size; the seed decides who is an agent of what."""
        if not 1 <= extensions <= MAX_EXTENSIONS:
            msg = f"an office has 1 to {MAX_EXTENSIONS} extensions, not {extensions}"
            raise ValueError(msg)
        if not 0 <= queues <= MAX_QUEUES:
            msg = f"an office has 0 to {MAX_QUEUES} queues, not {queues}"
            raise ValueError(msg)
        phones = [_phone(index, extensions) for index in range(extensions)]
        agents = [phone.number for phone in phones if phone.registered]
        dice = Dice(seed)
        waiting = [_queue(index, agents, dice) for index in range(queues)]
        keys = {str(key): queue.number for key, queue in enumerate(waiting[:MENU_KEYS])}
        ivr = Ivr(keys=keys)
        return cls(
            extensions={phone.number: phone for phone in phones},
            queues={queue.number: queue for queue in waiting},
            trunks=[
                Trunk(name="trunk", did=IVR_DID, target=ivr.number),
                Trunk(name="trunk2", did=DIRECT_DID, target=str(FIRST_EXTENSION)),
                Trunk(name="trunk3", did=ANNOUNCEMENT_DID, target=ANNOUNCEMENT),
            ],
            ivr=ivr,
        )

    def is_outside(self, number: str) -> bool:
        """Return whether a dialled number leads out; a mistyped extension leads nowhere."""
        return number not in self.extensions and len(number) >= SHORTEST_OUTSIDE

    def memberships(self, extension: str) -> list[Member]:
        """Return the places an extension has in the queues it is logged in to."""
        found = (queue.member(extension) for queue in self.queues.values())
        return [member for member in found if member]


def _phone(index: int, count: int) -> Extension:
    number = str(FIRST_EXTENSION + index)
    return Extension(
        number=number,
        name=NAMES[index] if index < len(NAMES) else f"Agent {number}",
        # The last phone of an office that can spare it is switched off, the one before not watched.
        registered=index != count - 1 or count < SPARE_PHONE_FROM,
        monitored=index != count - 2,
        latency=45 + index,
    )


def _queue(index: int, agents: list[str], dice: Dice) -> Queue:
    chosen = dice.sample(agents, min(3, len(agents)))
    strategy: Strategy = "one-by-one" if index % 2 else "ringall"
    members = [Member(extension=number) for number in chosen]
    if strategy == "ringall" and len(members) > 1:
        members[-1].penalty = 1
    return Queue(number=str(FIRST_QUEUE + index), strategy=strategy, members=members)
