"""Whatever is in the file of the gaps, the PBX is set up, and what it tells of gaps can be shown."""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.diagnostics import DOMAIN as DIAGNOSTICS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter.gaps import Gaps, describe_gap
from custom_components.coocenter.journal import database_path
from simulator import Simulator
from tests.conftest import Push, load
from tests.poll_harness import status
from tests.watchdog_harness import NOON, call, gaps, pass_time, reason

GOOD: dict[str, Any] = {
    "up": datetime(2026, 11, 23, 11, tzinfo=UTC).timestamp(),
    "gaps": [],
    "quiet": [],
    "open": {},
    "arrived_at": None,
    "told_at": None,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
times = st.floats() | st.integers(-(10**30), 10**30) | st.just(10**400) | anything
reasons = st.sampled_from(["stopped", "unreachable", "silent"]) | anything
files = st.fixed_dictionaries(
    {},
    optional={
        "up": times,
        "gaps": st.lists(st.tuples(times, times, reasons) | anything, max_size=4) | anything,
        "quiet": st.lists(times, max_size=200) | anything,
        "open": st.dictionaries(reasons.filter(lambda reason: isinstance(reason, str)), times) | anything,
        "arrived_at": anything,
        "told_at": anything,
    },
).map(lambda wrong: GOOD | wrong)


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


def file_of(hass: HomeAssistant, entry: MockConfigEntry, content: str) -> Path:
    """Return the file of an entry, with something in it."""
    file = database_path(hass, entry).with_suffix(".gaps")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[" * 100_000, id="deep"),
        *("", "{", "[]", '"x"', "{}", '{"gaps": 1}', '{"gaps": [[1, 2, "?"]]}', '"\\ud800"'),
        *(
            json.dumps(GOOD | wrong)
            for wrong in (
                {"open": []},
                {"open": None},
                {"up": 1e20},
                {"up": -1},
                {"up": float("nan")},
                {"quiet": [10**400]},
                {"gaps": [[0, 1e300, "silent"]]},
            )
        ),
    ],
)
async def test_a_file_that_is_none_begins_anew(hass: HomeAssistant, entry: MockConfigEntry, content: str) -> None:
    file = file_of(hass, entry, content)
    await load(hass, entry)
    assert await gaps(hass) == []
    assert json.loads(file.read_text())["gaps"] == []


async def test_a_rhythm_of_no_numbers_stops_no_poll(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    pbx: Simulator,
    push: Push,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    wrong = {"quiet": [float("nan"), float("inf"), 1e300] * 56, "arrived_at": {"a": 1}, "told_at": [1]}
    file_of(hass, entry, json.dumps(GOOD | wrong))
    await load(hass, entry)
    assert await gaps(hass) == [("11:00:00", "12:00:00", "stopped")]
    assert await push(status("801", 1)) == 200
    for _ in range(3):
        await pass_time(hass, freezer)
        await pass_time(hass, freezer)
        await call(pbx)
    assert reason(hass) == "no_pushes"
    assert entry.runtime_data.coordinator.last_update_success
    assert await async_setup_component(hass, DIAGNOSTICS, {})
    assert await get_diagnostics_for_config_entry(hass, hass_client, entry)


@given(content=files | anything)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_whatever_is_in_the_file(hass: HomeAssistant, entry: MockConfigEntry, content: Any) -> None:
    known = Gaps(hass, entry, file_of(hass, entry, json.dumps(content)))
    await known.async_begin()
    known.async_end()
    now = dt_util.utcnow()
    for gap in known.between():
        assert gap.end > gap.start
        assert describe_gap(gap)
        assert gap.start.astimezone(dt_util.get_time_zone("Pacific/Kiritimati"))
        assert gap.start.astimezone(dt_util.get_time_zone("Pacific/Midway"))
    assert known.seconds(now - timedelta(days=1), now) <= 86_400
    assert all(word is None or isinstance(word, str) for word in (known.arrived_at, known.told_at))
    known.rhythm.explains(now, now + timedelta(days=1))
