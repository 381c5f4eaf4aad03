"""Numbers: what a channel name says, what may be dialled, and when two are the same."""

from functools import lru_cache
import re
import unicodedata

from .errors import NotDialable

MAX_LENGTH = 32
#: An internal number is short; a trunk that registers with its public number is not.
MAX_EXTENSION_LENGTH = 6

_SEPARATORS = re.compile(r"[ \u2010-\u2015().\-/]+")
#: The trunk prefix of a number at home, as it is shown to those who call from abroad.
_AT_HOME = re.compile(r"(?<=\d)\s*\(0\)")
_DIALABLE = re.compile(r"[0-9*#]+", re.ASCII)
_MEMBER = re.compile(r"^[A-Za-z0-9]+/(?P<peer>[^@]+?)(?:@.*)?(?:/n)?$")
_CHANNEL = re.compile(r"^(?P<tech>[A-Za-z0-9]+)/(?P<peer>[^@]+?)(?:@(?P<context>.+?))?-[0-9A-Fa-f]+(?:;[12])?$")


def dialable(text: str, *, plus: str = "00") -> str:
    """Return the digits, `*` and `#` of a number as the PBX takes it.

    `plus` replaces a leading `+`: the office's international prefix, or `+` to keep it.
    Raises NotDialable for anything that is no telephone number.
    """
    # A full-width digit from a Chinese keyboard is the same digit; a no-break space is a space.
    number = unicodedata.normalize("NFKC", text).strip(" ")
    number = re.sub(r"^tel:", "", number, flags=re.IGNORECASE).strip(" ")
    if international := number.startswith("+"):
        number = number[1:].replace("(0)", "")
    elif number.startswith("00"):
        number = _AT_HOME.sub("", number)
    number = _SEPARATORS.sub("", number)
    if not _DIALABLE.fullmatch(number):
        raise NotDialable(text)
    number = plus + number if international else number
    if len(number) > MAX_LENGTH:
        raise NotDialable(text)
    return number


def is_extension(text: str) -> bool:
    """Tell whether a peer's name looks like an internal number and not like a trunk."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_EXTENSION_LENGTH


def channel_peer(channel: str) -> str | None:
    """Return who a channel belongs to: `SIP/886-00000065` is 886, `DAHDI/i1/…` is the trunk i1."""
    if not (match := _CHANNEL.match(channel)):
        return None
    peer, *rest = match["peer"].split("/")
    # On a digital trunk the dialled number follows the span.
    return peer or rest[0]


def channel_extension(channel: str) -> str | None:
    """Return the extension a channel belongs to, None for a trunk."""
    peer = channel_peer(channel)
    return peer if peer is not None and is_extension(peer) else None


def is_local(channel: str) -> bool:
    """Tell whether a channel only leads to another inside the PBX."""
    return channel.startswith("Local/")


def local_pair(channel: str) -> str | None:
    """Return what both halves of a Local channel share, None for any other channel."""
    if is_local(channel) and channel[-2:] in (";1", ";2"):
        return channel[:-2]
    return None


@lru_cache
def member_extension(name: str) -> str:
    """Return the extension behind a queue member: `sip/876`, `Local/804@agents/n`, or bare."""
    match = _MEMBER.match(name)
    return match["peer"] if match else name


def split_caller_id(text: str) -> tuple[str, str]:
    """Split `"name" <number>` into name and number; a bare text is the number."""
    # Not by a pattern: in a long text that is none it would try every end of the name.
    name, bracket, tail = text.strip().rpartition("<")
    number, end, rest = tail.partition(">")
    if not bracket or not end or rest:
        return "", text.strip()
    return name.strip().removeprefix('"').removesuffix('"').strip(), number.strip()


def mask(number: str) -> str:
    """Hide a number but for its last two digits, for logs and diagnostics."""
    return f"…{number[2:][-2:]}"
