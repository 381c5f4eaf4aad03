"""Which PBX and which extension an action means."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.service import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.coocenter.const import DOMAIN
from scripts.demo.hass import STAND_INS
from simulator import Office, Simulator
from tests.conftest import WEB_KEY, make_entry
from tests.office_harness import ENTRY_ID, act, asked, commands, devices_of, entity_id, refusal

SECOND_ID = "FEDCBA9876543210"

type Refer = Callable[[HomeAssistant], object]

#: What may stand for extension 801.
ALICE: dict[str, Refer] = {
    "text": lambda _: "801",
    "integer": lambda _: 801,
    "padded": lambda _: " 801 ",
    "telephone": lambda _: "tel:801",
    "full width": lambda _: "\uff18\uff10\uff11",
    "device": lambda hass: devices_of(hass)["801"].id,
    "status entity": lambda hass: entity_id(hass, "801_status"),
    "chosen number": lambda _: {"active_choice": "number", "number": "801"},
    "chosen device": lambda hass: {"active_choice": "device", "device": devices_of(hass)["801"].id},
    "chosen entity": lambda hass: {"active_choice": "entity", "entity": entity_id(hass, "801_status"), "number": "1"},
}
NOT_ALICE: dict[str, tuple[Refer, str]] = {
    "unknown": (lambda _: "899", "unknown_extension"),
    "outside": (lambda _: "01632960201", "unknown_extension"),
    "international": (lambda _: "+801", "unknown_extension"),
    "name": (lambda _: "Alice", "not_dialable"),
    "injection": (lambda _: "801&extension=802", "not_dialable"),
    "empty": (lambda _: "", "not_dialable"),
    "entity of nobody": (lambda _: "sensor.of_nobody", "not_dialable"),
    "the pbx": (lambda hass: devices_of(hass)[""].id, "unknown_extension"),
    "a queue": (lambda hass: devices_of(hass)["queue_630"].id, "unknown_extension"),
    "a queue's switch": (lambda hass: entity_id(hass, "630_801_paused"), "unknown_extension"),
}


@pytest.fixture
async def second(hass: HomeAssistant, loaded: MockConfigEntry) -> AsyncGenerator[Simulator]:
    """Another PBX, with extensions of the same numbers and two more."""
    async with Simulator(Office.build(extensions=9), web_key=WEB_KEY, speed=100.0) as pbx:
        entry = make_entry(pbx, entry_id=SECOND_ID)
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(
            entry, title="Branch", data={**entry.data, CONF_WEBHOOK_ID: "push-of-the-branch"}
        )
        assert await hass.config_entries.async_setup(SECOND_ID)
        pbx.requests.clear()
        yield pbx
        await hass.config_entries.async_unload(SECOND_ID)


def of_another_integration(hass: HomeAssistant) -> dr.DeviceEntry:
    lamp = MockConfigEntry(domain="lamp", title="Lamp")
    lamp.add_to_hass(hass)
    return dr.async_get(hass).async_get_or_create(config_entry_id=lamp.entry_id, identifiers={("lamp", "801")})


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("refer", ALICE.values(), ids=ALICE)
async def test_an_extension_may_be_given_as(hass: HomeAssistant, pbx: Simulator, refer: Refer) -> None:
    await act(hass, "hangup", extension=refer(hass))
    await act(hass, "dial", source="802", destination=refer(hass))
    assert asked(pbx, "extensions/hangup") == [{"extension": "801"}]
    assert asked(pbx, "extensions/click-number") == [{"src": "802", "dst": "801"}]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "refer",
    [
        lambda _: "630",
        lambda _: 630,
        lambda hass: devices_of(hass)["queue_630"].id,
        lambda hass: entity_id(hass, "630_unstaffed"),
        lambda hass: {"active_choice": "device", "device": devices_of(hass)["queue_630"].id},
    ],
    ids=["text", "integer", "device", "entity", "chosen device"],
)
async def test_a_queue_may_be_given_as(hass: HomeAssistant, pbx: Simulator, refer: Refer) -> None:
    await act(hass, "agent_login", queue=refer(hass), extension="803")
    assert asked(pbx, "queues/agent-login") == [{"queue": "630", "extension": "803"}]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("refer", "key"), NOT_ALICE.values(), ids=NOT_ALICE)
async def test_what_is_no_extension_is_refused_before_the_pbx_is_asked(
    hass: HomeAssistant, pbx: Simulator, refer: Refer, key: str
) -> None:
    reference = refer(hass)
    error = await refusal(hass, "hangup", extension=reference)
    assert isinstance(error, ServiceValidationError)
    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    assert error.translation_placeholders
    assert list(error.translation_placeholders.values()) == [reference]
    assert f'"{reference}"' in str(error)
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "reference", [None, {}, {"active_choice": "device"}, {"device": "x"}, {"active_choice": "number", "number": {}}]
)
async def test_what_the_editor_cannot_mean_does_not_fit_the_schema(
    hass: HomeAssistant, pbx: Simulator, reference: object
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "hangup", extension=reference)
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
async def test_a_device_of_another_integration_is_refused(hass: HomeAssistant, pbx: Simulator) -> None:
    device = of_another_integration(hass)
    error = await refusal(hass, "hangup", extension=device.id)
    assert error.translation_key == "service_config_entry_wrong_domain"
    assert str(error) == "Config entry Lamp does not belong to integration coocenter"
    error = await refusal(hass, "hangup", extension=device.id, config_entry_id=ENTRY_ID)
    assert (error.translation_key, error.translation_placeholders) == ("unknown_extension", {"reference": device.id})
    error = await refusal(hass, "agent_login", extension="801", queue=device.id, config_entry_id=ENTRY_ID)
    assert (error.translation_key, error.translation_placeholders) == ("unknown_queue", {"reference": device.id})
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
async def test_an_entity_without_a_device_is_refused(hass: HomeAssistant, pbx: Simulator) -> None:
    helper = er.async_get(hass).async_get_or_create("sensor", "helper", "1", suggested_object_id="helper")
    error = await refusal(hass, "hangup", extension=helper.entity_id)
    assert error.translation_key == "not_dialable"
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("second")
async def test_of_several_pbxs_one_must_be_named(hass: HomeAssistant, pbx: Simulator) -> None:
    for action, data in (("hangup", {"extension": "801"}), ("get_blacklist", {})):
        error = await refusal(hass, action, **data)
        assert error.translation_key == "service_found_multiple_config_entry_for_domain"
        assert "Found multiple config entries for integration coocenter" in str(error)
    assert list(commands(pbx)) == []


async def test_a_pbx_is_named_by_its_entry(hass: HomeAssistant, pbx: Simulator, second: Simulator) -> None:
    await act(hass, "hangup", extension="809", config_entry_id=SECOND_ID)
    await act(hass, "blacklist_add", number="01632960666", config_entry_id=SECOND_ID)
    assert asked(second, "extensions/hangup") == [{"extension": "809"}]
    assert (pbx.office.blacklist, second.office.blacklist) == ([], ["01632960666"])
    assert list(commands(pbx)) == []


async def test_a_pbx_is_named_by_any_of_the_devices(hass: HomeAssistant, pbx: Simulator, second: Simulator) -> None:
    theirs = devices_of(hass, SECOND_ID)
    await act(hass, "dial", source=theirs["801"].id, destination="01632960201")
    await act(hass, "dial", source="802", destination=theirs["809"].id)
    await act(hass, "agent_login", queue=theirs["queue_630"].id, extension="808")
    assert asked(second, "extensions/click-number") == [
        {"src": "801", "dst": "01632960201"},
        {"src": "802", "dst": "809"},
    ]
    assert asked(second, "queues/agent-login") == [{"queue": "630", "extension": "808"}]
    assert list(commands(pbx)) == []


async def test_extensions_of_two_pbxs_cannot_be_joined(hass: HomeAssistant, pbx: Simulator, second: Simulator) -> None:
    ours, theirs = devices_of(hass)["801"].id, devices_of(hass, SECOND_ID)["802"].id
    for data in ({"source": ours, "destination": theirs}, {"source": "801", "destination": theirs}):
        error = await refusal(hass, "transfer", config_entry_id=ENTRY_ID, **data)
        assert (error.translation_key, error.translation_placeholders) == ("unknown_extension", {"reference": theirs})
    assert [*commands(pbx), *commands(second)] == []


@pytest.mark.parametrize("named", [{}, {"config_entry_id": ENTRY_ID}], ids=["the only one", "named"])
async def test_a_pbx_that_is_not_loaded_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, named: dict[str, Any]
) -> None:
    assert await hass.config_entries.async_unload(ENTRY_ID)
    error = await refusal(hass, "hangup", extension="801", **named)
    assert error.translation_key == "service_config_entry_not_loaded"
    assert str(error) == "Config entry CooCenter for integration coocenter is not loaded"
    assert list(commands(pbx)) == []


@pytest.mark.usefixtures("loaded")
async def test_an_entry_that_is_none_is_refused(hass: HomeAssistant) -> None:
    error = await refusal(hass, "hangup", extension="801", config_entry_id="nobody's")
    assert error.translation_key == "service_config_entry_not_found"
    await hass.config_entries.async_set_disabled_by(ENTRY_ID, ConfigEntryDisabler.USER)
    error = await refusal(hass, "hangup", extension="801")
    assert error.translation_key == "service_found_no_config_entry_for_domain"


@pytest.mark.usefixtures("loaded")
async def test_every_action_is_described_with_the_fields_that_it_takes(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To-do lists name features of entities, of which Home Assistant then imports all that there are.
    monkeypatch.syspath_prepend(STAND_INS)
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    taken = {name: service.schema.schema for name, service in hass.services.async_services_for_domain(DOMAIN).items()}
    fields = {name: {str(field): isinstance(field, vol.Required) for field in schema} for name, schema in taken.items()}
    assert fields == {
        name: {field: bool(about.get("required")) for field, about in one["fields"].items()}
        for name, one in described.items()
    }
