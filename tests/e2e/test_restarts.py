"""Restarts in the middle of the day: of the PBX, of Home Assistant, in order and by power cut."""

import asyncio

import pytest

from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


async def test_the_pbx_restarts_in_mid_call_and_nothing_is_stuck(site: Site) -> None:
    await site.play("internal", caller="802", callee="803", talk=600)
    await site.hass.wait_for_state(site.entity("active_calls"), "1")
    await site.control("restart", {"down": 12})
    await site.hass.wait_for_state(site.entity("connectivity"), "off")
    assert (await site.hass.get_state(site.entity("802_status")))["state"] == "unavailable"
    await site.hass.wait_for_state(site.entity("connectivity"), "on", within=60)
    await site.hass.wait_for_state(site.entity("active_calls"), "0")
    await site.hass.wait_for_state(site.entity("802_status"), "idle")
    assert await site.hass.entities_of(site.entry_id) == site.entities
    assert len([line for line in site.hass.log_lines() if "The PBX could not be asked" in line]) == 1
    await _call_is_seen(site)


async def test_home_assistant_restarts_in_mid_call_and_takes_it_over(site: Site) -> None:
    await site.play("internal", caller="802", callee="803", talk=200)
    await site.hass.wait_for_state(site.entity("active_calls"), "1")
    await site.hass.restart()
    state = await site.hass.wait_for_state(site.entity("802_status"), "in_use")
    assert state["attributes"]["other_party"] == "803"
    await site.hass.call_service("coocenter", "hangup", {"extension": "802"})
    await site.hass.wait_for_state(site.entity("802_status"), "idle")
    await site.hass.wait_for_state(site.entity("active_calls"), "0")
    await _call_is_seen(site)


async def test_after_a_power_cut_the_pbx_gets_rid_of_what_it_kept_and_calls_are_seen_again(site: Site) -> None:
    await site.hass.kill()
    await site.play("internal", caller="804", callee="805", wait=True)
    assert (await site.control("state"))["push"]["pending"] > 0
    await site.hass.start()
    await _call_is_seen(site)
    async with asyncio.timeout(30):
        while (await site.control("state"))["push"]["pending"]:
            pass


async def _call_is_seen(site: Site) -> None:
    """Prove that pushes work: a call is shorter than the time between two polls."""
    await site.play("internal", caller="801", callee="802", talk=8)
    await site.hass.wait_for_state(site.entity("802_status"), "ringing", within=8)
    await site.hass.wait_for_state(site.entity("802_status"), "idle")
    await site.hass.wait_for_state(site.entity("active_calls"), "0")
