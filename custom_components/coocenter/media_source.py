"""The media browser's way to the recordings, for those who may listen."""

from typing import override

from homeassistant.components.media_player.browse_media import SearchMedia, SearchMediaQuery
from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import service

from .const import DOMAIN
from .media_folders import RecordingsOfPbx, folder, wanted_calls
from .recordings import (
    CallRecording,
    async_kind,
    async_listener,
    async_may_listen,
    async_recording,
    from_token,
    not_allowed,
    unknown,
)
from .runtime import CooCenterConfigEntry
from .sentences import Words
from .transcoding import async_ffmpeg

_INDICES = frozenset(map(str, range(1000)))


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Return the source of the recordings of all PBXs."""
    return RecordingsSource(hass)


class RecordingsSource(MediaSource):
    """Let recordings be found and played by those who may listen."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.name = Words(hass).say("recordings")
        super().__init__(DOMAIN)
        self._hass = hass

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return a folder and what is in it."""
        entry_id, *where = _path(item)
        try:
            pbxs = self._pbxs(entry_id)
            if len(pbxs) == 1:
                return await pbxs[0].browse(*where)
        except HomeAssistantError as err:
            raise _told_as(BrowseError, err) from err
        return folder("", self.name or DOMAIN, [pbx.root() for pbx in pbxs])

    @override
    async def async_search_media(self, item: MediaSourceItem, query: SearchMediaQuery) -> SearchMedia:
        """Return the recordings in a folder of calls with a number or name."""
        entry_id, *where = _path(item)
        if query.media_filter_classes and MediaClass.MUSIC not in query.media_filter_classes:
            return SearchMedia(result=[])
        try:
            wanted = wanted_calls(self._hass, *where[:2], text=query.search_query.strip())
            found = [await pbx.search(wanted) for pbx in self._pbxs(entry_id)]
        except HomeAssistantError as err:
            raise _told_as(BrowseError, err) from err
        return SearchMedia(result=[recording for recordings in found for recording in recordings])

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the path of a recording, which Home Assistant signs for whoever asks, and what kind it is."""
        try:
            recording = await self._recording(*_path(item))
            kind = await async_kind(self._hass, recording)
            if kind.decoder:
                await async_ffmpeg(self._hass)
        except HomeAssistantError as err:
            raise _told_as(Unresolvable, err) from err
        return PlayMedia(recording.url, kind.media_type)

    async def _recording(self, *where: str) -> CallRecording:
        """Return the recording of a path."""
        match where:
            case (entry_id, "call", uid, index) if index in _INDICES:
                return await async_recording(self._hass, entry_id, from_token(uid), int(index), async_listener())
        raise unknown()

    def _pbxs(self, entry_id: str) -> list[RecordingsOfPbx]:
        """Return the PBX that is named, or all to whose recordings the user may listen."""
        entries: list[CooCenterConfigEntry] = (
            [service.async_get_config_entry(self._hass, DOMAIN, entry_id)]
            if entry_id
            else self._hass.config_entries.async_loaded_entries(DOMAIN)
        )
        user = async_listener()
        allowed = [entry for entry in entries if async_may_listen(entry, user)]
        if entries and not allowed:
            raise not_allowed()
        return [RecordingsOfPbx(self._hass, entry) for entry in allowed]


def _path(item: MediaSourceItem) -> list[str]:
    # The root's is None, whatever its type says.
    return (item.identifier or "").split("/")


def _told_as[E: HomeAssistantError](kind: type[E], err: HomeAssistantError) -> E:
    """Return an error as one that the media browser shows."""
    return kind(
        translation_domain=err.translation_domain,
        translation_key=err.translation_key,
        translation_placeholders=err.translation_placeholders,
    )
