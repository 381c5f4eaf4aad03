"""The actions of the phone book."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from .blocking import async_change_contacts
from .const import DOMAIN
from .contact_files import CSV, VCARD, async_export, async_import, async_plan, describe_plan, read, read_file
from .contacts import Change, async_get_contacts, describe_contact
from .export import ATTR_FILE_NAME, ATTR_FOLDER, PLACE
from .helpers import pbx_errors_to_user
from .pbx import dialable
from .phone_book import Contact, ContactNumber, PhoneBook, Reading, TooLarge, new_id
from .phone_book.reading import one_line

ATTR_ALIASES = "aliases"
ATTR_BLOCKED = "blocked"
ATTR_CONTACT = "contact"
ATTR_CONTENT = "content"
ATTR_DRY_RUN = "dry_run"
ATTR_FAVOURITE = "favourite"
ATTR_FORMAT = "format"
ATTR_LABEL = "label"
ATTR_NAME = "name"
ATTR_NOTE = "note"
ATTR_NUMBER = "number"
ATTR_NUMBERS = "numbers"
ATTR_PATH = "path"
ATTR_TEXT = "text"

_NAME = vol.All(cv.string, one_line, vol.Length(1, 100))


def _as_number(text: str) -> dict[str, str]:
    return {ATTR_NUMBER: text}


_NUMBER = vol.Schema(
    {
        vol.Required(ATTR_NUMBER): vol.All(cv.string, one_line, vol.Length(max=50)),
        vol.Optional(ATTR_LABEL, default=""): vol.All(cv.string, one_line, vol.Length(max=50)),
    }
)
_FIELDS: dict[Any, Any] = {
    vol.Optional(ATTR_ALIASES): vol.All(cv.ensure_list, [_NAME]),
    vol.Optional(ATTR_NUMBERS): vol.All(
        cv.ensure_list, [vol.All(vol.Any(vol.All(cv.string, _as_number), dict), _NUMBER)]
    ),
    vol.Optional(ATTR_NOTE): vol.All(cv.string, str.strip, vol.Length(max=1000)),
    vol.Optional(ATTR_FAVOURITE): cv.boolean,
    vol.Optional(ATTR_BLOCKED): cv.boolean,
}
ADD = vol.Schema({vol.Required(ATTR_NAME): _NAME, **_FIELDS})
_CONTACT = {vol.Required(ATTR_CONTACT): cv.string}
_UPDATE = vol.Schema({**_CONTACT, vol.Optional(ATTR_NAME): _NAME, **_FIELDS})
_REMOVE = vol.Schema(_CONTACT)
_GET = vol.Schema(
    {
        vol.Optional(ATTR_TEXT): cv.string,
        vol.Optional(ATTR_NUMBER): cv.string,
        vol.Optional(ATTR_FAVOURITE): cv.boolean,
    }
)
_IMPORT = vol.Schema(
    {
        vol.Exclusive(ATTR_PATH, "source"): cv.string,
        vol.Exclusive(ATTR_CONTENT, "source"): cv.string,
        vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
    }
)
_EXPORT = vol.Schema({vol.Optional(ATTR_FORMAT, default=VCARD): vol.In((VCARD, CSV)), **PLACE})


@pbx_errors_to_user
async def _add_contact(call: ServiceCall) -> ServiceResponse:
    contact = changed_contact(Contact(id=new_id(), name=""), call.data)
    await async_change_contacts(call.hass, lambda _: ([contact], ()))
    return {"id": contact.id}


@pbx_errors_to_user
async def _update_contact(call: ServiceCall) -> None:
    contacts = async_get_contacts(call.hass)

    def change(_book: PhoneBook) -> Change:
        return [changed_contact(contacts.meant(call.data[ATTR_CONTACT]), call.data)], ()

    await async_change_contacts(call.hass, change)


async def _remove_contact(call: ServiceCall) -> None:
    contacts = async_get_contacts(call.hass)
    await async_change_contacts(call.hass, lambda _: ((), [contacts.meant(call.data[ATTR_CONTACT]).id]))


async def _get_contacts(call: ServiceCall) -> ServiceResponse:
    contacts = async_get_contacts(call.hass)
    found = contacts.find(call.data.get(ATTR_TEXT, ""))
    if (number := call.data.get(ATTR_NUMBER)) is not None:
        owner = contacts.book.by_number(number)
        found = [contact for contact in found if contact == owner]
    if (favourite := call.data.get(ATTR_FAVOURITE)) is not None:
        found = [contact for contact in found if contact.favourite is favourite]
    return {"contacts": [describe_contact(contact) for contact in found]}


async def _import_contacts(call: ServiceCall) -> ServiceResponse:
    reading = await _async_reading(call)
    plan = await (async_plan if call.data[ATTR_DRY_RUN] else async_import)(call.hass, reading)
    return await call.hass.async_add_executor_job(describe_plan, plan)


async def _async_reading(call: ServiceCall) -> Reading:
    run = call.hass.async_add_executor_job
    try:
        match call.data:
            case {"content": content}:
                return await run(read, content.encode())
            case {"path": path}:
                return await run(read_file, call.hass, path)
    except TooLarge as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="file_too_large") from err
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="path_or_content")


async def _export_contacts(call: ServiceCall) -> ServiceResponse:
    data = call.data
    return await async_export(call.hass, data[ATTR_FORMAT], data[ATTR_FOLDER], data.get(ATTR_FILE_NAME))


def changed_contact(contact: Contact, data: Mapping[str, Any]) -> Contact:
    """Return a contact with the fields that are given; raises NotDialable for what is no telephone number."""
    simple = (ATTR_NAME, ATTR_NOTE, ATTR_FAVOURITE, ATTR_BLOCKED)
    changes = {field: data[field] for field in simple if field in data}
    if ATTR_ALIASES in data:
        changes[ATTR_ALIASES] = tuple(data[ATTR_ALIASES])
    if ATTR_NUMBERS in data:
        for number in data[ATTR_NUMBERS]:
            dialable(number[ATTR_NUMBER])
        changes[ATTR_NUMBERS] = tuple(ContactNumber(**number) for number in data[ATTR_NUMBERS])
    return replace(contact, **changes)


@callback
def async_setup_contact_services(hass: HomeAssistant) -> None:
    """Register the actions; any user may read, the office's phone book is changed by administrators."""
    optional = SupportsResponse.OPTIONAL
    hass.services.async_register(DOMAIN, "get_contacts", _get_contacts, _GET, SupportsResponse.ONLY)
    async_register_admin_service(hass, DOMAIN, "add_contact", _add_contact, ADD, optional)
    async_register_admin_service(hass, DOMAIN, "update_contact", _update_contact, _UPDATE)
    async_register_admin_service(hass, DOMAIN, "remove_contact", _remove_contact, _REMOVE)
    async_register_admin_service(hass, DOMAIN, "import_contacts", _import_contacts, _IMPORT, optional)
    async_register_admin_service(hass, DOMAIN, "export_contacts", _export_contacts, _EXPORT, optional)
