"""Start and steer the simulated PBX."""

import asyncio
from pathlib import Path
import sys
from typing import Any

import aiohttp

from scripts.demo.child import LOOPBACK, Child, require_free_port

ROOT = Path(__file__).parents[2]
WEB_KEY = "demo-web-key"
# Enough for something to happen every few seconds, few enough to be seen at one look. A fixed seed: the same names
# and numbers every time, so that a kept configuration folder fits.
OFFICE = ("--traffic", "busy", "--extensions", "12", "--queues", "3", "--seed", "2026")


class SimulatorProcess:
    """A simulated PBX in a process of its own."""

    def __init__(self, port: int, output: Path, office: tuple[str, ...] = OFFICE) -> None:
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}"
        command = (sys.executable, "-m", "simulator", "--port", str(port), "--web-key", WEB_KEY, *office)
        self.child = Child("the simulator", command, ROOT, output)

    async def start(self, within: float = 30) -> None:
        """Start the simulator and wait until it answers."""
        require_free_port(self.port, "--simulator-port")
        await self.child.start()
        async with asyncio.timeout(within):
            while not await self._answers():
                self.child.require_running()
                # Nothing to subscribe to before the server listens; the deadline is above.
                await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """End the simulator in order."""
        await self.child.stop(within=10)

    async def push_to(self, url: str) -> None:
        """Enter the push URL, as a person does on the PBX's settings page."""
        await self._request("POST", "/control/push-url", {"url": url})

    async def state(self) -> dict[str, Any]:
        """Return what the simulator knows of its own office."""
        state: dict[str, Any] = await self._request("GET", "/control/state")
        return state

    async def times_asked(self) -> int:
        """Return how often somebody has asked for the extensions."""
        requests = await self._request("GET", "/control/requests")
        return sum("/extensions/" in request["path"] for request in requests)

    async def _answers(self) -> bool:
        try:
            await self.state()
        except aiohttp.ClientConnectionError:
            return False
        return True

    async def _request(self, method: str, path: str, json: Any = None) -> Any:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, self.url + path, json=json) as response,
        ):
            return await response.json()
