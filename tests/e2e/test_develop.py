"""The README's first command."""

import asyncio
from pathlib import Path

import pytest

from scripts.demo.simulator import ROOT
from tests.e2e.conftest import free_port
from tests.e2e.deprecation_harness import deprecations

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]


async def test_a_newcomer_sees_a_living_office(tmp_path: Path) -> None:
    ports = ("--port", str(free_port()), "--simulator-port", str(free_port()))
    process = await asyncio.create_subprocess_exec(
        ROOT / "scripts" / "develop",
        *ports,
        "--folder",
        str(tmp_path),
        "--once",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert "Pushed and seen" in output.decode()
    assert deprecations((tmp_path / "config" / "output.log").read_text(errors="replace")) == []
