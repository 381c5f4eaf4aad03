"""Events as a PBX tells them, with as few words as a test needs, and what the state then says."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from custom_components.coocenter.pbx import (
    Activity,
    CallDetail,
    Channel,
    DialBegin,
    DialEnd,
    DialStatus,
    Event,
    ExtensionStatus,
    Hangup,
    Party,
    PbxState,
    Queue,
    QueueMember,
    Snapshot,
)
from custom_components.coocenter.pbx.model import HintStatus, PeerStatus

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CUSTOMER = "01632960123"
OFFICE = ("801", "802", "803", "804")


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def dial(
    channel: str, uniqueid: str, called: str, called_uniqueid: str, *, at: str = "", caller: str = ""
) -> DialBegin:
    """Ring a phone; `at` tells two rings of the same phone apart, as the timestamp does."""
    return DialBegin(
        timestamp=at,
        channel=channel,
        uniqueid=uniqueid,
        caller=caller or peer(channel),
        destination_channel=called,
        destination_uniqueid=called_uniqueid,
        destination=peer(called),
    )


def ends(called: str, status: DialStatus = DialStatus.ANSWER, *, at: str = "") -> DialEnd:
    return DialEnd(timestamp=at, destination_channel=called, destination=peer(called), status=status)


def hangup(uniqueid: str, caller: str = "", connected: str = "") -> Hangup:
    return Hangup(uniqueid=uniqueid, caller=Party(caller), connected=Party(connected))


def cdr(uniqueid: str) -> CallDetail:
    return CallDetail(uniqueid=uniqueid)


def status(extension: str, activity: Activity | None) -> ExtensionStatus:
    return ExtensionStatus(extension=extension, activity=activity)


def row(name: str, connected: str = "", *, state: str = "up", duration: int = 0, caller: str = "") -> Channel:
    number = caller or peer(name)
    return Channel(name=name, caller=Party(number), connected=Party(connected), state=state, duration=duration)


def peer(channel: str) -> str:
    """Return who a channel is shown as: its extension, or for a trunk the customer."""
    name = channel.partition("/")[2].partition("-")[0].partition("@")[0]
    return CUSTOMER if name == "trunk" else name


def office(
    *, at: float = 0, extensions: Iterable[str] = OFFICE, paused: Iterable[str] = (), **parts: object
) -> Snapshot:
    """Return what an office at rest answers: everybody registered and idle, 803 and 804 in queue 630."""
    members = {number: QueueMember(extension=number, paused=number in paused) for number in ("803", "804")}
    told = {
        "hints": tuple(HintStatus(number=number, activity=Activity.IDLE) for number in extensions),
        "peers": tuple(PeerStatus(number=number, registered=True) for number in extensions),
        "queues": (Queue(number="630", members=members),),
        "channels": (),
        "blacklist": (),
    }
    return Snapshot(taken=second(at), **(told | parts))


def opened() -> PbxState:
    """Return the state of an office that was asked once, at noon less ten seconds."""
    state = PbxState()
    state.reconcile(office(at=-10), second(-10))
    return state


def tell(state: PbxState, *events: Event, at: float = 0) -> None:
    for event in events:
        state.apply(event, second(at))


def calls(state: PbxState) -> list[str]:
    """Return each live call in a line: direction, state, who calls whom, and the extensions that take part."""
    return [
        f"{call.direction} {call.state} {call.caller.number or '?'} > {call.callee.number or '?'}"
        f" [{' '.join(sorted(call.extensions))}]"
        for call in state.calls
    ]
