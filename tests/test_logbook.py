"""The sentences that the logbook makes of calls."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import CONF_MASK_NUMBERS, EVENT_CALL
from custom_components.coocenter.logbook import async_describe_events

CALLER = {"caller": "01632960186", "caller_name": "Alice"}
RECEPTION = {"callee": "801", "callee_name": "Reception"}
MISSED = {"type": "missed", "outcome": "missed", "wait_time": 20, **CALLER, **RECEPTION}
ANSWERED = {"type": "ended", "outcome": "answered", "wait_time": 5, "talk_time": 125, **CALLER, **RECEPTION}

SENTENCES = [
    (MISSED, "Alice (01632960186) rang Reception, missed after 20 s"),
    (MISSED | {"caller_name": None}, "01632960186 rang Reception, missed after 20 s"),
    (MISSED | {"caller": None, "caller_name": None}, "Withheld number rang Reception, missed after 20 s"),
    (MISSED | {"callee_name": None}, "Alice (01632960186) rang 801, missed after 20 s"),
    (MISSED | {"queue": "630", "callee": None}, "Alice (01632960186) rang queue 630, missed after 20 s"),
    (MISSED | {"callee": None, "callee_name": None}, "Alice (01632960186) rang the office, missed after 20 s"),
    (ANSWERED, "Alice (01632960186) rang Reception, answered after 5 s, talked for 2 min 5 s"),
    (
        ANSWERED | {"queue": "630"},
        "Alice (01632960186) rang queue 630, answered by Reception after 5 s, talked for 2 min 5 s",
    ),
    (MISSED | {"type": "ended", "outcome": "busy"}, "Alice (01632960186) rang Reception, who was busy"),
    (MISSED | {"type": "ended", "outcome": "failed"}, "Alice (01632960186) rang Reception, who could not be reached"),
    (
        MISSED | {"type": "ended", "outcome": "cancelled", "wait_time": 61},
        "Alice (01632960186) rang Reception and gave up after 1 min 1 s",
    ),
    (
        MISSED | {"type": "ended", "outcome": None},
        "Alice (01632960186) rang Reception; how it ended was not pushed",
    ),
    (
        MISSED | {"type": "voicemail", "outcome": "voicemail"},
        "Alice (01632960186) rang Reception and left a message",
    ),
]


OUTBOUND = {"caller": "801", "caller_name": "Reception", "callee": "901632960186", "callee_name": None}
MASKED = [
    (MISSED, "Alice (…86) rang Reception, missed after 20 s"),
    (MISSED | {"caller_name": "Tel. 01632 960 186"}, "Tel. …86 (…86) rang Reception, missed after 20 s"),
    (MISSED | {"caller": None, "caller_name": "+44 (1632) 960186"}, "…86 rang Reception, missed after 20 s"),
    (MISSED | {"callee_name": None}, "Alice (…86) rang 801, missed after 20 s"),
    (ANSWERED | OUTBOUND, "Reception (801) rang …86, answered after 5 s, talked for 2 min 5 s"),
]


def described(hass: HomeAssistant, call: dict[str, Any]) -> dict[str, Any]:
    """Return the entry that the logbook shows of a call."""
    describes: dict[str, Callable[[Event[Any]], dict[str, Any]]] = {}
    async_describe_events(hass, lambda _domain, event_type, describe: describes.update({event_type: describe}))
    return describes[EVENT_CALL](Event(EVENT_CALL, call | {"entity_id": "event.coocenter_call"}))


@pytest.mark.parametrize(("call", "sentence"), MASKED)
async def test_numbers_outside_the_office_are_masked_if_wanted(
    hass: HomeAssistant, loaded: MockConfigEntry, call: dict[str, Any], sentence: str
) -> None:
    ours = call | {"config_entry_id": loaded.entry_id}
    assert "…" not in described(hass, ours)["message"]
    hass.config_entries.async_update_entry(loaded, options={CONF_MASK_NUMBERS: True})
    assert described(hass, ours)["message"] == sentence


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("call", "sentence"), SENTENCES)
def test_a_call_is_a_sentence(hass: HomeAssistant, call: dict[str, Any], sentence: str) -> None:
    entry = described(hass, call)
    assert (entry["name"], entry["message"]) == ("CooCenter", sentence)
    assert entry["icon"] == {"missed": "mdi:phone-missed", "voicemail": "mdi:voicemail"}.get(call["type"], "mdi:phone")
