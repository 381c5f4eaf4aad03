"""Recordings over HTTP: whole or in part, streamed, and broken off where a quirk says so."""

from contextlib import suppress
from http import HTTPStatus
import re

from aiohttp import web

from .quirks import Quirks
from .recording import Recording

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


async def send(request: web.Request, recording: Recording, quirks: Quirks) -> web.StreamResponse:
    """Answer a GET or a HEAD with a recording, or with the part of it that a Range asks for."""
    size = recording.size
    start, stop = 0, size
    response = web.StreamResponse(headers={"Content-Type": quirks.recording_content_type})
    if quirks.range_support:
        response.headers["Accept-Ranges"] = "bytes"
        if wanted := request.headers.get("Range"):
            start, stop = _span(wanted, size)
            found = start < stop
            response.set_status(HTTPStatus.PARTIAL_CONTENT if found else HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}" if found else f"bytes */{size}"
    response.content_length = max(stop - start, 0)
    # Who listens may leave at any time.
    with suppress(ConnectionError):
        await response.prepare(request)
        if request.method != "HEAD":
            cut = min(stop, start + quirks.recording_cut) if quirks.recording_cut else stop
            for chunk in recording.chunks(start, cut):
                await response.write(chunk)
            if cut < stop and request.transport:
                # Not aborted: what was written until now is to arrive, so that the cut is where the quirk says.
                request.transport.close()
    return response


def _span(wanted: str, size: int) -> tuple[int, int]:
    """Return where a single range begins and ends; nothing lies between for one that cannot be served."""
    match = RANGE.fullmatch(wanted)
    if not match:
        return size, size
    first, last = match.groups()
    if not first:
        return max(size - int(last or 0), 0), size
    return int(first), min(int(last) + 1, size) if last else size
