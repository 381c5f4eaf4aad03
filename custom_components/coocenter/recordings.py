"""Recordings of logged calls: who may listen, what they are, and how they are saved.

A recording is asked for by its call in the log and its place there: no path from outside reaches the PBX.
"""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import hashlib
from http import HTTPStatus
from pathlib import Path
import re
from typing import Any, BinaryIO

from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.components.websocket_api.connection import current_connection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import service
from homeassistant.helpers.http import current_request
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from .call_log import LoggedCall, LogUnavailable
from .const import CONF_ALL_MAY_LISTEN, DOMAIN, LOGGER
from .helpers import pbx_errors_to_user
from .log_filter import unavailable
from .pbx import Bounded, ConnectionFailed, Recording, Refused
from .runtime import CooCenterConfigEntry
from .sound import HEAD_LENGTH, Kind, kind_of

#: Of so many recordings it is remembered what kind they are.
_REMEMBERED = 1000
_DATA_KINDS: HassKey[Bounded[tuple[str, str], Kind]] = HassKey(f"{DOMAIN}_recording_kinds")
#: What means nothing but itself in a URL and in a file's name.
_PLAIN = re.compile(r"(?=.{1,64}$)\w+(?:[.-]\w+)*", re.ASCII)
_ENCODED = "~"
_LONGEST_NUMBER = 20
#: Seconds for the first bytes to come.
_PATIENCE = 10
#: What the media folders' own source, which need not be set up, calls a file in one of them.
_MEDIA = "media-source://media_source/"


@dataclass(frozen=True, slots=True)
class CallRecording:
    """One of the recordings of a call in the log."""

    entry: CooCenterConfigEntry
    call: LoggedCall
    index: int

    @property
    def path(self) -> str:
        """Return where it is on the PBX."""
        return self.call.recordings[self.index]

    @property
    def url(self) -> str:
        """Return the path under which Home Assistant streams it."""
        return f"/api/{DOMAIN}/recording/{self.entry.entry_id}/{to_token(self.call.uid)}/{self.index}"

    def file_name(self, suffix: str) -> str:
        """Return a name that is a name in every file system and header, and of no other recording."""
        uid = self.call.uid
        parts = (
            f"{dt_util.as_local(self.call.started):%Y-%m-%d_%H-%M-%S}",
            *(re.sub(r"[^0-9]", "", party.number)[:_LONGEST_NUMBER] for party in (self.call.caller, self.call.callee)),
            uid if _PLAIN.fullmatch(uid) else hashlib.sha256(uid.encode()).hexdigest()[:16],
            str(self.index + 1) if self.index else "",
        )
        return "_".join(part for part in parts if part) + suffix

    @asynccontextmanager
    async def opened(self, headers: Mapping[str, str] | None = None) -> AsyncIterator[Recording]:
        """Open it on the PBX; raises HomeAssistantError where that does not have it, and CooCenterError."""
        try:
            async with self.entry.runtime_data.coordinator.client.recording(self.path, headers) as recording:
                yield recording
        except Refused as err:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="recording_gone") from err


@callback
def async_listener() -> User | None:
    """Return who asks: the user of the connection or request in which that happens.

    What it sets off, scripts and automations too, happens in it as well. None where no user is known: an automation
    that a push began, a voice, a widget of the app. Home Assistant takes those for an administrator's doing, so they
    may.
    """
    if connection := current_connection.get():
        return connection.user
    request = current_request.get()
    return request.get(KEY_HASS_USER) if request else None


@callback
def async_may_listen(entry: CooCenterConfigEntry, user: User | None) -> bool:
    """Tell whether a user may hear the recordings of a PBX: administrators, or all if the option says so.

    Where nobody asks, Home Assistant signs a recording's path as a user of its own.
    """
    if user is None or user.system_generated:
        return True
    return user.is_admin or bool(entry.options.get(CONF_ALL_MAY_LISTEN))


async def async_recordings(hass: HomeAssistant, entry_id: str, uid: str, user: User | None) -> list[CallRecording]:
    """Return the recordings of a call; raises HomeAssistantError."""
    entry: CooCenterConfigEntry = service.async_get_config_entry(hass, DOMAIN, entry_id)
    if not async_may_listen(entry, user):
        raise not_allowed()
    try:
        call = await entry.runtime_data.coordinator.link.journal.log.one(uid)
    except LogUnavailable as err:
        raise unavailable() from err
    if not call or not call.recordings:
        raise unknown()
    return [CallRecording(entry, call, index) for index in range(len(call.recordings))]


async def async_recording(hass: HomeAssistant, entry_id: str, uid: str, index: int, user: User | None) -> CallRecording:
    """Return one of the recordings of a call; raises HomeAssistantError."""
    recordings = await async_recordings(hass, entry_id, uid, user)
    if index >= len(recordings):
        raise unknown()
    return recordings[index]


@pbx_errors_to_user
async def async_kind(hass: HomeAssistant, recording: CallRecording) -> Kind:
    """Return what kind a recording is, by its bytes; raises HomeAssistantError where nothing here can play it."""
    kinds = hass.data.setdefault(_DATA_KINDS, Bounded(_REMEMBERED))
    key = recording.entry.entry_id, recording.path
    if known := kinds.get(key):
        return known
    head = await _head(recording)
    if (kind := kind_of(head)) is None:
        LOGGER.warning("Nothing here can play the recording of call %s: %s", recording.call.uid, head[:16].hex(" "))
        raise unreadable()
    kinds[key] = kind
    return kind


@pbx_errors_to_user
async def async_save(
    hass: HomeAssistant, entry: CooCenterConfigEntry, uid: str, *, user_id: str | None = None
) -> dict[str, Any]:
    """Save the recordings of a call as the PBX has them; return where each is. Raises HomeAssistantError."""
    user = await hass.auth.async_get_user(user_id) if user_id else None
    if user_id and not user:
        raise not_allowed()
    recordings = await async_recordings(hass, entry.entry_id, uid, user)
    folders = hass.config.media_dirs
    if not folders:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_media_folder")
    source = "local" if "local" in folders else next(iter(folders))
    saved = []
    for recording in recordings:
        kind = await async_kind(hass, recording)
        path = Path(folders[source], DOMAIN, recording.file_name(kind.suffix))
        await _async_save(hass, recording, path)
        saved.append({"path": str(path), "media_content_id": f"{_MEDIA}{source}/{DOMAIN}/{path.name}"})
    return {"recordings": saved}


def to_token(text: str) -> str:
    """Return a text as it can stand in a URL: as it is where it can, so that an automation can name a call."""
    return text if _PLAIN.fullmatch(text) else _ENCODED + urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_token(token: str) -> str:
    """Return the text of a token, an empty one where it is none."""
    if not token.startswith(_ENCODED):
        return token if _PLAIN.fullmatch(token) else ""
    encoded = token.removeprefix(_ENCODED)
    try:
        text = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return ""
    return text if text.isprintable() else ""


def unknown() -> ServiceValidationError:
    """Return the error that there is no such recording."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="recording_unknown")


def not_allowed() -> ServiceValidationError:
    """Return the error that a user may not listen."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="recording_not_allowed")


def unreadable() -> HomeAssistantError:
    """Return the error that a recording is not what it should be."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="recording_unreadable")


async def _head(recording: CallRecording) -> bytes:
    """Return the first bytes of a recording; of a PBX that knows no ranges no more is read than that."""
    head = b""
    try:
        async with (
            asyncio.timeout(_PATIENCE),
            recording.opened({"Range": f"bytes=0-{HEAD_LENGTH - 1}"}) as answer,
        ):
            if answer.status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                async for chunk in answer.chunks:
                    head += chunk
                    if len(head) >= HEAD_LENGTH:
                        break
    except TimeoutError as err:
        message = "The recording does not begin in time"
        raise ConnectionFailed(message) from err
    return head[:HEAD_LENGTH]


async def _async_save(hass: HomeAssistant, recording: CallRecording, path: Path) -> None:
    """Stream a recording into a file, which has its name only when it is whole."""
    partial = path.with_name(f".{ulid_now()}.part")
    try:
        file = await hass.async_add_executor_job(_create, partial)
        try:
            async with recording.opened() as answer:
                if answer.status != HTTPStatus.OK:
                    raise unreadable()
                async for chunk in answer.chunks:
                    await hass.async_add_executor_job(file.write, chunk)
        finally:
            await hass.async_add_executor_job(file.close)
        await hass.async_add_executor_job(partial.replace, path)
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="cannot_write",
            translation_placeholders={"path": str(path), "error": err.strerror or type(err).__name__},
        ) from err
    finally:
        await hass.async_add_executor_job(_discard, partial)


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb")


def _discard(path: Path) -> None:
    # There is nothing to delete where it has been renamed, or no folder could be made.
    with suppress(OSError):
        path.unlink()
