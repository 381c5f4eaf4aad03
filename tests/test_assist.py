"""Our sentences beside Home Assistant's own, the user's and those of other agents: each gets what is theirs."""

from typing import Any, Literal, override

from homeassistant.components import conversation
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from simulator import Simulator
from tests.office_harness import poll
from tests.voice_harness import dialled, know, listen, place, say, set_options

NOT_UNDERSTOOD = "Sorry, I couldn't understand that"


class Parrot(conversation.AbstractConversationAgent):
    """An agent that repeats what it is told."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.heard: list[conversation.ConversationInput] = []
        self.log: list[str] = []
        self._hass = hass

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return MATCH_ALL

    @override
    async def async_process(self, user_input: conversation.ConversationInput) -> conversation.ConversationResult:
        self.heard.append(user_input)
        with (
            async_get_chat_session(self._hass, user_input.conversation_id) as session,
            conversation.async_get_chat_log(self._hass, session, user_input) as log,
        ):
            self.log = [f"{one.role}: {text}" for one in log.content if (text := getattr(one, "content", None))]
            calls = [call.id for one in log.content for call in getattr(one, "tool_calls", None) or ()]
            results = [one.tool_call_id for one in log.content if isinstance(one, conversation.ToolResultContent)]
            assert calls == results, "none is left unanswered"
            response = intent.IntentResponse(language=user_input.language)
            response.async_set_speech(f"You said: {user_input.text}")
            return conversation.ConversationResult(response=response, conversation_id=session.conversation_id)


@pytest.fixture
async def light(hass: HomeAssistant) -> list[ServiceCall]:
    """What is done with the one light in the house."""
    hass.states.async_set("light.kitchen", "off", {"friendly_name": "Kitchen light"})
    return async_mock_service(hass, "light", "turn_on")


@pytest.fixture
async def ready(hass: HomeAssistant, loaded: MockConfigEntry) -> MockConfigEntry:
    await listen(hass)
    set_options(hass, loaded, default_extension="802")
    return loaded


def registered(hass: HomeAssistant) -> list[str]:
    return get_agent_manager(hass).trigger_sentences


async def test_what_is_not_ours_is_home_assistants(
    hass: HomeAssistant, pbx: Simulator, light: list[ServiceCall], ready: MockConfigEntry
) -> None:
    assert await say(hass, "turn on the kitchen light") == "Turned on the light"
    assert len(light) == 1
    for text in ("call me a taxi", "call it a day", "pause the music", "what time is it in the kitchen"):
        assert dialled(pbx) == [], text
        assert await say(hass, text)
    assert await say(hass, "call me a taxi") == NOT_UNDERSTOOD


class Custom(intent.IntentHandler):
    """An intent of the user's own."""

    intent_type = "CustomIntent"

    def __init__(self, hass: HomeAssistant, *sentences: str) -> None:
        self.heard: list[str | None] = []
        intent.async_register(hass, self)
        get_agent_manager(hass).update_config_intents({self.intent_type: {"data": [{"sentences": [*sentences]}]}})

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        self.heard.append(intent_obj.text_input)
        response = intent_obj.create_response()
        response.async_set_speech("As you wish.")
        return response


async def test_a_sentence_that_is_let_in_may_be_home_assistants_all_the_same(
    hass: HomeAssistant, pbx: Simulator, ready: MockConfigEntry
) -> None:
    # Of whom nobody knows; nor is any of it too much like a name.
    sentences = ["call me a taxi", "ring chime", "call gulliver", "talk to gulliver", "dial the thermostat to 20"]
    custom = Custom(hass, *sentences)
    for sentence in sentences:
        assert await say(hass, sentence) == "As you wish."
    assert (custom.heard, dialled(pbx)) == (sentences, [])
    assert await say(hass, "call zelda") == "I don't know anyone called zelda."
    assert await say(hass, "call the zelda") == NOT_UNDERSTOOD


async def test_of_a_thing_a_part_of_a_name_is_nobodys(
    hass: HomeAssistant, pbx: Simulator, ready: MockConfigEntry
) -> None:
    await know(hass, "Alexander Bell", "01632 960103", aliases=("the boss",))
    await know(hass, "Lamp Shop Ltd", "01632 960104")
    place(hass, "801", "Kitchen")
    for text in ("ring the bell", "call the lamp"):
        assert await say(hass, text) == NOT_UNDERSTOOD
    assert dialled(pbx) == []
    for text in ("ring bell", "call mr bell", "call the boss", "put me through to the lamp shop", "call the kitchen"):
        assert await say(hass, text)
    numbers = ["01632960103"] * 3 + ["01632960104", "801"]
    assert dialled(pbx) == [("802", number) for number in numbers]


async def test_another_agent_gets_what_is_not_ours(hass: HomeAssistant, pbx: Simulator, ready: MockConfigEntry) -> None:
    agent = Parrot(hass)
    entry = MockConfigEntry(domain="test", entry_id="parrot")
    entry.add_to_hass(hass)
    conversation.async_set_agent(hass, entry, agent)
    assert await through_pipeline(hass, "parrot", "call alice") == "Calling Alice from Bob."
    assert (agent.heard, dialled(pbx)) == ([], [("802", "801")])
    assert await through_pipeline(hass, "parrot", "call me a taxi") == "You said: call me a taxi"
    assert await through_pipeline(hass, "parrot", "talk to zelda") == "You said: talk to zelda", "it may be its name"
    heard, _ = agent.heard
    assert (heard.agent_id, heard.language, heard.satellite_id) == ("parrot", "en", "assist_satellite.box")
    assert dialled(pbx) == []


async def test_another_agent_knows_what_was_said_before(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    agent = Parrot(hass)
    entry = MockConfigEntry(domain="test", entry_id="parrot")
    entry.add_to_hass(hass)
    conversation.async_set_agent(hass, entry, agent)
    for text in ("call alice", "call me a taxi"):
        await through_pipeline(hass, "parrot", text, "one talk")
    assert agent.log[0] == "user: call alice"
    assert agent.log[-1] == "user: call me a taxi"


async def through_pipeline(hass: HomeAssistant, agent_id: str, text: str, conversation_id: str | None = None) -> str:
    """Say something to an agent as Assist's pipeline does: sentence triggers are asked before it."""
    user_input = conversation.ConversationInput(
        text=text,
        context=Context(),
        conversation_id=conversation_id,
        device_id=None,
        satellite_id="assist_satellite.box",
        language="en",
        agent_id=agent_id,
    )
    with (
        async_get_chat_session(hass, conversation_id) as session,
        conversation.async_get_chat_log(hass, session, user_input) as log,
    ):
        answer = await conversation.async_handle_sentence_triggers(hass, user_input, log)
        assert answer is not None
        log.async_add_assistant_content_without_tools(conversation.AssistantContent(agent_id="test", content=answer))
    return answer


async def automate(hass: HomeAssistant, sentence: str) -> list[ServiceCall]:
    """Let the user have an automation with a sentence of their own; return what it did."""
    action: dict[str, Any] = {
        "triggers": {"trigger": "conversation", "command": sentence},
        "actions": [{"action": "test.done"}, {"set_conversation_response": "As you wish."}],
    }
    done = async_mock_service(hass, "test", "done")
    assert await async_setup_component(hass, "automation", {"automation": action})
    await hass.async_block_till_done()
    return done


@pytest.mark.parametrize("early", [True, False])
async def test_the_users_own_sentence_counts(
    hass: HomeAssistant, pbx: Simulator, loaded: MockConfigEntry, *, early: bool
) -> None:
    set_options(hass, loaded, default_extension="802")
    assert await async_setup_component(hass, "homeassistant", {})
    done = await automate(hass, "call (bob|the boss)") if early else []
    await listen(hass)
    if not early:
        done = await automate(hass, "call (bob|the boss)")
    assert await say(hass, "call bob") == "As you wish."
    assert (len(done), dialled(pbx)) == (1, [])
    assert await say(hass, "call alice") == "Calling Alice from Bob."
    assert (len(done), dialled(pbx)) == (1, [("802", "801")])


async def test_sentences_are_there_while_a_pbx_is(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    before = registered(hass)
    assert before
    assert await hass.config_entries.async_unload(ready.entry_id)
    assert registered(hass) == []
    assert await say(hass, "call bob") == NOT_UNDERSTOOD
    assert await hass.config_entries.async_setup(ready.entry_id)
    await hass.async_block_till_done()
    assert registered(hass) == before


async def test_sentences_follow_the_agents(hass: HomeAssistant, pbx: Simulator, ready: MockConfigEntry) -> None:
    before = get_agent_manager(hass).trigger_sentences
    assert await say(hass, "pause walter") == "Sorry, I am not aware of any device called walter"
    await poll(hass)
    assert all(one is other for one, other in zip(registered(hass), before, strict=True)), "nothing has changed"
    pbx.office.extensions["801"].name = "Walter White"
    pbx.office.extensions["802"].name = "Music Desk"
    await poll(hass)
    assert await say(hass, "pause walter") == "Walter White is paused."
    assert await say(hass, "pause music desk") == "Music Desk is paused."
    assert await say(hass, "pause music") != "Music Desk is paused."
    assert await say(hass, "pause alice") != "Alice is paused."


async def test_sentences_stay_when_agents_come_and_go(
    hass: HomeAssistant, pbx: Simulator, ready: MockConfigEntry
) -> None:
    before = registered(hass)
    alices = pbx.office.memberships("801")
    for there, answer in ((False, "Alice is not an agent in any queue."), (True, "Alice is paused.")):
        for member in alices:
            member.logged_in = there
        await poll(hass)
        assert await say(hass, "pause alice") == answer
    assert all(one is other for one, other in zip(registered(hass), before, strict=True)), "it takes long to parse them"


async def test_without_conversation_there_is_nothing_to_hear(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert registered(hass) == []
    await know(hass, "Zoe Smith", "01632 960103")
    assert "conversation" not in hass.config.components
