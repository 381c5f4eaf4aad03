"""A blueprint in a real Home Assistant, and a call of the simulator through it; and how fast that is measured."""

import asyncio
import json
import sys

import pytest

from scripts.demo.simulator import ROOT
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LAMP = "light.lamp"


async def test_a_light_flashes_while_the_phone_rings(site: Site) -> None:
    await site.hass.automate("flash_light", {"lights": [LAMP], "phones": {"entity_id": site.entity("803_call")}})
    assert (await site.hass.get_state(LAMP))["state"] == "off"
    async with site.hass.events("automation_triggered") as runs:
        await site.play("inbound", number="01632960155", callee="802", ring=4, talk=1, wait=True)
        await site.play("inbound", number="01632960156", callee="803", ring=20, talk=1)
        await site.hass.wait_for_state(LAMP, "on")
        run = await anext(runs)
    assert (run["entity_id"], run["source"]) == ("automation.flash_light", "call from 01632960156 is ringing")
    await site.hass.wait_for(
        lambda states: states["automation.flash_light"]["attributes"]["current"] == 0 and states[LAMP]["state"] == "off"
    )
    event = await site.hass.get_state(site.entity("803_call"))
    assert event["attributes"]["caller"] == "01632960156"


async def test_the_time_it_takes_is_measured() -> None:
    command = (sys.executable, "-m", "scripts.measure", "blueprint", "--calls", "2", "--json")
    bench = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await bench.communicate()
    assert bench.returncode == 0
    fired, lit = json.loads(output)
    assert fired["samples"] == lit["samples"] == 2
    assert 0 < fired["median"] <= lit["median"]
