"""The actions that handle calls, against what the PBX was asked and what happened there."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coocenter.const import CONF_INTERNATIONAL_PREFIX, DOMAIN
from simulator import Quirks, Simulator
from tests.flow_harness import in_vain, until
from tests.office_harness import (
    FOREVER,
    act,
    asked,
    commands,
    devices_of,
    entity_id,
    poll,
    refusal,
    state_of,
)

OUTSIDE = "01632960201"

DIALABLE = {
    "802": "802",
    "01632 960-201": OUTSIDE,
    "(01632) 960.201": OUTSIDE,
    f"tel:{OUTSIDE}": OUTSIDE,
    "+44 (0)1632 960001": "00441632960001",
    "tel:+44-1632-960001": "00441632960001",
    "*98": "*98",
    "#1*2": "#1*2",
    "1" * 32: "1" * 32,
    "+" + "1" * 30: "00" + "1" * 30,
}
NOT_DIALABLE = (
    "",
    " ",
    "alice",
    "01632;960201",
    "01632\n960201",
    "802&src=803",
    "802,803",
    "sip:802@192.0.2.1",
    "sensor.of_nobody",
    "+",
    "1" * 33,
    "+" + "1" * 31,
    "True",
)


async def talk(hass: HomeAssistant, pbx: Simulator) -> None:
    """Have 801 talk to 802 until somebody ends it."""
    await pbx.play("internal", caller="801", callee="802", ring=0, talk=FOREVER, wait=False)
    await until(lambda: pbx.engine.live and pbx.engine.live[0].bridged)


@pytest.mark.usefixtures("loaded")
async def test_dial_rings_the_source_and_then_the_destination(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "dial", source="801", destination="802")
    assert asked(pbx, "extensions/click-number") == [{"src": "801", "dst": "802"}]
    await until(lambda: pbx.office.calls)
    (call,) = pbx.office.calls
    assert (call.caller, call.callee, call.outcome) == ("801", "802", "answered")


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("entered", "dialled"), DIALABLE.items())
async def test_a_number_is_dialled_as_the_pbx_takes_it(
    hass: HomeAssistant, pbx: Simulator, entered: str, dialled: str
) -> None:
    await act(hass, "dial", source="801", destination=entered)
    assert asked(pbx, "extensions/click-number") == [{"src": "801", "dst": dialled}]


@pytest.mark.parametrize(("prefix", "dialled"), [("900", "900441632960001"), ("", "441632960001")])
async def test_the_international_prefix_is_the_offices(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, prefix: str, dialled: str
) -> None:
    hass.config_entries.async_update_entry(loaded, options={CONF_INTERNATIONAL_PREFIX: prefix})
    await act(hass, "dial", source="801", destination="+44 1632 960001")
    assert asked(pbx, "extensions/click-number") == [{"src": "801", "dst": dialled}]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("number", NOT_DIALABLE)
@pytest.mark.parametrize("action", ["dial", "transfer"])
async def test_what_is_no_number_never_reaches_the_pbx(
    hass: HomeAssistant, pbx: Simulator, action: str, number: str
) -> None:
    error = await refusal(hass, action, source="801", destination=number)
    assert isinstance(error, ServiceValidationError)
    assert (error.translation_domain, error.translation_key) == (DOMAIN, "not_dialable")
    assert error.translation_placeholders == {"number": number}
    assert str(error) == f'"{number}" is not a number that can be dialled. Use digits, * and #, at most 32 of them'
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
async def test_a_queue_or_an_extension_is_dialled_by_its_device(hass: HomeAssistant, pbx: Simulator) -> None:
    await act(hass, "dial", source="801", destination=devices_of(hass)["queue_630"].id)
    await act(hass, "dial", source="802", destination=entity_id(hass, "803_status"))
    assert [form["dst"] for form in asked(pbx, "extensions/click-number")] == ["630", "803"]


@pytest.mark.usefixtures("loaded")
async def test_the_pbx_itself_cannot_be_dialled(hass: HomeAssistant, pbx: Simulator) -> None:
    error = await refusal(hass, "dial", source="801", destination=devices_of(hass)[""].id)
    assert error.translation_key == "unknown_extension"
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
async def test_hangup_ends_the_calls_of_an_extension(hass: HomeAssistant, pbx: Simulator) -> None:
    await talk(hass, pbx)
    await act(hass, "hangup", extension="802")
    await until(lambda: not pbx.engine.live)
    assert asked(pbx, "extensions/hangup") == [{"extension": "802"}]


@pytest.mark.usefixtures("loaded")
async def test_transfer_moves_the_other_party(hass: HomeAssistant, pbx: Simulator) -> None:
    await talk(hass, pbx)
    await act(hass, "transfer", source="802", destination="803")
    assert asked(pbx, "extensions/transfer") == [{"src": "802", "dst": "803"}]
    await until(lambda: pbx.engine.live[0].bridged and pbx.engine.live[0].peers == {"801", "803"})


@pytest.mark.usefixtures("loaded")
async def test_spy_rings_the_listener(hass: HomeAssistant, pbx: Simulator) -> None:
    await talk(hass, pbx)
    await act(hass, "spy", listener="805", extension="801")
    assert asked(pbx, "extensions/extenSpy") == [{"src": "805", "dst": "801"}]
    assert [call.record.caller for call in pbx.engine.live if call.record.direction == "spy"] == ["805"]


@pytest.mark.usefixtures("loaded")
async def test_only_an_administrator_may_listen_in(
    hass: HomeAssistant, pbx: Simulator, hass_read_only_user: MockUser, hass_admin_user: MockUser
) -> None:
    data = {"listener": "805", "extension": "801"}
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "spy", data, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )
    assert list(commands(pbx)) == []
    await hass.services.async_call(DOMAIN, "spy", data, blocking=True, context=Context(user_id=hass_admin_user.id))
    assert list(commands(pbx)) == ["extensions/extenSpy"]


@pytest.mark.usefixtures("loaded")
async def test_current_calls_are_asked_for_when_they_are_wanted(hass: HomeAssistant, pbx: Simulator) -> None:
    assert await act(hass, "get_current_calls") == {"calls": []}
    await talk(hass, pbx)
    answer = await act(hass, "get_current_calls")
    assert answer
    (call,) = answer["calls"]
    assert {key: call[key] for key in ("direction", "state", "caller", "caller_name", "callee", "extensions")} == {
        "direction": "internal",
        "state": "connected",
        "caller": "801",
        "caller_name": "Alice",
        "callee": "802",
        "extensions": ["801", "802"],
    }
    assert state_of(hass, "active_calls").state == "1", "what was asked is also shown"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("quirks", "key", "message"),
    [
        (Quirks(reply="500"), "cannot_connect", "The PBX cannot be reached (HTTP 500). Check that it is running"),
        (Quirks(reply="reset"), "cannot_connect", "The PBX cannot be reached (Server disconnected). Check that it"),
        (Quirks(reply="html"), "bad_reply", "an answer that a CooCenter does not give (The answer is not JSON). Check"),
        (Quirks(reply="garbage"), "bad_reply", "an answer that a CooCenter does not give (The answer is not JSON)."),
    ],
    ids=["failing", "reset", "web page", "nonsense"],
)
async def test_a_pbx_in_trouble_is_told_to_the_user(
    hass: HomeAssistant, pbx: Simulator, quirks: Quirks, key: str, message: str
) -> None:
    pbx.quirks = quirks
    error = await refusal(hass, "dial", source="801", destination="802")
    assert not isinstance(error, ServiceValidationError)
    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    assert message in str(error)


@pytest.mark.usefixtures("loaded")
async def test_a_pbx_that_is_gone_is_told_to_the_user(hass: HomeAssistant, pbx: Simulator) -> None:
    await pbx.stop()
    error = await refusal(hass, "dial", source="801", destination="802")
    assert error.translation_key == "cannot_connect"


@pytest.mark.usefixtures("loaded")
async def test_a_pbx_that_does_not_answer_is_waited_for_ten_seconds(hass: HomeAssistant, pbx: Simulator) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await in_vain(hass, pbx, act(hass, "hangup", extension="801"))
    assert raised.value.translation_key == "cannot_connect"
    assert "The PBX cannot be reached (The PBX did not answer in time)." in str(raised.value)


@pytest.mark.usefixtures("loaded")
async def test_a_web_key_that_is_no_longer_right_is_told_to_the_user(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.web_key = "another"
    error = await refusal(hass, "hangup", extension="801")
    assert error.translation_key == "invalid_auth"
    assert str(error).startswith("The PBX refused the Web Key. Enter the one from its API settings")


async def test_an_extension_that_went_is_unknown_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    del pbx.office.extensions["806"]
    await poll(hass)
    for reference in ("806", devices_of(hass)["806"].id, entity_id(hass, "806_status")):
        error = await refusal(hass, "hangup", extension=reference)
        assert error.translation_key == "unknown_extension"
