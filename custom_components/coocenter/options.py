"""The options of a PBX as a form."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import (
    CONF_ALL_MAY_LISTEN,
    CONF_DATABASE_URL,
    CONF_EXTENSIONS,
    CONF_INTERNATIONAL_PREFIX,
    CONF_MASK_NUMBERS,
    CONF_POLL_INTERVAL,
    CONF_RETENTION,
    CONF_SERVICE_LEVEL,
    CONF_TIME_ZONE,
    CONF_WRAP_UP,
    DEFAULT_INTERNATIONAL_PREFIX,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_RETENTION,
    DEFAULT_SERVICE_LEVEL,
    DEFAULT_WRAP_UP,
)

#: A part of the form that is folded away; what is entered there is an option like the others.
SECTION_CALL_LOG = "call_log"


def _number(least: int, most: int, unit: str) -> vol.All[int]:
    selector = NumberSelector(
        NumberSelectorConfig(min=least, max=most, mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
    )
    return vol.All(selector, vol.Coerce(int))


_CALL_LOG = vol.Schema(
    {
        vol.Required(CONF_RETENTION, default=DEFAULT_RETENTION): _number(0, 36500, UnitOfTime.DAYS),
        vol.Required(CONF_SERVICE_LEVEL, default=DEFAULT_SERVICE_LEVEL): _number(1, 3600, UnitOfTime.SECONDS),
        vol.Required(CONF_ALL_MAY_LISTEN, default=False): BooleanSelector(),
        vol.Required(CONF_MASK_NUMBERS, default=False): BooleanSelector(),
        # It may hold a password. Empty means a file of our own.
        vol.Optional(CONF_DATABASE_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
    }
)


def options_schema(extensions: dict[str, str], time_zones: list[str]) -> vol.Schema:
    """Return the form: extensions by number with the name to show, and the time zones to choose from."""
    labels = [SelectOptionDict(value=number, label=name) for number, name in extensions.items()]
    return vol.Schema(
        {
            vol.Required(CONF_POLL_INTERVAL, default=DEFAULT_POLL_INTERVAL): _number(10, 3600, UnitOfTime.SECONDS),
            vol.Required(CONF_WRAP_UP, default=DEFAULT_WRAP_UP): _number(0, 600, UnitOfTime.SECONDS),
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
            # Without a default of its own: the form would show none of those within.
            vol.Optional(SECTION_CALL_LOG): section(_CALL_LOG, {"collapsed": True}),
        }
    )


def flat(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered as options, none of them inside another."""
    outer = {key: value for key, value in user_input.items() if key != SECTION_CALL_LOG}
    return {**outer, **(user_input.get(SECTION_CALL_LOG) or _CALL_LOG({}))}


def folded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the form has them."""
    return {**options, SECTION_CALL_LOG: options}
