"""What no second process can do to Home Assistant: set its clock, take a name out of DNS, tell what DHCP saw.

The PBX is real, and so is the HTTP between the two.
"""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta, tzinfo
import logging
import socket
from typing import Any

from aiohttp.resolver import AbstractResolver
from homeassistant.config_entries import SOURCE_DHCP, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client, issue_registry as ir
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from custom_components.coocenter.const import DOMAIN
from custom_components.coocenter.link import DATA_LINKS
from simulator import Office, Simulator
from tests.conftest import WEB_KEY, load, make_entry
from tests.flow_harness import until
from tests.office_harness import state_of
from tests.poll_harness import begin_call, next_poll, pass_time

MOVED = "127.0.0.2"
MAC = "68:69:2e:00:00:01"


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration logged."""
    return [one.getMessage() for one in caplog.records if DOMAIN in one.name and one.levelno >= logging.INFO]


def set_ahead(monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    """Let Home Assistant's clock be so far ahead; timers do not look at it, as those of a real event loop."""

    def now(zone: tzinfo | None = None) -> datetime:
        return (datetime.now(UTC) + ahead).astimezone(zone or dt_util.get_default_time_zone())

    monkeypatch.setattr(dt_util, "now", now)
    monkeypatch.setattr(dt_util, "utcnow", lambda: now(UTC))


async def calls(hass: HomeAssistant) -> list[str]:
    answer = await hass.services.async_call(DOMAIN, "get_calls", {}, blocking=True, return_response=True)
    return sorted(call["id"] for call in answer["calls"])


async def end_call(hass: HomeAssistant, pbx: Simulator) -> None:
    await hass.services.async_call(DOMAIN, "hangup", {"extension": "801"}, blocking=True)
    await until(lambda: not pbx.engine.live)
    await pbx.drain()
    await hass.async_block_till_done()


@pytest.mark.parametrize("hours", [26, -26])
async def test_the_system_clock_jumps(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    connected: MockConfigEntry,
    pbx: Simulator,
    caplog: pytest.LogCaptureFixture,
    hours: int,
) -> None:
    ids = [await begin_call(pbx)]
    caplog.clear()
    # Its own clock is right: Home Assistant is the one that is wrong from now on.
    set_ahead(monkeypatch, timedelta(hours=hours))
    await next_poll(hass)
    assert (state_of(hass, "801_status").state, state_of(hass, "active_calls").state) == ("in_use", "1")

    short = await pbx.play("internal", caller="803", callee="804", talk=5)
    assert short
    ids.append(short.id)
    await end_call(hass, pbx)
    # A call that seemed to have lasted for longer than any does was taken for over, and is found again by polls alone.
    await next_poll(hass)
    assert (state_of(hass, "801_status").state, state_of(hass, "active_calls").state) == ("idle", "0")

    set_ahead(monkeypatch, timedelta())
    await next_poll(hass)
    ids.append(await begin_call(pbx))
    assert state_of(hass, "801_status").state == "in_use"
    await end_call(hass, pbx)
    assert state_of(hass, "active_calls").state == "0"
    assert await calls(hass) == sorted(ids)
    # Nothing is made of it: no quiet of a day, and no gap in a time that has not come yet.
    gaps = hass.data[DATA_LINKS][connected.entry_id].journal.gaps
    assert max(gaps.rhythm.quiet) < 60
    await pass_time(hass, 60)
    assert gaps.between(dt_util.utcnow()) == []
    assert (ours(caplog), hass.config_entries.flow.async_progress()) == ([], [])


class Names(AbstractResolver):
    """DNS with one name, which it may forget."""

    def __init__(self) -> None:
        self.known = True

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        if not self.known:
            message = "Domain name not found"
            raise OSError(None, message)
        address = {"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}
        return [address]

    async def close(self) -> None:
        """Have nothing to close."""

    real_close = close


async def test_the_name_is_gone_from_dns(
    hass: HomeAssistant, pbx: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names = Names()
    monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda _hass: names)
    await load(hass, make_entry(pbx, data={CONF_HOST: "pbx.example"}))
    caplog.clear()
    names.known = False
    # As after a while: what was known is known no longer, and connections that nobody uses are closed.
    aiohttp_client.async_get_clientsession(hass).connector.clear_dns_cache()
    await pbx.stop()
    await pbx.start()
    for _ in range(3):
        await next_poll(hass)
    assert state_of(hass, "connectivity").state == "off"
    names.known = True
    for _ in range(2):
        await next_poll(hass)
    assert (state_of(hass, "connectivity").state, state_of(hass, "801_status").state) == ("on", "idle")
    begins, ends = ours(caplog)
    assert "Cannot connect to host pbx.example" in begins
    assert ends == "Fetching CooCenter data recovered"
    assert not ir.async_get(hass).issues


@pytest.fixture
async def moved(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """The same PBX where DHCP put it next."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", MOVED])
    async with Simulator(Office.build(), host=MOVED, web_key=WEB_KEY, speed=100.0, resend_after=0.05) as simulator:
        yield simulator


async def test_dhcp_gives_the_pbx_another_address(
    hass: HomeAssistant, pbx: Simulator, moved: Simulator, push_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    entry = make_entry(pbx, data={CONF_MAC: MAC}, unique_id=MAC)
    await load(hass, entry)
    caplog.clear()
    port = pbx.port
    await pbx.stop()
    await moved.stop()
    moved.port = port
    await moved.start()
    for _ in range(3):
        await next_poll(hass)
    assert state_of(hass, "connectivity").state == "off"

    found = DhcpServiceInfo(ip=MOVED, hostname="coocenter", macaddress=MAC.replace(":", ""))
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_DHCP}, data=found)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (entry.data[CONF_HOST], entry.state) == (MOVED, ConfigEntryState.LOADED)
    assert (state_of(hass, "connectivity").state, state_of(hass, "801_status").state) == ("on", "idle")
    moved.push_url = push_url
    await begin_call(moved)
    assert state_of(hass, "801_status").state == "in_use"
    (said,) = ours(caplog)
    assert said.startswith(
        "Error fetching CooCenter data: The PBX could not be asked: Cannot connect to host 127.0.0.1"
    )
