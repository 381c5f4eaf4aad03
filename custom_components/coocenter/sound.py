"""What kind of sound a file is, by its first bytes: what a PBX says of it, or calls it, may be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
import struct

#: So much of a file tells its kind; the header of a RIFF file may have things in front of what counts.
HEAD_LENGTH = 4096

_PCM, _FLOAT, _ALAW, _ULAW, _GSM = 0x01, 0x03, 0x06, 0x07, 0x31
_EXTENSIBLE = 0xFFFE
_PLAYABLE = frozenset({_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE})
#: Each frame of GSM 06.10 begins with these four bits, and there is no other mark.
_GSM_FRAME, _GSM_MAGIC = 33, 0xD
#: What the first bytes may be of a frame of MPEG audio, layer III, whose rates are none of the reserved ones.
_MP3_FRAME = (
    frozenset(b"\xff"),
    frozenset(b"\xe2\xe3\xf2\xf3\xfa\xfb"),
    frozenset(bit_rate << 4 | rate for bit_rate in range(1, 15) for rate in range(12)),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of recording."""

    media_type: str
    """As a listener gets it."""
    suffix: str
    """Of a file, as the PBX has it."""
    decoder: str = ""
    """What ffmpeg calls its container, where it has to be transcoded: browsers cannot play it."""


WAV = Kind("audio/wav", ".wav")
MP3 = Kind("audio/mpeg", ".mp3")
OGG = Kind("audio/ogg", ".ogg")
GSM_IN_WAV = Kind(MP3.media_type, ".wav", "wav")
GSM = Kind(MP3.media_type, ".gsm", "gsm")


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a file by its beginning, None for one that nobody here can play."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        codec = _wave_codec(head)
        return WAV if codec in _PLAYABLE else GSM_IN_WAV if codec == _GSM else None
    if head[:3] == b"ID3" or _begins(head, _MP3_FRAME):
        return MP3
    if head[:4] == b"OggS":
        return OGG
    are_frames = all(byte >> 4 == _GSM_MAGIC for byte in head[::_GSM_FRAME])
    return GSM if are_frames and len(head) >= _GSM_FRAME else None


def _wave_codec(head: bytes) -> int | None:
    """Return the format tag of a RIFF/WAVE file."""
    at = 12
    while at + 10 <= len(head):
        name, size, codec = struct.unpack_from("<4sIH", head, at)
        if name == b"fmt ":
            return int(codec)
        # A chunk is even in length.
        at += 8 + size + size % 2
    return None


def _begins(head: bytes, allowed: Sequence[frozenset[int]]) -> bool:
    return len(head) >= len(allowed) and all(byte in fit for byte, fit in zip(head, allowed, strict=False))
