"""A real Home Assistant with many PBXs, each a process of its own, so that each can have a trouble of its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts.demo.api import States
from scripts.demo.child import LOOPBACK
from scripts.demo.hass import HassProcess
from scripts.demo.simulator import WEB_KEY, SimulatorProcess
from tests.e2e.conftest import POLL_INTERVAL, Site, free_port

ZONE = "Europe/London"
SMALL = ("--extensions", "4", "--queues", "1")
#: How long after a fault what is true may not be shown: until the next poll, which has something to do, too.
ONE_POLL = POLL_INTERVAL + 10
#: Of such calls the PBX may tell nothing but a hangup.
UNTOLD = frozenset({"unreachable", "blacklisted"})
_FAULT_MAKER = Path(__file__).parent / "fault_maker"
#: As little as Home Assistant starts with, and the log lines that say that something is over.
YAML = f"""\
homeassistant:
  name: Call centre
  country: GB
  time_zone: {ZONE}
  internal_url: http://{{host}}:{{port}}
  external_url: http://{{host}}:{{port}}
config:
fault_maker:
repairs:
logger:
  default: {{log_level}}
  logs:
    custom_components.coocenter: info
    homeassistant.components.camera.img_util: fatal
"""


class Branch(Site):
    """A PBX of a Home Assistant that has others, too; its entry is named after what happens to it."""

    def __init__(self, hass: HassProcess, name: str, number: int, log: Path, office: tuple[str, ...]) -> None:
        self.name = name
        mac = f"68:69:2e:00:01:{number:02x}"
        super().__init__(
            hass, SimulatorProcess(free_port(), log, (*office, "--time-zone", ZONE, "--mac", mac, "--wrap-up", "0"))
        )
        self.push_url = ""
        #: What was called before the PBX lost its memory.
        self.forgotten: list[dict[str, Any]] = []

    async def add(self, **address: Any) -> None:
        """Add the PBX as a user does, name it, and poll it as often as is allowed."""
        reached = {"host": LOOPBACK, "port": self.pbx.port, "ssl": False, "verify_ssl": True, "web_key": WEB_KEY}
        form = await self.hass.flow_start("coocenter")
        menu = await self.hass.flow_step(form["flow_id"], reached | address)
        self.push_url = menu["description_placeholders"]["webhook_url"]
        done = await self.hass.flow_step(form["flow_id"], {"next_step_id": "finish"})
        self.entry_id = done["result"]["entry_id"]
        await self.hass.command("config_entries/update", entry_id=self.entry_id, title=self.name)
        # It is reloaded, and then knows its name.
        options = await self.hass.options_start(self.entry_id)
        await self.hass.options_step(options["flow_id"], {"next_step_id": "settings"})
        await self.hass.options_step(options["flow_id"], {"poll_interval": POLL_INTERVAL, "wrap_up": 2})
        self.entities = await self.hass.entities_of(self.entry_id)
        await self.hass.wait_for(self._is_loaded)
        await self.pbx.push_to(self.push_url)

    def _is_loaded(self, states: States) -> bool:
        shown = [states[entity] for entity in self.entities.values() if entity in states]
        return len(shown) == len(self.entities) and all("restored" not in state["attributes"] for state in shown)

    async def shows(self, part: str, wanted: str, within: float = ONE_POLL) -> None:
        await self.hass.wait_for_state(self.entity(part), wanted, within=within)

    async def calls(self) -> list[dict[str, Any]]:
        """Return what Home Assistant has of all calls."""
        fields = {"config_entry_id": self.entry_id, "limit": 500}
        answer = await self.hass.call_service("coocenter", "get_calls", fields, return_response=True)
        return list(answer["calls"])

    async def everything_is_logged(self) -> None:
        """Compare the calls with the PBX's own, when all of them are over and told."""
        missing, excess = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()

        async def same() -> bool:
            # The PBX makes some logs after the call; and while the database is in trouble they are durable elsewhere.
            nonlocal missing, excess
            calls = [*self.forgotten, *await self.control("calls")]
            found = Counter(map(_brief, await self.calls()))
            missing = Counter(_brief(call) for call in calls if call["outcome"] not in UNTOLD) - found
            excess = found - Counter(map(_brief, calls))
            return not missing and not excess

        assert await settled(self.has_told_all)
        if not await settled(same):
            pytest.fail(f"missing: {sorted(missing)}; too much: {sorted(excess)}")

    async def has_told_all(self) -> bool:
        """Tell whether all calls are over, and all that was to be pushed is acknowledged."""
        state = await self.control("state")
        return not state["live"] and not state["push"]["pending"]

    async def is_at_rest(self) -> None:
        """See that nobody telephones, and that Home Assistant says so; nothing is stuck, and nothing has vanished."""
        await self.hass.wait_for(self._rests, within=ONE_POLL)
        assert await self.hass.entities_of(self.entry_id) == self.entities

    def _rests(self, states: States) -> bool:
        phones = [unique for unique in self.entities if unique.endswith("_status")]
        shown = [states[self.entities[phone]]["state"] for phone in phones]
        return states[self.entity("active_calls")]["state"] == "0" and set(shown) <= {"idle", "unavailable"}

    async def a_call_is_seen(self, **params: Any) -> None:
        """Prove that pushes work: a call is shorter than the time between two polls."""
        async with self.hass.events("state_changed") as changes:
            await self.play("internal", caller="801", callee="802", ring=1, talk=1, wait=True, **params)
            seen = set[str]()
            async with asyncio.timeout(ONE_POLL):
                while not {"ringing", "in_use"} <= seen:
                    change = await anext(changes)
                    if change["entity_id"] == self.entity("802_status"):
                        seen.add(change["new_state"]["state"])

    def log(self) -> list[str]:
        """Return the lines of the log that are about this PBX, without their times."""
        lines = self.hass.child.output.read_text(errors="replace").splitlines()
        return [line.partition("] ")[2] for line in lines if "coocenter" in line and self.name in line.split()]

    async def issues(self) -> list[dict[str, Any]]:
        found = (await self.hass.command("repairs/list_issues"))["issues"]
        return [issue for issue in found if self.entry_id in issue["issue_id"]]

    async def nudge(self) -> None:
        """Have the PBX polled now, or as soon as that is allowed."""
        await self.hass.call_service("homeassistant", "update_entity", {"entity_id": self.entity("connectivity")})

    async def polled(self, requests: int) -> None:
        """Return when the PBX was asked so many questions about its extensions; each poll has three."""
        before = await self.pbx.times_asked()
        await self.nudge()

        async def asked() -> bool:
            return await self.pbx.times_asked() >= before + requests

        assert await settled(asked, within=3 * ONE_POLL)


@asynccontextmanager
async def open_branches(
    folder: Path, names: Mapping[str, tuple[str, ...]], yaml: str = YAML
) -> AsyncGenerator[dict[str, Branch]]:
    """Yield the PBXs of one Home Assistant by their names; none of them is added to it."""
    config = folder / "config"
    link = config / "custom_components" / _FAULT_MAKER.name
    link.parent.mkdir(parents=True)
    link.symlink_to(_FAULT_MAKER, target_is_directory=True)
    hass = HassProcess(config, free_port(), yaml=yaml)
    branches = {
        name: Branch(hass, name, number, folder / f"{name}.log", office)
        for number, (name, office) in enumerate(names.items())
    }
    try:
        await asyncio.gather(hass.start(), *(branch.pbx.start() for branch in branches.values()))
        yield branches
    finally:
        await hass.stop()
        await asyncio.gather(*(branch.pbx.stop() for branch in branches.values()))


async def settled(check: Callable[[], Awaitable[bool]], within: float = 30) -> bool:
    """Ask again and again, of those who tell nobody by themselves; return whether it became true."""
    deadline = asyncio.get_running_loop().time() + within
    while not (true := await check()) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return true


def _brief(call: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what Home Assistant and the simulator call by the same names."""
    return call["id"], call["direction"], call["caller"]
