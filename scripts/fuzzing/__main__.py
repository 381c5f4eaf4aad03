"""The fuzzer's command line."""

import argparse
import asyncio
from pathlib import Path
import sys

from scripts.fuzzing import door, flood
from scripts.measure.figures import table

_ROOT = Path(__file__).parents[2]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description="Look for bytes that the webhook cannot stand, guided by coverage (atheris)."
    )
    parser.add_argument("--minutes", type=float, default=10, help="how long (%(default)s)")
    parser.add_argument(
        "--corpus",
        type=Path,
        default=_ROOT / ".tools" / "fuzz",
        help="the folder of what was interesting in earlier runs (%(default)s)",
    )
    parser.add_argument(
        "--flood", action="store_true", help="measure instead how long a push waits while others send junk"
    )
    return parser.parse_args()


def main() -> None:
    """Fuzz, or measure floods."""
    options = _options()
    if options.flood:
        sys.stdout.write(f"{table(asyncio.run(flood.measure()))}\n")
    else:
        door.fuzz(options.corpus, options.minutes * 60)


main()
