"""What the tests of the phone book share: contacts, and the actions that put them there."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceResponse

from custom_components.coocenter.const import DOMAIN
from tests.log_harness import ALICE

#: The same subscriber as the PBX's trunk and as a card tell it.
ALICE_ABROAD = "+44 1632 960123"
MOBILE = "01632 960777"
VCARD = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nTEL;TYPE=cell:{number}\r\nEND:VCARD\r\n"

__all__ = ["ALICE", "ALICE_ABROAD", "MOBILE", "VCARD", "add", "answer", "contacts", "names"]


async def answer(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Run an action that answers, and return what it does."""
    response: ServiceResponse = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    await hass.async_block_till_done()
    assert response is not None
    return dict(response)


async def add(hass: HomeAssistant, name: str, *numbers: str, **fields: Any) -> str:
    """Put a contact into the phone book, and return its id."""
    added = await answer(hass, "add_contact", name=name, numbers=list(numbers), **fields)
    return str(added["id"])


async def contacts(hass: HomeAssistant, **wanted: Any) -> list[dict[str, Any]]:
    return list((await answer(hass, "get_contacts", **wanted))["contacts"])


async def names(hass: HomeAssistant, **wanted: Any) -> list[str]:
    return [contact["name"] for contact in await contacts(hass, **wanted)]
