"""What language models may use: the intents, described, and no more than the user may do."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from simulator import Simulator
from tests.voice_harness import dialled, know, place, satellite, set_options

READING = {"coocenter__CooCenterCallStatus", "coocenter__CooCenterMissedCalls"}


async def tools_of(hass: HomeAssistant, user_id: str | None = None, device_id: str | None = None) -> llm.APIInstance:
    """Return what an agent gets that uses Home Assistant's Assist."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()
    context = llm.LLMContext("test", Context(user_id=user_id), "en", "conversation", device_id)
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


async def call(api: llm.APIInstance, tool: str, **args: str) -> tuple[str, str]:
    """Use a tool; return the kind of its answer and what it says."""
    result = await api.async_call_tool(llm.ToolInput(f"coocenter__CooCenter{tool}", args))
    assert not result.error
    speech: dict[str, dict[str, str]] = result.data["speech"]  # type: ignore[assignment]
    return str(result.data["response_type"]), speech["plain"]["speech"]


@pytest.mark.usefixtures("loaded")
async def test_the_tools_are_described(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    await know(hass, "Zoe Smith", "01632 960103")
    api = await tools_of(hass)
    ours = {tool.name: tool for tool in api.tools if tool.integration == "coocenter"}
    assert len(ours) == 9
    assert all(tool.title and tool.description for tool in ours.values())
    assert {name for name, tool in ours.items() if tool.annotations.read_only} == READING
    assert {name for name, tool in ours.items() if tool.annotations.destructive} == {
        "coocenter__CooCenterHangUp",
        "coocenter__CooCenterTransfer",
    }
    assert "1 contacts" in api.api_prompt
    assert "Zoe" not in api.api_prompt, "the book stays here"
    assert "coocenter" not in "".join(
        one.getMessage() for one in caplog.records if one.levelname == "WARNING" and "LLM" in one.getMessage()
    )


async def test_there_are_none_without_a_pbx(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    api = await tools_of(hass)
    assert not [tool for tool in api.tools if tool.integration == "coocenter"]


@pytest.mark.usefixtures("loaded")
async def test_the_phone_of_the_devices_room_rings(hass: HomeAssistant, pbx: Simulator) -> None:
    await know(hass, "Zoe Smith", ("01632 960103", "work"), ("01632 960104", "mobile"))
    place(hass, "803", "Kitchen")
    api = await tools_of(hass, device_id=satellite(hass, "Kitchen").device_id)
    assert await call(api, "Dial", callee="Zoe", label="mobile", source="") == ("action_done", "Calling Zoe Smith.")
    assert dialled(pbx) == [("803", "01632960104")]
    assert await call(api, "Dial", callee="Xavier") == ("error", "I don't know anyone called Xavier.")
    assert await call(api, "MissedCalls") == ("query_answer", "There are no missed calls.")
    assert await call(api, "CallStatus", who="Bob") == ("query_answer", "No, Bob is not on the phone.")


async def test_no_more_than_the_user_may_do(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, hass_read_only_user: MockUser
) -> None:
    set_options(hass, loaded, default_extension="801")
    api = await tools_of(hass, user_id=hass_read_only_user.id)
    assert await call(api, "Dial", callee="Bob") == ("error", "You are not allowed to do that.")
    assert await call(api, "Pause", agent="Bob") == ("error", "You are not allowed to do that.")
    assert await call(api, "MissedCalls") == ("query_answer", "There are no missed calls.")
    assert dialled(pbx) == []
