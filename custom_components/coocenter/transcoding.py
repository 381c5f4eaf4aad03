"""Recordings that browsers cannot play, turned into MP3 by Home Assistant's ffmpeg while they are listened to."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
import shutil
from typing import cast

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

#: So many at once; each lasts as long as its listener listens.
MOST_AT_ONCE = 4

_CHUNK = 16 * 1024
_FFMPEG = "ffmpeg"
_DATA_SLOTS: HassKey[asyncio.Semaphore] = HassKey(f"{DOMAIN}_transcoding")

# A recording is what a stranger said into a telephone: it is read as the one container that it is, and opens nothing.
_INPUT = ("-hide_banner", "-loglevel", "quiet", "-nostdin", "-protocol_whitelist", "pipe")
# MP3, because nobody knows the length beforehand: a WAV file says it in its header, and browsers take a made-up one at
# its word, or for an error. At 16 kHz, since few players outside of browsers know the 8 kHz of a telephone (MPEG-2.5).
_OUTPUT = ("-map", "0:a:0", "-ac", "1", "-ar", "16000", "-c:a", "libmp3lame", "-b:a", "32k", "-map_metadata", "-1")
_STREAM = ("-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1")


async def async_ffmpeg(hass: HomeAssistant) -> str:
    """Return the path of ffmpeg, setting up Home Assistant's integration of it; raises HomeAssistantError."""
    if await async_setup_component(hass, _FFMPEG, {}):
        # What it requires was installed by its set-up.
        from homeassistant.components.ffmpeg import get_ffmpeg_manager  # noqa: PLC0415

        if path := await hass.async_add_executor_job(shutil.which, get_ffmpeg_manager(hass).binary):
            return path
    raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_ffmpeg")


async def async_transcode(hass: HomeAssistant, decoder: str, source: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """Yield a recording as MP3 while it comes; raises HomeAssistantError, and what the source raises at its end.

    Whoever stops listening must close the generator.
    """
    slots = hass.data.setdefault(_DATA_SLOTS, asyncio.Semaphore(MOST_AT_ONCE))
    if slots.locked():
        # Waiting for one might take as long as somebody listens to an hour.
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="too_many_conversions",
            translation_placeholders={"number": str(MOST_AT_ONCE)},
        )
    async with slots:
        process = await _start(await async_ffmpeg(hass), decoder)
        feeding = asyncio.create_task(_feed(process, source))
        try:
            stdout = cast("asyncio.StreamReader", process.stdout)
            while chunk := await stdout.read(_CHUNK):
                yield chunk
            await feeding
            if await process.wait():
                raise HomeAssistantError(translation_domain=DOMAIN, translation_key="recording_unreadable")
        finally:
            await _end(process, feeding)


async def _start(ffmpeg: str, decoder: str) -> Process:
    arguments = (*_INPUT, "-f", decoder, "-i", "pipe:0", *_OUTPUT, *_STREAM)
    try:
        return await asyncio.create_subprocess_exec(ffmpeg, *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    except OSError as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_ffmpeg") from err


async def _feed(process: Process, source: AsyncIterator[bytes]) -> None:
    """Give ffmpeg what comes, no faster than it takes it."""
    stdin = cast("asyncio.StreamWriter", process.stdin)
    try:
        async for chunk in source:
            stdin.write(chunk)
            try:
                await stdin.drain()
            except ConnectionError:
                # It has ended before its input; how, its exit status tells.
                return
    finally:
        stdin.close()


async def _end(process: Process, feeding: asyncio.Task[None]) -> None:
    """Leave neither a process nor its pipes behind."""
    feeding.cancel()
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await asyncio.gather(feeding, return_exceptions=True)
    await process.communicate()
