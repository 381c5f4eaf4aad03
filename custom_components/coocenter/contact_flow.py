"""The pages of the phone book in the dialog of the options."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    FileSelector,
    FileSelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .blocking import async_change_contacts
from .contact_files import async_import, async_plan, changes_of, read
from .contacts import async_get_contacts, describe_contact
from .pbx import NotDialable, dialable
from .phone_book import Contact, ContactNumber, Plan, Reading, TooLarge, new_id
from .sentences import Words

_SHOWN = 20
_TEXT = TextSelector()
_CONTACT = vol.Schema(
    {
        vol.Required("name"): _TEXT,
        vol.Optional("aliases", default=list): TextSelector(TextSelectorConfig(multiple=True)),
        vol.Optional("numbers", default=list): ObjectSelector(
            ObjectSelectorConfig(
                fields={
                    "number": {
                        "selector": TextSelector(TextSelectorConfig(type=TextSelectorType.TEL)),
                        "required": True,
                    },
                    "label": {"selector": _TEXT},
                },
                multiple=True,
                label_field="number",
                description_field="label",
                translation_key="numbers",
            )
        ),
        vol.Optional("note", default=""): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Required("favourite", default=False): BooleanSelector(),
        vol.Required("blocked", default=False): BooleanSelector(),
    }
)
_FILE = vol.Schema({vol.Required("file"): FileSelector(FileSelectorConfig(accept=".vcf,.csv,text/vcard,text/csv"))})


class ContactPages(OptionsFlow):
    """Add, change and delete contacts, and import them; each page leads back to the menu."""

    _contact: Contact
    """Set by the step contacts, which all that need it come after."""
    _reading: Reading
    """Set by the step import_contacts."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the menu."""
        raise NotImplementedError

    async def async_step_contacts(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let choose a contact."""
        book = async_get_contacts(self.hass).book
        if user_input is not None and (chosen := book.get(user_input["contact"])):
            self._contact = chosen
            return await self.async_step_contact()
        return self.async_show_form(step_id="contacts", data_schema=choice(book))

    async def async_step_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let choose what to do with it."""
        return self.async_show_menu(
            step_id="contact",
            menu_options=["edit_contact", "remove_contact", "init"],
            description_placeholders={"name": self._contact.name, "numbers": _numbers(self._contact)},
        )

    async def async_step_add_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a contact."""
        return await self._async_edit("add_contact", Contact(id=new_id(), name=""), user_input)

    async def async_step_edit_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change a contact."""
        return await self._async_edit("edit_contact", self._contact, user_input)

    async def async_step_remove_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Delete a contact."""
        if user_input is None:
            return self.async_show_form(step_id="remove_contact", description_placeholders={"name": self._contact.name})
        with _aborting():
            await async_change_contacts(self.hass, removed=[self._contact.id])
        return await self.async_step_init()

    async def async_step_import_contacts(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take a file."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._reading = await self.hass.async_add_executor_job(_read, self.hass, user_input["file"])
            except TooLarge:
                errors = {"file": "file_too_large"}
            else:
                if self._reading.contacts:
                    return await self.async_step_import_preview()
                errors = {"file": "no_contacts"}
        return self.async_show_form(step_id="import_contacts", data_schema=_FILE, errors=errors)

    async def async_step_import_preview(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what will change, and do it."""
        plan = await async_plan(self.hass, self._reading)
        if user_input is None:
            return self.async_show_form(
                step_id="import_preview", description_placeholders=_preview(Words(self.hass), plan)
            )
        with _aborting():
            await async_import(self.hass, plan)
        return await self.async_step_init()

    async def _async_edit(self, step: str, contact: Contact, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := _errors(user_input)):
            with _aborting():
                await async_change_contacts(self.hass, [_entered(contact.id, user_input)])
            return await self.async_step_init()
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(_CONTACT, user_input or describe_contact(contact)),
            errors=errors,
        )


def choice(contacts: Iterable[Contact]) -> vol.Schema:
    """Return the form in which one of the contacts is chosen."""
    labels = [SelectOptionDict(value=contact.id, label=_label(contact)) for contact in contacts]
    select = SelectSelector(SelectSelectorConfig(options=labels, mode=SelectSelectorMode.DROPDOWN))
    return vol.Schema({vol.Required("contact"): select})


@contextmanager
def _aborting() -> Generator[None]:
    """End the dialog where the phone book is saved, but a PBX does not block whom it should."""
    try:
        yield
    except HomeAssistantError as err:
        raise AbortFlow(err.translation_key or "unknown", err.translation_placeholders) from err


def _read(hass: HomeAssistant, file_id: str) -> Reading:
    with process_uploaded_file(hass, file_id) as path:
        return read(path.read_bytes())


def _errors(user_input: dict[str, Any]) -> dict[str, str]:
    if not user_input["name"].strip():
        return {"name": "no_name"}
    try:
        for number in user_input["numbers"]:
            dialable(number["number"])
    except NotDialable:
        return {"numbers": "not_dialable"}
    return {}


def _entered(contact_id: str, user_input: dict[str, Any]) -> Contact:
    return Contact(
        id=contact_id,
        name=user_input["name"].strip(),
        aliases=tuple(filter(None, map(str.strip, user_input["aliases"]))),
        numbers=tuple(
            ContactNumber(number=one["number"].strip(), label=(one.get("label") or "").strip())
            for one in user_input["numbers"]
        ),
        note=user_input["note"].strip(),
        favourite=user_input["favourite"],
        blocked=user_input["blocked"],
    )


def _label(contact: Contact) -> str:
    """Return a contact so that two of one name can be told apart."""
    return f"{contact.name} ({contact.numbers[0].number})" if contact.numbers else contact.name


def _numbers(contact: Contact) -> str:
    return "\n".join(f"- {one.number} {one.label}".rstrip() for one in contact.numbers)


def _preview(words: Words, plan: Plan) -> dict[str, str]:
    """Return what an import would change: how many contacts, the first of them by name, and what of each."""
    changed = [
        words.say(
            "contacts_changes",
            name=after.name,
            changes=", ".join(words.say(f"contact_{field}") for field in changes_of(before, after)),
        )
        for before, after in plan.changed
    ]
    problems = [words.say(f"contacts_{problem.code}", card=problem.card) for problem in plan.problems]
    return {
        "new": str(len(plan.new)),
        "new_names": _list(words, [contact.name for contact in plan.new]),
        "changed": str(len(changed)),
        "changed_names": _list(words, changed),
        "unchanged": str(plan.unchanged),
        "problems": str(len(problems)),
        "problem_list": _list(words, problems),
    }


def _list(words: Words, lines: list[str]) -> str:
    more = [words.say("contacts_more", number=len(lines) - _SHOWN)] if lines[_SHOWN:] else []
    return "\n".join(f"- {line}" for line in (*lines[:_SHOWN], *more))
