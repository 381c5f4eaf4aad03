"""What was measured, as a table or as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
import statistics


@dataclass(frozen=True, slots=True)
class Figure:
    """The samples of one thing that was measured."""

    name: str
    unit: str
    samples: tuple[float, ...]

    def as_dict(self) -> dict[str, float | int | str]:
        """Return the figures that tell of the samples."""
        cuts = statistics.quantiles(self.samples, n=100, method="inclusive")
        return {
            "name": self.name,
            "unit": self.unit,
            "samples": len(self.samples),
            "min": min(self.samples),
            "median": statistics.median(self.samples),
            "p95": cuts[94],
            "max": max(self.samples),
        }


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table to read."""
    rows = [figure.as_dict() for figure in figures]
    width = max(len(str(row["name"])) for row in rows)
    lines = [f"{'':{width}}  {'unit':>5} {'samples':>8} {'min':>9} {'median':>9} {'p95':>9} {'max':>9}"]
    for row in rows:
        numbers = " ".join(f"{row[key]:9.2f}" for key in ("min", "median", "p95", "max"))
        lines.append(f"{row['name']:{width}}  {row['unit']:>5} {row['samples']:8} {numbers}")
    return "\n".join(lines)
