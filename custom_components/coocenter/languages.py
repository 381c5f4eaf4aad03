"""The languages that are understood and spoken, read once."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

if TYPE_CHECKING:
    from .voice import Voice

DATA_VOICE: HassKey[Voice] = HassKey(f"{DOMAIN}_voice")


@singleton(DATA_VOICE, async_=True)
async def async_get_voice(hass: HomeAssistant) -> Voice:
    """Return what is said and understood in each language."""
    return await hass.async_add_import_executor_job(_load)


def _load() -> Voice:
    # Only now: hassil is installed with Home Assistant's conversation.
    from .voice import Voice, load_languages  # noqa: PLC0415

    return Voice(load_languages())
