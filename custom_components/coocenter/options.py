"""The options of a PBX as a form."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    Selector,
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
    CONF_DEFAULT_EXTENSION,
    CONF_DEVICE_EXTENSIONS,
    CONF_EMERGENCY_BY_VOICE,
    CONF_EXTENSIONS,
    CONF_INTERNATIONAL_PREFIX,
    CONF_MASK_NUMBERS,
    CONF_POLL_INTERVAL,
    CONF_RETENTION,
    CONF_SERVICE_LEVEL,
    CONF_TIME_ZONE,
    CONF_USER_EXTENSIONS,
    CONF_WRAP_UP,
    DEFAULT_INTERNATIONAL_PREFIX,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_RETENTION,
    DEFAULT_SERVICE_LEVEL,
    DEFAULT_WRAP_UP,
    MAX_RETENTION,
)

#: Parts of the form that are folded away; what is entered there is an option like the others.
SECTION_CALL_LOG = "call_log"
SECTION_VOICE = "voice"

#: What there is to choose, and how it is shown.
type Choices = Mapping[str, str]


def _number(least: int, most: int, unit: str) -> vol.All[int]:
    selector = NumberSelector(
        NumberSelectorConfig(min=least, max=most, mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
    )
    return vol.All(selector, vol.Coerce(int))


_CALL_LOG = vol.Schema(
    {
        vol.Required(CONF_RETENTION, default=DEFAULT_RETENTION): _number(0, MAX_RETENTION, UnitOfTime.DAYS),
        vol.Required(CONF_SERVICE_LEVEL, default=DEFAULT_SERVICE_LEVEL): _number(1, 3600, UnitOfTime.SECONDS),
        vol.Required(CONF_ALL_MAY_LISTEN, default=False): BooleanSelector(),
        vol.Required(CONF_MASK_NUMBERS, default=False): BooleanSelector(),
        # It may hold a password. Empty means a file of our own.
        vol.Optional(CONF_DATABASE_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
    }
)


def options_schema(extensions: Choices, time_zones: list[str], users: Choices) -> vol.Schema:
    """Return the form: extensions by number and users by id with the names to show, and the time zones."""
    return vol.Schema(
        {
            vol.Required(CONF_POLL_INTERVAL, default=DEFAULT_POLL_INTERVAL): _number(10, 3600, UnitOfTime.SECONDS),
            vol.Required(CONF_WRAP_UP, default=DEFAULT_WRAP_UP): _number(0, 600, UnitOfTime.SECONDS),
            # Empty means all of them, those that will come included.
            vol.Optional(CONF_EXTENSIONS, default=list): _one_of(extensions, multiple=True),
            # Empty means Home Assistant's own.
            vol.Optional(CONF_TIME_ZONE): SelectSelector(
                SelectSelectorConfig(options=time_zones, mode=SelectSelectorMode.DROPDOWN, sort=True)
            ),
            vol.Optional(CONF_INTERNATIONAL_PREFIX, default=DEFAULT_INTERNATIONAL_PREFIX): vol.All(
                TextSelector(), vol.Match(r"^[0-9*#]{0,8}$")
            ),
            # Without a default of its own: the form would show none of those within.
            vol.Optional(SECTION_CALL_LOG): section(_CALL_LOG, {"collapsed": True}),
            vol.Optional(SECTION_VOICE): section(voice_schema(extensions, users), {"collapsed": True}),
        }
    )


def voice_schema(extensions: Choices, users: Choices) -> vol.Schema:
    """Return the form of where to dial from."""
    extension = _one_of(extensions)
    return vol.Schema(
        {
            vol.Optional(CONF_DEFAULT_EXTENSION): extension,
            vol.Optional(CONF_DEVICE_EXTENSIONS, default=list): _extensions_of(
                "device", DeviceSelector(), extension, CONF_DEVICE_EXTENSIONS
            ),
            vol.Optional(CONF_USER_EXTENSIONS, default=list): _extensions_of(
                "user", SelectSelector(_select(users)), extension, CONF_USER_EXTENSIONS
            ),
            vol.Required(CONF_EMERGENCY_BY_VOICE, default=False): BooleanSelector(),
        }
    )


def flat(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered as options, none of them inside another."""
    outer = {key: value for key, value in user_input.items() if key not in (SECTION_CALL_LOG, SECTION_VOICE)}
    call_log = user_input.get(SECTION_CALL_LOG) or _CALL_LOG({})
    return {**outer, **call_log, **(user_input.get(SECTION_VOICE) or voice_schema({}, {})({}))}


def folded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the form has them."""
    return {**options, SECTION_CALL_LOG: options, SECTION_VOICE: options}


def _one_of(extensions: Choices, *, multiple: bool = False) -> SelectSelector:
    # While the PBX cannot be reached its extensions are typed.
    return SelectSelector(_select(extensions) | {"custom_value": True, "multiple": multiple})


def _select(choices: Choices) -> SelectSelectorConfig:
    labels = [SelectOptionDict(value=value, label=label) for value, label in choices.items()]
    return SelectSelectorConfig(options=labels, mode=SelectSelectorMode.DROPDOWN)


def _extensions_of(kind: str, selector: Selector[Any], extension: SelectSelector, key: str) -> ObjectSelector:
    """Return the selector of a list, whose rows show the name of a device; of a user the frontend knows no name."""
    fields: dict[str, ObjectSelectorField] = {
        kind: {"selector": selector, "required": True},
        "extension": {"selector": extension, "required": True},
    }
    return ObjectSelector(
        ObjectSelectorConfig(
            fields=fields,
            multiple=True,
            label_field="extension",
            translation_key=key,
            **({"description_field": kind} if kind == "device" else {}),
        )
    )
