"""Of the quiet between two pushes that is learnt which was one: not an outage, not a clock that was set."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.log_harness import journal_of
from tests.office_harness import ENTRY_ID
from tests.poll_harness import status
from tests.watchdog_harness import NOON, call, gaps, jump, pass_time, reason


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


def learnt(hass: HomeAssistant) -> list[float]:
    """Return the seconds of quiet that are known."""
    return [seconds for seconds in journal_of(hass).gaps.rhythm.quiet if seconds]


async def test_a_quiet_is_learnt(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("801", 1)) == 200
    await pass_time(hass, freezer, 3000)
    assert await push(status("801", 0)) == 200
    assert learnt(hass) == [3000]


async def test_a_silence_is_none(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("807", 1)) == 200
    await pass_time(hass, freezer)
    for _ in range(2):
        await call(pbx)
        await pass_time(hass, freezer)
        await pass_time(hass, freezer)
    assert reason(hass)
    await pass_time(hass, freezer, 3600)
    assert await push(status("807", 0)) == 200
    assert [why for _, _, why in await gaps(hass)] == ["silent"]
    assert learnt(hass) == []


@pytest.mark.parametrize("by_push", [True, False])
async def test_an_outage_is_none(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    pbx: Simulator,
    push: Push,
    freezer: FrozenDateTimeFactory,
    by_push: bool,
) -> None:
    assert await push(status("801", 1)) == 200
    await pass_time(hass, freezer, 600)
    pbx.quirks = Quirks(reply="reset")
    await pass_time(hass, freezer, 7200)
    if not by_push:
        # A poll is the first to find that it is over, as mostly.
        pbx.quirks = Quirks()
        await pass_time(hass, freezer, 240)
    assert await push(status("801", 0)) == 200
    assert [why for _, _, why in await gaps(hass)] == ["unreachable"]
    (known,) = learnt(hass)
    assert 600 <= known < 900, "what was before and after it"


async def test_the_time_off_is_none(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("801", 1)) == 200
    await hass.config_entries.async_set_disabled_by(ENTRY_ID, ConfigEntryDisabler.USER)
    await pass_time(hass, freezer, 7200)
    await hass.config_entries.async_set_disabled_by(ENTRY_ID, None)
    await hass.async_block_till_done()
    assert await push(status("801", 0)) == 200
    assert learnt(hass) == []


@pytest.mark.parametrize("hours", [1, 26])
async def test_a_clock_that_was_set_is_none(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    push: Push,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    began = hass.loop.time()
    assert await push(status("801", 1)) == 200
    freezer.tick(timedelta(hours=hours, seconds=60))
    # Of which the loop, whose clock nobody sets, has seen a minute.
    monkeypatch.setattr(hass.loop, "time", lambda: began + 60)
    assert await push(status("801", 0)) == 200
    assert learnt(hass) == []


async def test_a_suspended_machine_heard_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory
) -> None:
    assert await push(status("801", 1)) == 200
    await jump(hass, freezer, 7200)
    assert await push(status("801", 0)) == 200
    assert learnt(hass) == []


@pytest.mark.parametrize(
    "moment", [datetime(2027, 3, 28, 0, 59, 50, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC)]
)
async def test_summer_time_makes_none(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, freezer: FrozenDateTimeFactory, moment: datetime
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(moment)
    # The first after a clock that was set.
    assert await push(status("801", 1)) == 200
    freezer.tick(15)
    assert await push(status("801", 0)) == 200
    assert learnt(hass) == [15]
