"""The end of each site looks for deprecations in its log: here it is seen to find them."""

import pytest

from tests.e2e.deprecation_harness import deprecations

BEGINS = "2026-11-07 10:00:00.000 WARNING (MainThread)"
OTHERS = f"{BEGINS} [homeassistant.core] Something else\n"


@pytest.mark.parametrize(
    "line",
    [
        "[frame] Detected that custom integration 'coocenter' accesses hass.helpers. Please create a bug report",
        "[frame] Detected that custom integration 'coocenter' calls x at y. This will stop working in 2027.8",
        "[coocenter] x was called from coocenter, this is deprecated and will be removed in 2027.1. Use y instead",
        "[entity] The 'x' of custom integration 'coocenter' is no longer used and will be removed in 2027.1",
        "[py.warnings] /config/custom_components/coocenter/a.py:1: DeprecationWarning: x",
    ],
)
def test_what_names_us_is_found(line: str) -> None:
    assert deprecations(f"{OTHERS}{BEGINS} {line}\n{OTHERS}") == [f"{BEGINS} {line}"]


@pytest.mark.parametrize(
    "line",
    [
        "[homeassistant.loader] We found a custom integration coocenter which has not been tested by Home Assistant",
        "[homeassistant.helpers.frame] Detected that custom integration 'other' is deprecated",
        "[py.warnings] /clones/coocenter/.venv/lib/python3.14/site-packages/x.py:1: DeprecationWarning: x",
        "[py.warnings] /clones/home-assistant-coocenter/.venv/lib/x.py:1: DeprecationWarning: x",
    ],
)
def test_what_is_others_is_not(line: str) -> None:
    assert deprecations(f"{BEGINS} {line}\n{OTHERS}") == []
