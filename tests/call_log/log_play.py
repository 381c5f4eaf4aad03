"""What is pushed, folded and kept as the integration does, and the calls that are in a log by it."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from custom_components.coocenter.call_log import LogRecord, extensions_in, seen
from custom_components.coocenter.pbx import (
    LAST_STEPS,
    CallDetail,
    CallFact,
    Changes,
    Event,
    PbxKey,
    PbxState,
    QueueCallDetail,
    parse,
)

CAPTURES = Path(__file__).parents[1] / "captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.jsonl"))
#: Where the captured PBX stood.
SHANGHAI = ZoneInfo("Asia/Shanghai")
_MORNING = datetime(2026, 11, 23, 4, tzinfo=UTC)


class Journalist:
    """Keep of events what journal.Journal keeps: each log, and what was seen of a call that ended."""

    def __init__(self) -> None:
        self.state = PbxState()
        self.records: list[LogRecord] = []

    def hear(self, event: Event, now: datetime) -> None:
        self.note(self.state.apply(event, now))
        self.add(event, now)

    def note(self, changes: Changes) -> None:
        for fact in changes.signals:
            over = isinstance(fact, CallFact) and fact.about is PbxKey.CALLS and fact.step in LAST_STEPS
            if over and (record := seen(fact.call, self.state.calls.log_id(fact.call.id), fact.at)):
                self.records.append(record)

    def add(self, event: Event, now: datetime) -> None:
        if not isinstance(event, (CallDetail, QueueCallDetail)):
            return
        calls = self.state.calls
        call = calls.find(event.uniqueid) or calls.past(event.uniqueid)
        record = LogRecord(
            uid=event.uniqueid or f"?{now.timestamp()}",
            body=event,
            received=now,
            call_uid=calls.whole(event.uniqueid),
        )
        self.records.append(replace(record, extensions=extensions_in(record, self.state.extensions)))
        if call and (told := seen(call, calls.log_id(call.id), now)):
            self.records.append(told)


@cache
def captured(name: str) -> tuple[tuple[datetime, Event], ...]:
    """Return the events of a capture with about the moment of each: that of the next one that tells it, or the last."""
    bodies = [json.loads(line) for line in (CAPTURES / f"{name}.jsonl").read_text().splitlines()]
    moments = [_moment(body, bodies) for body in bodies]
    for index in reversed(range(len(bodies) - 1)):
        moments[index] = moments[index] or moments[index + 1]
    told: list[tuple[datetime, Event]] = []
    for body, moment in zip(bodies, moments, strict=True):
        event = parse(json.dumps(body).encode(), "application/json")
        assert event
        told.append((moment or (told[-1][0] if told else _MORNING), event))
    return tuple(told)


def _moment(body: dict[str, str], others: list[dict[str, str]]) -> datetime | None:
    if "timestamp" in body:
        return datetime.fromtimestamp(float(body["timestamp"]), UTC)
    # All rows of a call come at its very end.
    of_call = [other for other in others if other["event"] == "cdr" and other["uniqueid"] == body.get("uniqueid")]
    ends = [local for one in (body, *of_call) if (local := one.get("endtime") or one.get("endTime"))]
    # The log cuts the second off.
    return datetime.fromisoformat(f"{max(ends)}.9").replace(tzinfo=SHANGHAI).astimezone(UTC) if ends else None
