"""What the tests of voice share: a house with a conversation, satellites in it, and what comes of a sentence."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er, intent
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.contacts import async_get_contacts
from custom_components.coocenter.phone_book import Contact, ContactNumber
from simulator import Simulator
from tests.office_harness import asked, devices_of

ALICE = "01632960101"


async def listen(hass: HomeAssistant) -> None:
    """Set Home Assistant's conversation up."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()


async def know(hass: HomeAssistant, name: str, *numbers: str | tuple[str, str], aliases: tuple[str, ...] = ()) -> None:
    """Put somebody into the phone book; a number may have a label."""
    pairs = [(one, "") if isinstance(one, str) else one for one in numbers]
    contact = Contact(
        id=name,
        name=name,
        aliases=aliases,
        numbers=tuple(ContactNumber(number=number, label=label) for number, label in pairs),
    )
    await async_get_contacts(hass).async_change(lambda _: ([contact], ()))


async def converse(hass: HomeAssistant, text: str, **options: Any) -> intent.IntentResponse:
    """Say something to Home Assistant, and return its response."""
    options = {"language": "en", "context": Context()} | options
    result = await conversation.async_converse(hass, text, None, **options)
    return result.response


async def say(hass: HomeAssistant, text: str, **options: Any) -> str:
    """Say something to Home Assistant, and return what it answers."""
    return spoken(await converse(hass, text, **options))


def spoken(response: intent.IntentResponse) -> str:
    return str(response.speech["plain"]["speech"])


def dialled(pbx: Simulator) -> list[tuple[str, str]]:
    """Return from where and whereto was dialled, and forget it."""
    calls = [(form["src"], form["dst"]) for form in asked(pbx, "extensions/click-number")]
    pbx.requests.clear()
    return calls


def area(hass: HomeAssistant, name: str) -> str:
    return ar.async_get(hass).async_get_or_create(name).id


def place(hass: HomeAssistant, extension: str, where: str) -> None:
    """Put an extension's phone into a room."""
    dr.async_get(hass).async_update_device(devices_of(hass)[extension].id, area_id=area(hass, where))


def satellite(hass: HomeAssistant, where: str | None = None, name: str = "box") -> er.RegistryEntry:
    """Return the entity of a new voice satellite, whose device stands in a room."""
    entry = MockConfigEntry(domain="test", entry_id=f"satellite {name}")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", name)})
    if where:
        dr.async_get(hass).async_update_device(device.id, area_id=area(hass, where))
    return er.async_get(hass).async_get_or_create(
        "assist_satellite", "test", name, config_entry=entry, device_id=device.id, original_name=name
    )


def set_options(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """Choose options, as the options' dialog does but for the reload."""
    merged: Mapping[str, Any] = {**entry.options, **options}
    hass.config_entries.async_update_entry(entry, options=merged)
