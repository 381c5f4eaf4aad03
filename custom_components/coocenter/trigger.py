"""Triggers: what happens to calls, queues and phones, as the automation editor offers it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast, override

from homeassistant.const import CONF_FOR, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .call_filter import CALL_OPTIONS, CONF_EXTENSION, END_OPTIONS, MENU_OPTIONS, call_matches
from .call_info import describe_call, describe_fact, waits_since
from .const import DOMAIN
from .link import DATA_LINKS, SIGNAL_CALL_FACT
from .pbx import Bounded, Call, CallFact, CallState, CallStep, ExtensionKey, PbxKey, PbxState, QueueKey
from .state_trigger import STATE_TRIGGERS
from .trigger_target import CallTarget

#: A call is told of within its life; more are not in progress.
_MAX_TOLD = 1_000
_UNANSWERED = (CallState.QUEUED, CallState.RINGING, CallState.TRANSFERRED)


def _schema(*options: dict[vol.Marker, Any]) -> vol.Schema:
    merged: dict[vol.Marker, Any] = {}
    for one in options:
        merged |= one
    return vol.Schema({vol.Optional(CONF_TARGET): cv.TARGET_FIELDS, vol.Optional(CONF_OPTIONS, default=dict): merged})


class CallTrigger(Trigger):
    """Something happens to a call: told once, however many of the chosen phones it happens at."""

    schema: ClassVar[vol.Schema] = _schema(CALL_OPTIONS)
    steps: ClassVar[frozenset[CallStep]]
    says: ClassVar[str]

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._options = config.options or {}
        self._target = CallTarget(hass, config.target) if config.target else None
        self._told: Bounded[tuple[object, ...], None] = Bounded(_MAX_TOLD)
        self._timers: dict[object, CALLBACK_TYPE] = {}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        unfollow = await self._target.async_setup() if self._target else None

        @callback
        def happened(entry_id: str, fact: CallFact) -> None:
            if fact.step in self.steps and self._is_meant(entry_id, fact):
                self._trigger(entry_id, fact, run_action)

        disconnect = async_dispatcher_connect(self._hass, SIGNAL_CALL_FACT, happened)

        @callback
        def detach() -> None:
            disconnect()
            if unfollow:
                unfollow()
            while self._timers:
                self._timers.popitem()[1]()

        return detach

    def _is_meant(self, entry_id: str, fact: CallFact) -> bool:
        if self._target:
            if not self._target.selects(entry_id, fact):
                return False
        elif not self._is_default(fact):
            return False
        if self._goes_on(entry_id, fact):
            return False
        extensions = {fact.about.number} if isinstance(fact.about, ExtensionKey) else fact.call.involved
        if not call_matches(describe_fact(self._state(entry_id), fact), extensions, self._options):
            return False
        # After a transfer a phone may ring anew.
        key = (entry_id, fact.call.id, fact.call.transferred, *self._occasion(fact))
        if key in self._told:
            return False
        self._told[key] = None
        return True

    def _is_default(self, fact: CallFact) -> bool:
        """Tell whether a fact is meant where nothing is targeted: at the phones that are named, or else at all."""
        if wanted := self._options.get(CONF_EXTENSION):
            return isinstance(fact.about, ExtensionKey) and fact.about.number in wanted
        return fact.about is PbxKey.CALLS

    def _goes_on(self, entry_id: str, fact: CallFact) -> bool:
        """Tell whether what happens at one phone does not count because it has not happened at another."""
        return False

    def _occasion(self, fact: CallFact) -> tuple[object, ...]:
        """Return what else tells one occasion in a call from the next."""
        return ()

    def _trigger(self, entry_id: str, fact: CallFact, run_action: TriggerActionRunner) -> None:
        run_action(self._payload(entry_id, fact, fact.at), self._description(entry_id, fact))

    def _payload(self, entry_id: str, fact: CallFact, now: datetime) -> dict[str, Any]:
        """Return what templates find in `trigger`, the call as it is at a moment."""
        state = self._state(entry_id)
        live = state.calls.get(fact.call.id)
        call = describe_call(state, live, now) if live and now > fact.at else describe_fact(state, fact)
        return {"call": call, **_place(self._hass, entry_id, fact)}

    def _description(self, entry_id: str, fact: CallFact) -> str:
        caller = self._state(entry_id).named(fact.call.caller)
        return f"call from {caller.name or caller.number or 'a withheld number'} {self.says}"

    def _state(self, entry_id: str) -> PbxState:
        return self._hass.data[DATA_LINKS][entry_id].state

    def _later(self, key: object, delay: timedelta, action: Callable[[datetime], None]) -> None:
        @callback
        def due(now: datetime) -> None:
            del self._timers[key]
            action(now)

        if cancel := self._timers.pop(key, None):
            cancel()
        self._timers[key] = async_call_later(self._hass, delay, due)


class CallRinging(CallTrigger):
    """A phone rings, or rings for a while and nobody answers."""

    schema = _schema(CALL_OPTIONS, {vol.Optional(CONF_FOR): cv.positive_time_period})
    steps = frozenset({CallStep.RINGING})
    says = "is ringing"

    @override
    def _trigger(self, entry_id: str, fact: CallFact, run_action: TriggerActionRunner) -> None:
        if not (delay := self._options.get(CONF_FOR)):
            super()._trigger(entry_id, fact, run_action)
            return

        @callback
        def due(_now: datetime) -> None:
            live = self._state(entry_id).calls.get(fact.call.id)
            if live and live.state in _UNANSWERED:
                payload = self._payload(entry_id, fact, dt_util.utcnow())
                run_action(payload, self._description(entry_id, fact))

        self._later((entry_id, fact.call.id, fact.call.transferred), delay, due)


class CallAnswered(CallTrigger):
    """Somebody answers."""

    steps = frozenset({CallStep.ANSWERED})
    says = "was answered"


class CallEnded(CallTrigger):
    """A call is over, or has left the chosen phones."""

    schema = _schema(CALL_OPTIONS, END_OPTIONS)
    steps = frozenset({CallStep.ENDED, CallStep.MISSED})
    says = "ended"

    @override
    def _goes_on(self, entry_id: str, fact: CallFact) -> bool:
        # Who was not as quick as another has not ended the call.
        return fact.call.ended is None and self._target is not None and self._target.still_in(entry_id, fact)


class CallMissed(CallTrigger):
    """Nobody answered."""

    steps = frozenset({CallStep.MISSED})
    says = "was missed"


class VoicemailLeft(CallTrigger):
    """A caller left a message."""

    steps = frozenset({CallStep.VOICEMAIL})
    says = "left a message"


class QueueTrigger(CallTrigger):
    """Something happens to a call in a queue."""

    @override
    def _is_default(self, fact: CallFact) -> bool:
        return isinstance(fact.about, QueueKey)

    @override
    def _is_meant(self, entry_id: str, fact: CallFact) -> bool:
        return isinstance(fact.about, QueueKey) and super()._is_meant(entry_id, fact)


class CallAbandoned(QueueTrigger):
    """A queue's caller reached nobody."""

    steps = frozenset({CallStep.MISSED})
    says = "was abandoned in the queue"


class QueueWaiting(QueueTrigger):
    """A caller waits longer in a queue than is good."""

    schema = _schema(CALL_OPTIONS, {vol.Required(CONF_FOR): cv.positive_time_period})
    steps = frozenset({CallStep.QUEUED})
    says = "is waiting in the queue"

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        detach = await super().async_attach_runner(run_action, did_not_trigger)
        # Who waits already, as when the automation was changed meanwhile, has not waited too long yet.
        for entry_id, link in self._hass.data.get(DATA_LINKS, {}).items():
            for call in link.state.calls:
                if call.is_waiting and waits_since(call) + self._options[CONF_FOR] > dt_util.utcnow():
                    fact = _queued(call)
                    if self._is_meant(entry_id, fact):
                        self._trigger(entry_id, fact, run_action)
        return detach

    @override
    def _trigger(self, entry_id: str, fact: CallFact, run_action: TriggerActionRunner) -> None:
        @callback
        def due(_now: datetime) -> None:
            live = self._state(entry_id).calls.get(fact.call.id)
            if live and live.is_waiting and live.queue == fact.call.queue:
                payload = self._payload(entry_id, fact, dt_util.utcnow())
                run_action(payload, self._description(entry_id, fact))

        left = waits_since(fact.call) + self._options[CONF_FOR] - dt_util.utcnow()
        self._later((entry_id, fact.call.id), max(left, timedelta(0)), due)


def _queued(call: Call) -> CallFact:
    return CallFact(about=QueueKey(call.queue or ""), step=CallStep.QUEUED, call=call, cause=None, at=waits_since(call))


class IvrChoiceMade(CallTrigger):
    """A caller pressed keys in a menu."""

    schema = _schema(CALL_OPTIONS, MENU_OPTIONS)
    steps = frozenset({CallStep.IVR_SELECTION})
    says = "made a choice in a menu"

    @override
    def _is_default(self, fact: CallFact) -> bool:
        return True

    @override
    def _occasion(self, fact: CallFact) -> tuple[object, ...]:
        return (fact.call.menu, fact.call.digits)


TRIGGERS: dict[str, type[Trigger]] = {
    "call_abandoned": CallAbandoned,
    "call_answered": CallAnswered,
    "call_ended": CallEnded,
    "call_missed": CallMissed,
    "call_ringing": CallRinging,
    "ivr_choice_made": IvrChoiceMade,
    "queue_waiting": QueueWaiting,
    "voicemail_left": VoicemailLeft,
    **STATE_TRIGGERS,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by the name that follows the integration's."""
    return TRIGGERS


def _place(hass: HomeAssistant, entry_id: str, fact: CallFact) -> dict[str, Any]:
    """Return where something happened: the part's number, its call entity and its device."""
    number = getattr(fact.about, "number", None)
    suffix = {ExtensionKey: f"_{number}_call", QueueKey: f"_{number}_queue_call"}.get(type(fact.about), "_call")
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id("event", DOMAIN, f"{entry_id}{suffix}")
    entity = registry.async_get(entity_id) if entity_id else None
    return {
        "extension": number if isinstance(fact.about, ExtensionKey) else None,
        "queue": fact.call.queue,
        "entity_id": entity_id,
        "device_id": entity.device_id if entity else None,
        "config_entry_id": entry_id,
    }
