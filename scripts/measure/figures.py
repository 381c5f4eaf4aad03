"""What was measured, as a table or as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import statistics
import sys
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure has to reach, and which of its numbers counts."""

    value: float
    counts: str = "p95"
    at_least: bool = False
    """Where more is better."""

    def is_met(self, row: dict[str, Any]) -> bool:
        """Tell whether the figure is as it should be."""
        found: float = row[self.counts]
        return found >= self.value if self.at_least else found <= self.value


#: No more than this (ms), whatever else goes on.
STALL = Target(20, "max")


@dataclass(frozen=True, slots=True)
class Figure:
    """The samples of one thing that was measured."""

    name: str
    unit: str
    samples: tuple[float, ...]
    target: Target | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the figures that tell of the samples."""
        cuts = statistics.quantiles(self.samples, n=100, method="inclusive")
        row: dict[str, Any] = {
            "name": self.name,
            "unit": self.unit,
            "samples": len(self.samples),
            "min": min(self.samples),
            "median": statistics.median(self.samples),
            "p95": cuts[94],
            "p99": cuts[98],
            "max": max(self.samples),
        }
        if self.target:
            row |= {"target": self.target.value, "counts": self.target.counts, "ok": self.target.is_met(row)}
        return row


def lateness(where: str, stalls: Mapping[str, Sequence[float]]) -> list[Figure]:
    """Return how late an event loop was, as Stalls tells it; the collector is Python's, and stops everything alike."""
    return [
        Figure(f"{where}: event loop late", "ms", tuple(stalls["late"])),
        Figure(f"{where}: event loop late, but for Python's collector", "ms", tuple(stalls["own"]), STALL),
    ]


def progress(what: str) -> None:
    """Say what is done now, where it does not mix with the result."""
    sys.stderr.write(f"{what} …\n")


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table to read."""
    rows = [(figure, figure.as_dict()) for figure in figures]
    width = max(len(figure.name) for figure, _ in rows)
    lines = [
        f"{'':{width}}  {'unit':>9} {'samples':>8} {'min':>9} {'median':>9} {'p95':>9} {'p99':>9} {'max':>9}  target"
    ]
    for figure, row in rows:
        numbers = " ".join(f"{row[key]:9.2f}" for key in ("min", "median", "p95", "p99", "max"))
        line = f"{figure.name:{width}}  {figure.unit:>9} {row['samples']:8} {numbers}  {_verdict(figure.target, row)}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def _verdict(target: Target | None, row: dict[str, Any]) -> str:
    if not target:
        return ""
    sign = "≥" if target.at_least else "≤"
    return f"{target.counts} {sign} {target.value:g} {'ok' if row['ok'] else 'MISSED'}"
