"""An event loop whose time jumps to the next timer when nothing is left to do: hours pass in milliseconds."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
import selectors
from typing import Any

#: When the loop's time is zero.
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class _Jumping(selectors.SelectSelector):
    """Wait by setting the clock."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            message = "nothing would ever happen again"
            raise RuntimeError(message)
        if not ready and timeout:
            self.elapsed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Run what is ready, then let the time be that of the next timer."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.elapsed


def virtual_now() -> datetime:
    """Return the running loop's time as a clock shows it (UTC)."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


def run_virtually[T](main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own whose time is virtual."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
