"""What goes wrong in offices, each fault with its test.

| fault | test |
|---|---|
| PBX hangs, is slow, breaks off, resets, answers nonsense, pages, 500s, nothing yet | `test_pbx_faults.py`: `FAULTS` |
| nothing listens any more, certificate changed, clock 26 h off, midnight, firmware of the other shape | the same |
| two PBXs at once | the same: sixteen, of which one is healthy |
| PBX restarts; Home Assistant restarts in mid-call; power cut | `../e2e/test_restarts.py` |
| power cuts while logs are pushed | `../e2e/test_call_log_kill.py` |
| database locked, full, corrupt; disk full; reload while pushes arrive | `test_log_faults.py` |
| the same, and newer, away, damaged in other places | `../call_log/test_log_troubles.py` |
| DNS gone, address changed (DHCP), system clock jumps: in process | `test_clock_and_network.py` |
| 24 hours of a busy office | `test_busy_day.py` |
| pushes that do not arrive | `../test_watchdog*.py`, `../test_gaps.py` |
"""

import pytest

from tests.e2e.conftest import no_secrets

__all__ = ["no_secrets"]


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Open the loopback, which Home Assistant's test plugin shuts before each test."""
