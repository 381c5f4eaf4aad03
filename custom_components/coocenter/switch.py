"""Switches: an agent's pause in a queue; on is paused."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .agents import async_pause
from .entity import MemberEntity
from .helpers import pbx_errors_to_user
from .pbx import MemberKey
from .runtime import CooCenterConfigEntry

# The PBX is a small machine: one command after the other.
PARALLEL_UPDATES = 1

PAUSED = SwitchEntityDescription(key="paused", translation_key="paused")


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of the agents that are there, and of those that come."""
    coordinator = entry.runtime_data.coordinator

    entry.runtime_data.roster.async_follow(
        async_add_entities, {MemberKey: lambda key: [PauseSwitch(coordinator, PAUSED, key)]}
    )


class PauseSwitch(MemberEntity, SwitchEntity):
    """An agent's pause, which tells what the PBX has and not what it was told."""

    @override
    def _shows(self) -> object:
        return self.available, self.is_on

    @property
    @override
    def is_on(self) -> bool | None:
        return self.member.paused if self.member else None

    @override
    @pbx_errors_to_user
    async def async_turn_on(self, **kwargs: Any) -> None:
        await async_pause(self.coordinator, self.key.extension, [self.key.queue], paused=True)

    @override
    @pbx_errors_to_user
    async def async_turn_off(self, **kwargs: Any) -> None:
        await async_pause(self.coordinator, self.key.extension, [self.key.queue], paused=False)
