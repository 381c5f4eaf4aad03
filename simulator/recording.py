"""Recordings: bytes with sound in them, in the formats a PBX may keep, made up when they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
import math
import struct

from .gsm import BLOCKS, FRAMES
from .quirks import Quirks

RATE = 8000
MAX_SECONDS = 10.0
MIN_SECONDS = 0.5
TONE_SECONDS = 0.5
AMPLITUDE = 8000
TONES = (392, 440, 494, 523, 587, 659)
"""Hertz; whole periods fit into a tone's half second, or nearly so."""
FRAME_SIZE, FRAME_SAMPLES = 33, 160
BLOCK_SIZE, BLOCK_SAMPLES = 65, 320


@dataclass(frozen=True, slots=True)
class Recording:
    """Be a file that is a header and a pattern over and over; it is never in memory as a whole."""

    header: bytes
    pattern: bytes
    size: int

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of a range, a pattern's length at most at a time."""
        while start < stop:
            offset = start - len(self.header)
            source, begin = (self.header, start) if offset < 0 else (self.pattern, offset % len(self.pattern))
            chunk = source[begin : begin + stop - start]
            yield chunk
            start += len(chunk)


def recording(seconds: float, voice: int, quirks: Quirks) -> Recording:
    """Return the recording of a call; zero seconds give the bare header of a call nobody answered."""
    if seconds > 0:
        seconds = quirks.recording_seconds or min(max(seconds, MIN_SECONDS), MAX_SECONDS)
    match quirks.recording_format:
        case "wav":
            return _pcm(round(seconds * RATE), voice)
        case "gsm":
            return _wav49(seconds, voice)
        case "raw-gsm":
            frames = math.ceil(seconds * RATE / FRAME_SAMPLES)
            return Recording(b"", _turned(FRAMES, FRAME_SIZE, voice), frames * FRAME_SIZE)


def _pcm(samples: int, voice: int) -> Recording:
    """Return 8 kHz, 16 bit, mono."""
    layout = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)
    return _riff(layout, b"", _melody(voice), samples * 2)


def _wav49(seconds: float, voice: int) -> Recording:
    """Return GSM 06.10 in a RIFF file, the way Asterisk writes it; few players know that."""
    # A chunk of RIFF is even in length, so the blocks are even in number and none needs padding.
    blocks = 2 * math.ceil(seconds * RATE / BLOCK_SAMPLES / 2)
    layout = struct.pack(
        "<HHIIHHHH", 0x31, 1, RATE, RATE * BLOCK_SIZE // BLOCK_SAMPLES, BLOCK_SIZE, 0, 2, BLOCK_SAMPLES
    )
    fact = struct.pack("<4sII", b"fact", 4, blocks * BLOCK_SAMPLES)
    return _riff(layout, fact, _turned(BLOCKS, BLOCK_SIZE, voice), blocks * BLOCK_SIZE)


def _riff(layout: bytes, fact: bytes, pattern: bytes, size: int) -> Recording:
    chunks = struct.pack("<4sI", b"fmt ", len(layout)) + layout + fact + struct.pack("<4sI", b"data", size)
    header = struct.pack("<4sI4s", b"RIFF", 4 + len(chunks) + size, b"WAVE") + chunks
    return Recording(header, pattern, len(header) + size)


def _melody(voice: int) -> bytes:
    """Return two alternating tones, as if two people talked; which ones tells recordings apart."""
    first = _tone(TONES[voice % len(TONES)])
    return first + _tone(TONES[(voice // len(TONES) + voice + 2) % len(TONES)])


def _turned(sound: bytes, size: int, voice: int) -> bytes:
    """Return the encoded tones from another block on; which one tells recordings apart."""
    start = voice * size % len(sound)
    return sound[start:] + sound[:start]


@lru_cache(maxsize=len(TONES))
def _tone(hertz: int) -> bytes:
    length = round(TONE_SECONDS * RATE)
    wave = (math.sin(2 * math.pi * hertz * index / RATE) for index in range(length))
    return struct.pack(f"<{length}h", *(int(AMPLITUDE * value) for value in wave))
