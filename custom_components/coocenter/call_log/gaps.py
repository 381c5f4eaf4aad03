"""Gaps of the log: times in which what the PBX pushed may not have been received.

The PBX sends again what nobody answered, for how long is not known: in a gap calls may be missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

#: What is shorter is none: the PBX sends again every two seconds what nobody answered, so that a restart loses nothing,
#: and of a Home Assistant that was killed nobody knows the last minute.
SHORTEST = timedelta(minutes=2)


class GapReason(StrEnum):
    """Why pushes may not have been received."""

    STOPPED = "stopped"
    """Home Assistant was not running, or the PBX's entry was disabled."""
    UNREACHABLE = "unreachable"
    """The PBX neither answered nor pushed."""
    SILENT = "silent"
    """The PBX had calls and pushed nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """A time (UTC) in which calls may be missing."""

    start: datetime
    end: datetime
    reason: GapReason
    ongoing: bool = False
    """Whether the end is only that of what is known."""


def merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Return the gaps in their order; those of one reason that hardly anything is between are one."""
    found: list[Gap] = []
    last: dict[GapReason, int] = {}
    for gap in sorted(gaps):
        if gap.reason in last and gap.start - found[last[gap.reason]].end < SHORTEST:
            before = found[last[gap.reason]]
            found[last[gap.reason]] = replace(
                before, end=max(before.end, gap.end), ongoing=before.ongoing or gap.ongoing
            )
        else:
            last[gap.reason] = len(found)
            found.append(gap)
    return sorted(found)


def overlapping(gaps: Iterable[Gap], start: datetime | None, end: datetime | None) -> list[Gap]:
    """Return the gaps that have a part between two moments; a moment that is None is beyond all of them."""
    return [gap for gap in gaps if (start is None or gap.end > start) and (end is None or gap.start < end)]


def time_in(gaps: Sequence[Gap], start: datetime, end: datetime) -> timedelta:
    """Return how much of the time between two moments is in a gap, or in several at once."""
    total, reached = timedelta(), start
    for gap in sorted(gaps):
        begins, ends = max(gap.start, reached), min(gap.end, end)
        if ends > begins:
            total += ends - begins
            reached = ends
    return total
