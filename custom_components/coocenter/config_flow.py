"""Add a PBX, and change its address or Web Key."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL, CONF_WEBHOOK_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.util import dt as dt_util
import voluptuous as vol
from yarl import URL

from .const import CONF_WEB_KEY, DOMAIN, LOGGER
from .coordinator import async_client
from .first_push import FirstPush
from .options_flow import CooCenterOptionsFlow
from .pbx import DEFAULT_PORT, AuthenticationFailed, ConnectionFailed, CooCenterError, Event
from .push_view import async_push_url

_WEB_KEY = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_PORT = vol.All(NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)), vol.Coerce(int))
_ADDRESS = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PORT, default=DEFAULT_PORT): _PORT,
        vol.Required(CONF_SSL, default=False): BooleanSelector(),
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        vol.Optional(CONF_WEB_KEY, default=""): _WEB_KEY,
    }
)
_REAUTH = vol.Schema({vol.Optional(CONF_WEB_KEY, default=""): _WEB_KEY})


class CooCenterConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add a PBX or change how it is reached."""

    VERSION = 1

    _first_push: FirstPush
    """Set by the step push, which all that need it come after."""

    def __init__(self) -> None:
        self._data: dict[str, Any] = {}
        self._stop_listening: CALLBACK_TYPE | None = None
        self._waiting: asyncio.Task[Event | None] | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> CooCenterOptionsFlow:
        return CooCenterOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _cleaned(user_input)
            self._abort_if_address_configured(data)
            if not (errors := await _async_errors(self.hass, data)):
                self._data = data
                return await self.async_step_push()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_ADDRESS, user_input or self._data),
            errors=errors,
        )

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        host = discovery_info.ip
        await self.async_set_unique_id(format_mac(discovery_info.macaddress))
        self._abort_if_unique_id_configured(updates={CONF_HOST: host})
        self._async_abort_entries_match({CONF_HOST: host})
        self._data = _ADDRESS({CONF_HOST: host})
        # The vendor's phones and pagers have MAC addresses of the same range.
        if (await _async_errors(self.hass, self._data)).get("base") not in (None, "invalid_auth"):
            return self.async_abort(reason="not_coocenter")
        # Home Assistant gives the same placeholder to the flows of an entry.
        self.context["title_placeholders"] = {"name": f"CooCenter {host}"}
        return await self.async_step_user()

    async def async_step_push(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the URL to enter on the PBX."""
        if self._stop_listening is None:
            self._first_push = FirstPush(self.hass)
            self._stop_listening = self._first_push.async_stop
        return self.async_show_menu(
            step_id="push", menu_options=["wait", "finish"], description_placeholders=self._placeholders()
        )

    async def async_step_wait(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait for the first push."""
        if self._waiting is None:
            # Not eagerly: were it over at once, what was chosen in the menu would be taken for the next step's input.
            self._waiting = self.hass.async_create_background_task(
                self._first_push.async_wait(), f"{DOMAIN} first push", eager_start=False
            )
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="wait",
                progress_action="wait_for_push",
                description_placeholders=self._placeholders(),
                progress_task=self._waiting,
            )
        arrived, self._waiting = self._waiting.result() is not None, None
        return self.async_show_progress_done(next_step_id="arrived" if arrived else "missing")

    async def async_step_arrived(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that the first push arrived."""
        if user_input is None:
            return self.async_show_form(step_id="arrived")
        return await self.async_step_finish()

    async def async_step_missing(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that no push arrived, and what to look at."""
        return self.async_show_menu(
            step_id="missing", menu_options=["wait", "finish"], description_placeholders=self._placeholders()
        )

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the PBX, unless somebody did while this flow was waiting."""
        self._abort_if_unique_id_configured()
        self._abort_if_address_configured(self._data)
        data = {**self._data, CONF_WEBHOOK_ID: self._first_push.webhook_id}
        # The entry takes the URL over as it stands: no push is to fall between the two.
        self._stop_listening = None
        return self.async_create_entry(title=self._title(), data=data)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin because the PBX refused the Web Key."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the Web Key that the PBX has now."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            update = {CONF_WEB_KEY: user_input[CONF_WEB_KEY].strip()}
            if not (errors := await _async_errors(self.hass, {**entry.data, **update})):
                return self.async_update_reload_and_abort(entry, data_updates=update)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH,
            errors=errors,
            description_placeholders={"title": entry.title, "host": entry.data[CONF_HOST]},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address that the PBX has now."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _cleaned(user_input)
            if (data[CONF_HOST], data[CONF_PORT]) != (entry.data[CONF_HOST], entry.data[CONF_PORT]):
                self._abort_if_address_configured(data)
            if not (errors := await _async_errors(self.hass, data)):
                # It may be another machine: its MAC address is learned again from its pushes.
                kept = {key: value for key, value in entry.data.items() if key != CONF_MAC}
                return self.async_update_reload_and_abort(entry, data=kept | data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_ADDRESS, user_input or entry.data),
            errors=errors,
        )

    @callback
    @override
    def async_remove(self) -> None:
        if self._stop_listening:
            self._stop_listening()

    def _abort_if_address_configured(self, data: dict[str, Any]) -> None:
        self._async_abort_entries_match({CONF_HOST: data[CONF_HOST], CONF_PORT: data[CONF_PORT]})

    def _placeholders(self) -> dict[str, str]:
        webhook_url = async_push_url(self.hass, self._first_push.webhook_id)
        return {"webhook_url": webhook_url, "host": self._data[CONF_HOST]}

    def _title(self) -> str:
        return f"CooCenter {self._data[CONF_HOST]}" if self._async_current_entries() else "CooCenter"


async def _async_errors(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, str]:
    """Ask the PBX for its extensions, and return what is wrong as a form's errors."""
    try:
        client = async_client(hass, data, dt_util.now)
    except ValueError:
        # What was entered is no host's name.
        return {"base": "cannot_connect"}
    try:
        await client.extension_hints()
    except AuthenticationFailed:
        return {"base": "invalid_auth"}
    except ConnectionFailed:
        return {"base": "cannot_connect"}
    except CooCenterError:
        return {"base": "not_coocenter"}
    except Exception:
        LOGGER.exception("The PBX could not be tried")
        return {"base": "unknown"}
    return {}


def _cleaned(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return the input with the bare host, where a user pasted the address of a web page."""
    host = user_input[CONF_HOST].strip()
    # A bare IPv6 address is no part of a URL, and stays as it is.
    with suppress(ValueError):
        host = URL(host if "://" in host else f"//{host}").host or host
    return {**user_input, CONF_HOST: host, CONF_WEB_KEY: user_input[CONF_WEB_KEY].strip()}
