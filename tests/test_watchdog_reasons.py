"""The issue about missing pushes says why they may not arrive."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Simulator
from tests.conftest import Push
from tests.poll_harness import status
from tests.watchdog_harness import NOON, call, issue, pass_time, reason

HTTP, HTTPS, OTHER = "http://192.0.2.1:8123", "https://192.0.2.1:8123", "http://192.0.2.9:8123"


async def lives_at(hass: HomeAssistant, url: str | None) -> None:
    """Let Home Assistant have an address in the local network."""
    await async_process_ha_core_config(hass, {"internal_url": url} if url else {})
    if url is None:
        hass.config.internal_url = hass.config.api = None


async def pushed_to(hass: HomeAssistant, push: Push, freezer: FrozenDateTimeFactory, host: str) -> None:
    """Let a push arrive at a host, and that be taken note of."""
    assert await push(status("807", 1), headers={"Host": host}) == 200
    await pass_time(hass, freezer, 61)


async def silence(hass: HomeAssistant, pbx: Simulator, freezer: FrozenDateTimeFactory) -> None:
    """Let two calls begin of which nothing is pushed."""
    await pass_time(hass, freezer)
    for _ in range(2):
        await call(pbx)
        await pass_time(hass, freezer)
        await pass_time(hass, freezer)


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("url", "why"), [(HTTP, "no_pushes"), (HTTPS, "no_pushes_https"), (None, "no_pushes_no_address")]
)
async def test_nothing_was_ever_pushed(
    hass: HomeAssistant, pbx: Simulator, freezer: FrozenDateTimeFactory, url: str | None, why: str
) -> None:
    await lives_at(hass, url)
    await silence(hass, pbx, freezer)
    assert reason(hass) == why


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "story",
    [
        pytest.param((HTTP, "192.0.2.1:8123", HTTP, "no_pushes"), id="nothing of ours has changed"),
        pytest.param((HTTP, "ha.test:8123", HTTP, "no_pushes"), id="the PBX knows another name of ours"),
        pytest.param((HTTP, "192.0.2.1:8123", OTHER, "no_pushes_moved"), id="another address"),
        pytest.param((HTTP, "192.0.2.1:8123", "http://192.0.2.1:81", "no_pushes_moved"), id="another port"),
        pytest.param((HTTP, "192.0.2.1:8123", HTTPS, "no_pushes_https"), id="a certificate since then"),
        pytest.param((HTTPS, "192.0.2.1:8080", HTTPS, "no_pushes"), id="by a proxy, as before"),
        pytest.param(("http://192.0.2.1", "192.0.2.1", "http://192.0.2.1", "no_pushes"), id="the usual port"),
        pytest.param((HTTP, "192.0.2.9:8123", OTHER, "no_pushes"), id="the address that it pushed to"),
    ],
)
async def test_pushes_came_before(
    hass: HomeAssistant, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory, story: tuple[str, str, str, str]
) -> None:
    before, arrived, now, why = story
    await lives_at(hass, before)
    await pushed_to(hass, push, freezer, arrived)
    await lives_at(hass, now)
    await silence(hass, pbx, freezer)
    assert reason(hass) == why
    raised = issue(hass)
    assert raised
    assert raised.translation_placeholders
    assert raised.translation_placeholders["arrived_at"] == f"http://{arrived}"
    assert raised.translation_placeholders["webhook_url"].startswith(now)


@pytest.mark.usefixtures("loaded")
async def test_what_is_no_address_is_shown_to_nobody(
    hass: HomeAssistant, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await lives_at(hass, HTTP)
    await pushed_to(hass, push, freezer, "[click](https://evil.test)")
    await lives_at(hass, OTHER)
    await silence(hass, pbx, freezer)
    raised = issue(hass)
    assert raised
    assert "evil" not in str(raised.translation_placeholders)


async def test_where_the_last_push_arrived_is_known_after_a_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await lives_at(hass, HTTP)
    await pushed_to(hass, push, freezer, "192.0.2.1:8123")
    link = loaded.runtime_data.coordinator.link
    link.journal.gaps.async_end()
    link.journal.gaps.arrived_at = None
    link.pushes.received, link.pushes.last = 0, None
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    await lives_at(hass, OTHER)
    await call(pbx)
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    assert reason(hass) == "", "pushes came before: one call may be lost"
    await silence(hass, pbx, freezer)
    assert reason(hass) == "no_pushes_moved"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param({"headers": {"Authorization": "wrong"}}, (401, "no_pushes_web_key"), id="a wrong Web Key"),
        pytest.param({"json": None, "data": b"<event/>"}, (200, "no_pushes_unreadable"), id="another form"),
        pytest.param({"remote": "198.51.100.7"}, (403, "no_pushes_remote"), id="from outside"),
    ],
)
async def test_what_arrives_and_is_turned_away_is_told(
    hass: HomeAssistant,
    pbx: Simulator,
    push: Push,
    freezer: FrozenDateTimeFactory,
    sent: dict[str, Any],
    answered: tuple[int, str],
) -> None:
    await lives_at(hass, HTTP)
    how = {"remote": "127.0.0.1"} | sent
    with patch("aiohttp.web.Request.remote", how.pop("remote")):
        answer = await push(status("801", 1), **how)
    await silence(hass, pbx, freezer)
    assert (answer, reason(hass)) == answered


@pytest.mark.usefixtures("loaded")
async def test_what_was_turned_away_before_a_push_that_was_taken_explains_nothing(
    hass: HomeAssistant, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    await lives_at(hass, HTTP)
    assert await push(status("801", 1), headers={"Authorization": "wrong"}) == 401
    assert await push(status("807", 1)) == 200
    await pass_time(hass, freezer)
    await silence(hass, pbx, freezer)
    assert reason(hass) == "no_pushes"


@pytest.mark.usefixtures("loaded")
async def test_the_issue_follows_home_assistants_address(
    hass: HomeAssistant, pbx: Simulator, freezer: FrozenDateTimeFactory
) -> None:
    await lives_at(hass, None)
    await silence(hass, pbx, freezer)
    assert reason(hass) == "no_pushes_no_address"
    await hass.config.async_update(internal_url=HTTP)
    await hass.async_block_till_done()
    assert reason(hass) == "no_pushes"
    raised = issue(hass)
    assert raised
    assert raised.translation_placeholders
    assert raised.translation_placeholders["webhook_url"].startswith(HTTP)
