"""Set the options of a PBX, and keep the phone book."""

from typing import Any, override
from zoneinfo import available_timezones

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import CONF_WEBHOOK_ID

from .call_log import LogUnavailable, try_database
from .const import CONF_DATABASE_URL, CONF_USER_EXTENSIONS
from .contact_flow import ContactPages
from .contacts import async_prepare_contacts
from .link import async_prepare_link
from .options import flat, folded, options_schema
from .push_view import async_push_url


class CooCenterOptionsFlow(ContactPages, OptionsFlowWithReload):
    """Set the options, and show the push URL again."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let choose between the settings of this PBX and the phone book of all."""
        contacts = await async_prepare_contacts(self.hass)
        options = ["settings", *(["contacts"] if len(contacts.book) else []), "add_contact", "import_contacts"]
        return self.async_show_menu(
            step_id="init", menu_options=options, description_placeholders={"contacts": str(len(contacts.book))}
        )

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form of the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            options = flat(user_input)
            url = options.get(CONF_DATABASE_URL)
            if not url or url == self.config_entry.options.get(CONF_DATABASE_URL) or await self._async_can_open(url):
                return self.async_create_entry(data=options)
            errors = {"base": "cannot_open_database"}
        entry = self.config_entry
        link = await async_prepare_link(self.hass, entry)
        extensions = {
            number: f"{number} {extension.agent_name}" if extension.agent_name not in (None, number) else number
            for number, extension in sorted(link.state.extensions.items())
        }
        zones = await self.hass.async_add_executor_job(available_timezones)
        users = {user.id: user.name or user.id for user in await self.hass.auth.async_get_users() if _is_person(user)}
        # Who was deleted could not be chosen again.
        there = [one for one in entry.options.get(CONF_USER_EXTENSIONS, ()) if one["user"] in users]
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(extensions, sorted(zones), users),
                user_input or folded({**entry.options, CONF_USER_EXTENSIONS: there}),
            ),
            errors=errors,
            description_placeholders={"webhook_url": async_push_url(self.hass, entry.data[CONF_WEBHOOK_ID])},
        )

    async def _async_can_open(self, url: str) -> bool:
        try:
            await self.hass.async_add_executor_job(try_database, url)
        except LogUnavailable:
            return False
        return True


def _is_person(user: User) -> bool:
    return user.is_active and not user.system_generated
