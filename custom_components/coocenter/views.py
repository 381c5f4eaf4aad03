"""Recordings over HTTP: streamed from the PBX to whoever may listen, in the part that is asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from http import HTTPStatus
import re

from aiohttp import hdrs
from aiohttp.web import Request, Response, StreamResponse
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.http import HomeAssistantView

from .const import DOMAIN, LOGGER
from .helpers import pbx_errors_to_user
from .pbx import CooCenterError, Recording
from .recordings import CallRecording, async_kind, async_recording, from_token
from .sound import MP3, Kind
from .transcoding import async_ffmpeg, async_transcode

#: Seconds for which a listener may stop listening; who goes on later asks for the rest.
_PATIENCE = 600
_ASKED_WITH = ("Range", "If-Range", "If-None-Match")
_PASSED_ON = ("Content-Range", "Accept-Ranges", "ETag", "Last-Modified")
_OF_A_FILE = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)
_SIZE = re.compile(r"bytes 0-0/([0-9]{1,15})", re.ASCII)

_STATUS = {
    "service_config_entry_not_found": HTTPStatus.NOT_FOUND,
    "service_config_entry_wrong_domain": HTTPStatus.NOT_FOUND,
    "service_config_entry_not_loaded": HTTPStatus.SERVICE_UNAVAILABLE,
    "recording_unknown": HTTPStatus.NOT_FOUND,
    "recording_gone": HTTPStatus.NOT_FOUND,
    "recording_not_allowed": HTTPStatus.FORBIDDEN,
    "call_log_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "cannot_connect": HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many_conversions": HTTPStatus.SERVICE_UNAVAILABLE,
    "no_ffmpeg": HTTPStatus.NOT_IMPLEMENTED,
}
"""By what went wrong; the rest is what a gateway says of what is behind it."""


class RecordingView(HomeAssistantView):
    """Stream a recording that the call log knows."""

    url = f"/api/{DOMAIN}/recording/{{entry_id}}/{{uid}}/{{index:[0-9]{{1,3}}}}"
    name = f"api:{DOMAIN}:recording"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def get(self, request: Request, entry_id: str, uid: str, index: str) -> StreamResponse:
        """Answer a GET or a HEAD."""
        try:
            return await self._answer(request, entry_id, from_token(uid), int(index))
        except HomeAssistantError as err:
            key = err.translation_key or ""
            return self.json_message(str(err), _STATUS.get(key, HTTPStatus.BAD_GATEWAY), key)

    head = get

    @pbx_errors_to_user
    async def _answer(self, request: Request, entry_id: str, uid: str, index: int) -> StreamResponse:
        recording = await async_recording(self._hass, entry_id, uid, index, request[KEY_HASS_USER])
        # Asked before the recording is: a part from its midst does not tell what it is.
        kind = await async_kind(self._hass, recording)
        if kind.decoder:
            return await self._transcoded(request, recording, kind)
        if request.method == hdrs.METH_HEAD:
            return await _described(request, recording, kind)
        wanted = _wanted(request)
        async with recording.opened(wanted) as answer:
            response = _response(recording, kind, answer, ranged="Range" in wanted)
            if answer.status not in _OF_A_FILE:
                return response
            return await _stream(request, response, answer.chunks)

    async def _transcoded(self, request: Request, recording: CallRecording, kind: Kind) -> StreamResponse:
        """Answer with all of a recording as MP3; how long that will be nobody knows, so there are no parts of it."""
        response = StreamResponse(headers=_headers(recording, kind, MP3.suffix))
        response.headers[hdrs.ACCEPT_RANGES] = "none"
        if request.method == hdrs.METH_HEAD:
            await async_ffmpeg(self._hass)
            return response
        async with (
            recording.opened() as answer,
            aclosing(async_transcode(self._hass, kind.decoder, answer.chunks)) as sound,
        ):
            return await _stream(request, response, sound)


def _wanted(request: Request) -> dict[str, str]:
    """Return what the listener asks for in headers."""
    wanted = {name: request.headers[name] for name in _ASKED_WITH if name in request.headers}
    if "," in wanted.get("Range", ""):
        # Several parts would come in an envelope that is no sound; whoever asks must be content with the whole.
        del wanted["Range"]
    return wanted


async def _described(request: Request, recording: CallRecording, kind: Kind) -> StreamResponse:
    """Answer a HEAD by a GET of one byte: that the PBX knows HEAD is said nowhere."""
    wanted = {"Range": "bytes=0-0"}
    if etag := request.headers.get("If-None-Match"):
        wanted["If-None-Match"] = etag
    async with recording.opened(wanted) as answer:
        response = _response(recording, kind, answer, ranged=True)
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        response.set_status(HTTPStatus.OK)
        size = _SIZE.fullmatch(response.headers.pop(hdrs.CONTENT_RANGE, ""))
        response.content_length = int(size[1]) if size else None
        response.headers[hdrs.ACCEPT_RANGES] = "bytes"
    return response


def _response(recording: CallRecording, kind: Kind, answer: Recording, *, ranged: bool) -> StreamResponse:
    """Return the head of the response, by the PBX's to what may have been asked for in part."""
    # A header of ours with a control character in it would be an error.
    passed_on = {name: value for name in _PASSED_ON if (value := answer.headers.get(name)) and value.isprintable()}
    if ranged and answer.status == HTTPStatus.OK:
        # It has not done what it may say it can.
        passed_on.pop("Accept-Ranges", None)
    if answer.status not in _OF_A_FILE:
        return Response(status=answer.status, headers=passed_on)
    response = StreamResponse(status=answer.status, headers={**_headers(recording, kind, kind.suffix), **passed_on})
    length = answer.headers.get(hdrs.CONTENT_LENGTH, "")
    response.content_length = int(length) if length.isdecimal() else None
    return response


def _headers(recording: CallRecording, kind: Kind, suffix: str) -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: kind.media_type,
        hdrs.CONTENT_DISPOSITION: f'inline; filename="{recording.file_name(suffix)}"',
        hdrs.CACHE_CONTROL: "private",
        "X-Content-Type-Options": "nosniff",
    }


async def _stream(request: Request, response: StreamResponse, chunks: AsyncIterator[bytes]) -> StreamResponse:
    """Send what comes, no faster than the listener takes it.

    What goes wrong before the first byte is raised; later the connection is closed, so that nobody takes the part
    for the whole.
    """
    chunk = await anext(chunks, b"")
    try:
        await response.prepare(request)
        while chunk:
            async with asyncio.timeout(_PATIENCE):
                await response.write(chunk)
            chunk = await anext(chunks, b"")
        await response.write_eof()
    except (ConnectionError, TimeoutError) as err:
        LOGGER.debug("A listener left: %s", err)
        if request.transport:
            request.transport.abort()
    except (CooCenterError, HomeAssistantError) as err:
        LOGGER.warning("A recording broke off: %s", err)
        if request.transport:
            # What was sent until now is still to arrive.
            request.transport.close()
    return response
