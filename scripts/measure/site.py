"""A real Home Assistant with a simulated PBX beside it, for as long as something is measured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import socket
from tempfile import TemporaryDirectory

from scripts.demo.child import LOOPBACK
from scripts.demo.config import YAML
from scripts.demo.hass import HassProcess
from simulator import Office, Simulator

WEB_KEY = "bench-web-key"
_LOOP_WATCH = Path(__file__).parent / "loop_watch"


@asynccontextmanager
async def open_site(office: Office) -> AsyncIterator[tuple[HassProcess, Simulator]]:
    """Yield a Home Assistant that watches its own event loop, and a PBX that is not added to it yet."""
    with TemporaryDirectory(prefix="coocenter-bench-") as folder:
        config = Path(folder) / "config"
        link = config / "custom_components" / _LOOP_WATCH.name
        link.parent.mkdir(parents=True)
        link.symlink_to(_LOOP_WATCH, target_is_directory=True)
        hass = HassProcess(config, _free_port(), yaml=f"{YAML}{_LOOP_WATCH.name}:\n")
        async with Simulator(office, web_key=WEB_KEY) as pbx:
            try:
                await hass.start()
                yield hass, pbx
            finally:
                await hass.stop()


async def add_pbx(hass: HassProcess, pbx: Simulator) -> tuple[str, str]:
    """Add the PBX as a user does; return the entry's id, and the URL to push to."""
    form = await hass.flow_start("coocenter")
    address = {"host": LOOPBACK, "port": pbx.port, "ssl": False, "verify_ssl": True, "web_key": WEB_KEY}
    menu = await hass.flow_step(form["flow_id"], address)
    done = await hass.flow_step(menu["flow_id"], {"next_step_id": "finish"})
    return done["result"]["entry_id"], menu["description_placeholders"]["webhook_url"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
