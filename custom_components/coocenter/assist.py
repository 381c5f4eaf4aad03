"""Our sentences in Home Assistant's conversation, heard before its own and before any agent.

What a sentence trigger matches is final for Home Assistant, and its slots take anything. So only what sounds like
telephones is let in, it is heard again here, and what is not ours after all goes back to whom it was said. This module
is imported once conversation is there, with which hassil comes.
"""

from contextvars import ContextVar
from inspect import signature
from typing import Any

from hassil import RecognizeResult
from homeassistant.components.conversation import (
    HOME_ASSISTANT_AGENT,
    ConversationInput,
    async_converse,
    async_get_chat_log,
    async_handle_intents,
)
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.chat_log import ChatLog, UserContent, current_chat_log
from homeassistant.components.conversation.const import IntentSource
from homeassistant.components.conversation.default_agent import DefaultAgent
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .coordinator import CooCenterCoordinator
from .languages import async_get_voice
from .people import async_get_people
from .voice import Heard, Voice

_CALLEE = "callee"
#: An agent that is handed a sentence back may ask for triggers itself: then it is not for us either.
_handing_back: ContextVar[bool] = ContextVar("handing_back", default=False)
#: Since Home Assistant 2026.11 a conversation has an owner, whom it asks for by the context.
_HAVE_OWNERS = "context" in signature(async_get_chat_session).parameters


async def async_setup_assist(hass: HomeAssistant) -> None:
    """Let conversations hear our sentences while a PBX is loaded."""
    Assist(hass, await async_get_voice(hass)).async_start()


class Assist:
    """Keep our sentences registered, with the agents' names in them."""

    def __init__(self, hass: HomeAssistant, voice: Voice) -> None:
        self._hass = hass
        self._voice = voice
        self._manager = get_agent_manager(hass)
        self._coordinators: dict[str, CooCenterCoordinator] = {}
        #: What all agents are called who have been logged in since the start; they are in the sentences. It only grows:
        #: agents come and go all day, and Home Assistant parses sentences that change anew, which takes it long. All
        #: the extensions' names would be as steady, but more to parse, and nobody pauses who is no agent.
        self._agents: tuple[str, ...] = ()
        self._sentences: list[str] = []
        self._unregister: CALLBACK_TYPE | None = None
        self._registering = False
        self._alone = True

    @callback
    def async_start(self) -> None:
        """Register the sentences, and follow what changes them."""
        self._manager.subscribe_intents(self._intents_changed)
        async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed)
        self._refresh()

    @callback
    def _entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._refresh()

    @callback
    def _refresh(self, *_: object) -> None:
        """Register the sentences anew where a PBX has come or the last one gone, or an agent is new."""
        entries = self._hass.config_entries.async_loaded_entries(DOMAIN)
        coordinators = {one.entry_id: one.runtime_data.coordinator for one in entries}
        for entry_id, coordinator in coordinators.items():
            # One that is reloaded has a new one; the listener goes with the old one.
            if self._coordinators.get(entry_id) is not coordinator:
                coordinator.async_on_poll(self._refresh)
        self._coordinators = coordinators
        agents = tuple(sorted({*self._agents, *self._named_agents()}))
        if agents != self._agents or bool(entries) != bool(self._sentences):
            self._agents = agents
            self._sentences = self._voice.gate(agents) if entries else []
            self._register()

    def _named_agents(self) -> tuple[str, ...]:
        """Return what agents are called, unless it is another word: who pauses the music means no agent."""
        words = self._voice.language(self._hass.config.language)
        agents = async_get_people(self._hass).agents()
        return tuple(one for one in agents if " " in one or one.isdigit() or words.may_be_name(one))

    @callback
    def _register(self) -> None:
        self._registering = True
        if self._unregister:
            self._unregister()
            self._unregister = None
        if self._sentences:
            self._unregister = self._manager.register_trigger(self._sentences, self._async_heard)
        self._registering = False

    @callback
    def _intents_changed(self, update: dict[IntentSource, dict[str, dict[str, Any]]]) -> None:
        """Stay the last: what follows a trigger that matches in two ways is not asked any more."""
        if self._registering or IntentSource.TRIGGER not in update:
            return
        sentences = [one["data"][0]["sentences"] for one in update[IntentSource.TRIGGER]["intents"].values()]
        self._alone = all(one is self._sentences for one in sentences)
        if self._unregister and sentences[-1] is not self._sentences:
            self._register()

    async def _async_heard(self, user_input: ConversationInput, _result: RecognizeResult) -> str | None:
        """Do what is said, if it is ours or nobody else's, and return the answer."""
        if not self._alone and await self._async_is_others(user_input):
            # The user's own sentence counts.
            return None
        language = user_input.language or self._hass.config.language
        heard = None if _handing_back.get() else self._voice.hear(user_input.text, language, self._agents)
        if heard and self._is_ours(heard, language):
            return await self._async_handle(heard, user_input, language)
        answer = await self._async_hand_back(user_input, language)
        if answer is not None:
            return answer
        if heard and self._voice.language(language).may_be_name(heard.slots.get(_CALLEE, "")):
            # To nobody else it means anything: it is told that nobody is called so.
            return await self._async_handle(heard, user_input, language)
        return await self._async_not_understood(language)

    def _is_ours(self, heard: Heard, language: str) -> bool:
        """Tell whether a sentence is about the telephone: surely, or because of who is to be called.

        The bell is nobody's last name: of what is said as of a thing only a whole name counts.
        """
        if heard.certain:
            return True
        words, callee = self._voice.language(language), heard.slots.get(_CALLEE, "")
        return bool(async_get_people(self._hass).find(callee, words, whole=words.has_article(callee)))

    async def _async_handle(self, heard: Heard, user_input: ConversationInput, language: str) -> str:
        """Do what is said, and return the answer."""
        response = await intent.async_handle(
            self._hass,
            DOMAIN,
            heard.intent,
            {name: {"value": spoken} for name, spoken in heard.slots.items()},
            user_input.text,
            user_input.context,
            language,
            assistant="conversation",
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
            conversation_agent_id=user_input.agent_id,
        )
        return _speech(response)

    async def _async_is_others(self, user_input: ConversationInput) -> bool:
        result = await self._default_agent.async_recognize_sentence_trigger(user_input)
        return result is not None and len(result.matched_triggers) > 1

    async def _async_hand_back(self, user_input: ConversationInput, language: str) -> str | None:
        """Let whom it was said to answer, as if we had not heard it; None where Home Assistant does not understand it.

        In a conversation of its own, with what was said before: in the one that goes on the trigger is a tool that has
        not answered yet, with which no language model would go on.
        """
        before = _said_before()
        with (
            async_get_chat_session(self._hass, **_owned_by(user_input)) as session,
            async_get_chat_log(self._hass, session) as log,
        ):
            if before:
                log.content[:] = before
            if user_input.agent_id == HOME_ASSISTANT_AGENT or _handing_back.get():
                response = await async_handle_intents(self._hass, user_input, log)
                return _speech(response) if response else None
            _handing_back.set(True)
            result = await async_converse(
                self._hass,
                user_input.text,
                session.conversation_id,
                user_input.context,
                language,
                user_input.agent_id,
                user_input.device_id,
                user_input.satellite_id,
                user_input.extra_system_prompt,
            )
            return _speech(result.response)

    async def _async_not_understood(self, language: str) -> str:
        """Return what Home Assistant says then."""
        intents = await self._default_agent.async_get_or_load_intents(language)
        text = intents.error_responses.get("no_intent") if intents else None
        return text or self._voice.language(language).say("not_understood")

    @property
    def _default_agent(self) -> DefaultAgent:
        agent = self._manager.default_agent
        assert agent is not None  # noqa: S101 - who has heard us is there
        return agent


def _owned_by(user_input: ConversationInput) -> dict[str, Any]:
    return {"context": user_input.context} if _HAVE_OWNERS else {}


def _said_before() -> list[Any]:
    """Return what was said in the conversation that goes on, before its last sentence."""
    log: ChatLog | None = current_chat_log.get()
    content = log.content if log else []
    last = max((place for place, one in enumerate(content) if isinstance(one, UserContent)), default=0)
    return content[:last]


def _speech(response: intent.IntentResponse) -> str:
    speech: str = response.speech.get("plain", {}).get("speech", "")
    return speech
