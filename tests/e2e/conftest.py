"""A real Home Assistant process and a simulated PBX in another, with nothing but HTTP between them."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
import socket
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import pytest_socket

from scripts.demo.api import States
from scripts.demo.child import LOOPBACK
from scripts.demo.hass import HassProcess
from scripts.demo.simulator import WEB_KEY, SimulatorProcess
from tests.e2e.deprecation_harness import deprecations
from tests.security.leaks import leaks_among, leaks_in, secrets_of

OFFICE = ("--extensions", "7", "--queues", "2", "--seed", "1", "--speed", "4", "--wrap-up", "8")
POLL_INTERVAL = 10


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Open the loopback, which Home Assistant's test plugin shuts before each test."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_expected(line: str) -> bool:
    """Tell whether an error in the log is one that a test asked for: a refused action, a PBX that is down."""
    return "Error during service call to coocenter." in line or "The PBX could not be asked" in line


@dataclass
class Site:
    """An office with its PBX and its Home Assistant, connected as a user does it."""

    hass: HassProcess
    pbx: SimulatorProcess
    entry_id: str = ""
    entities: dict[str, str] = field(default_factory=dict)

    def entity(self, unique_part: str) -> str:
        return self.entities[f"{self.entry_id}_{unique_part}"]

    async def connect(self) -> None:
        """Add the PBX through the config flow, enter the push URL on it, and poll as often as is allowed."""
        form = await self.hass.flow_start("coocenter")
        assert (form["type"], form["step_id"]) == ("form", "user")
        address = {"host": LOOPBACK, "port": self.pbx.port, "ssl": False, "verify_ssl": True}
        wrong = await self.hass.flow_step(form["flow_id"], address | {"web_key": "wrong"})
        assert wrong["errors"] == {"base": "invalid_auth"}
        menu = await self.hass.flow_step(form["flow_id"], address | {"web_key": WEB_KEY})
        assert (menu["type"], menu["menu_options"]) == ("menu", ["wait", "finish"])
        await self.pbx.push_to(menu["description_placeholders"]["webhook_url"])
        done = await self.hass.flow_step(form["flow_id"], {"next_step_id": "finish"})
        assert done["type"] == "create_entry"
        self.entry_id = done["result"]["entry_id"]
        self.entities = await self.hass.entities_of(self.entry_id)
        connectivity = self.entity("connectivity")
        before = await self.hass.get_state(connectivity)
        options = await self.hass.options_start(self.entry_id)
        await self.hass.options_step(options["flow_id"], {"next_step_id": "settings"})
        await self.hass.options_step(options["flow_id"], {"poll_interval": POLL_INTERVAL, "wrap_up": 2})

        def reloaded(states: States) -> bool:
            now = states[connectivity]
            waiting = [one for one in self.entities.values() if "restored" in states[one]["attributes"]]
            return now["state"] == "on" and now["last_updated"] > before["last_updated"] and not waiting

        await self.hass.wait_for(reloaded)

    async def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Use the simulator's control endpoint."""
        method = "GET" if body is None else "POST"
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, f"{self.pbx.url}/control/{path}", json=body) as response,
        ):
            return await response.json()

    async def play(self, name: str, *, wait: bool = False, **params: Any) -> Any:
        return await self.control("play", {"name": name, "wait": wait, **params})

    async def at_the_phone(self, path: str, **form: str) -> None:
        """Do what an agent does at the phone: the PBX changes, and Home Assistant is not told."""
        today = (await self.control("state"))["now"][:10]
        digest = md5(f"{WEB_KEY}{today}".encode(), usedforsecurity=False).hexdigest()
        async with (
            aiohttp.ClientSession(raise_for_status=True, headers={"Authorization": digest}) as session,
            session.post(f"{self.pbx.url}/coocenter-api/{path}", data=form),
        ):
            pass

    async def member(self, queue: str, extension: str) -> dict[str, Any]:
        queues = {one["number"]: one["members"] for one in (await self.control("state"))["queues"]}
        member: dict[str, Any] = next(one for one in queues[queue] if one["extension"] == extension)
        return member


async def shown_by(site: Site) -> dict[str, Any]:
    """Return what Home Assistant shows to whoever asks: states, traces, its log, and what is attached to a report."""
    traces = {}
    for run in await site.hass.command("trace/list", domain="automation"):
        which = {key: run[key] for key in ("domain", "item_id", "run_id")}
        traces[run["run_id"]] = await site.hass.command("trace/get", **which)
    return {
        "states": await site.hass.states(),
        "traces": traces,
        "log": await site.hass.command("system_log/list"),
        "diagnostics": await site.hass.request("GET", f"/api/diagnostics/config_entry/{site.entry_id}"),
    }


def _configurations(folders: pytest.TempPathFactory) -> set[Path]:
    return {entries.parents[1] for entries in folders.getbasetemp().glob("*/**/.storage/core.config_entries")}


@pytest.fixture(scope="module", autouse=True)
def no_secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Look for secrets in every file that a Home Assistant of a module has written, once it has ended."""
    before = _configurations(tmp_path_factory)
    yield
    for config in sorted(_configurations(tmp_path_factory) - before):
        assert leaks_in(config) == [], config


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Site]:
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts([LOOPBACK])
    folder: Path = tmp_path_factory.mktemp("site")
    pbx = SimulatorProcess(free_port(), folder / "simulator.log", OFFICE)
    site = Site(HassProcess(folder / "config", free_port()), pbx)
    try:
        await pbx.start()
        await site.hass.start()
        await site.connect()
        yield site
        shown = await shown_by(site)
        # Some of its files Home Assistant writes at its end, the secrets among them.
        await site.hass.stop()
        assert leaks_among(shown, secrets_of(site.hass.config_dir)) == []
        assert [line for line in site.hass.log_lines("ERROR") if not is_expected(line)] == []
        assert deprecations(site.hass.child.output.read_text(errors="replace")) == []
    finally:
        await site.hass.stop()
        await pbx.stop()
