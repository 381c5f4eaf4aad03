"""Recordings: WAV bytes with sound in them, made up when they are asked for."""

from functools import lru_cache
import math
import struct

RATE = 8000
MAX_SECONDS = 10.0
MIN_SECONDS = 0.5
TONE_SECONDS = 0.5
AMPLITUDE = 8000
TONES = (392, 440, 494, 523, 587, 659)
"""Hertz; whole periods fit into a tone's half second, or nearly so."""


def wav(seconds: float, voice: int) -> bytes:
    """Return a recording: 8 kHz, 16 bit, mono; zero seconds give the bare header of a call nobody answered."""
    samples = _melody(round(min(max(seconds, MIN_SECONDS), MAX_SECONDS) * RATE), voice) if seconds > 0 else b""
    return _header(len(samples)) + samples


def _header(size: int) -> bytes:
    head = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return head + layout + struct.pack("<4sI", b"data", size)


def _melody(count: int, voice: int) -> bytes:
    """Return two alternating tones, as if two people talked; which ones tells recordings apart."""
    first = _tone(TONES[voice % len(TONES)])
    pair = first + _tone(TONES[(voice // len(TONES) + voice + 2) % len(TONES)])
    size = count * 2
    return (pair * (size // len(pair) + 1))[:size]


@lru_cache(maxsize=len(TONES))
def _tone(hertz: int) -> bytes:
    length = round(TONE_SECONDS * RATE)
    wave = (math.sin(2 * math.pi * hertz * index / RATE) for index in range(length))
    return struct.pack(f"<{length}h", *(int(AMPLITUDE * value) for value in wave))
