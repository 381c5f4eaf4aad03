"""An office: its live channels, and what its PBX answers when it is asked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from pbx_harness import at

from custom_components.coocenter.pbx import (
    Activity,
    Channel,
    Event,
    ExtensionStatus,
    Hangup,
    Party,
    Queue,
    QueueMember,
    Snapshot,
)
from custom_components.coocenter.pbx.model import HintStatus, PeerStatus

CUSTOMERS = ("18782985586", "01632960123", "01632960456", "5550112")
EXTENSIONS = ("801", "802", "803", "804", "805")
AGENTS = ("803", "804")


@dataclass(frozen=True)
class Line:
    """A live channel and the call that it belongs to."""

    name: str
    uniqueid: str
    number: str
    story: int
    since: datetime
    state: str = "up"
    connected: str = ""


class Office:
    """What is true; stories change it."""

    def __init__(self) -> None:
        self.now = at(0)
        self.lines: dict[str, Line] = {}
        self._channel, self._uniqueid, self._story, self._tick = count(), count(), count(), count()

    def next_story(self) -> int:
        return next(self._story)

    def uniqueid(self) -> str:
        return f"1795406545.{next(self._uniqueid)}"

    def tick(self) -> str:
        """Return a time stamp that was never before."""
        return f"1795406545.{next(self._tick):06}"

    def open(self, peer: str, number: str, story: int, state: str = "up", connected: str = "", tail: str = "") -> Line:
        tech = "" if "/" in peer else "SIP/"
        name = f"{tech}{peer}-{next(self._channel):08x}{tail}"
        line = Line(name, self.uniqueid(), number, story, self.now, state, connected)
        self.lines[name] = line
        return line

    def change(self, line: Line, **changes: str) -> None:
        self.lines[line.name] = replace(self.lines[line.name], **changes)

    def close(self, line: Line) -> Hangup:
        line = self.lines.pop(line.name)
        return Hangup(uniqueid=line.uniqueid, caller=Party(line.number), connected=Party(line.connected))

    def activity(self, number: str) -> Activity:
        states = {line.state for line in self.lines.values() if line.name.startswith(f"SIP/{number}-")}
        if "ringing" in states:
            return Activity.RINGING if states == {"ringing"} else Activity.RINGING_IN_USE
        return Activity.IN_USE if states else Activity.IDLE

    def told(self, number: str) -> Event:
        return ExtensionStatus(extension=number, activity=self.activity(number))

    def asked(self, taken: datetime) -> Snapshot:
        """Return what the office answers now."""
        members = {number: QueueMember(extension=number) for number in AGENTS}
        return Snapshot(
            taken=taken,
            hints=tuple(HintStatus(number=number, activity=self.activity(number)) for number in EXTENSIONS),
            peers=tuple(PeerStatus(number=number, registered=True) for number in EXTENSIONS),
            queues=(Queue(number="630", members=members), Queue(number="633")),
            channels=tuple(self._row(line) for line in self.lines.values()),
            blacklist=("913800138000",),
        )

    def _row(self, line: Line) -> Channel:
        return Channel(
            name=line.name,
            caller=Party(line.number),
            connected=Party(line.connected),
            state=line.state,
            duration=(self.now - line.since) // timedelta(seconds=1),
        )
