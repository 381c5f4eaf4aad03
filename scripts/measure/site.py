"""A real Home Assistant with simulated PBXs beside it, for as long as something is measured."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import json
from pathlib import Path
import re
import socket
from tempfile import TemporaryDirectory
from typing import Any

from scripts.demo.child import LOOPBACK
from scripts.demo.config import YAML
from scripts.demo.hass import HassProcess
from simulator import Office, Simulator
from simulator.office import FIRST_EXTENSION, MAX_EXTENSIONS, Extension

WEB_KEY = "bench-web-key"
#: As seldom as it may be (seconds): what is measured is not to be a poll by chance.
_SELDOM = 3600
_AGAIN = 0.1
_COMPANIONS = [Path(__file__).parent / name for name in ("loop_watch", "nothing")]
_RECORDING = re.compile(r"^(?:recorder|history|logbook):.*\n(?: .*\n)*", re.MULTILINE)
#: Home Assistant's configuration without recorder, history and logbook.
UNRECORDED = _RECORDING.sub("", YAML)


@asynccontextmanager
async def open_site(
    office: Office, yaml: str = YAML, package: Mapping[str, Any] | None = None
) -> AsyncIterator[tuple[HassProcess, Simulator]]:
    """Yield a Home Assistant that watches its own event loop, and a PBX that is not added to it yet."""
    async with open_house(yaml, package) as hass, Simulator(office, web_key=WEB_KEY) as pbx:
        await hass.start()
        yield hass, pbx


@asynccontextmanager
async def open_house(yaml: str = YAML, package: Mapping[str, Any] | None = None) -> AsyncIterator[HassProcess]:
    """Yield a Home Assistant that is not started yet; a package is configuration beside the YAML's."""
    with TemporaryDirectory(prefix="coocenter-bench-") as folder:
        config = Path(folder) / "config"
        for companion in _COMPANIONS:
            link = config / "custom_components" / companion.name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(companion, target_is_directory=True)
        # JSON is YAML, and nothing in it is taken for a placeholder.
        (config / "bench.yaml").write_text(json.dumps(package or {}))
        yaml = yaml.replace("homeassistant:\n", "homeassistant:\n  packages:\n    bench: !include bench.yaml\n", 1)
        hass = HassProcess(config, _free_port(), yaml=f"{yaml}loop_watch:\n")
        try:
            yield hass
        finally:
            await hass.stop()


async def add_pbx(hass: HassProcess, pbx: Simulator) -> tuple[str, str]:
    """Add the PBX as a user does; return the entry's id, and the URL to push to."""
    form = await hass.flow_start("coocenter")
    address = {"host": LOOPBACK, "port": pbx.port, "ssl": False, "verify_ssl": True, "web_key": WEB_KEY}
    menu = await hass.flow_step(form["flow_id"], address)
    done = await hass.flow_step(menu["flow_id"], {"next_step_id": "finish"})
    return done["result"]["entry_id"], menu["description_placeholders"]["webhook_url"]


async def poll_seldom(hass: HassProcess, entry_id: str) -> dict[str, str]:
    """Let nearly no polls come between what is measured; return the entities by their unique ids."""
    entities = await hass.entities_of(entry_id)
    connectivity = entities[f"{entry_id}_connectivity"]
    before = await hass.get_state(connectivity)
    menu = await hass.options_start(entry_id)
    await hass.options_step(menu["flow_id"], {"next_step_id": "settings"})
    await hass.options_step(menu["flow_id"], {"poll_interval": _SELDOM, "wrap_up": 30})
    while (await hass.get_state(connectivity))["last_updated"] == before["last_updated"]:  # noqa: ASYNC110 - see below
        # Who listens to ten thousand entities coming back is soon too slow for Home Assistant.
        await asyncio.sleep(_AGAIN)
    await hass.call_service("loop_watch", "complete", {})
    return entities


def office_of(extensions: int, queues: int = 2) -> Office:
    """Return an office of any size, beyond what the simulator's command line allows as well."""
    office = Office.build(min(extensions, MAX_EXTENSIONS), queues)
    for number in range(FIRST_EXTENSION + MAX_EXTENSIONS, FIRST_EXTENSION + extensions):
        office.extensions[str(number)] = Extension(number=str(number), name=f"Agent {number}")
    return office


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
