"""What goes wrong with the PBX, as errors that the user can read."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.update_coordinator import UpdateFailed

from .const import DOMAIN
from .pbx import AuthenticationFailed, BadReply, ConnectionFailed, CooCenterError, NotDialable, Refused

_KEYS: dict[type[CooCenterError], str] = {
    AuthenticationFailed: "invalid_auth",
    BadReply: "bad_reply",
    ConnectionFailed: "cannot_connect",
    Refused: "refused",
}


class KeyRefused(UpdateFailed):
    """Tell of a PBX that answers, but refuses the Web Key."""


def pbx_errors_to_user[**P, R](
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Raise the PBX's errors as translated ones; a refusal keeps the PBX's own message."""

    @wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await function(*args, **kwargs)
        except NotDialable as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_dialable",
                translation_placeholders={"number": str(err)},
            ) from err
        except CooCenterError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=_KEYS[type(err)],
                translation_placeholders={"error": str(err)},
            ) from err

    return wrapper
