"""Run one program beside this one and end it by its own process id."""

import asyncio
from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import signal
import socket

LOOPBACK = "127.0.0.1"


class DemoError(Exception):
    """Report what a person at the terminal can act on."""


def require_free_port(port: int, flag: str) -> None:
    """Refuse a port that something else listens on, before anything is started."""
    with socket.socket() as probe:
        # As the servers do it: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            message = f"port {port} cannot be used ({os.strerror(error.errno or 0)}); choose another one with {flag}"
            raise DemoError(message) from error


class Child:
    """A program in a process group of its own, so that a terminal's Ctrl-C reaches only us and we end it in order."""

    def __init__(
        self, name: str, command: Sequence[str], cwd: Path, output: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.output = output
        self._command = command
        self._cwd = cwd
        self._environment = {**os.environ, **(environment or {})}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Tell whether the program was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Return the process id of the program, which has been started."""
        return self._started.pid

    @property
    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            message = f"{self.name} has not been started"
            raise DemoError(message)
        return self._process

    async def start(self) -> None:
        """Start the program; what it prints is appended to the output file."""
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._cwd,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )

    async def wait(self) -> int:
        """Wait until the program ends and return its exit code."""
        return await self._started.wait()

    def require_running(self) -> None:
        """Raise an error that quotes the program's last words if it has ended."""
        if not self.running:
            words = self.output.read_text(errors="replace").strip().splitlines()[-8:]
            message = "\n  ".join([f"{self.name} has ended by itself; the end of {self.output}:", *words])
            raise DemoError(message)

    async def stop(self, within: float = 60) -> None:
        """Ask the program to end and kill it only when it does not."""
        if not self.running:
            return
        self._started.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(within):
                await self.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the program and what it has started at once, as a power cut would."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
            await self.wait()
