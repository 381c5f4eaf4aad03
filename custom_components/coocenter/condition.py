"""Conditions: what phones, agents and queues do, and who calls, as the automation editor offers it."""

from typing import Any, Unpack, cast, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    EntityConditionBase,
    EntityStateConditionBase,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .call_filter import CALLER_OPTIONS, CONF_CALLER, caller_matches
from .devices import async_pause_switches
from .pbx import Activity, ExtensionKey
from .state_trigger import async_ours
from .trigger_target import async_parts_of

_CALLER_SCHEMA = vol.Schema({vol.Required(CONF_OPTIONS): CALLER_OPTIONS})


class _StateCondition(EntityStateConditionBase):
    """An entity of ours is in one of some states."""

    # Whether a phone is registered is a diagnosis, and meant all the same where its device is targeted.
    _primary_entities_only = False
    _domain: str
    _kind: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_ours(self._hass, entities, self._domain, self._kind)


class _StatusCondition(_StateCondition):
    _domain_specs = {"sensor": DomainSpec()}  # noqa: RUF012 - as its base has it
    _domain = "sensor"
    _kind = "status"


class ExtensionIsOnCall(_StatusCondition):
    """A phone is in use, whatever else it does."""

    _states = {  # noqa: RUF012 - as its base has it
        Activity.BUSY.value,
        Activity.IN_USE.value,
        Activity.IN_USE_ON_HOLD.value,
        Activity.ON_HOLD.value,
        Activity.RINGING_IN_USE.value,
    }


class ExtensionIsRinging(_StatusCondition):
    """A phone rings, whatever else it does."""

    _states = {Activity.RINGING.value, Activity.RINGING_IN_USE.value}  # noqa: RUF012 - as its base has it


class ExtensionIsRegistered(_StateCondition):
    """A phone could be rung."""

    _domain_specs = {"binary_sensor": DomainSpec()}  # noqa: RUF012 - as its base has it
    _states = {"on"}  # noqa: RUF012 - as its base has it
    _domain = "binary_sensor"
    _kind = "registered"


class AgentIsPaused(_StateCondition):
    """An agent is paused: in a queue where that or the switch is chosen, in any where the phone is."""

    _domain_specs = {"switch": DomainSpec()}  # noqa: RUF012 - as its base has it
    _states = {"on"}  # noqa: RUF012 - as its base has it
    _domain = "switch"
    _kind = "paused"

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        extensions = {
            (entry_id, part.number)
            for entry_id, part in async_parts_of(self._hass, entities)
            if isinstance(part, ExtensionKey)
        }
        return super().entity_filter(entities) | async_pause_switches(self._hass, extensions)


class QueueHasFreeAgent(EntityConditionBase):
    """Somebody in a queue could answer now."""

    _domain_specs = {"sensor": DomainSpec()}  # noqa: RUF012 - as its base has it

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_ours(self._hass, entities, "sensor", "agents_available")

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state != "0"


class CallerIs(Condition):
    """The call that triggered comes from somebody."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _CALLER_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._patterns: list[str] = (config.options or {})[CONF_CALLER]

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        call = _call_of(kwargs.get("variables"))
        return call is not None and caller_matches(call.get("caller"), call.get("caller_name"), self._patterns)


def _call_of(variables: Any) -> dict[str, Any] | None:
    """Return the call that the automation was triggered by, None where it was by something else."""
    trigger = (variables or {}).get("trigger")
    call = trigger.get("call") if isinstance(trigger, dict) else None
    return call if isinstance(call, dict) else None


CONDITIONS: dict[str, type[Condition]] = {
    "agent_is_paused": AgentIsPaused,
    "caller_is": CallerIs,
    "extension_is_on_call": ExtensionIsOnCall,
    "extension_is_registered": ExtensionIsRegistered,
    "extension_is_ringing": ExtensionIsRinging,
    "queue_has_free_agent": QueueHasFreeAgent,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by the name that follows the integration's."""
    return CONDITIONS
