"""What one simulated PBX is told about itself; read live, so that everything can change while it runs."""

import asyncio
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import md5
from ssl import SSLContext
from typing import Literal
from zoneinfo import ZoneInfo

from .office import Office
from .quirks import Quirks

type Level = Literal["none", "quiet", "busy"]

NO_OFFSET = timedelta(0)


def utc_now() -> datetime:
    """Return what our own clock shows."""
    return datetime.now(UTC)


@dataclass(eq=False)
class Settings:
    """Hold a PBX's settings and its clock."""

    office: Office
    _: KW_ONLY
    port: int = 0
    host: str = "127.0.0.1"
    web_key: str | None = None
    push_url: str | None = None
    quirks: Quirks = field(default_factory=Quirks)
    traffic: Level = "none"
    seed: int = 1
    mac: str = "68:69:2e:00:00:01"
    time_zone: tzinfo | str | None = None
    """The system's own if None."""
    clock_offset: timedelta = NO_OFFSET
    """How far the PBX's clock is ahead of ours."""
    ssl_context: SSLContext | None = None
    speed: float = 1.0
    """Divides what people and the PBX take in a call; neither `resend_after` nor a quirk's delay."""
    wrap_up: float = 30.0
    """Seconds an agent is paused after a queue call."""
    resend_after: float = 2.0
    """Real seconds."""
    clock: Callable[[], datetime] = utc_now
    """Our own clock; another one lets time be the event loop's."""

    @property
    def zone(self) -> tzinfo | None:
        """Return the PBX's time zone."""
        return ZoneInfo(self.time_zone) if isinstance(self.time_zone, str) else self.time_zone

    def now(self) -> datetime:
        """Return what the PBX's clock shows, in its zone."""
        return (self.clock() + self.clock_offset).astimezone(self.zone)

    def digest(self) -> str | None:
        """Return the Authorization header's value of the PBX's today (protocol.md, Authentication)."""
        if not self.web_key:
            return None
        text = f"{self.web_key}{self.now():%Y-%m-%d}"
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    async def sleep(self, seconds: float) -> None:
        """Wait a duration of the call engine."""
        await asyncio.sleep(seconds / self.speed)
