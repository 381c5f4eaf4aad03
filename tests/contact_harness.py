"""What the tests of the phone book share: contacts, and the actions that put them there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant, ServiceResponse
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.const import DOMAIN
from tests.log_harness import ALICE

#: The same subscriber as the PBX's trunk and as a card tell it.
ALICE_ABROAD = "+44 1632 960123"
MOBILE = "01632 960777"
VCARD = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nTEL;TYPE=cell:{number}\r\nEND:VCARD\r\n"

__all__ = [
    "ALICE",
    "ALICE_ABROAD",
    "MOBILE",
    "VCARD",
    "add",
    "answer",
    "begin",
    "contacts",
    "names",
    "submit",
    "uploaded",
]


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


async def begin(hass: HomeAssistant, entry: MockConfigEntry, *choices: str) -> ConfigFlowResult:
    """Open the dialog, and choose from its menus."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    for choice in choices:
        flow = await submit(hass, flow, next_step_id=choice)
    return flow


async def submit(hass: HomeAssistant, flow: ConfigFlowResult, **data: Any) -> ConfigFlowResult:
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], data)
    await hass.async_block_till_done()
    return flow


@contextmanager
def uploaded(path: Path, content: str) -> Iterator[str]:
    """Let the dialog find a file that a browser uploaded."""
    path.write_text(content, encoding="utf-8")
    with patch("custom_components.coocenter.contact_flow.process_uploaded_file") as process:
        process.return_value.__enter__.return_value = path
        yield str(uuid4())
