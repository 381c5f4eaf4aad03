"""From a reply of the PBX to records (protocol.md, Passive part): an envelope or the bare data."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
import re

from ..errors import AuthenticationFailed, BadReply, Refused
from ..model import Channel, HintStatus, PeerStatus, Queue, QueueMember
from ..numbers import is_extension, member_extension
from . import fields as read
from .body import Fields

#: The words of a refusal that comes with a friendly HTTP status.
_UNAUTHORISED = re.compile(
    r"unauthori[sz]ed|not authori[sz]ed|authenti|forbidden|invalid (token|key)|web ?key", re.IGNORECASE
)
_LATENCY = re.compile(r"\((\d{1,9}) ms\)")
_REGISTERED = re.compile(r"^(ok|lagged|reachable|unmonitored|avail)", re.IGNORECASE)
#: No call lasts longer than hours of six digits.
_DURATION = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,2}):)?(\d{1,2})", re.ASCII)
#: More than any office has: each of them is entities, and a reply of 8 MiB has room for hundreds of thousands.
_MOST_EXTENSIONS, _MOST_QUEUES, _MOST_MEMBERS = 5_000, 500, 10_000
_MOST_CHANNELS = 10_000
_NO_ADDRESS = frozenset({"", "-none-", "(unspecified)", "(null)"})


def unwrap(value: object) -> object:
    """Return the data of a reply; raises Refused or AuthenticationFailed where the PBX said no."""
    if not isinstance(value, dict):
        return value
    envelope = _lower(value)
    status, message = read.text(envelope, "status").lower(), read.text(envelope, "message")
    if status == "unauthorized" or (status != "success" and _UNAUTHORISED.search(message)):
        raise AuthenticationFailed(message)
    if status == "success":
        return envelope.get("data")
    if status in ("error", "failed", "failure"):
        raise Refused(message or status)
    return value


def hints(data: object) -> tuple[HintStatus, ...]:
    """Return what each extension does."""
    rows = (
        HintStatus(
            number=read.text(row, "extension", "exten"),
            activity=read.activity(row, "status", "statustext"),
            agent_name=read.text(row, "agentname") or None,
            agent_type=read.text(row, "extentype") or None,
        )
        for row in _rows(data, _MOST_EXTENSIONS, "extensions")
    )
    return tuple(row for row in rows if row.number)


def peers(data: object) -> tuple[PeerStatus, ...]:
    """Return where each phone is; trunks, which the PBX lists too, are left out."""
    rows = _rows(data, _MOST_EXTENSIONS, "extensions")
    return tuple(_peer(row) for row in rows if is_extension(read.text(row, "exten", "extension")))


def channels(data: object) -> tuple[Channel, ...]:
    """Return the live channels."""
    rows = (
        Channel(
            name=read.text(row, "channel"),
            caller=read.party(row, "calleridnum", "calleridname"),
            connected=read.party(row, "connectedlinenum", "connectedlinename"),
            state=read.text(row, "channelstatedesc").lower(),
            duration=_seconds(read.text(row, "duration")),
        )
        for row in _rows(data, _MOST_CHANNELS, "channels")
    )
    return tuple(row for row in rows if row.name)


def queues(data: object) -> tuple[Queue, ...]:
    """Return the queues with their members; an office without any may say [] as well as {}."""
    if data is None or data == []:
        return ()
    if not isinstance(data, dict):
        message = "Queues were expected"
        raise BadReply(message)
    _bound(len(data), _MOST_QUEUES, "queues")
    _bound(sum(len(rows) for rows in data.values() if isinstance(rows, list)), _MOST_MEMBERS, "agents in queues")
    return tuple(
        Queue(number=number, members={member.extension: member for member in _members(rows)})
        for name, rows in data.items()
        if (number := read.text({"": name}, ""))
    )


def blacklist(data: object) -> tuple[str, ...]:
    """Return the blocked numbers; an empty list may come without data."""
    if data is None:
        return ()
    if not isinstance(data, list):
        message = "A list of numbers was expected"
        raise BadReply(message)
    numbers = (read.text(_lower(row), "number") if isinstance(row, dict) else read.text({"": row}, "") for row in data)
    return tuple(dict.fromkeys(number for number in numbers if number))


def _peer(row: Fields) -> PeerStatus:
    address, status = read.text(row, "ipaddr"), read.text(row, "status")
    address = "" if address.lower() in _NO_ADDRESS else address
    latency = _LATENCY.search(status)
    return PeerStatus(
        number=read.text(row, "exten", "extension"),
        technology=read.text(row, "type") or None,
        address=address or None,
        # An unmonitored phone is known by its address alone.
        registered=bool(address and _REGISTERED.match(status)) if status else None,
        latency=int(latency[1]) if latency else None,
    )


def _members(rows: object) -> Iterator[QueueMember]:
    for row in _rows(rows, _MOST_MEMBERS, "agents in queues"):
        if name := read.text(row, "name", "interface"):
            yield QueueMember(
                extension=member_extension(name),
                paused=read.text(row, "paused").lower() in ("1", "true", "yes", "on"),
                penalty=read.integer(row, "penalty") or 0,
            )


def _rows(data: object, most: int, what: str) -> Iterable[Fields]:
    if data is None:
        return []
    if not isinstance(data, list):
        message = "A list was expected"
        raise BadReply(message)
    _bound(len(data), most, what)
    return [_lower(row) for row in data if isinstance(row, dict)]


def _bound(number: int, most: int, what: str) -> None:
    if number > most:
        message = f"Too many {what}: {number}"
        raise BadReply(message)


def _lower(row: dict[str, object]) -> Fields:
    return dict(zip(_lowered(tuple(row)), row.values(), strict=True))


@lru_cache
def _lowered(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _seconds(duration: str) -> int:
    """Return the seconds of `HH:MM:SS`, 0 for what is none."""
    match = _DURATION.fullmatch(duration)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return (hours * 60 + minutes) * 60 + seconds
