"""The Web Key digest (protocol.md, Authentication)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from hashlib import md5
import hmac


def digest(web_key: str, day: date) -> str:
    """Return the Authorization header for the PBX's local date."""
    return md5(f"{web_key}{day.isoformat()}".encode(), usedforsecurity=False).hexdigest()


def possible_days(*anchors: date) -> Iterator[date]:
    """Yield each anchor, then their neighbours, every day once.

    A time zone is at most 14 hours away, so the PBX's today is next to any right clock's.
    """
    shifts = (timedelta(0), timedelta(days=1), timedelta(days=-1))
    yield from dict.fromkeys(anchor + shift for shift in shifts for anchor in anchors)


def is_authentic(header: str, web_key: str, days: Iterable[date]) -> bool:
    """Tell whether a push's Authorization header is the digest for one of the days."""
    # What was no text arrives as surrogates, which do not encode.
    presented = header.strip().lower().encode(errors="replace")
    # Every day is compared, so that the time taken tells nothing about which one nearly matched.
    matches = [hmac.compare_digest(presented, digest(web_key, day).encode()) for day in days]
    return any(matches)


class Calendar:
    """Know the PBX's date: `now` tells our idea of its local time, refusals teach the difference."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._offset = timedelta(0)

    def today(self) -> date:
        """Return the date that worked last, carried on to now."""
        return self._now().date() + self._offset

    def others(self, theirs: date | None) -> Iterator[date]:
        """Yield the days to try after a refusal, given the date that its reply carried."""
        anchors = [self.today(), self._now().date()]
        yield from possible_days(*([theirs] if theirs else []), *anchors)

    def learn(self, day: date) -> None:
        """Remember the day that worked."""
        self._offset = day - self._now().date()
