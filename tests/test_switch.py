"""An agent's pause: the switch shows what the PBX has."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.coocenter.const import DOMAIN
from simulator import Quirks, Simulator
from simulator.queues import Member
from tests.office_harness import asked, assert_entities, entity_id, poll, state_of

ALICE = "630_801_paused"


async def turn(hass: HomeAssistant, how: str, part: str = ALICE) -> None:
    await hass.services.async_call("switch", f"turn_{how}", {"entity_id": entity_id(hass, part)}, blocking=True)


def member(pbx: Simulator, queue: str = "630", extension: str = "801") -> Member:
    found = pbx.office.queues[queue].member(extension)
    assert found
    return found


@pytest.mark.usefixtures("loaded")
def test_switches(hass: HomeAssistant, snapshot: SnapshotAssertion) -> None:
    assert_entities(hass, snapshot, "switch")


@pytest.mark.usefixtures("loaded")
async def test_on_pauses_the_agent_in_one_queue_and_off_resumes(hass: HomeAssistant, pbx: Simulator) -> None:
    await turn(hass, "on")
    assert member(pbx).paused
    assert not member(pbx, "631").paused
    assert (state_of(hass, ALICE).state, state_of(hass, "631_801_paused").state) == (STATE_ON, STATE_OFF)
    assert state_of(hass, "630_agents_paused").state == "1"

    await turn(hass, "off")
    assert not member(pbx).paused
    assert state_of(hass, ALICE).state == STATE_OFF
    sent = {"queue": "630", "member": "801"}
    assert asked(pbx, "queues/agent-pause") == [sent | {"state": "on"}, sent | {"state": "off"}]


@pytest.mark.usefixtures("loaded")
async def test_an_agent_who_left_the_queue_meanwhile_is_refused_and_shown_as_gone(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    member(pbx).logged_in = False
    with pytest.raises(HomeAssistantError) as raised:
        await turn(hass, "on")
    assert (raised.value.translation_domain, raised.value.translation_key) == (DOMAIN, "refused")
    assert raised.value.translation_placeholders == {"error": "Interface not found"}
    assert str(raised.value) == "The PBX refused: Interface not found"
    assert state_of(hass, ALICE).state == STATE_UNAVAILABLE


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("quirks", "key", "message"),
    [
        (Quirks(reply="500"), "cannot_connect", "The PBX cannot be reached (HTTP 500)."),
        (Quirks(reply="html"), "bad_reply", "that a CooCenter does not give (The answer is not JSON)."),
    ],
    ids=["failing", "web page"],
)
async def test_a_pbx_in_trouble_is_an_error_and_the_switch_stays(
    hass: HomeAssistant, pbx: Simulator, quirks: Quirks, key: str, message: str
) -> None:
    pbx.quirks = quirks
    with pytest.raises(HomeAssistantError) as raised:
        await turn(hass, "on")
    assert (raised.value.translation_domain, raised.value.translation_key) == (DOMAIN, key)
    assert message in str(raised.value)
    assert state_of(hass, ALICE).state == STATE_OFF
    assert not member(pbx).paused


@pytest.mark.usefixtures("loaded")
async def test_a_pause_that_the_agent_made_at_the_phone_is_shown_after_a_poll(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    member(pbx).pause(paused=True)
    await poll(hass)
    assert state_of(hass, ALICE).state == STATE_ON
    member(pbx).pause(paused=False)
    await poll(hass)
    assert state_of(hass, ALICE).state == STATE_OFF


@pytest.mark.usefixtures("loaded")
async def test_an_agent_who_left_the_queue_has_no_switch_to_press(hass: HomeAssistant, pbx: Simulator) -> None:
    member(pbx).logged_in = False
    await poll(hass)
    assert state_of(hass, ALICE).state == STATE_UNAVAILABLE
    await turn(hass, "on")
    assert asked(pbx, "queues/agent-pause") == []
