"""What a user sees and does: pushes to states, switches and actions to the PBX and back."""

from typing import Any

import pytest

from scripts.demo.api import HassError, States
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CALLER = "01632960123"


async def test_every_extension_is_shown_as_the_pbx_has_it(site: Site) -> None:
    states, truth = await site.hass.states(), await site.control("state")
    for extension in truth["extensions"]:
        number = extension["number"]
        assert states[site.entity(f"{number}_status")]["state"] == (
            "idle" if extension["registered"] else "unavailable"
        )
        assert states[site.entity(f"{number}_registered")]["state"] == ("on" if extension["registered"] else "off")
    for queue in truth["queues"]:
        assert states[site.entity(f"{queue['number']}_agents_logged_in")]["state"] == str(len(queue["members"]))
        assert states[site.entity(f"{queue['number']}_unstaffed")]["state"] == "off"


async def test_a_call_is_seen_while_it_rings_is_answered_and_ends(site: Site) -> None:
    status = site.entity("801_status")
    await site.play("inbound", number=CALLER, callee="801", ring=4, talk=8)
    ringing = await site.hass.wait_for_state(status, "ringing")
    assert (ringing["attributes"]["other_party"], ringing["attributes"]["direction"]) == (CALLER, "inbound")
    talking = await site.hass.wait_for_state(status, "in_use")
    assert talking["attributes"]["other_party"] == CALLER
    # The phone's idle may come a moment before the end of its call.
    await site.hass.wait_for_state(status, "idle")
    await site.hass.wait_for(lambda states: states[status]["attributes"]["other_party"] is None)
    await site.hass.wait_for_state(site.entity("active_calls"), "0")


async def test_every_push_is_fired_on_the_bus(site: Site) -> None:
    async with site.hass.events("coocenter_event") as events:
        await site.play("internal", caller="802", callee="803")
        seen = []
        while "cdr" not in seen:
            event = await anext(events)
            assert event["config_entry_id"] == site.entry_id
            assert event["device_id"]
            seen.append(event["type"])
    assert {"dial_begin", "dial_end", "extension_status"} <= set(seen)


async def test_a_switch_pauses_on_the_pbx_and_shows_what_the_pbx_has(site: Site) -> None:
    switch = site.entity("630_801_paused")
    await site.hass.call_service("switch", "turn_on", {"entity_id": switch})
    assert (await site.member("630", "801"))["paused"] is True
    assert (await site.hass.get_state(switch))["state"] == "on"
    await site.hass.call_service("switch", "turn_off", {"entity_id": switch})
    assert (await site.member("630", "801"))["paused"] is False
    assert (await site.hass.get_state(switch))["state"] == "off"


async def test_a_pause_made_at_the_phone_is_seen_with_the_next_poll(site: Site) -> None:
    switch = site.entity("631_801_paused")
    await site.at_the_phone("queues/agent-pause", queue="631", member="801", state="on")
    await site.hass.wait_for_state(switch, "on")
    await site.at_the_phone("queues/agent-pause", queue="631", member="801", state="off")
    await site.hass.wait_for_state(switch, "off")


async def test_wrap_up_after_a_queue_call_is_seen_though_nothing_is_pushed(site: Site) -> None:
    members = (await site.control("state"))["queues"][0]["members"]
    agent = members[0]["extension"]
    switch = site.entity(f"630_{agent}_paused")
    await site.play("queue", queue="630", agent=agent, number=CALLER)
    await site.hass.wait_for_state(switch, "on")
    await site.hass.wait_for_state(switch, "off")


async def test_dial_transfer_and_hang_up(site: Site) -> None:
    await _act(site, "dial", source=site.entity("801_status"), destination="80 2")
    await site.hass.wait_for(_in_use(site, "801", "802"))
    calls = (await _act(site, "get_current_calls", response=True))["calls"]
    assert [(call["caller"], call["callee"], call["direction"]) for call in calls] == [("801", "802", "internal")]
    await _act(site, "transfer", source="802", destination="803")
    await site.hass.wait_for(_in_use(site, "801", "803"))
    await _act(site, "hangup", extension="801")
    await site.hass.wait_for_state(site.entity("801_status"), "idle")
    await site.hass.wait_for_state(site.entity("active_calls"), "0")


async def test_spy_rings_the_listener(site: Site) -> None:
    await site.play("internal", caller="802", callee="803", talk=60)
    await site.hass.wait_for(_in_use(site, "802", "803"))
    await _act(site, "spy", listener="804", extension="802")
    await site.hass.wait_for_state(site.entity("804_status"), "in_use")
    for extension in ("804", "802"):
        await _act(site, "hangup", extension=extension)
    await site.hass.wait_for_state(site.entity("803_status"), "idle")


async def test_agents_log_out_and_in(site: Site) -> None:
    logged_in = site.entity("630_agents_logged_in")
    await _act(site, "agent_logout", queue="630", extension="801")
    assert (await site.hass.get_state(logged_in))["state"] == "2"
    await _act(site, "agent_login", queue="630", extension="801")
    assert (await site.hass.get_state(logged_in))["state"] == "3"
    await site.hass.wait_for_state(site.entity("630_801_paused"), "off")


async def test_what_one_action_paused_it_resumes_and_no_more(site: Site) -> None:
    await site.hass.call_service("switch", "turn_on", {"entity_id": site.entity("631_801_paused")})
    await _act(site, "agent_pause", extension="801", paused=True)
    assert [(await site.member(queue, "801"))["paused"] for queue in ("630", "631")] == [True, True]
    await _act(site, "agent_pause", extension="801", paused=False)
    assert [(await site.member(queue, "801"))["paused"] for queue in ("630", "631")] == [False, True]
    await site.hass.call_service("switch", "turn_off", {"entity_id": site.entity("631_801_paused")})


async def test_the_blacklist(site: Site) -> None:
    await _act(site, "blacklist_add", number="01632 960666")
    assert await _act(site, "get_blacklist", response=True) == {"numbers": ["01632960666"]}
    assert (await site.hass.get_state(site.entity("blacklist_size")))["state"] == "1"
    await _act(site, "blacklist_remove", number="01632960666")
    assert (await site.control("state"))["blacklist"] == []


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("dial", {"source": "801", "destination": "call me"}),
        ("dial", {"source": "899", "destination": "802"}),
        ("blacklist_remove", {"number": "01632960667"}),
        ("agent_logout", {"queue": "699", "extension": "801"}),
    ],
)
async def test_what_cannot_be_done_is_refused(site: Site, action: str, data: dict[str, Any]) -> None:
    with pytest.raises(HassError):
        await _act(site, action, **data)


async def _act(site: Site, action: str, *, response: bool = False, **data: Any) -> Any:
    return await site.hass.call_service("coocenter", action, data, return_response=response)


def _in_use(site: Site, *extensions: str) -> Any:
    def holds(states: States) -> bool:
        return all(states[site.entity(f"{number}_status")]["state"] == "in_use" for number in extensions)

    return holds
