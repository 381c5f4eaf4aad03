"""What the call log tells: calls, pages of them, what to choose them by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ..pbx import Direction, EndCause, Outcome, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """A call that is over, with all its legs. Moments are UTC in whole seconds, spans are seconds."""

    uid: str
    """The PBX's id of the call."""
    direction: Direction
    outcome: Outcome
    started: datetime
    ended: datetime
    caller: Party
    callee: Party
    """Who talked, or was rung; for a queue's caller whom nobody answered: nobody."""
    wait: int
    """Until somebody answered, or until the end."""
    talk: int
    cause: EndCause | None = None
    did: str = ""
    queue: str = ""
    agent: str = ""
    """The extension that took a queue's call."""
    menu: str = ""
    digits: str = ""
    queue_wait: int | None = None
    """The part of the wait that was in the queue."""
    hold: int | None = None
    wrap_up: int | None = None
    score: int | None = None
    """The caller's satisfaction."""
    extensions: frozenset[str] = frozenset()
    """All that took part."""
    recordings: tuple[str, ...] = ()
    """Paths on the PBX, in their order; only of calls that somebody or something answered."""
    logged: bool = True
    """Whether the PBX logged it; else it was only seen live."""

    @property
    def answered(self) -> datetime | None:
        """Return when somebody answered (UTC)."""
        return self.started + timedelta(seconds=self.wait) if self.outcome is Outcome.ANSWERED else None

    @property
    def duration(self) -> int:
        """Return the seconds from the first ring to the end."""
        return round((self.ended - self.started).total_seconds())

    @property
    def outside(self) -> Party | None:
        """Return the party that is no extension of the office, None for an internal call."""
        match self.direction:
            case Direction.INBOUND:
                return self.caller
            case Direction.OUTBOUND:
                return self.callee
            case Direction.INTERNAL:
                return None

    @property
    def missed(self) -> bool:
        """Tell whether a caller from outside reached nobody and may expect to be called back."""
        return self.direction is Direction.INBOUND and self.outcome in (Outcome.MISSED, Outcome.VOICEMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are meant; what is left out chooses none."""

    start: datetime | None = None
    end: datetime | None = None
    """Exclusive."""
    directions: frozenset[Direction] = frozenset()
    outcomes: frozenset[Outcome] = frozenset()
    number: str = ""
    """Of a party, however it is written."""
    numbers: tuple[str, ...] = ()
    """Of which a party has one, however they are written."""
    extension: str = ""
    queue: str = ""
    agent: str = ""
    recorded: bool | None = None
    text: str = ""
    """Any part of a number or name of a party; of several words each must be found."""
    known: Mapping[tuple[str, ...], Collection[str]] = field(default_factory=dict)
    """The numbers of those whom a word of the text names elsewhere, by the word's forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some calls, the newest first."""

    calls: tuple[LoggedCall, ...]
    next: str | None
    """What to ask the next page with, None after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a span of time amounts to, of the PBX or one of its queues. Spans are seconds."""

    calls: int = 0
    inbound: int = 0
    answered: int = 0
    """Of the inbound ones."""
    missed: int = 0
    """Of the inbound ones."""
    wait: int = 0
    """Of the inbound answered ones, in all; in a queue: since they joined it."""
    talk: int = 0
    """Of all, in all."""
    talked: int = 0
    """How many had any talk."""
    in_time: int = 0
    """How many of the inbound were answered within the service level."""
    scores: int = 0
    score: int = 0
    """In all."""

    @property
    def answer_rate(self) -> float | None:
        """Return the percentage of callers that reached somebody."""
        return _ratio(100 * self.answered, self.inbound)

    @property
    def average_wait(self) -> float | None:
        """Return how long callers waited until somebody answered."""
        return _ratio(self.wait, self.answered)

    @property
    def average_talk(self) -> float | None:
        """Return how long calls lasted in which somebody talked."""
        return _ratio(self.talk, self.talked)

    @property
    def service_level(self) -> float | None:
        """Return the percentage of callers that were answered in time."""
        return _ratio(100 * self.in_time, self.inbound)

    @property
    def satisfaction(self) -> float | None:
        """Return the average of the scores that callers gave."""
        return _ratio(self.score, self.scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFigures:
    """The figures of one hour."""

    hour: datetime
    """Its beginning (UTC)."""
    queue: str
    """Empty: the whole PBX."""
    figures: Figures = field(default_factory=Figures)


class Trouble(StrEnum):
    """Why the log cannot be written; what comes meanwhile is kept aside."""

    LOCKED = "locked"
    FULL = "full"
    CORRUPT = "corrupt"
    NEWER = "newer"
    """It was written by a later version."""
    UNAVAILABLE = "unavailable"


class LogUnavailable(Exception):
    """The log cannot be read or written now."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class NotStored(Exception):
    """A record could not be made durable, neither in the log nor beside it: it must be sent again."""


class BadCursor(ValueError):
    """What a page was asked with does not come from a page."""


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
