"""Bring a simulated call centre and Home Assistant together, through the same doors as a person."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
import sys
from typing import Any

from scripts.demo.child import LOOPBACK, DemoError, require_free_port
from scripts.demo.dashboard import call_centre
from scripts.demo.furnish import furnish
from scripts.demo.hass import USER, HassProcess
from scripts.demo.simulator import WEB_KEY, SimulatorProcess

DOMAIN = "coocenter"
# Busy traffic brings a call every few seconds; a poll in between may hide one or two.
ONCE_WITHIN = 90


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line asks for."""

    port: int
    simulator_port: int
    folder: Path
    fresh: bool
    once: bool

    @property
    def config_dir(self) -> Path:
        """Return Home Assistant's configuration folder."""
        return self.folder / "config"

    @property
    def setup_file(self) -> Path:
        """Return the file that says what the configuration folder was set up with."""
        return self.folder / "setup.json"


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def run(options: Options) -> None:
    """Run the call centre until it is cancelled, or until the first pushed change when it is to run once."""
    require_free_port(options.simulator_port, "--simulator-port")
    require_free_port(options.port, "--port")
    _prepare_folder(options)
    async with _programs(options) as (simulator, hass):
        entry_id, webhook_url = await _connect(options, hass)
        await call_centre(hass, entry_id)
        await simulator.push_to(webhook_url)
        if options.once:
            await _first_pushed_change(hass, simulator, entry_id)
            return
        _explain(options)
        ends = [asyncio.ensure_future(child.wait()) for child in (simulator.child, hass.child)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        simulator.child.require_running()
        hass.child.require_running()


def _prepare_folder(options: Options) -> None:
    """Keep the configuration of the last run when it was for the same ports; its push URL names one."""
    ports = {"port": options.port, "simulator_port": options.simulator_port}
    if options.fresh or not ports.items() <= _setup(options).items():
        shutil.rmtree(options.config_dir, ignore_errors=True)
        options.folder.mkdir(parents=True, exist_ok=True)
        options.setup_file.write_text(json.dumps(ports))


def _setup(options: Options) -> dict[str, Any]:
    try:
        setup: dict[str, Any] = json.loads(options.setup_file.read_text())
    except OSError, ValueError:
        return {}
    return setup


@asynccontextmanager
async def _programs(options: Options) -> AsyncIterator[tuple[SimulatorProcess, HassProcess]]:
    simulator = SimulatorProcess(options.simulator_port, options.folder / "simulator.log")
    hass = HassProcess(options.config_dir, options.port)
    try:
        say("Starting the simulated PBX and Home Assistant …")
        await simulator.start()
        await hass.start()
        yield simulator, hass
    finally:
        await hass.stop()
        await simulator.stop()


async def _connect(options: Options, hass: HassProcess) -> tuple[str, str]:
    """Return the entry and its webhook URL: those of the last run, or new ones through the config flow."""
    entries = await hass.request("GET", f"/api/config/config_entries/entry?domain={DOMAIN}")
    setup = _setup(options)
    if setup.get("entry_id") not in {entry["entry_id"] for entry in entries}:
        setup["entry_id"], setup["webhook_url"] = await _add_integration(options, hass)
        await furnish(hass, setup["entry_id"])
        options.setup_file.write_text(json.dumps(setup))
    return setup["entry_id"], setup["webhook_url"]


async def _add_integration(options: Options, hass: HassProcess) -> tuple[str, str]:
    form = await hass.flow_start(DOMAIN)
    pbx = {"host": LOOPBACK, "port": options.simulator_port, "ssl": False, "verify_ssl": True, "web_key": WEB_KEY}
    menu = await hass.flow_step(form["flow_id"], pbx)
    if menu["type"] != "menu":
        message = f"the config flow did not accept the simulated PBX: {menu.get('errors') or menu.get('reason')}"
        raise DemoError(message)
    done = await hass.flow_step(menu["flow_id"], {"next_step_id": "finish"})
    return done["result"]["entry_id"], menu["description_placeholders"]["webhook_url"]


def _explain(options: Options) -> None:
    say(f"""
  Home Assistant   http://{LOOPBACK}:{options.port}     user {USER}, password {USER}
  Simulated PBX    http://{LOOPBACK}:{options.simulator_port}

  The office is on the dashboard "Call centre": calls come and go every few seconds. To look at next:
  Settings > Devices & services > CooCenter, and Activity. Or ask Assist (at the top right): "who called?",
  "call Ada Archer", "pause me"; your phone is 802. To call somebody or send an event yourself, open the
  simulated PBX's page. Logs and configuration: {options.folder}

  Ctrl-C ends both.
""")


async def _first_pushed_change(hass: HassProcess, simulator: SimulatorProcess, entry_id: str) -> None:
    """Wait for a change of an extension that Home Assistant cannot know from asking the PBX."""
    unique_ids = await hass.entities_of(entry_id)
    extensions = {entity_id for unique_id, entity_id in unique_ids.items() if unique_id.endswith("_status")}
    try:
        async with asyncio.timeout(ONCE_WITHIN), hass.events("state_changed") as changes:
            asked = await simulator.times_asked()
            async for change in changes:
                if change["entity_id"] not in extensions:
                    continue
                if (asked_now := await simulator.times_asked()) == asked:
                    state = await hass.get_state(change["entity_id"])
                    say(f"Pushed and seen: {state['attributes'].get('friendly_name')} is {state['state']}.")
                    return
                asked = asked_now
    except TimeoutError as error:
        pushed = (await simulator.state())["push"]
        message = f"no pushed change arrived within {ONCE_WITHIN} s; the simulator's pushes: {pushed}"
        raise DemoError(message) from error
