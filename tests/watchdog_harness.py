"""What the tests of the watchdog and of the gaps share: time that passes, calls, the issue, the gaps."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.coocenter.const import DOMAIN
from simulator import Simulator
from tests.office_harness import ENTRY_ID, act

#: Noon of a Monday, in UTC.
NOON = "2026-11-23 12:00:00+00:00"
_PAIRS = [("802", "801"), ("803", "804"), ("805", "806")]


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"no_pushes_{ENTRY_ID}")


def reason(hass: HomeAssistant) -> str:
    """Return the text of the issue that is raised, empty if none is."""
    raised = issue(hass)
    return str(raised.translation_key) if raised else ""


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float = 31) -> None:
    """Let time pass as if at once: a poll comes if one is due, and what it brings."""
    while seconds:
        # Longer steps are those of a machine that was suspended.
        step = min(seconds, 120)
        await jump(hass, freezer, step)
        seconds -= step


async def jump(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let so many seconds be missing: what was due in them comes after them, and once."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def call(pbx: Simulator) -> None:
    """Let two extensions talk who do not yet, for ever."""
    busy = {live.caller.number for live in pbx.engine.live}
    caller, callee = next(pair for pair in _PAIRS if pair[0] not in busy)
    await pbx.play("internal", caller=caller, callee=callee, talk=1e9, wait=False)


async def gaps(hass: HomeAssistant, **fields: Any) -> list[tuple[str, str | None, str]]:
    """Return the gaps that the action tells: their clock times and reasons."""
    answer = await act(hass, "get_calls", **fields)
    assert answer
    told: list[dict[str, str]] = answer["gaps"]  # type: ignore[assignment]
    return [(gap["start"][11:19], gap["end"] and gap["end"][11:19], gap["reason"]) for gap in told]
