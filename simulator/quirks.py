"""The ways in which CooCenter firmwares differ, each one switchable."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self, get_args, get_type_hints

# Longer than any wait or call, and short enough for the sizes in a WAV file's header.
DAY = 86_400.0

type Method = Literal["both", "GET", "POST"]


class QuirkError(ValueError):
    """A quirk was named that does not exist, or given a value it does not take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quirks:
    """Describe one firmware's habits (protocol.md: where its two sources disagree or are silent)."""

    current_calls_method: Method = "both"
    queue_info_method: Method = "both"
    wrong_method_status: Literal[404, 405] = 404
    hints_style: Literal["list", "envelope"] = "list"
    status_style: Literal["code", "text"] = "code"
    push_encoding: Literal["json", "form", "json-untyped"] = "json"
    error_style: Literal["200", "404"] = "404"
    refusal_style: Literal[401, 403, "200"] = 401
    old_firmware: bool = False
    # Spellings of the pushed events only: the passive part is always the first generation's.
    generation: Literal[1, 2] = 1
    pad_mac: bool = False
    blacklist_without_data: bool = False
    hang: bool = False
    # Seconds before each reply; real ones, whatever the simulator's speed.
    delay: float = 0.0
    # "garbage" is half of the JSON in a whole reply, "half" a reply whose connection ends in its midst, "cut" one whose
    # connection is reset there, "wrong" JSON that says something else, "empty" a PBX that knows of nothing yet.
    reply: Literal["ok", "html", "garbage", "half", "cut", "wrong", "empty", "500", "reset"] = "ok"
    range_support: bool = True
    # What a recording is: 16 bit PCM, GSM 06.10 in a RIFF file that no browser plays, or its bare frames.
    recording_format: Literal["wav", "gsm", "raw-gsm"] = "wav"
    # The Content-Type, true or not.
    recording_content_type: str = "audio/x-wav"
    # Seconds that each recording lasts unless it is empty; 0 for those of its call, within limits.
    recording_seconds: float = 0.0
    # Bytes of a recording's reply after which the connection breaks; 0 for never.
    recording_cut: int = 0
    sign_pushes: bool = False
    # Hold a cc_cdr back until the wrap-up is over, so that its pauseTime says how long that was.
    late_cc_cdr: bool = False

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            _check(name, getattr(self, name), hint)

    def changed(self, fields: Mapping[str, object]) -> Self:
        """Return these quirks with some fields replaced by values from JSON."""
        unknown = sorted(set(fields) - set(get_type_hints(type(self))))
        if unknown:
            msg = f"unknown quirk: {', '.join(unknown)}"
            raise QuirkError(msg)
        return replace(self, **fields)  # type: ignore[arg-type]


def _check(name: str, value: object, hint: object) -> None:
    """Refuse a value that the field's type does not allow: they also come from the network."""
    if hint is bool:
        valid = isinstance(value, bool)
    elif hint is float:
        valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= DAY
    elif hint is int:
        valid = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    elif hint is str:
        # It goes into a header.
        valid = isinstance(value, str) and bool(value.strip()) and value.isascii() and value.isprintable()
    else:
        choices = get_args(getattr(hint, "__value__", hint))
        valid = any(value == choice and type(value) is type(choice) for choice in choices)
    if not valid:
        msg = f"quirk {name} cannot be {value!r}"
        raise QuirkError(msg)
