"""A year of a large office's calls as its PBX would push them: the same every time, and nobody's number or name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import heapq
from itertools import accumulate, count
import json
from random import Random
from zoneinfo import ZoneInfo

from custom_components.coocenter.call_log import LogRecord, extensions_in
from custom_components.coocenter.pbx import CallDetail, QueueCallDetail, parse

SEED = 2026
ZONE = ZoneInfo("Europe/London")
REGION = "GB"
#: The year ends with a working day.
END = datetime(2026, 11, 24, tzinfo=UTC)
YEAR = 365
EXTENSIONS = tuple(str(number) for number in range(801, 1001))
AGENTS = EXTENSIONS[:40]
QUEUES = tuple(str(number) for number in range(630, 642))
NUMBERS, NAMED = 50_000, 20_000
#: Of them some ring every day, and most once or twice a year.
_TAIL = 0.8
#: Ranges that belong to nobody: a thousand numbers each, kept free for dramas by the United Kingdom's regulator, and a
#: hundred in each area of North America.
_BRITISH = ("01632960", "07700900", "02079460", "01214960", "01614960", "01314960", "01914980", "02920180", "02896496")
_DIGITS = 3
_AMERICAN = tuple(f"+1{area}55501" for area in range(201, 990))
_SYLLABLES = ("ba", "do", "fi", "gul", "har", "ki", "lem", "mo", "nur", "pel", "ro", "sta", "tul", "vi", "wen", "zor")
#: Seconds that a queue rings an agent.
_RINGS = 15
_WORKDAY, _SATURDAY, _SUNDAY = 1.0, 0.25, 0.05


@dataclass(frozen=True, slots=True)
class Push:
    """One log of a call, and when it is pushed."""

    at: datetime
    uid: str
    body: dict[str, str]

    @property
    def raw(self) -> bytes:
        """Return the body of the request."""
        return json.dumps(self.body, separators=(",", ":")).encode()

    def record(self) -> LogRecord:
        """Return what the call log is given when it arrives."""
        event = parse(self.raw, "application/json")
        if not isinstance(event, (CallDetail, QueueCallDetail)):
            raise TypeError
        record = LogRecord(uid=event.uniqueid, body=event, received=self.at)
        return replace(record, extensions=extensions_in(record, _KNOWN))


_KNOWN = frozenset(EXTENSIONS)


@dataclass(frozen=True, slots=True)
class _Call:
    """What every log of a call says."""

    uid: str
    start: datetime
    ring: int
    talk: int
    source: str
    destination: str
    direction: str
    name: str = ""

    @property
    def end(self) -> datetime:
        """Return when it was over."""
        return self.start + timedelta(seconds=self.ring + self.talk)

    @property
    def recording(self) -> str:
        """Return its recording's path, which the PBX tells of unanswered calls, too."""
        return f"{self.start:%Y-%m-%d}/{self.start:%Y%m%d-%H%M%S}-{self.source}-{self.destination}-{self.uid}.wav"


class Traffic:
    """The office and its calls, spread over some days."""

    def __init__(self, calls: int, *, end: datetime = END, days: int = YEAR, seed: int = SEED) -> None:
        self._calls = calls
        self._days = [end - timedelta(days=day) for day in range(days, 0, -1)]
        self._random = Random(seed)  # noqa: S311 - the same calls every time
        self.numbers = _numbers(self._random)
        self.names = dict(zip(self._random.sample(self.numbers, NAMED), _names(), strict=True))
        self._rings = list(accumulate(1 / (rank + 20) ** _TAIL for rank in range(NUMBERS)))

    def pushes(self) -> Iterator[Push]:
        """Yield the logs of all calls in the order of their arrival."""
        waiting: list[tuple[datetime, int, Push]] = []
        order = count()
        for serial, start in enumerate(self._starts()):
            while waiting and waiting[0][0] <= start:
                yield heapq.heappop(waiting)[2]
            for push in self._logs(f"{int(start.timestamp())}.{serial}", start):
                heapq.heappush(waiting, (push.at, next(order), push))
        while waiting:
            yield heapq.heappop(waiting)[2]

    def _starts(self) -> Iterator[datetime]:
        """Yield when each call begins, the first one first."""
        weights = [{5: _SATURDAY, 6: _SUNDAY}.get(day.weekday(), _WORKDAY) for day in self._days]
        done, total = 0.0, sum(weights)
        made = 0
        for day, weight in zip(self._days, weights, strict=True):
            done += weight
            wanted = round(self._calls * done / total) - made
            made += wanted
            hours = sorted(self._random.triangular(7, 19, 11) for _ in range(wanted))
            yield from (day + timedelta(seconds=int(hour * 3600)) for hour in hours)

    def _logs(self, uid: str, start: datetime) -> Iterator[Push]:
        match self._random.choices(("queue", "direct", "outbound", "internal"), (45, 15, 25, 15))[0]:
            case "queue":
                yield from self._queue_call(uid, start)
            case "direct":
                answered = self._chance(0.7)
                yield _cdr(self._call(uid, start, self._outside(), self._inside(), "inbound", answered=answered))
            case "outbound":
                answered = self._chance(0.75)
                yield _cdr(self._call(uid, start, self._inside(), self._outside(), "outbound", answered=answered))
            case _:
                yield _cdr(self._call(uid, start, self._inside(), self._inside(), "", answered=self._chance(0.8)))

    def _queue_call(self, uid: str, start: datetime) -> Iterator[Push]:
        """Yield the logs of a queue's call: a row for each agent who was rung in vain, and the call centre's own."""
        queue = self._random.choice(QUEUES)
        agent = self._random.choice(AGENTS) if self._chance(0.85) else ""
        call = self._call(uid, start, self._outside(), queue, "inbound", answered=bool(agent))
        vain = 0
        while self._chance(0.3):
            rung = call.start + timedelta(seconds=vain * _RINGS)
            yield _cdr(replace(call, start=rung, ring=_RINGS, talk=0), call)
            vain += 1
        yield _cdr(call)
        yield self._cc_cdr(call, queue, agent)

    def _call(
        self, uid: str, start: datetime, source: str, destination: str, direction: str, *, answered: bool
    ) -> _Call:
        ring = int(self._random.triangular(2, 60, 10))
        talk = int(self._random.expovariate(1 / 180)) + 1 if answered else 0
        return _Call(uid, start, ring, talk, source, destination, direction, self.names.get(source, ""))

    def _cc_cdr(self, call: _Call, queue: str, agent: str) -> Push:
        voicemail = not agent and self._chance(0.2)
        body = {
            "event": "cc_cdr",
            "uuid": call.uid,
            "caller": call.source,
            "called": agent or queue,
            "queueCode": queue,
            "agentCode": agent,
            "callType": "incoming",
            "cdrState": "bridged" if agent else "queue",
            "hangupSide": "caller",
            "startTime": _local(call.start),
            "endTime": _local(call.end),
            "duration": str(call.ring + call.talk),
            "queueTime": str(call.ring),
            "ringTime": str(min(call.ring, _RINGS)),
            "talkingTime": str(call.talk),
            "pauseTime": "20" if agent else "0",
            "voicemailState": str(int(voicemail)),
            "ivrId": "610",
            "ivrName": "working time",
            "ivrDtmf": str(QUEUES.index(queue) % 10),
            "score": str(self._random.randint(1, 5)) if agent and self._chance(0.3) else "0",
            "trunkNumber": "01632960200",
            "filePath": call.recording,
            "missCause": "" if agent or voicemail else "MEMBER_CANCEL",
        }
        return Push(call.end + timedelta(milliseconds=600), call.uid, body)

    def _outside(self) -> str:
        return self._random.choices(self.numbers, cum_weights=self._rings)[0]

    def _inside(self) -> str:
        return self._random.choice(EXTENSIONS)

    def _chance(self, of: float) -> bool:
        return self._random.random() < of


def _cdr(leg: _Call, call: _Call | None = None) -> Push:
    """Return the row of a leg; all rows of a call come at the very end of it, and name the same recording."""
    call = call or leg
    body = {
        "event": "cdr",
        "callerid": f'"{leg.name}" <{leg.source}>',
        "source": leg.source,
        "destination": leg.destination,
        "starttime": _local(leg.start),
        "answertime": _local(leg.start + timedelta(seconds=leg.ring)) if leg.talk else "",
        "endtime": _local(leg.end),
        "disposition": "ANSWERED" if leg.talk else "NO ANSWER",
        "duration": str(leg.ring + leg.talk),
        "billableseconds": str(leg.talk),
        "calltype": leg.direction,
        "recordfile": call.recording,
        "uniqueid": leg.uid,
    }
    return Push(call.end, leg.uid, body)


def _numbers(random: Random) -> list[str]:
    """Return the outside numbers, those that ring most often first: the office's neighbours, and then anybody."""
    british = [f"{area}{number:0{_DIGITS}}" for area in _BRITISH for number in range(10**_DIGITS)]
    american = [f"{area}{number:02}" for area in _AMERICAN for number in range(100)]
    rest = random.sample(american, NUMBERS - len(british))
    numbers = british + rest
    random.shuffle(numbers)
    return numbers


def _names() -> list[str]:
    """Return names that nobody has."""
    parts = [f"{one}{two}".capitalize() for one in _SYLLABLES for two in _SYLLABLES]
    return [f"{first} {last}" for first in parts for last in parts][:NAMED]


def _local(moment: datetime) -> str:
    """Return a moment as the PBX tells it."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
