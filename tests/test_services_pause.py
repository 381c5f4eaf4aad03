"""Pausing agents by the action: in one queue or in all, and back without ending the agent's own pauses.

Extension 801 is an agent of the queues 630 and 631, extension 806 of none.
"""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import DOMAIN
from simulator import Quirks, Simulator
from tests.office_harness import ENTRY_ID, act, asked, commands, poll, refusal, state_of

STORE = f"coocenter.{ENTRY_ID}.pauses"


async def pause(hass: HomeAssistant, **data: Any) -> None:
    await act(hass, "agent_pause", **{"extension": "801", "paused": True} | data)


async def resume(hass: HomeAssistant, **data: Any) -> None:
    await pause(hass, paused=False, **data)


def at_phone(pbx: Simulator, queue: str, *, paused: bool) -> None:
    """Have the agent pause or resume at the phone, of which the PBX tells nobody."""
    member = pbx.office.queues[queue].member("801")
    assert member
    member.pause(paused=paused)


def paused(pbx: Simulator) -> list[str]:
    """Return the queues in which the agent is paused, by the PBX's own word."""
    return [queue.number for queue in pbx.office.queues.values() if (one := queue.member("801")) and one.paused]


@pytest.mark.usefixtures("loaded")
async def test_one_queue(hass: HomeAssistant, pbx: Simulator) -> None:
    await pause(hass, queue="631")
    assert paused(pbx) == ["631"]
    assert (state_of(hass, "630_801_paused").state, state_of(hass, "631_801_paused").state) == ("off", "on")
    await resume(hass, queue="631")
    assert paused(pbx) == []
    assert state_of(hass, "631_801_paused").state == "off"
    sent = {"queue": "631", "member": "801"}
    assert asked(pbx, "queues/agent-pause") == [sent | {"state": "on"}, sent | {"state": "off"}]


@pytest.mark.usefixtures("loaded")
async def test_all_queues(hass: HomeAssistant, pbx: Simulator) -> None:
    await pause(hass)
    assert paused(pbx) == ["630", "631"]
    assert (state_of(hass, "630_801_paused").state, state_of(hass, "631_801_paused").state) == ("on", "on")
    await resume(hass)
    assert paused(pbx) == []


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("polled", [True, False], ids=["seen", "not seen yet"])
async def test_what_the_agent_had_paused_stays_paused(hass: HomeAssistant, pbx: Simulator, polled: bool) -> None:
    at_phone(pbx, "630", paused=True)
    if polled:
        await poll(hass)
    await pause(hass)
    assert paused(pbx) == ["630", "631"]
    await resume(hass)
    assert paused(pbx) == ["630"]


@pytest.mark.usefixtures("loaded")
async def test_who_had_paused_everywhere_alone_stays_so(hass: HomeAssistant, pbx: Simulator) -> None:
    for queue in ("630", "631"):
        at_phone(pbx, queue, paused=True)
    await pause(hass)
    await resume(hass)
    assert paused(pbx) == ["630", "631"]


@pytest.mark.usefixtures("loaded")
async def test_without_a_pause_of_its_own_the_action_ends_those_of_the_agent(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    at_phone(pbx, "631", paused=True)
    await resume(hass)
    assert paused(pbx) == []
    assert asked(pbx, "queues/agent-pause") == [{"queue": "631", "member": "801", "state": "off"}]


@pytest.mark.usefixtures("loaded")
async def test_a_queue_that_is_named_is_resumed_whoever_paused_it(hass: HomeAssistant, pbx: Simulator) -> None:
    at_phone(pbx, "630", paused=True)
    await resume(hass, queue="630")
    assert paused(pbx) == []


@pytest.mark.usefixtures("loaded")
async def test_after_one_queue_was_resumed_the_rest_is_still_known(hass: HomeAssistant, pbx: Simulator) -> None:
    await pause(hass)
    await resume(hass, queue="630")
    assert paused(pbx) == ["631"]
    at_phone(pbx, "630", paused=True)
    await resume(hass)
    assert paused(pbx) == ["630"]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("polls", [0, 1])
async def test_the_agent_may_resume_in_between(hass: HomeAssistant, pbx: Simulator, polls: int) -> None:
    await pause(hass)
    at_phone(pbx, "630", paused=False)
    for _ in range(polls):
        await poll(hass)
    await resume(hass)
    assert paused(pbx) == []


@pytest.mark.usefixtures("loaded")
async def test_an_agent_who_resumed_and_paused_again_did_so_alone(hass: HomeAssistant, pbx: Simulator) -> None:
    await pause(hass)
    at_phone(pbx, "630", paused=False)
    await poll(hass)
    at_phone(pbx, "630", paused=True)
    await poll(hass)
    await resume(hass)
    assert paused(pbx) == ["630"]


@pytest.mark.usefixtures("loaded")
async def test_an_agent_who_was_back_is_remembered_no_more(hass: HomeAssistant, pbx: Simulator) -> None:
    await pause(hass)
    for queue in ("630", "631"):
        at_phone(pbx, queue, paused=False)
    await poll(hass)
    at_phone(pbx, "630", paused=True)
    await resume(hass)
    assert paused(pbx) == [], "nobody paused on behalf of anybody"


@pytest.mark.usefixtures("loaded")
async def test_the_memory_outlives_a_reload_at_once(hass: HomeAssistant, pbx: Simulator) -> None:
    at_phone(pbx, "630", paused=True)
    await pause(hass)
    assert await hass.config_entries.async_reload(ENTRY_ID)
    await resume(hass)
    assert paused(pbx) == ["630"]


@pytest.mark.usefixtures("loaded")
async def test_the_memory_outlives_a_restart_and_forgets_what_ended(
    hass: HomeAssistant, pbx: Simulator, hass_storage: dict[str, Any]
) -> None:
    assert await hass.config_entries.async_unload(ENTRY_ID)
    pauses = {"801": ["630", "631"], "802": ["630"]}
    hass_storage[STORE] = {"version": 1, "minor_version": 1, "key": STORE, "data": pauses}
    at_phone(pbx, "631", paused=True)
    assert await hass.config_entries.async_setup(ENTRY_ID)
    at_phone(pbx, "630", paused=True)
    await resume(hass)
    assert paused(pbx) == ["630"]
    assert hass_storage[STORE]["data"] == {}


@pytest.mark.usefixtures("loaded")
async def test_what_ended_without_the_action_is_forgotten_on_the_disk_too(
    hass: HomeAssistant, pbx: Simulator, hass_storage: dict[str, Any]
) -> None:
    await pause(hass)
    assert hass_storage[STORE]["data"] == {"801": ["630", "631"]}
    at_phone(pbx, "630", paused=False)
    await poll(hass)
    await hass.async_block_till_done()
    assert hass_storage[STORE]["data"] == {"801": ["631"]}


async def test_nothing_is_remembered_of_a_pbx_that_was_removed(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await pause(hass)
    assert STORE in hass_storage
    await hass.config_entries.async_remove(ENTRY_ID)
    await hass.async_block_till_done()
    assert STORE not in hass_storage


@pytest.mark.usefixtures("loaded")
async def test_a_refusal_is_no_pause_to_remember(
    hass: HomeAssistant, pbx: Simulator, hass_storage: dict[str, Any]
) -> None:
    assert (await refusal(hass, "agent_pause", extension="801", queue="699", paused=True)).translation_key == "refused"
    assert hass_storage[STORE]["data"] == {}


@pytest.mark.usefixtures("loaded")
async def test_a_pbx_in_trouble_is_an_error_and_nothing_is_forgotten(hass: HomeAssistant, pbx: Simulator) -> None:
    at_phone(pbx, "630", paused=True)
    await pause(hass)
    pbx.quirks = Quirks(reply="500")
    error = await refusal(hass, "agent_pause", extension="801", paused=False)
    assert error.translation_key == "cannot_connect"
    assert paused(pbx) == ["630", "631"]
    pbx.quirks = Quirks()
    await resume(hass)
    assert paused(pbx) == ["630"]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("on", [True, False])
async def test_who_is_logged_in_to_no_queue_cannot_be_paused_in_all(
    hass: HomeAssistant, pbx: Simulator, on: bool
) -> None:
    error = await refusal(hass, "agent_pause", extension="806", paused=on)
    assert isinstance(error, ServiceValidationError)
    assert (error.translation_domain, error.translation_key) == (DOMAIN, "agent_in_no_queue")
    assert str(error).startswith("Extension 806 is logged in to no queue. Log it in with")
    assert list(commands(pbx)) == []
