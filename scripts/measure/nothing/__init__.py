"""An integration of the benchmark's alone: as many devices and entities as are wanted, and nothing behind them."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

_PLATFORMS = (Platform.SENSOR,)


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up what nothing comes of."""
    await hass.config_entries.async_forward_entry_setups(entry, _PLATFORMS)
    return True
