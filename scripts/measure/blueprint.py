"""From the push of a call that rings to the automation of a blueprint, and to the lamp that it switches on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from scripts.demo.api import States
from scripts.demo.hass import HassProcess
from scripts.measure.figures import Figure
from scripts.measure.site import add_pbx, open_site, poll_seldom
from simulator import Office, Simulator

AUTOMATION, LAMP = "automation.flash_light", "light.lamp"
#: Longer than a lamp takes to flash once, so that each call finds everything at rest.
REST = 0.3


@dataclass(slots=True)
class _Call:
    """When things happened in one call, by the loop's clock; 0 is not yet."""

    fired: float = 0.0
    lit: float = 0.0
    seen: asyncio.Event = field(default_factory=asyncio.Event)


async def measure(calls: int) -> list[Figure]:
    """Play calls one after another, and return how long the automation and the lamp took after the push."""
    fired, lit = [], []
    async with (
        _site() as (hass, pbx),
        hass.events("automation_triggered") as runs,
        hass.events("state_changed") as news,
    ):
        for number in range(calls):
            call = _Call()
            watchers = [asyncio.create_task(_see_run(runs, call)), asyncio.create_task(_see_lamp(news, call))]
            await pbx.play(
                "inbound", number=f"01632960{number % 1000:03}", callee="801", ring=1.0, talk=0.1, wait=False
            )
            async with asyncio.timeout(30):
                await asyncio.gather(*watchers)
            began = next(push.sent for push in reversed(pbx.pushed) if push.body["event"] == "dialbegein")
            fired.append((call.fired - began) * 1000)
            lit.append((call.lit - began) * 1000)
            await hass.wait_for_state(AUTOMATION, "on", within=30)
            await _at_rest(hass, pbx)
    return [
        Figure("push of a ringing call → blueprint automation fires", "ms", tuple(fired)),
        Figure("push of a ringing call → lamp on", "ms", tuple(lit)),
    ]


async def _see_run(runs: AsyncIterator[dict[str, Any]], call: _Call) -> None:
    async for run in runs:
        if run["entity_id"] == AUTOMATION:
            call.fired = asyncio.get_running_loop().time()
            return


async def _see_lamp(news: AsyncIterator[dict[str, Any]], call: _Call) -> None:
    async for change in news:
        if change["entity_id"] == LAMP and change["new_state"]["state"] == "on":
            call.lit = asyncio.get_running_loop().time()
            return


async def _at_rest(hass: HassProcess, pbx: Simulator) -> None:
    """Wait until the call is over and the lamp is as it was."""
    await pbx.drain()

    def rests(states: States) -> bool:
        return bool(states[AUTOMATION]["attributes"]["current"] == 0 and states[LAMP]["state"] == "off")

    await hass.wait_for(rests, within=60)
    await asyncio.sleep(REST)


@asynccontextmanager
async def _site() -> AsyncIterator[tuple[HassProcess, Simulator]]:
    """Yield a Home Assistant with the automation, and the PBX that pushes to it."""
    async with open_site(Office.build()) as (hass, pbx):
        entry_id, pbx.push_url = await add_pbx(hass, pbx)
        # A poll that sees a call before its push takes it over, and what it sees is no news to an automation.
        entities = await poll_seldom(hass, entry_id)
        inputs = {"lights": [LAMP], "phones": {"entity_id": entities[f"{entry_id}_801_call"]}}
        await hass.automate("flash_light", inputs)
        yield hass, pbx
