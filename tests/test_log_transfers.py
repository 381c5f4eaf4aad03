"""A call to the outside that is passed on within the office stays a call with whoever is outside."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.call_log import CallFilter
from simulator import Simulator
from tests.flow_harness import until
from tests.log_harness import journal_of

OUTSIDE = "01632960155"


async def test_whom_an_office_called_is_found_after_a_transfer(
    hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator
) -> None:
    journal, calls = journal_of(hass), connected.runtime_data.coordinator.state.calls
    await hass.services.async_call("coocenter", "dial", {"source": "801", "destination": OUTSIDE}, blocking=True)
    await until(lambda: any(call.state == "connected" for call in calls))
    await hass.services.async_call("coocenter", "transfer", {"source": "801", "destination": "803"}, blocking=True)
    await until(lambda: any("803" in call.talking for call in calls))
    await hass.services.async_call("coocenter", "hangup", {"extension": "803"}, blocking=True)
    await pbx.drain()
    await hass.async_block_till_done()
    await journal.log.flush()
    (call,) = (await journal.log.page(CallFilter(number=OUTSIDE), 10)).calls
    assert (call.caller.number, call.callee.number, call.direction) == ("801", OUTSIDE, "outbound")
    assert call.extensions == {"801", "803"}
