"""The actions for agents and for the blacklist, against what the PBX has afterwards."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import DOMAIN
from simulator import Quirks, Simulator
from tests.office_harness import act, asked, commands, devices_of, poll, refusal, state_of

BLOCKED = "01632960666"


@pytest.mark.usefixtures("loaded")
async def test_an_agent_who_is_logged_in_has_a_switch_and_counts(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "agent_login", queue="630", extension="803")
    await hass.async_block_till_done()
    assert asked(pbx, "queues/agent-login") == [{"queue": "630", "extension": "803"}]
    assert pbx.office.queues["630"].member("803")
    assert state_of(hass, "630_803_paused").state == "off"
    assert state_of(hass, "630_agents_logged_in").state == "4"


@pytest.mark.usefixtures("loaded")
async def test_an_agent_who_is_logged_out_has_no_switch_to_press_and_does_not_count(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    queue = devices_of(hass)["queue_630"].id
    await act(hass, "agent_logout", queue=queue, extension=devices_of(hass)["801"].id)
    await hass.async_block_till_done()
    assert asked(pbx, "queues/agent-logout") == [{"queue": "630", "extension": "801"}]
    assert not pbx.office.queues["630"].member("801")
    assert state_of(hass, "630_801_paused").state == "unavailable"
    assert state_of(hass, "630_agents_logged_in").state == "2"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("action", "data", "message"),
    [
        ("agent_login", {"queue": "630", "extension": "801"}, "Unable to add interface: Already there"),
        ("agent_login", {"queue": "699", "extension": "801"}, "Unable to add interface to queue: No such queue"),
        ("agent_logout", {"queue": "630", "extension": "806"}, "Unable to remove interface: Not there"),
        ("agent_pause", {"queue": "631", "extension": "802", "paused": True}, "Interface not found"),
        ("agent_pause", {"queue": "699", "extension": "801", "paused": False}, "Interface not found"),
        ("blacklist_remove", {"number": BLOCKED}, "Database entry not found"),
    ],
)
@pytest.mark.parametrize("style", ["404", "200"])
async def test_what_the_pbx_refuses_is_told_in_its_own_words(
    hass: HomeAssistant, pbx: Simulator, action: str, data: dict[str, object], message: str, style: str
) -> None:
    pbx.quirks = Quirks().changed({"error_style": style})
    error = await refusal(hass, action, **data)
    assert not isinstance(error, ServiceValidationError)
    assert (error.translation_domain, error.translation_key) == (DOMAIN, "refused")
    assert error.translation_placeholders == {"error": message}
    assert str(error) == f"The PBX refused: {message}"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("action", ["agent_login", "agent_logout"])
async def test_an_extension_that_the_pbx_does_not_have_is_no_agent(
    hass: HomeAssistant, pbx: Simulator, action: str
) -> None:
    error = await refusal(hass, action, queue="630", extension="899")
    assert (error.translation_domain, error.translation_key) == (DOMAIN, "unknown_extension")
    assert list(commands(pbx)) == [], "the PBX would take it"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["", "801"])
async def test_only_a_queue_is_a_queue(hass: HomeAssistant, pbx: Simulator, name: str) -> None:
    reference = devices_of(hass)[name].id
    error = await refusal(hass, "agent_login", queue=reference, extension="801")
    assert (error.translation_domain, error.translation_key) == (DOMAIN, "unknown_queue")
    assert str(error) == f'"{reference}" is not a queue. Give the number or the device of a queue'
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
async def test_a_number_is_blocked_and_unblocked(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "blacklist_add", number="01632 960-666")
    await act(hass, "blacklist_add", number="+44 1632 960667")
    assert pbx.office.blacklist == [BLOCKED, "+441632960667"]
    assert state_of(hass, "blacklist_size").state == "2"
    await act(hass, "blacklist_remove", number="+44 1632 960667")
    assert pbx.office.blacklist == [BLOCKED]
    assert state_of(hass, "blacklist_size").state == "1"
    assert asked(pbx, "blacklist/delete") == [{"number": "+441632960667"}]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("action", ["blacklist_add", "blacklist_remove"])
@pytest.mark.parametrize("number", ["", "anonymous", "1&number=2", "1" * 33])
async def test_what_is_no_number_is_not_blocked(hass: HomeAssistant, pbx: Simulator, action: str, number: str) -> None:
    error = await refusal(hass, action, number=number)
    assert (error.translation_key, error.translation_placeholders) == ("not_dialable", {"number": number})
    assert list(commands(pbx)) == []


@pytest.mark.parametrize("without_data", [True, False])
async def test_the_blacklist_is_asked_for_when_it_is_wanted(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, without_data: bool
) -> None:
    pbx.quirks = Quirks(blacklist_without_data=without_data)
    assert await act(hass, "get_blacklist") == {"numbers": []}
    pbx.office.blacklist.append(BLOCKED)
    assert await act(hass, "get_blacklist", config_entry_id=loaded.entry_id) == {"numbers": [BLOCKED]}
    assert state_of(hass, "blacklist_size").state == "1", "what was asked is also shown"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("action", ["get_blacklist", "get_current_calls"])
async def test_a_question_that_the_pbx_does_not_answer_is_an_error(
    hass: HomeAssistant, pbx: Simulator, action: str
) -> None:
    pbx.quirks = Quirks(reply="500")
    assert (await refusal(hass, action)).translation_key == "cannot_connect"
    pbx.quirks = Quirks()
    await poll(hass)
    await act(hass, action)
