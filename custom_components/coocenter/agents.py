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

    The memory outlives a restart: an agent who was paused for lunch is to come back from it. It begins with the
    action's pause, though all pauses be the agent's own, and ends with its resume or when the agent is back.
    """

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self._coordinator = coordinator
        self._store = _store(coordinator.hass, coordinator.config_entry)
        self._ours: dict[str, set[str]] = {}

    async def async_start(self) -> None:
        """Take up the memory, and forget what is not paused any more."""
        stored = await self._store.async_load() or {}
        self._ours = {extension: set(queues) for extension, queues in stored.items()}
        self._forget_ended()
        self._coordinator.config_entry.async_on_unload(self._coordinator.async_on_poll(self._polled))

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Delete the memory of a removed entry."""
        await _store(hass, entry).async_remove()

    async def async_pause(self, extension: str, queue: str | None) -> None:
        """Pause an agent in a queue, or in all of its queues."""
        queues = await self._async_queues(extension, queue)
        before = self._paused(extension)
        try:
            await async_pause(self._coordinator, extension, queues, paused=True)
        finally:
            new = self._paused(extension).intersection(queues) - before
            self._ours[extension] = self._ours.get(extension, set()) | new
            self._forget_ended()
            await self._async_save()

    async def async_resume(self, extension: str, queue: str | None) -> None:
        """Resume an agent in a queue; or where this action paused it, or wherever it is paused if it did not."""
        queues = await self._async_queues(extension, queue)
        if queue is None:
            queues = sorted(self._ours.get(extension, self._paused(extension)).intersection(queues))
        try:
            await async_pause(self._coordinator, extension, queues, paused=False)
        finally:
            if left := self._ours.pop(extension, set()) & self._paused(extension):
                self._ours[extension] = left
            await self._async_save()

    async def _async_queues(self, extension: str, queue: str | None) -> list[str]:
        # The agent may have paused, or logged in, at the phone since the last poll.
        await self._coordinator.async_read_queues()
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

    def _paused(self, extension: str) -> set[str]:
        """Return the queues in which an agent is paused."""
        queues = self._coordinator.state.queues.items()
        return {number for number, queue in queues if (one := queue.members.get(extension)) and one.paused}

    @callback
    def _polled(self, _snapshot: Snapshot, _changes: Changes) -> None:
        if self._forget_ended():
            self._coordinator.config_entry.async_create_task(self._coordinator.hass, self._async_save())

    def _forget_ended(self) -> bool:
        """Forget the pauses that ended otherwise, and the agents who are not paused at all; return whether any did."""
        before = self._ours
        self._ours = {
            extension: queues & paused for extension, queues in before.items() if (paused := self._paused(extension))
        }
        return self._ours != before

    async def _async_save(self) -> None:
        await self._store.async_save({extension: sorted(queues) for extension, queues in self._ours.items()})


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[dict[str, list[str]]]:
    return Store(hass, _STORE_VERSION, f"{DOMAIN}.{entry.entry_id}.pauses")
