"""How many devices and entities there are to be."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol


class NothingConfigFlow(ConfigFlow, domain="nothing"):
    """Ask how many."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make the entry of what is entered."""
        if user_input:
            return self.async_create_entry(title="Nothing", data=user_input)
        form = vol.Schema({vol.Required("devices"): int, vol.Required("entities"): int})
        return self.async_show_form(data_schema=form)
