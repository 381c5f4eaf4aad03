"""The PBX: its protocol and its state, knowing nothing of Home Assistant."""

from .auth import is_authentic, possible_days
from .changes import AgentReleased, Changes, ExtensionFound, ExtensionKey, Key, PbxKey, Pushed, QueueKey, Signal
from .client import DEFAULT_PORT, CooCenterClient, Recording
from .errors import AuthenticationFailed, BadReply, ConnectionFailed, CooCenterError, NotDialable, Refused
from .events import (
    CallDetail,
    DialBegin,
    DialEnd,
    Event,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    QueueCallDetail,
    Unknown,
)
from .model import (
    Activity,
    Call,
    CallState,
    Channel,
    DialStatus,
    Direction,
    Disposition,
    Extension,
    MissCause,
    Party,
    Queue,
    QueueMember,
    Snapshot,
)
from .numbers import dialable, mask
from .state import PbxState
from .wire.push import parse

__all__ = [
    "DEFAULT_PORT",
    "Activity",
    "AgentReleased",
    "AuthenticationFailed",
    "BadReply",
    "Call",
    "CallDetail",
    "CallState",
    "Changes",
    "Channel",
    "ConnectionFailed",
    "CooCenterClient",
    "CooCenterError",
    "DialBegin",
    "DialEnd",
    "DialStatus",
    "Direction",
    "Disposition",
    "Event",
    "Extension",
    "ExtensionFound",
    "ExtensionKey",
    "ExtensionStatus",
    "Hangup",
    "IvrSelection",
    "Key",
    "MissCause",
    "NotDialable",
    "Party",
    "PbxKey",
    "PbxState",
    "Pushed",
    "Queue",
    "QueueCallDetail",
    "QueueKey",
    "QueueMember",
    "Recording",
    "Refused",
    "Signal",
    "Snapshot",
    "Unknown",
    "dialable",
    "is_authentic",
    "mask",
    "parse",
    "possible_days",
]
