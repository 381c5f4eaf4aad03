"""Start, watch and end a real Home Assistant process."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.machinery import PathFinder
import os
from pathlib import Path
import sys
from typing import override

import aiohttp

from scripts.demo.api import HassApi, HassError
from scripts.demo.child import LOOPBACK, Child, DemoError, require_free_port
from scripts.demo.config import YAML, write_config

# The name and the password of the only user.
USER = "demo"
STAND_INS = Path(__file__).parent / "stand_ins"
# Another environment's Home Assistant can be run by this one's tests: `scripts/test --newest`.
PYTHON = Path(os.environ.get("COOCENTER_HASS_PYTHON", sys.executable))


class HassProcess(HassApi):
    """A Home Assistant with a configuration folder of its own, one user and a token."""

    def __init__(self, config_dir: Path, port: int, log_level: str = "warning", yaml: str = YAML) -> None:
        super().__init__(f"http://{LOOPBACK}:{port}")
        self.config_dir = config_dir
        self.port = port
        self._log_level = log_level
        self._yaml = yaml
        self._token_file = config_dir / "token"
        # Everything the integration and this configuration need is pinned and installed: --skip-pip.
        command = (str(PYTHON), "-m", "homeassistant", "--config", str(config_dir), "--skip-pip")
        # As the child will look for it: whether this process has a stand-in in use says nothing.
        packages = [str(path) for path in PYTHON.parents[1].glob("lib/python*/site-packages")]
        environment = {} if PathFinder.find_spec("pymicro_vad", packages) else {"PYTHONPATH": str(STAND_INS)}
        self.child = Child("Home Assistant", command, config_dir, config_dir / "output.log", environment)

    async def start(self, within: float = 180) -> None:
        """Start Home Assistant and wait until it runs; on the first start make its user."""
        require_free_port(self.port, "--port")
        write_config(self.config_dir, self.port, self._log_level, self._yaml)
        self.token = self._token_file.read_text() if self._token_file.exists() else ""
        await self.child.start()
        try:
            async with asyncio.timeout(within):
                await self._until(self._answers)
                if not self.token:
                    await self._make_user()
                await self._until(self._runs)
        except TimeoutError as error:
            message = f"Home Assistant is not running after {within:.0f} s, see {self.child.output}"
            raise DemoError(message) from error

    async def stop(self) -> None:
        """End Home Assistant in order, as its own shutdown does."""
        await self.close()
        await self.child.stop()

    async def kill(self) -> None:
        """End Home Assistant as a power cut would."""
        await self.close()
        await self.child.kill()

    async def restart(self) -> None:
        """Stop Home Assistant and start it again on the same configuration folder."""
        await self.stop()
        await self.start()

    def log_lines(self, level: str = "ERROR") -> list[str]:
        """Return the log's first lines of that level since the configuration folder was made."""
        return [line for line in self.child.output.read_text(errors="replace").splitlines() if f" {level} " in line]

    async def _until(self, check: Callable[[], Awaitable[bool]]) -> None:
        while not await check():
            self.child.require_running()
            # Nothing to subscribe to before the server listens; the caller sets the deadline.
            await asyncio.sleep(0.1)

    async def _answers(self) -> bool:
        try:
            async with self.session.get(f"{self.url}/api/onboarding") as response:
                # Gone (404) once the user exists; unauthorized or other answers come from a half-started server.
                return response.ok or bool(self.token)
        except aiohttp.ClientConnectionError:
            return False

    async def _runs(self) -> bool:
        try:
            config = await self.request("GET", "/api/config")
        except HassError, aiohttp.ClientConnectionError:
            return False
        if config["recovery_mode"]:
            message = f"Home Assistant is in recovery mode, see {self.child.output}"
            raise DemoError(message)
        return bool(config["state"] == "RUNNING")

    async def _make_user(self) -> None:
        client = f"{self.url}/"
        person = {"name": "Demo", "username": USER, "password": USER, "language": "en", "client_id": client}
        grant = await self.request("POST", "/api/onboarding/users", person)
        form = {"grant_type": "authorization_code", "code": grant["auth_code"], "client_id": client}
        async with self.session.post(f"{self.url}/auth/token", data=form) as response:
            self.token = (await response.json())["access_token"]
        # The token of the login ends after half an hour and a restart needs one too.
        self.token = await self.command("auth/long_lived_access_token", client_name="scripts", lifespan=365)
        self._keep_token()

    def _keep_token(self) -> None:
        self._token_file.touch(mode=0o600)
        self._token_file.write_text(self.token)

    @override
    def __repr__(self) -> str:
        return f"HassProcess({self.url})"
