"""How long Home Assistant takes to start with us, and with as many entities of an integration that does nothing."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
import json
from typing import Any

from scripts.demo.hass import HassProcess
from scripts.measure.figures import Figure, Target, progress
from scripts.measure.site import WEB_KEY, add_pbx, office_of, open_house
from simulator import Simulator

EXTENSIONS, QUEUES = 500, 4
_SLOWER = Target(1.5, "median")
_MEMORY = Target(60, "median")
#: Seconds after the start, in which everything comes to rest.
_SETTLES = 5


@dataclass(slots=True)
class _House:
    """One of the two, and what was seen at each start."""

    hass: HassProcess
    took: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    entities: int = 0

    async def start(self) -> None:
        """Start once, and note how it went."""
        await self.hass.start()
        await asyncio.sleep(_SETTLES)
        seen = await self.hass.call_service("loop_watch", "started", {}, return_response=True)
        self.took.append(seen["took"])
        self.memory.append(seen["memory"] / 1024)
        self.entities = seen["entities"]
        await self.hass.stop()


async def measure(starts: int) -> list[Figure]:
    """Start both in turn."""
    async with AsyncExitStack() as stack:
        pbx = await stack.enter_async_context(Simulator(office_of(EXTENSIONS, QUEUES), web_key=WEB_KEY))
        ours, empty = [_House(await stack.enter_async_context(open_house())) for _ in range(2)]
        entities, devices = await _furnish(ours.hass, pbx)
        await _furnish_empty(empty.hass, entities, devices)
        for number in range(starts):
            progress(f"starting both with {entities} entities, {number + 1} of {starts}")
            for house in (ours, empty)[:: -1 if number % 2 else 1]:
                await house.start()
    return _figures(ours, empty)


def _figures(ours: _House, empty: _House) -> list[Figure]:
    slower = (one / other for one, other in zip(ours.took, empty.took, strict=True))
    more = ((one - other) * 1024 / EXTENSIONS for one, other in zip(ours.memory, empty.memory, strict=True))
    where = f"start, {ours.entities} entities"
    return [
        Figure(f"{where}: {EXTENSIONS} extensions", "s", tuple(ours.took)),
        Figure(f"{where}: an empty integration", "s", tuple(empty.took)),
        Figure(f"{where}: ours / empty", "ratio", tuple(slower), _SLOWER),
        Figure(f"{where}: memory, {EXTENSIONS} extensions", "MiB", tuple(ours.memory)),
        Figure(f"{where}: memory, an empty integration", "MiB", tuple(empty.memory)),
        Figure(f"{where}: memory over the empty one, each extension", "KiB", tuple(more), _MEMORY),
    ]


async def _furnish(hass: HassProcess, pbx: Simulator) -> tuple[int, int]:
    """Add a PBX and enable all that can be had of it; return how many entities and devices that is."""
    progress(f"adding a PBX with {EXTENSIONS} extensions")
    await hass.start()
    entry_id, _ = await add_pbx(hass, pbx)
    await hass.call_service("loop_watch", "complete", {})
    devices = await hass.command("config/device_registry/list")
    await hass.stop()
    path = hass.config_dir / ".storage" / "core.entity_registry"
    registry: dict[str, Any] = json.loads(path.read_text())
    entities = [one for one in registry["data"]["entities"] if one["config_entry_id"] == entry_id]
    for entity in entities:
        entity["disabled_by"] = None
    path.write_text(json.dumps(registry))
    return len(entities), sum(device["config_entry_id"] == entry_id for device in devices)


async def _furnish_empty(hass: HassProcess, entities: int, devices: int) -> None:
    """Add an integration that does nothing, in that size."""
    progress(f"adding {entities} entities of {devices} devices that do nothing")
    await hass.start()
    form = await hass.flow_start("nothing")
    await hass.flow_step(form["flow_id"], {"devices": devices, "entities": entities})
    await hass.call_service("loop_watch", "complete", {})
    await hass.stop()
