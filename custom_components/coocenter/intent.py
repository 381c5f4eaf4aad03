"""The intents, for whatever understands sentences: our own ones, the user's, language models."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent

from .intents.agents import Pause, Resume
from .intents.base import CooCenterIntent
from .intents.reports import CallStatus, MissedCalls
from .intents.telephone import CallBack, Dial, HangUp, Redial, Transfer

INTENTS: Final[tuple[type[CooCenterIntent], ...]] = (
    Dial,
    HangUp,
    Transfer,
    CallBack,
    Redial,
    Pause,
    Resume,
    CallStatus,
    MissedCalls,
)


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    for handler in INTENTS:
        intent.async_register(hass, handler())
