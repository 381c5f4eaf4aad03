"""The PBX's local times, which carry no zone, as moments."""

from datetime import UTC, datetime, timedelta, tzinfo
import re

#: A channel's id begins with the second of its making, by the PBX's clock (captures README, 1).
_MADE = re.compile(r"^(\d{9,11})\.\d+$", re.ASCII)
_FOLD = timedelta(hours=2)
#: A PBX that nobody told the time says 1970.
_YEARS = range(1971, 2100)


def believable(local: datetime | None) -> datetime | None:
    """Return a local time in whole seconds, None where the PBX cannot have meant it."""
    return local.replace(microsecond=0) if local and local.year in _YEARS else None


def utc_of(local: datetime, zone: tzinfo, near: datetime) -> datetime:
    """Return a local time as UTC; of the two moments it may be when clocks are put back, the one nearer to `near`."""
    moments = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(moments, key=lambda moment: abs(moment - near))


def reference(uniqueid: str, local: datetime | None, zone: tzinfo, received: datetime) -> datetime:
    """Return a moment (UTC) near a call's beginning: its id's where that agrees with the local time, else of arrival.

    A log may arrive hours late, when the other of two equal hours is nearer.
    """
    if (match := _MADE.match(uniqueid)) and local:
        made = datetime.fromtimestamp(int(match[1]), UTC)
        if abs(utc_of(local, zone, made) - made) < _FOLD:
            return made
    return received
