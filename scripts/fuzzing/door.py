"""Bytes, guided by coverage, through the parse boundary into a state: nothing may raise, take long or grow."""

from datetime import UTC, datetime, timedelta
import importlib
from pathlib import Path
import sys
from typing import Any

from scripts.demo.config import ROOT

_CAPTURES = ROOT / "tests" / "captures"
#: The first byte of an input says which of them its body comes under.
_TYPES = (
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain; charset=utf-16",
    "x; charset=gb18030",
    "x; charset=iso2022_jp",
)
_LONGEST = 64 * 1024
#: Seconds for one input, and MiB for the whole process: what takes more is a finding.
_SLOWEST, _LARGEST = 2, 1024
_BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
#: A state is begun anew after so many inputs, so that a finding can be repeated; and it never holds more than so much.
_INPUTS, _MOST = 2_000, 20_000


def fuzz(corpus: Path, seconds: float) -> None:
    """Fuzz for so long; what is found is written to the corpus' folder, and ends the process with an error."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["custom_components.coocenter.pbx"]):
        pbx = importlib.import_module("custom_components.coocenter.pbx")
    _seed(corpus)
    flags = [
        f"-max_total_time={seconds:.0f}",
        f"-max_len={_LONGEST + 1}",
        f"-timeout={_SLOWEST}",
        f"-rss_limit_mb={_LARGEST}",
        f"-artifact_prefix={corpus.parent}/fuzz-",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *flags], _Door(pbx))
    atheris.Fuzz()


class _Door:
    """One input after another, as one PBX would push them."""

    def __init__(self, pbx: Any) -> None:
        self._pbx = pbx
        self._state = pbx.PbxState()
        self._inputs = 0

    def __call__(self, data: bytes) -> None:
        if self._inputs % _INPUTS == 0:
            self._state = self._pbx.PbxState()
        self._inputs += 1
        event = self._pbx.parse(data[1:], _TYPES[data[0] % len(_TYPES)] if data else "")
        if event is None:
            return
        now = _BEGAN + timedelta(seconds=self._inputs % _INPUTS)
        self._state.apply(event, now)
        if self._state.apply(event, now):
            message = "An event that was told twice changed something twice"
            raise AssertionError(message)
        if len(self._state.calls) + len(self._state.extensions) > _MOST:
            message = "The state grows without bound"
            raise AssertionError(message)


def _seed(corpus: Path) -> None:
    """Begin with what a real PBX pushed."""
    corpus.mkdir(parents=True, exist_ok=True)
    for capture in _CAPTURES.glob("*.jsonl"):
        for number, line in enumerate(capture.read_bytes().splitlines()):
            (corpus / f"{capture.stem}-{number}").write_bytes(b"\1" + line)
