"""Pausing agents: in one queue or in all, and resuming only what was paused here."""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .coordinator import CooCenterCoordinator
from .pbx import Changes, CooCenterError, Snapshot

_STORE_VERSION = 1


async def async_pause(
    coordinator: CooCenterCoordinator, extension: str, queues: Iterable[str], *, paused: bool
) -> None:
    """Pause or resume an agent in queues, and read back what the PBX has then.

    Every queue is tried; the first refusal is raised after the queues were read back.
    """
    failure: CooCenterError | None = None
    for queue in queues:
        try:
            await coordinator.client.pause_agent(queue, extension, paused=paused)
        except CooCenterError as err:
            failure = failure or err
    try:
        await coordinator.async_read_queues()
    except CooCenterError as err:
        failure = failure or err
    if failure:
        raise failure


class Pauses:
    """Remember which pauses the action made, so that it can end them without ending the agent's own.

    The memory outlives a restart: an agent who was paused for lunch is to come back from it.
    """

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self._coordinator = coordinator
        self._store = _store(coordinator.hass, coordinator.config_entry)
        self._ours: set[tuple[str, str]] = set()

    async def async_start(self) -> None:
        """Take up the memory, and forget what is not paused any more."""
        self._ours = {(queue, extension) for queue, extension in await self._store.async_load() or ()}
        self._coordinator.config_entry.async_on_unload(self._coordinator.async_on_poll(self._forget_ended))

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Delete the memory of a removed entry."""
        await _store(hass, entry).async_remove()

    async def async_pause(self, extension: str, queue: str | None) -> None:
        """Pause an agent in a queue, or in all of its queues."""
        queues = self._queues(extension, queue)
        before = {number for number in queues if self._is_paused(number, extension)}
        try:
            await async_pause(self._coordinator, extension, queues, paused=True)
        finally:
            self._ours |= {(n, extension) for n in queues if n not in before and self._is_paused(n, extension)}
            self._save()

    async def async_resume(self, extension: str, queue: str | None) -> None:
        """Resume an agent in a queue; or where this action paused it, or else wherever it is paused."""
        queues = self._queues(extension, queue)
        if queue is None:
            ours = [number for number in queues if (number, extension) in self._ours]
            queues = ours or [number for number in queues if self._is_paused(number, extension)]
        try:
            await async_pause(self._coordinator, extension, queues, paused=False)
        finally:
            self._ours = {(n, e) for n, e in self._ours if e != extension or self._is_paused(n, e)}
            self._save()

    def _queues(self, extension: str, queue: str | None) -> list[str]:
        if queue is not None:
            return [queue]
        queues = [number for number, one in self._coordinator.state.queues.items() if extension in one.members]
        if not queues:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="agent_in_no_queue",
                translation_placeholders={"extension": extension},
            )
        return queues

    def _is_paused(self, queue: str, extension: str) -> bool:
        known = self._coordinator.state.queues.get(queue)
        member = known.members.get(extension) if known else None
        return member is not None and member.paused

    @callback
    def _forget_ended(self, _snapshot: Snapshot, _changes: Changes) -> None:
        still = {(queue, extension) for queue, extension in self._ours if self._is_paused(queue, extension)}
        if still != self._ours:
            self._ours = still
            self._save()

    @callback
    def _save(self) -> None:
        self._store.async_delay_save(lambda: sorted(map(list, self._ours)), 1)


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[list[list[str]]]:
    return Store(hass, _STORE_VERSION, f"{DOMAIN}.{entry.entry_id}.pauses")
