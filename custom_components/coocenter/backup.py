"""Home Assistant's backup: the files of the call logs rest and are whole while they are copied."""

from homeassistant.core import HomeAssistant

from .link import DATA_LINKS


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let the logs rest; what is pushed meanwhile is kept aside, durable, in a file that is in the backup too."""
    for link in hass.data.get(DATA_LINKS, {}).values():
        await link.journal.async_hold()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the logs go on."""
    for link in hass.data.get(DATA_LINKS, {}).values():
        await link.journal.async_release()
