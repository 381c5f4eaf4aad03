"""The pages of the phone book in the dialog of the options."""

from abc import abstractmethod
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
import re
import string
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
from .const import DOMAIN
from .contact_files import Outdated, async_import, async_plan, changes_of, read
from .contact_services import ADD, changed_contact
from .contacts import async_get_contacts, describe_contact
from .pbx import NotDialable
from .phone_book import Contact, PhoneBook, Plan, Problem, Reading, TooLarge, new_id
from .phone_book.reading import one_line
from .sentences import Words

_SHOWN = 20
#: More contacts are searched before one is chosen.
_CHOICES = 50
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
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
_SEARCH = vol.Schema({vol.Required("text"): _TEXT})
_FILE = vol.Schema({vol.Required("file"): FileSelector(FileSelectorConfig(accept=".vcf,.csv,text/vcard,text/csv"))})


class ContactPages(OptionsFlow):
    """Add, change and delete contacts, and import them; each page leads back to the menu."""

    _text = ""
    """What is searched for in the contacts."""
    _contact: Contact
    """As it is shown; set by the step choose_contact, which all that need it come after."""
    _reading: Reading
    """Set by the step import_contacts."""
    _plan: Plan
    """As it is shown."""

    @abstractmethod
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the menu."""

    async def async_step_contacts(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let search the contacts, where they are many."""
        contacts = async_get_contacts(self.hass)
        self._text = user_input["text"] if user_input else ""
        if len(contacts.book) <= _CHOICES or (user_input and contacts.find(self._text)):
            return await self.async_step_choose_contact()
        return self.async_show_form(
            step_id="contacts",
            data_schema=self.add_suggested_values_to_schema(_SEARCH, user_input),
            errors={"text": "nobody_found"} if user_input else {},
        )

    async def async_step_choose_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let choose a contact."""
        contacts = async_get_contacts(self.hass)
        if user_input is not None and (chosen := contacts.book.get(user_input["contact"])):
            self._contact = chosen
            return await self.async_step_contact()
        found = contacts.find(self._text)
        more = Words(self.hass).say("contacts_more", number=len(found) - _CHOICES) if found[_CHOICES:] else ""
        return self.async_show_form(
            step_id="choose_contact",
            data_schema=choice(found[:_CHOICES]),
            errors={"contact": "contact_deleted"} if user_input else {},
            description_placeholders={"more": more},
        )

    async def async_step_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let choose what to do with it."""
        return self.async_show_menu(
            step_id="contact",
            menu_options=["edit_contact", "remove_contact", "init"],
            description_placeholders={"name": _escaped(self._contact.name), "numbers": _numbers(self._contact)},
        )

    async def async_step_add_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a contact."""
        contact = Contact(id=new_id(), name="")
        return await self._async_edit("add_contact", contact, user_input, lambda _, entered: entered)

    async def async_step_edit_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change a contact."""
        shown = self._contact

        def changed(book: PhoneBook, entered: Contact) -> Contact:
            # What somebody else changed meanwhile stays; who was deleted does not come back.
            names = (field.name for field in fields(Contact))
            edited = {name: new for name in names if (new := getattr(entered, name)) != getattr(shown, name)}
            return replace(_there(book, shown), **edited)

        if user_input is None:
            with _aborting():
                self._contact = shown = _there(async_get_contacts(self.hass).book, shown)
        return await self._async_edit("edit_contact", shown, user_input, changed)

    async def async_step_remove_contact(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Delete a contact."""
        if user_input is None:
            name = _escaped(self._contact.name)
            return self.async_show_form(step_id="remove_contact", description_placeholders={"name": name})
        with _aborting():
            await async_change_contacts(self.hass, lambda _: ((), [self._contact.id]))
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
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                with _aborting():
                    await async_import(self.hass, self._reading, self._plan)
            except Outdated:
                errors = {"base": "import_outdated"}
            else:
                return await self.async_step_init()
        self._plan = await async_plan(self.hass, self._reading)
        return self.async_show_form(
            step_id="import_preview",
            errors=errors,
            description_placeholders=_preview(Words(self.hass), self._plan),
        )

    async def _async_edit(
        self,
        step: str,
        contact: Contact,
        user_input: dict[str, Any] | None,
        changed: Callable[[PhoneBook, Contact], Contact],
    ) -> ConfigFlowResult:
        """Show a contact, and put what becomes of it by what was entered."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                entered = _entered(contact.id, user_input)
            except vol.Invalid as err:
                field = str(err.path[0])
                errors = {field: "too_long" if field != "name" or one_line(user_input["name"]) else "no_name"}
            except NotDialable:
                errors = {"numbers": "not_dialable"}
            else:
                with _aborting():
                    await async_change_contacts(self.hass, lambda book: ([changed(book, entered)], ()))
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
    """End the dialog where somebody is gone, or the phone book is saved, but a PBX does not block whom it should."""
    try:
        yield
    except HomeAssistantError as err:
        values = {name: _escaped(value) for name, value in (err.translation_placeholders or {}).items()}
        raise AbortFlow(err.translation_key or "unknown", values) from err


def _read(hass: HomeAssistant, file_id: str) -> Reading:
    with process_uploaded_file(hass, file_id) as path:
        return read(path.read_bytes())


def _entered(contact_id: str, user_input: dict[str, Any]) -> Contact:
    """Return the contact that was entered; raises vol.Invalid for what is empty or too long, and NotDialable."""
    aliases = filter(one_line, user_input["aliases"])
    # A label that was taken out of a form is None.
    numbers = [{"number": one["number"], "label": one.get("label") or ""} for one in user_input["numbers"]]
    return changed_contact(
        Contact(id=contact_id, name=""), ADD({**user_input, "aliases": list(aliases), "numbers": numbers})
    )


def _there(book: PhoneBook, contact: Contact) -> Contact:
    """Return a contact as it is by now; raises HomeAssistantError where somebody deleted it."""
    if found := book.get(contact.id):
        return found
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="contact_deleted",
        translation_placeholders={"contact": contact.name},
    )


def _label(contact: Contact) -> str:
    """Return a contact so that two of one name can be told apart."""
    return f"{contact.name} ({contact.numbers[0].number})" if contact.numbers else contact.name


def _numbers(contact: Contact) -> str:
    return "\n".join(f"- {_escaped(f'{one.number} {one.label}'.rstrip())}" for one in contact.numbers)


def _preview(words: Words, plan: Plan) -> dict[str, str]:
    """Return what an import would change: how many contacts, the first of them by name, and what of each."""

    def changed(contacts: tuple[Contact, Contact]) -> str:
        changes = (words.say(f"contact_{field}") for field in changes_of(*contacts))
        return words.say("contacts_changes", name=_escaped(contacts[1].name), changes=", ".join(changes))

    def problem(one: Problem) -> str:
        return words.say(f"contacts_{one.code}", card=_escaped(one.card))

    return {
        "new": str(len(plan.new)),
        "new_names": _list(words, plan.new, lambda contact: _escaped(contact.name)),
        "changed": str(len(plan.changed)),
        "changed_names": _list(words, plan.changed, changed),
        "unchanged": str(plan.unchanged),
        "problems": str(len(plan.problems)),
        "problem_list": _list(words, plan.problems, problem),
    }


def _list[T](words: Words, things: Sequence[T], say: Callable[[T], str]) -> str:
    """Return a line for each of the first things, and how many more there are."""
    more = [words.say("contacts_more", number=len(things) - _SHOWN)] if things[_SHOWN:] else []
    return "\n".join(f"- {line}" for line in (*map(say, things[:_SHOWN]), *more))


def _escaped(text: str) -> str:
    """Return a text as it is to be read, whatever it would mean in Markdown."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text))
