"""Triggers on the states of our entities, and which of them they look at."""

from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import EntityTargetStateTriggerBase, Trigger

from .const import DOMAIN


@callback
def async_ours(hass: HomeAssistant, entity_ids: set[str], domain: str, translation_key: str) -> set[str]:
    """Return those of the entities that are ours and of one kind: an area's others have the same states."""
    registry = er.async_get(hass)
    found = (registry.async_get(entity_id) for entity_id in entity_ids)
    return {
        entity.entity_id
        for entity in found
        if entity and (entity.platform, entity.domain, entity.translation_key) == (DOMAIN, domain, translation_key)
    }


class _BinarySensorTrigger(EntityTargetStateTriggerBase):
    """A binary sensor of ours changes to a state."""

    _domain_specs = {"binary_sensor": DomainSpec()}  # noqa: RUF012 - as its base has it
    # Whether a phone is registered is a diagnosis, and meant all the same where its device is targeted.
    _primary_entities_only = False
    _kind: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_ours(self._hass, entities, "binary_sensor", self._kind)


class QueueUnstaffed(_BinarySensorTrigger):
    """Nobody is left in a queue who could answer."""

    _to_states = {"on"}  # noqa: RUF012 - as its base has it
    _kind = "unstaffed"


class ExtensionUnregistered(_BinarySensorTrigger):
    """A phone is gone."""

    _to_states = {"off"}  # noqa: RUF012 - as its base has it
    _kind = "registered"


STATE_TRIGGERS: dict[str, type[Trigger]] = {
    "extension_unregistered": ExtensionUnregistered,
    "queue_unstaffed": QueueUnstaffed,
}
