"""A user adds a PBX: what is entered, what can be wrong with it, and the way back from every error."""

from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import CONF_WEB_KEY, DOMAIN
from custom_components.coocenter.pbx import CooCenterClient
from simulator import Office, Quirks, Simulator
from simulator.certificate import self_signed_context
from tests.conftest import WEB_KEY
from tests.flow_harness import address, begin, choose, every_trouble, in_vain, submit


def assert_error(flow: ConfigFlowResult, error: str) -> None:
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "user", {"base": error})


async def assert_success(hass: HomeAssistant, flow: ConfigFlowResult, pbx: Simulator) -> None:
    flow = await submit(hass, flow, address(pbx))
    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "push")


async def test_a_pbx_is_added_and_set_up(hass: HomeAssistant, pbx: Simulator) -> None:
    flow = await submit(hass, await begin(hass), address(pbx))

    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "push")
    assert flow["menu_options"] == ["wait", "finish"]
    placeholders = flow["description_placeholders"]
    assert placeholders["host"] == "127.0.0.1"

    flow = await choose(hass, flow, "finish")
    await hass.async_block_till_done()

    assert (flow["type"], flow["title"]) == (FlowResultType.CREATE_ENTRY, "CooCenter")
    data = dict(flow["data"])
    assert placeholders["webhook_url"].endswith(f"/api/coocenter/push/{data.pop(CONF_WEBHOOK_ID)}")
    assert data == {
        CONF_HOST: "127.0.0.1",
        CONF_PORT: pbx.port,
        CONF_SSL: False,
        CONF_VERIFY_SSL: True,
        CONF_WEB_KEY: WEB_KEY,
    }
    assert flow["result"].state is ConfigEntryState.LOADED
    assert hass.states.get("sensor.alice_status").state == "idle"


@every_trouble
async def test_what_does_not_answer_as_a_pbx_is_told_and_can_be_put_right(
    hass: HomeAssistant, pbx: Simulator, error: str, quirks: Quirks
) -> None:
    pbx.quirks = quirks
    flow = await submit(hass, await begin(hass), address(pbx))
    assert_error(flow, error)

    pbx.quirks = Quirks()
    await assert_success(hass, flow, pbx)


async def test_nobody_listens(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.stop()
    flow = await submit(hass, await begin(hass), address(pbx))
    assert_error(flow, "cannot_connect")

    await pbx.start()
    await assert_success(hass, flow, pbx)


async def test_the_pbx_hangs(hass: HomeAssistant, pbx: Simulator) -> None:
    flow = await begin(hass)
    flow = await in_vain(hass, pbx, submit(hass, flow, address(pbx)))
    assert_error(flow, "cannot_connect")

    pbx.quirks = Quirks()
    await assert_success(hass, flow, pbx)


@pytest.mark.parametrize("refusal_style", [401, 403, "200"])
async def test_the_web_key_is_wrong(hass: HomeAssistant, pbx: Simulator, refusal_style: int | str) -> None:
    pbx.quirks = Quirks(refusal_style=refusal_style)
    flow = await submit(hass, await begin(hass), address(pbx, web_key="open"))
    assert_error(flow, "invalid_auth")

    await assert_success(hass, flow, pbx)


async def test_another_server_knows_nothing_of_the_path(hass: HomeAssistant, pbx: Simulator) -> None:
    async with TestServer(web.Application()) as other:
        flow = await submit(hass, await begin(hass), address(pbx, port=other.port))
    assert_error(flow, "not_coocenter")

    await assert_success(hass, flow, pbx)


async def test_what_nobody_thought_of_is_told_and_logged(
    hass: HomeAssistant, pbx: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(CooCenterClient, "extension_hints", side_effect=RuntimeError("who knows")):
        flow = await submit(hass, await begin(hass), address(pbx))
    assert_error(flow, "unknown")
    assert "who knows" in caplog.text

    await assert_success(hass, flow, pbx)


@pytest.mark.parametrize("host", ["", " ", "the PBX", "http://[::1"])
async def test_what_cannot_be_a_host_is_told(hass: HomeAssistant, pbx: Simulator, host: str) -> None:
    with patch.object(CooCenterClient, "extension_hints", side_effect=AssertionError("nothing to ask")):
        flow = await submit(hass, await begin(hass), address(pbx, host=host))
    assert_error(flow, "cannot_connect")

    await assert_success(hass, flow, pbx)


@pytest.mark.parametrize(
    "pasted",
    [" 127.0.0.1 ", "http://127.0.0.1", "https://127.0.0.1:8443/index.html#api", "127.0.0.1:9999", "127.0.0.1/"],
)
async def test_the_address_of_the_pbx_s_web_page_may_be_pasted(
    hass: HomeAssistant, pbx: Simulator, pasted: str
) -> None:
    flow = await submit(hass, await begin(hass), address(pbx, host=pasted, web_key=f" {WEB_KEY}\t"))
    flow = await choose(hass, flow, "finish")

    assert flow["data"][CONF_HOST] == "127.0.0.1"
    assert flow["data"][CONF_PORT] == pbx.port
    assert flow["data"][CONF_WEB_KEY] == WEB_KEY


@pytest.mark.parametrize("entered", ["2001:db8::1", "[2001:db8::1]", "http://[2001:db8::1]:8000/"])
async def test_the_host_may_be_an_ipv6_address(hass: HomeAssistant, pbx: Simulator, entered: str) -> None:
    # Where the tests run there may be no IPv6.
    with patch.object(CooCenterClient, "extension_hints"):
        flow = await submit(hass, await begin(hass), address(pbx, host=entered))

    assert flow["description_placeholders"]["host"] == "2001:db8::1"


async def test_a_pbx_without_a_web_key(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.web_key = None
    entered = address(pbx)
    del entered[CONF_WEB_KEY]
    flow = await submit(hass, await begin(hass), entered)
    flow = await choose(hass, flow, "finish")

    assert flow["data"][CONF_WEB_KEY] == ""
    assert not any("Authorization" in request.headers for request in pbx.requests)


async def test_a_self_signed_certificate_is_refused_unless_the_user_says_so(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    context = self_signed_context("127.0.0.1")
    async with Simulator(Office.build(), web_key=WEB_KEY, ssl_context=context) as pbx:
        # The simulator shares the loop, and a handshake that a client breaks off is an error of its.
        hass.loop.set_exception_handler(lambda _loop, _context: None)
        flow = await submit(hass, await begin(hass), address(pbx, ssl=True))
        assert_error(flow, "cannot_connect")
        assert not pbx.requests, "nothing was said to who could be anybody"

        flow = await submit(hass, flow, address(pbx, ssl=True, verify_ssl=False))
        flow = await choose(hass, flow, "finish")
        await hass.async_block_till_done()

        assert flow["result"].state is ConfigEntryState.LOADED
        assert flow["data"][CONF_SSL] is True
        assert flow["data"][CONF_VERIFY_SSL] is False
        assert await hass.config_entries.async_unload(flow["result"].entry_id)


async def test_a_pbx_is_added_once(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator) -> None:
    pbx.requests.clear()
    flow = await submit(hass, await begin(hass), address(pbx, host="http://127.0.0.1/"))

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert not pbx.requests


async def test_a_pbx_is_added_once_even_if_two_dialogs_are_open(hass: HomeAssistant, pbx: Simulator) -> None:
    first = await submit(hass, await begin(hass), address(pbx))
    second = await submit(hass, await begin(hass), address(pbx))
    first = await choose(hass, first, "finish")
    second = await choose(hass, second, "finish")

    assert first["type"] is FlowResultType.CREATE_ENTRY
    assert (second["type"], second["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert hass.config_entries.async_entries(DOMAIN) == [first["result"]]


async def test_a_second_pbx_is_told_apart_by_its_host(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    async with Simulator(Office.build(), web_key=WEB_KEY) as branch:
        flow = await submit(hass, await begin(hass), address(branch))
        flow = await choose(hass, flow, "finish")
        await hass.async_block_till_done()

        assert flow["title"] == "CooCenter 127.0.0.1"
        assert flow["result"].state is ConfigEntryState.LOADED
        assert await hass.config_entries.async_unload(flow["result"].entry_id)
