"""What the PBX pushes, typed: one frozen record an event (protocol.md, Active part).

Texts that were missing or empty are "". Moments are naive: the PBX's local time.
"""

from dataclasses import dataclass
from datetime import datetime

from .model import NOBODY, Activity, DialStatus, Direction, Disposition, MissCause, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class DialBegin:
    """A phone starts to ring: once for each phone."""

    timestamp: str = ""
    channel: str = ""
    caller: str = ""
    destination_channel: str = ""
    destination: str = ""
    destination_uniqueid: str = ""
    dial_string: str = ""
    uniqueid: str = ""
    mac: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialEnd:
    """A phone stops to ring, because it was answered or for another reason."""

    timestamp: str = ""
    channel: str = ""
    caller: str = ""
    destination_channel: str = ""
    destination: str = ""
    uniqueid: str = ""
    status: DialStatus = DialStatus.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    """One channel is gone."""

    uniqueid: str = ""
    caller: Party = NOBODY
    connected: Party = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionStatus:
    """An extension does something else now."""

    extension: str = ""
    activity: Activity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IvrSelection:
    """A caller left an IVR menu."""

    uniqueid: str = ""
    caller: str = ""
    called: str = ""
    queue: str = ""
    ivr_id: str = ""
    ivr_name: str = ""
    digits: str = ""
    did: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    duration: int | None = None
    mac: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail:
    """The log of one leg of any call."""

    uniqueid: str = ""
    caller: Party = NOBODY
    source: str = ""
    destination: str = ""
    destination_name: str = ""
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    disposition: Disposition | None = None
    duration: int | None = None
    billable: int | None = None
    direction: Direction = Direction.INTERNAL
    recording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallDetail:
    """The log of one call-centre call."""

    uniqueid: str = ""
    caller: str = ""
    called: str = ""
    queue: str = ""
    agent: str = ""
    direction: Direction = Direction.INBOUND
    ended_in: str = ""
    hangup_side: str = ""
    hangup_cause: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    duration: int | None = None
    queue_time: int | None = None
    feedback_time: int | None = None
    ivr_time: int | None = None
    ring_time: int | None = None
    hold_time: int | None = None
    wrap_up_time: int | None = None
    talk_time: int | None = None
    voicemail: bool = False
    ivr_id: str = ""
    ivr_name: str = ""
    digits: str = ""
    forward_type: str = ""
    forward_number: str = ""
    score: int | None = None
    did: str = ""
    recording: str = ""
    miss_cause: MissCause | None = None
    mac: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An event of a kind nobody documented; nothing of it is lost."""

    name: str = ""
    fields: tuple[tuple[str, str], ...] = ()


type CallEvent = DialBegin | DialEnd | Hangup | IvrSelection | CallDetail | QueueCallDetail
type Event = CallEvent | ExtensionStatus | Unknown
