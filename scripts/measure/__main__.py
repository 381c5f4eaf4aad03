"""Read the command line of scripts/bench, measure, and print."""

import argparse
import asyncio
import json
import sys

from scripts.measure import blueprint
from scripts.measure.figures import table

MEASUREMENTS = {"blueprint": blueprint.measure}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="How fast it is: real Home Assistant, loopback, nothing else on the machine."
    )
    parser.add_argument("what", nargs="*", default=list(MEASUREMENTS), choices=MEASUREMENTS, help="all if left out")
    parser.add_argument("--calls", type=int, default=30, help="how many calls are played (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    figures = [figure for name in options.what for figure in asyncio.run(MEASUREMENTS[name](options.calls))]
    text = json.dumps([figure.as_dict() for figure in figures], indent=2) if options.json else table(figures)
    sys.stdout.write(f"{text}\n")


main()
