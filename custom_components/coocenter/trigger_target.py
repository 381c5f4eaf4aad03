"""What the target of a trigger or condition means: extensions, queues, and the PBX as a whole."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import TargetEntityChangeTracker, TargetSelection

from .const import DOMAIN
from .devices import async_part_of_device
from .pbx import CallFact, ExtensionKey, PbxKey, QueueKey

type Part = tuple[str, ExtensionKey | QueueKey | PbxKey]


@callback
def async_parts_of(hass: HomeAssistant, entity_ids: Iterable[str]) -> set[Part]:
    """Return what the devices of entities of ours stand for, with the id of the PBX's entry."""
    registry = er.async_get(hass)
    found = (registry.async_get(entity_id) for entity_id in entity_ids)
    return {part for entity in found if entity and (part := _part(hass, entity))}


def _part(hass: HomeAssistant, entity: er.RegistryEntry) -> Part | None:
    if entity.platform != DOMAIN or not entity.device_id or not entity.config_entry_id:
        return None
    entry = hass.config_entries.async_get_entry(entity.config_entry_id)
    device = dr.async_get(hass).async_get(entity.device_id)
    if entry is None or device is None:
        return None
    part = async_part_of_device(entry, device)
    return entry.entry_id, part if isinstance(part, (ExtensionKey, QueueKey)) else PbxKey.CALLS


class CallTarget(TargetEntityChangeTracker):
    """The parts that a target selects now, followed through the registries."""

    def __init__(self, hass: HomeAssistant, target: dict[str, Any]) -> None:
        super().__init__(hass, TargetSelection(target), lambda entities: entities, primary_entities_only=False)
        self.parts: frozenset[Part] = frozenset()

    @callback
    @override
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        self.parts = frozenset(async_parts_of(self._hass, tracked_entities))

    def selects(self, entry_id: str, fact: CallFact) -> bool:
        """Tell whether a fact is for the widest part that is selected: the PBX knows of all that its phones know."""
        if (entry_id, fact.about) not in self.parts:
            return False
        wider: list[ExtensionKey | QueueKey | PbxKey] = []
        if fact.about is not PbxKey.CALLS:
            wider.append(PbxKey.CALLS)
        if isinstance(fact.about, ExtensionKey) and fact.call.queue:
            wider.append(QueueKey(fact.call.queue))
        return not any((entry_id, part) in self.parts for part in wider)

    def still_in(self, entry_id: str, fact: CallFact) -> bool:
        """Tell whether another selected phone is still in the call that one has left."""
        return any((entry_id, ExtensionKey(number)) in self.parts for number in fact.call.parties)
