"""How long an event loop does nothing else while it does one thing."""

import asyncio
import time

#: A turn of the loop is looked for so often (seconds).
_EVERY = 0.001


class Stalls:
    """Wake up every millisecond, and note by how much too late it was."""

    def __init__(self) -> None:
        self.late: list[float] = []
        """Milliseconds, of each time."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> tuple[float, ...]:
        """Return what was noted."""
        self._task.cancel()
        await asyncio.wait([self._task])
        return tuple(self.late)

    async def _watch(self) -> None:
        while True:
            due = time.monotonic() + _EVERY
            await asyncio.sleep(_EVERY)
            self.late.append((time.monotonic() - due) * 1000)
