"""A PBX that pushes nothing is noticed by the calls that only polling saw."""

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import DOMAIN
from simulator import Simulator
from tests.conftest import WEBHOOK_ID, Push, load
from tests.poll_harness import begin_call, next_poll, status


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"no_pushes_{entry.entry_id}")


async def test_a_call_that_no_push_told_of_is_an_issue_until_the_first_push(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    await next_poll(hass)
    assert issue(hass, loaded) is None
    await begin_call(pbx)
    await next_poll(hass)

    raised = issue(hass, loaded)
    assert raised.translation_key == "no_pushes"
    assert (raised.severity, raised.is_fixable) == (ir.IssueSeverity.WARNING, False)
    assert raised.translation_placeholders["title"] == "CooCenter"
    assert raised.translation_placeholders["webhook_url"].endswith(f"/api/coocenter/push/{WEBHOOK_ID}")

    assert await push(status("801", 1)) == 200
    assert issue(hass, loaded) is None
    await begin_another_call(pbx)
    await next_poll(hass)
    assert issue(hass, loaded) is None, "pushes come"


async def begin_another_call(pbx: Simulator) -> None:
    await pbx.play("internal", caller="803", callee="804", talk=1e9, wait=False)


async def test_a_call_that_was_there_before_home_assistant_is_none(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: Simulator
) -> None:
    await begin_call(pbx)
    await load(hass, entry)
    for _ in range(3):
        await next_poll(hass)
    assert issue(hass, entry) is None

    await begin_another_call(pbx)
    await next_poll(hass)
    assert issue(hass, entry)


async def test_a_pbx_that_pushes_has_none(hass: HomeAssistant, connected: MockConfigEntry, pbx: Simulator) -> None:
    await next_poll(hass)
    await begin_call(pbx)
    await next_poll(hass)

    assert hass.states.get("sensor.coocenter_active_calls").state == "1"
    assert issue(hass, connected) is None


async def test_a_caller_who_is_alone_in_the_menu_is_none(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    await next_poll(hass)
    # Nothing is pushed before the caller has chosen, and this one takes a day.
    pbx.speed /= 1e6
    await pbx.play("ivr_only", wait=False)
    await next_poll(hass)

    assert hass.states.get("sensor.coocenter_active_calls").state == "1"
    assert issue(hass, loaded) is None


async def test_the_issue_goes_with_the_entry(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator) -> None:
    await next_poll(hass)
    await begin_call(pbx)
    await next_poll(hass)
    assert issue(hass, loaded)
    await hass.config_entries.async_set_disabled_by(loaded.entry_id, ConfigEntryDisabler.USER)
    assert issue(hass, loaded) is None

    await hass.config_entries.async_set_disabled_by(loaded.entry_id, None)
    # Home Assistant reloads an entry whose entities it enabled.
    await next_poll(hass)
    await next_poll(hass)
    await begin_another_call(pbx)
    await next_poll(hass)
    assert issue(hass, loaded)
    await hass.config_entries.async_remove(loaded.entry_id)
    assert issue(hass, loaded) is None
