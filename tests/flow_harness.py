"""What the tests of the flows share: what a user enters, what may be wrong with a PBX, and time that passes."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.coocenter.const import CONF_WEB_KEY, DOMAIN
from simulator import Quirks, Simulator
from tests.conftest import WEB_KEY

#: What a PBX, or what is taken for one, may answer, and what the user is told.
TROUBLES = {
    "reset": ("cannot_connect", Quirks(reply="reset")),
    "failing": ("cannot_connect", Quirks(reply="500")),
    "web page": ("not_coocenter", Quirks(reply="html")),
    "nonsense": ("not_coocenter", Quirks(reply="garbage")),
}
every_trouble = pytest.mark.parametrize(("error", "quirks"), TROUBLES.values(), ids=TROUBLES)


def address(pbx: Simulator, **changes: Any) -> dict[str, Any]:
    """Return what a user enters to reach a simulator."""
    entered = {CONF_HOST: "127.0.0.1", CONF_PORT: pbx.port, CONF_SSL: False, CONF_VERIFY_SSL: True}
    return {**entered, CONF_WEB_KEY: WEB_KEY, **changes}


async def begin(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the dialog that adds a PBX."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "user", {})
    return flow


async def submit(hass: HomeAssistant, flow: ConfigFlowResult, data: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Press the button of a flow's form; without data only look at where the flow is."""
    return await hass.config_entries.flow.async_configure(flow["flow_id"], data)


async def choose(hass: HomeAssistant, flow: ConfigFlowResult, option: str) -> ConfigFlowResult:
    """Choose from a flow's menu."""
    return await submit(hass, flow, {"next_step_id": option})


async def until(true: Callable[[], Any]) -> None:
    """Wait for a condition, however long it takes within reason."""
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0.001)
    pytest.fail("waited in vain")


async def in_vain[T](hass: HomeAssistant, pbx: Simulator, request: Coroutine[Any, Any, T]) -> T:
    """Let a request run into its time-out, and return what comes of that."""
    pbx.quirks = Quirks(hang=True)
    before = len(pbx.requests)
    task = hass.async_create_task(request)
    await until(lambda: len(pbx.requests) > before)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
    return await task
