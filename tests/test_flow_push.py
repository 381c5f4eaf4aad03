"""A PBX is added: its pushes are waited for, and none is lost while nobody is there to take it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.coocenter.const import EVENT_COOCENTER
from simulator import Simulator
from tests.flow_harness import address, begin, choose, submit, until

RINGING = {"event": "extensionstatus", "exten": "801", "status": "8", "statustext": "Ringing"}

type Post = Callable[..., Awaitable[int]]


@pytest.fixture
async def menu(hass: HomeAssistant, pbx: Simulator) -> ConfigFlowResult:
    """The dialog that shows the URL to push to."""
    return await submit(hass, await begin(hass), address(pbx))


@pytest.fixture
async def url(menu: ConfigFlowResult, hass_client_no_auth: ClientSessionGenerator) -> str:
    """The URL that the dialog shows, as it can be reached in the test."""
    client = await hass_client_no_auth()
    return str(client.make_url(URL(menu["description_placeholders"]["webhook_url"]).path))


@pytest.fixture
async def post(url: str, hass_client_no_auth: ClientSessionGenerator) -> Post:
    """Push to the URL that the dialog shows, and return the status that the PBX would see."""
    client = await hass_client_no_auth()

    async def send(**kwargs: Any) -> int:
        async with client.post(URL(url).path, **({"json": RINGING} | kwargs)) as response:
            return response.status

    return send


async def step_is(hass: HomeAssistant, flow: ConfigFlowResult, step_id: str) -> ConfigFlowResult:
    """Wait until a flow is at a step, and return what the user sees there."""
    await until(lambda: hass.config_entries.flow.async_get(flow["flow_id"])["step_id"] == step_id)
    return await submit(hass, flow)


async def let_time_pass(hass: HomeAssistant, seconds: int) -> None:
    # Whoever waits must have begun to.
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def test_pushes_between_the_menu_and_the_entry_come_again_and_are_taken(
    hass: HomeAssistant, pbx: Simulator, menu: ConfigFlowResult, url: str
) -> None:
    fired = async_capture_events(hass, EVENT_COOCENTER)
    pbx.push_url = url
    before = await pbx.play("internal", caller="801", callee="802")
    await until(lambda: pbx.pushed[0].attempts > 1)
    assert not pbx.pusher.acknowledged

    during = pbx.begin("internal", {"caller": "803", "callee": "804"})
    await choose(hass, menu, "finish")
    after = await pbx.play("internal", caller="801", callee="802")
    calls = [before.id, (await during).id, after.id]
    await pbx.drain()

    told = [event.data["uniqueid"] for event in fired if event.data["type"] == "cdr"]
    assert sorted(told) == sorted(calls)
    # What an extension does is told by polling, too, and then is no news.
    pushed = [push.body["uniqueid"] for push in pbx.pushed if push.body["event"] != "extensionstatus"]
    assert [event.data["uniqueid"] for event in fired if event.data["type"] != "extension_status"] == pushed


async def test_the_first_push_ends_the_wait(
    hass: HomeAssistant, pbx: Simulator, menu: ConfigFlowResult, url: str
) -> None:
    waiting = await choose(hass, menu, "wait")
    assert (waiting["type"], waiting["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "wait_for_push")
    assert waiting["description_placeholders"] == menu["description_placeholders"]

    pbx.push_url = url
    call = await pbx.play("internal", caller="801", callee="802")
    flow = await step_is(hass, menu, "arrived")
    assert flow["type"] is FlowResultType.FORM

    fired = async_capture_events(hass, EVENT_COOCENTER)
    flow = await submit(hass, flow, {})
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await pbx.drain()
    assert [event.data["uniqueid"] for event in fired if event.data["type"] == "cdr"] == [call.id]


async def test_a_push_that_came_before_the_wait_ends_it_at_once(
    hass: HomeAssistant, menu: ConfigFlowResult, post: Post
) -> None:
    assert await post() == HTTPStatus.SERVICE_UNAVAILABLE
    assert await post() == HTTPStatus.SERVICE_UNAVAILABLE, "it comes again until the entry takes it"

    await choose(hass, menu, "wait")

    flow = await step_is(hass, menu, "arrived")
    assert flow["type"] is FlowResultType.FORM, "the user is told"


async def test_what_is_no_push_does_not_end_the_wait(hass: HomeAssistant, menu: ConfigFlowResult, post: Post) -> None:
    await choose(hass, menu, "wait")
    assert await post(json=None, data=b"<html>") == HTTPStatus.BAD_REQUEST
    await hass.async_block_till_done()

    assert (await submit(hass, menu))["type"] is FlowResultType.SHOW_PROGRESS


async def test_without_a_push_the_user_is_told_after_two_minutes_and_may_wait_again(
    hass: HomeAssistant, menu: ConfigFlowResult, post: Post
) -> None:
    await choose(hass, menu, "wait")
    await let_time_pass(hass, 115)
    assert (await submit(hass, menu))["type"] is FlowResultType.SHOW_PROGRESS

    await let_time_pass(hass, 121)
    flow = await step_is(hass, menu, "missing")
    assert flow["type"] is FlowResultType.MENU
    assert flow["menu_options"] == ["wait", "finish"]
    assert flow["description_placeholders"] == menu["description_placeholders"]

    flow = await choose(hass, flow, "wait")
    assert flow["type"] is FlowResultType.SHOW_PROGRESS
    assert await post() == HTTPStatus.SERVICE_UNAVAILABLE
    await step_is(hass, menu, "arrived")


async def test_without_a_push_the_pbx_can_be_added_all_the_same(
    hass: HomeAssistant, menu: ConfigFlowResult, post: Post
) -> None:
    await choose(hass, menu, "wait")
    await let_time_pass(hass, 121)
    flow = await choose(hass, await step_is(hass, menu, "missing"), "finish")

    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert await post() == HTTPStatus.OK
    await hass.async_block_till_done()
    assert hass.states.get("sensor.alice_status").state == "ringing"


async def test_the_url_stays_when_the_dialog_is_looked_at_again(hass: HomeAssistant, menu: ConfigFlowResult) -> None:
    again = await submit(hass, menu)

    assert again["step_id"] == "push"
    assert again["description_placeholders"] == menu["description_placeholders"]


@pytest.mark.parametrize("option", [None, "wait"])
async def test_the_url_is_given_up_when_the_dialog_is_closed(
    hass: HomeAssistant, menu: ConfigFlowResult, post: Post, option: str | None
) -> None:
    if option:
        await choose(hass, menu, option)
    assert await post() == HTTPStatus.SERVICE_UNAVAILABLE

    hass.config_entries.flow.async_abort(menu["flow_id"])

    # Home Assistant's answer for a webhook that it does not know.
    assert await post() == HTTPStatus.NOT_FOUND
    with pytest.raises(UnknownFlow):
        await submit(hass, menu)


async def test_the_url_is_given_up_when_the_pbx_was_added_meanwhile(
    hass: HomeAssistant, pbx: Simulator, menu: ConfigFlowResult, post: Post
) -> None:
    other = await submit(hass, await begin(hass), address(pbx))
    await choose(hass, other, "finish")
    await choose(hass, menu, "finish")

    assert await post() == HTTPStatus.NOT_FOUND
    await hass.async_block_till_done()
    assert hass.states.get("sensor.alice_status").state == "idle", "nobody took it"
