"""A log in the event loop, and what it tells."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from custom_components.coocenter.call_log import CallFilter, CallLog, LoggedCall, Office, Trouble, sqlite_url

#: Longer than anything takes, on a busy machine too.
PATIENCE = 30


class Watched(CallLog):
    """Note what is told, and let a test wait for it."""

    def __init__(self, url: str, spool: Path, **office: Any) -> None:
        self.calls: list[LoggedCall] = []
        self.troubles: list[Trouble | None] = []
        self.attempts = 0
        self._told = asyncio.Event()
        wanted = Office(**({"pbx": "pbx", "zone": UTC, "region": "GB"} | office))
        super().__init__(url, wanted, spool, on_calls=self._note_calls, on_trouble=self._note_trouble, retry_after=0.01)

        self._loop = asyncio.get_running_loop()
        self._open, self._store.open = self._store.open, self._attempt  # type: ignore[method-assign]

    def _attempt(self) -> None:
        self.attempts += 1
        self._loop.call_soon_threadsafe(self._told.set)
        self._open()

    async def tried(self, times: int) -> None:
        """Return when the database was opened, or was to be, so many times more."""
        before = self.attempts
        await self.until(lambda: self.attempts >= before + times)

    def _note_calls(self, calls: Sequence[LoggedCall]) -> None:
        self.calls += calls
        self._told.set()

    def _note_trouble(self, trouble: Trouble | None) -> None:
        self.troubles.append(trouble)
        self._told.set()

    async def until(self, condition: Callable[[], object]) -> None:
        """Return when something that is told makes a condition true."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._told.clear()
                await self._told.wait()

    async def uids(self) -> list[str]:
        """Return the ids of all calls, sorted."""
        found: list[str] = []
        cursor = None
        while True:
            page = await self.page(CallFilter(), 200, cursor)
            found += (call.uid for call in page.calls)
            if (cursor := page.next) is None:
                return sorted(found)


@asynccontextmanager
async def watched(url: str, spool: Path, **office: Any) -> AsyncIterator[Watched]:
    log = Watched(url, spool, **office)
    await log.open()
    try:
        yield log
    finally:
        await log.close()


def file_url(folder: Path) -> str:
    return sqlite_url(folder / "calls.db")
