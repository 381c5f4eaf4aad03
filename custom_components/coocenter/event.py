"""Event entities: what happens to the calls of an extension, of a queue, of the whole PBX."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .call_info import describe_fact
from .entity import CooCenterEntity, ExtensionEntity, PbxEntity, QueueEntity
from .pbx import CallFact, CallStep, ExtensionKey, PbxKey, QueueKey
from .runtime import CooCenterConfigEntry

PARALLEL_UPDATES = 0

_OF_QUEUE = (
    CallStep.RINGING,
    CallStep.ANSWERED,
    CallStep.HELD,
    CallStep.TRANSFERRED,
    CallStep.ENDED,
    CallStep.MISSED,
    CallStep.VOICEMAIL,
)
_OF_EXTENSION = (CallStep.DIALING, *_OF_QUEUE)

PBX_EVENT = EventEntityDescription(
    key="call", translation_key="call", event_types=[*_OF_EXTENSION, CallStep.IVR_SELECTION]
)
EXTENSION_EVENT = EventEntityDescription(key="call", translation_key="call", event_types=list(_OF_EXTENSION))
# A queue's number may be an extension's, too.
QUEUE_EVENT = EventEntityDescription(key="queue_call", translation_key="call", event_types=list(_OF_QUEUE))


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of what is there, and of what comes."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([PbxCallEvent(coordinator, PBX_EVENT, PbxKey.CALLS)])
    entry.runtime_data.roster.async_follow(
        async_add_entities,
        {
            ExtensionKey: lambda key: [ExtensionCallEvent(coordinator, EXTENSION_EVENT, key)],
            QueueKey: lambda key: [QueueCallEvent(coordinator, QUEUE_EVENT, key)],
        },
    )


class CallEvent(CooCenterEntity, EventEntity):
    """What happens to the calls of a part."""

    entity_description: EventEntityDescription
    # Whom one telephones with belongs into the call log, not into the recorder.
    _unrecorded_attributes = frozenset(
        {
            "id",
            "state",
            "caller",
            "caller_name",
            "callee",
            "callee_name",
            "did",
            "menu",
            "digits",
            "extensions",
            "started",
            "answered",
            "recording",
        }
    )

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_on_call_fact(self.coordinator_context, self._happened))

    @property
    @override
    def available(self) -> bool:
        # Calls are pushed, whether or not the PBX answers.
        return True

    @callback
    def _happened(self, fact: CallFact) -> None:
        if fact.step in self.event_types:
            self._trigger_event(fact.step, describe_fact(self.coordinator.state, fact))
            self.async_write_ha_state()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write nothing: only a call is an event."""


class PbxCallEvent(CallEvent, PbxEntity):
    """What happens to the calls of the whole PBX."""


class ExtensionCallEvent(CallEvent, ExtensionEntity):
    """What happens to the calls of an extension."""


class QueueCallEvent(CallEvent, QueueEntity):
    """What happens to the calls of a queue."""
