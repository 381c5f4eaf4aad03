"""How long an event loop does nothing else while it does one thing."""

import asyncio
from collections.abc import Mapping
import gc
import time

#: A turn of the loop is looked for so often (seconds).
_EVERY = 0.001


class Stalls:
    """Wake up every millisecond, and note by how many milliseconds that was too late."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._own: list[float] = []
        self._busy: list[float] = []
        #: When the collector began, while it is at work; and how long it was so far.
        self._collecting: float | None = None
        self._collected = 0.0
        gc.callbacks.append(self._collect)
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> dict[str, list[float]]:
        """Return how late it was each time, how late but for Python's garbage collector, and how long it was at work.

        The last is this thread's processor time, whatever else the machine has to do; the collector's is in it.
        """
        gc.callbacks.remove(self._collect)
        self._task.cancel()
        await asyncio.wait([self._task])
        return {"late": self._late, "own": self._own, "busy": self._busy}

    async def _watch(self) -> None:
        while True:
            due, collected, worked = time.monotonic() + _EVERY, self._collected, time.thread_time()
            await asyncio.sleep(_EVERY)
            now = time.monotonic()
            self._busy.append((time.thread_time() - worked) * 1000)
            # Another thread's collection may be over, and that thread not at its turn yet to say so.
            unsaid = now - max(self._collecting, due) if self._collecting else 0
            late = now - due
            self._late.append(late * 1000)
            self._own.append(max(late - (self._collected - collected) - unsaid, 0) * 1000)

    def _collect(self, phase: str, _info: Mapping[str, int]) -> None:
        """Note the time in which the collector lets nobody else do anything."""
        if phase == "start":
            self._collecting = time.monotonic()
        elif self._collecting:
            self._collected += time.monotonic() - self._collecting
            self._collecting = None
