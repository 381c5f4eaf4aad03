"""The actions on a call by its id, as a trigger or `get_current_calls` tells it."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from simulator import Simulator
from tests.conftest import Push
from tests.flow_harness import until
from tests.office_harness import FOREVER, act, asked, refusal, state_of

OUTSIDE = "01632960201"


async def begin(hass: HomeAssistant, pbx: Simulator, name: str, state: str, **params: Any) -> dict[str, Any]:
    """Let a call come, and return it as the action tells it when it is in this state."""
    await pbx.play(name, wait=False, **params)
    await until(lambda: [call.state for call in calls(hass)] == [state])
    answer = await act(hass, "get_current_calls")
    assert answer
    (call,) = answer["calls"]
    return dict(call)


def calls(hass: HomeAssistant) -> list[Any]:
    (entry,) = hass.config_entries.async_entries("coocenter")
    return list(entry.runtime_data.coordinator.state.calls)


@pytest.mark.usefixtures("connected")
async def test_a_call_is_ended_by_its_id(hass: HomeAssistant, pbx: Simulator) -> None:
    call = await begin(hass, pbx, "inbound", "connected", number=OUTSIDE, callee="801", ring=0, talk=FOREVER)
    assert (call["caller"], call["callee"], call["direction"]) == (OUTSIDE, "801", "inbound")
    await act(hass, "hangup", call=call["id"])
    assert asked(pbx, "extensions/hangup") == [{"extension": "801"}]
    await until(lambda: state_of(hass, "active_calls").state == "0")
    error = await refusal(hass, "hangup", call=call["id"])
    assert (error.translation_key, isinstance(error, ServiceValidationError)) == ("call_over", True)


@pytest.mark.usefixtures("connected")
async def test_a_ringing_call_of_a_queue_is_ended_at_every_phone(hass: HomeAssistant, pbx: Simulator) -> None:
    call = await begin(hass, pbx, "queue", "ringing", number=OUTSIDE, queue="630", ring=FOREVER)
    ringing = sorted(call["extensions"])
    await act(hass, "hangup", call=call["id"])
    assert [form["extension"] for form in asked(pbx, "extensions/hangup")] == ringing
    assert call["queue"] == "630"


@pytest.mark.usefixtures("connected")
async def test_a_call_is_transferred_by_its_id(hass: HomeAssistant, pbx: Simulator) -> None:
    call = await begin(hass, pbx, "internal", "connected", caller="801", callee="802", ring=0, talk=FOREVER)
    await act(hass, "transfer", call=call["id"], destination="803")
    assert asked(pbx, "extensions/transfer") == [{"src": "802", "dst": "803"}], "it was 802's to pass on"
    await until(lambda: state_of(hass, "803_call").state not in ("unknown", "unavailable"))
    assert state_of(hass, "803_call").attributes["id"] == call["id"], "it is the same call"


@pytest.mark.usefixtures("connected")
async def test_what_cannot_be_done_says_so(hass: HomeAssistant, pbx: Simulator) -> None:
    call = await begin(hass, pbx, "inbound", "ringing", number=OUTSIDE, callee="801", ring=FOREVER)
    error = await refusal(hass, "transfer", call=call["id"], destination="802")
    assert error.translation_key == "call_not_connected"
    error = await refusal(hass, "transfer", destination="802", call=call["id"], source="801")
    assert error.translation_key == "call_or_extension"
    error = await refusal(hass, "hangup", call=call["id"], extension="801")
    assert error.translation_key == "call_or_extension"
    assert asked(pbx, "extensions/transfer") == asked(pbx, "extensions/hangup") == []


@pytest.mark.usefixtures("loaded")
async def test_a_caller_in_a_queue_without_phones_cannot_be_hung_up(hass: HomeAssistant, push: Push) -> None:
    await push({"event": "ivr", "uuid": "1.1", "caller": OUTSIDE, "queueCode": "630"})
    error = await refusal(hass, "hangup", call="1.1")
    assert error.translation_key == "call_without_extension"


@pytest.mark.usefixtures("connected")
async def test_the_pbx_of_the_call_is_found_or_named(hass: HomeAssistant, pbx: Simulator) -> None:
    call = await begin(hass, pbx, "inbound", "connected", number=OUTSIDE, callee="801", ring=0, talk=FOREVER)
    (entry,) = hass.config_entries.async_entries("coocenter")
    await act(hass, "hangup", call=call["id"], config_entry_id=entry.entry_id)
    assert asked(pbx, "extensions/hangup") == [{"extension": "801"}]
