"""Pausing agents by voice.

Extension 801, Alice, is an agent of the queues 630 and 631; 806, Frank, of none.
"""

from typing import Any

from homeassistant.auth.models import Group
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from simulator import Simulator
from tests.office_harness import asked, entity_id
from tests.voice_harness import converse, listen, place, satellite, say, set_options, spoken

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture(autouse=True)
async def conversation(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await listen(hass)


def paused(pbx: Simulator, extension: str = "801") -> list[str]:
    """Return the queues in which an agent is paused, by the PBX's own word."""
    return [queue.number for queue in pbx.office.queues.values() if (one := queue.member(extension)) and one.paused]


async def test_somebody(hass: HomeAssistant, pbx: Simulator) -> None:
    assert await say(hass, "pause Alice") == "Alice is paused."
    assert paused(pbx) == ["630", "631"]
    assert await say(hass, "resume agent 801") == "Alice takes calls again."
    assert paused(pbx) == []


async def test_in_one_queue(hass: HomeAssistant, pbx: Simulator) -> None:
    assert await say(hass, "pause alice in queue 631") == "Alice is paused."
    assert paused(pbx) == ["631"]
    assert await say(hass, "resume alice in the queue six three one") == "Alice takes calls again."
    assert paused(pbx) == []
    assert await say(hass, "pause bob in queue 631") == "Bob is not an agent in queue 631."
    assert await say(hass, "pause alice in queue 699") == "I don't know anyone called 699."
    assert await say(hass, "pause alice in the gardening queue") == "I don't know anyone called gardening."
    assert paused(pbx) == []


async def test_me(hass: HomeAssistant, pbx: Simulator) -> None:
    place(hass, "801", "Office")
    assert await say(hass, "pause me", satellite_id=satellite(hass, "Office").entity_id) == "You are paused."
    assert paused(pbx) == ["630", "631"]
    assert await say(hass, "take me off pause", device_id=satellite(hass, "Office").device_id) == (
        "You take calls again."
    )
    assert paused(pbx) == []


async def test_the_default_phone_is_not_me(hass: HomeAssistant, pbx: Simulator, loaded: MockConfigEntry) -> None:
    set_options(hass, loaded, default_extension="801")
    answer = await converse(hass, "pause me")
    assert spoken(answer) == "I don't know which extension is yours. Choose it in the options."
    assert paused(pbx) == []


async def test_who_is_no_agent(hass: HomeAssistant, pbx: Simulator) -> None:
    assert await say(hass, "pause agent frank") == "Frank is not an agent in any queue."
    assert await say(hass, "pause agent xavier") == "I don't know anyone called xavier."
    assert not asked(pbx, "queues/agent-pause")


@pytest.mark.parametrize(("mine", "answer"), [(True, "Alice is paused."), (False, "You are not allowed to do that.")])
async def test_who_may_control_a_switch_of_the_agent_may_pause(hass: HomeAssistant, *, mine: bool, answer: str) -> None:
    switch = entity_id(hass, "630_801_paused" if mine else "630_802_paused")
    policy: dict[str, Any] = {"entities": {"entity_ids": {switch: {"control": True, "read": True}}}}
    user = MockUser(groups=[Group(id="some", name="Some", policy=policy)]).add_to_hass(hass)
    assert await say(hass, "pause alice", context=Context(user_id=user.id)) == answer
