"""The options of a PBX as a form."""

from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .const import (
    CONF_EXTENSIONS,
    CONF_INTERNATIONAL_PREFIX,
    CONF_POLL_INTERVAL,
    CONF_TIME_ZONE,
    CONF_WRAP_UP,
    DEFAULT_INTERNATIONAL_PREFIX,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_WRAP_UP,
)


def options_schema(extensions: dict[str, str], time_zones: list[str]) -> vol.Schema:
    """Return the form: extensions by number with the name to show, and the time zones to choose from."""
    labels = [SelectOptionDict(value=number, label=name) for number, name in extensions.items()]
    return vol.Schema(
        {
            vol.Required(CONF_POLL_INTERVAL, default=DEFAULT_POLL_INTERVAL): _seconds(10, 3600),
            vol.Required(CONF_WRAP_UP, default=DEFAULT_WRAP_UP): _seconds(0, 600),
            # Empty means all of them, those that will come included.
            vol.Optional(CONF_EXTENSIONS, default=list): SelectSelector(
                SelectSelectorConfig(options=labels, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
            ),
            # Empty means Home Assistant's own.
            vol.Optional(CONF_TIME_ZONE): SelectSelector(
                SelectSelectorConfig(options=time_zones, mode=SelectSelectorMode.DROPDOWN, sort=True)
            ),
            vol.Optional(CONF_INTERNATIONAL_PREFIX, default=DEFAULT_INTERNATIONAL_PREFIX): vol.All(
                TextSelector(), vol.Match(r"^[0-9*#]{0,8}$")
            ),
        }
    )


def _seconds(least: int, most: int) -> vol.All[int]:
    selector = NumberSelector(
        NumberSelectorConfig(min=least, max=most, mode=NumberSelectorMode.BOX, unit_of_measurement=UnitOfTime.SECONDS)
    )
    return vol.All(selector, vol.Coerce(int))
