"""An office's rhythm: how long it stays quiet after each hour of the week."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite

#: Nobody wonders about so much.
FLOOR = timedelta(minutes=30)
#: Weeks are not alike: so many times the longest quiet of before is still usual.
_TOLERANCE = 1.5
_HOURS = 24 * 7


class Rhythm:
    """The longest quiet that began in each hour of the week: at five on a Friday another than on a Tuesday.

    Moments are local.
    """

    def __init__(self, quiet: Iterable[float] = ()) -> None:
        #: Seconds by hour of the week; 0 where nothing is known.
        known = [seconds if isfinite(seconds) else 0.0 for seconds in quiet]
        self.quiet = [*known, *[0.0] * _HOURS][:_HOURS]

    def learn(self, last: datetime, quiet: timedelta) -> None:
        """Take note of how long nothing came after a push."""
        hour = _hour(last)
        self.quiet[hour] = max(self.quiet[hour], quiet.total_seconds())

    def explains(self, last: datetime, now: datetime) -> bool:
        """Tell whether it was quiet for as long before; what was never seen explains everything."""
        known = self.quiet[_hour(last)]
        # Between local moments Python reckons by the clock on the wall, which is an hour wrong twice a year.
        quiet = now.astimezone(UTC) - last.astimezone(UTC)
        return not known or quiet.total_seconds() <= max(FLOOR.total_seconds(), _TOLERANCE * known)


def _hour(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour
