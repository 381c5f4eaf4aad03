"""Which calls a trigger or condition is about: by direction, numbers and names."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
import re
from typing import Any

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .pbx import Direction, Outcome

CONF_AGENT = "agent"
CONF_CALLER = "caller"
CONF_DID = "did"
CONF_DIGITS = "digits"
CONF_DIRECTION = "direction"
CONF_EXTENSION = "extension"
CONF_MENU = "menu"
CONF_OUTCOME = "outcome"
CONF_QUEUE = "queue"

#: What a caller's pattern says of one whose number is withheld.
WITHHELD = "withheld"

_SEPARATORS = re.compile(r"[\s().\-/]+")


def _words(kind: Iterable[str]) -> Callable[[Any], Any]:
    return vol.All(cv.ensure_list, [vol.In(list(kind))])


_PATTERNS = vol.All(cv.ensure_list, [cv.string])

CALL_OPTIONS: dict[vol.Marker, Any] = {
    vol.Optional(CONF_DIRECTION): _words(Direction),
    vol.Optional(CONF_CALLER): _PATTERNS,
    vol.Optional(CONF_DID): _PATTERNS,
    vol.Optional(CONF_QUEUE): _PATTERNS,
    vol.Optional(CONF_EXTENSION): _PATTERNS,
    vol.Optional(CONF_AGENT): _PATTERNS,
}
END_OPTIONS: dict[vol.Marker, Any] = {vol.Optional(CONF_OUTCOME): _words(Outcome)}
MENU_OPTIONS: dict[vol.Marker, Any] = {vol.Optional(CONF_MENU): _PATTERNS, vol.Optional(CONF_DIGITS): _PATTERNS}
CALLER_OPTIONS: dict[vol.Marker, Any] = {vol.Required(CONF_CALLER): _PATTERNS}

_SIMPLE = (CONF_DIRECTION, CONF_DID, CONF_QUEUE, CONF_AGENT, CONF_OUTCOME, CONF_MENU, CONF_DIGITS)


def call_matches(call: Mapping[str, Any], extensions: Iterable[str], options: Mapping[str, Any]) -> bool:
    """Tell whether a call, described as automations see it, at some extensions is one the options ask for."""
    if not all(_any(options.get(name), call.get(name)) for name in _SIMPLE):
        return False
    if (wanted := options.get(CONF_EXTENSION)) and not any(_any(wanted, extension) for extension in extensions):
        return False
    patterns = options.get(CONF_CALLER)
    return not patterns or caller_matches(call.get("caller"), call.get("caller_name"), patterns)


def caller_matches(number: str | None, name: str | None, patterns: Iterable[str]) -> bool:
    """Tell whether a caller fits one of the patterns: a number or a name, in which `*` and `?` stand for others."""
    return any(
        (pattern.strip().casefold() == WITHHELD and not number)
        or (number is not None and fnmatchcase(_plain(number), _plain(pattern)))
        or (name is not None and fnmatchcase(name.casefold(), pattern.strip().casefold()))
        for pattern in patterns
    )


def _any(patterns: Iterable[str] | None, value: str | None) -> bool:
    if not patterns:
        return True
    return value is not None and any(fnmatchcase(value.casefold(), one.strip().casefold()) for one in patterns)


def _plain(number: str) -> str:
    return _SEPARATORS.sub("", number)
