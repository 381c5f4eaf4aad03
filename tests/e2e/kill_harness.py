"""A PBX that keeps what is not acknowledged, and a Home Assistant that is killed and started again."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp

from scripts.demo.child import LOOPBACK
from scripts.demo.hass import HassProcess
from simulator import Office, Simulator

WEB_KEY = "kill-web-key"
#: What the PBX does every 2 s; nothing here depends on how long it is.
RESEND_AFTER = 0.05
#: As little as Home Assistant starts with; in the zone and the country of the calls.
YAML = """\
homeassistant:
  name: Call centre
  country: GB
  time_zone: Europe/London
  internal_url: http://{host}:{port}
  external_url: http://{host}:{port}
logger:
  default: {log_level}
  logs:
    homeassistant.components.camera.img_util: fatal
"""


class Pusher:
    """Push logs to a URL, some at once, each again and again until it is acknowledged."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.acknowledged = 0
        self.statuses: Counter[int] = Counter()
        self.broken = 0
        """How often nobody knew whether a log had arrived."""
        self._progress = asyncio.Condition()

    async def push(self, bodies: Sequence[bytes], at_once: int) -> None:
        """Return when all of them are acknowledged."""
        left = iter(bodies)
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(at_once):
                group.create_task(self._push_each(session, left))

    async def reached(self, number: int) -> None:
        """Return when so many logs are acknowledged."""
        async with self._progress:
            await self._progress.wait_for(lambda: self.acknowledged >= number)

    async def _push_each(self, session: aiohttp.ClientSession, left: Iterator[bytes]) -> None:
        for body in left:
            # As the PBX does, to which nobody says when it may come again.
            while not await self._is_taken(session, body):  # noqa: ASYNC110
                await asyncio.sleep(RESEND_AFTER)
            async with self._progress:
                self.acknowledged += 1
                self._progress.notify_all()

    async def _is_taken(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        try:
            async with session.post(self.url, data=body, headers={"Content-Type": "application/json"}) as response:
                self.statuses[response.status] += 1
                return response.status == HTTPStatus.OK
        except aiohttp.ClientConnectorError:
            # Nobody listens.
            return False
        except aiohttp.ClientError:
            self.broken += 1
            return False


@asynccontextmanager
async def killable(folder: Path, port: int, office: Office) -> AsyncGenerator[tuple[HassProcess, str, str]]:
    """Yield a Home Assistant with a PBX that answers but never pushes, the entry's id and where to push to."""
    hass = HassProcess(folder / "config", port, yaml=YAML)
    async with Simulator(office, web_key=WEB_KEY) as pbx:
        try:
            await hass.start()
            form = await hass.flow_start("coocenter")
            address = {"host": LOOPBACK, "port": pbx.port, "ssl": False, "verify_ssl": True, "web_key": WEB_KEY}
            menu = await hass.flow_step(form["flow_id"], address)
            done = await hass.flow_step(menu["flow_id"], {"next_step_id": "finish"})
            # In order: Home Assistant writes down only after a while what is new.
            await hass.restart()
            yield hass, done["result"]["entry_id"], menu["description_placeholders"]["webhook_url"]
        finally:
            await hass.stop()
