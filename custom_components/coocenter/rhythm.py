"""An office's rhythm: how long it stays quiet after each hour of the week."""

from collections.abc import Iterable
from datetime import datetime, timedelta

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
        self.quiet = [*quiet, *[0.0] * _HOURS][:_HOURS]

    def learn(self, last: datetime, now: datetime) -> None:
        """Take note that nothing came between two pushes."""
        hour = _hour(last)
        self.quiet[hour] = max(self.quiet[hour], (now - last).total_seconds())

    def explains(self, last: datetime, now: datetime) -> bool:
        """Tell whether it was quiet for as long before; what was never seen explains everything."""
        known = self.quiet[_hour(last)]
        return not known or now - last <= max(FLOOR, _TOLERANCE * timedelta(seconds=known))


def _hour(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour
