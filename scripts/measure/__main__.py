"""Read the command line of scripts/bench, measure, and print."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
import json
import sys

from scripts.measure import (
    blueprint,
    busy_hour,
    call_log,
    extension_status,
    phone_book,
    poll,
    pushes,
    queue_calls,
    start,
    voice,
)
from scripts.measure.figures import Figure, table

#: Over so many connections at once a PBX may push; which number it is is not documented.
CONNECTIONS = (1, 8, 64)
#: As many as a phone book is meant for.
_CONTACTS = 10_000


async def _measure_call_log(options: argparse.Namespace) -> list[Figure]:
    return [
        *await call_log.measure(options.rows, options.databases),
        *(await pushes.measure(options.pushes, CONNECTIONS) if options.pushes else []),
    ]


async def _measure_phone_book(_options: argparse.Namespace) -> list[Figure]:
    return phone_book.measure(_CONTACTS)


MEASUREMENTS: dict[str, Callable[[argparse.Namespace], Awaitable[list[Figure]]]] = {
    "blueprint": lambda options: blueprint.measure(options.calls),
    "busy-hour": lambda options: busy_hour.measure(options.minutes * 60),
    "call-log": _measure_call_log,
    "extension-status": lambda options: extension_status.measure(options.seconds, options.rounds),
    "phone-book": _measure_phone_book,
    "poll": lambda options: poll.measure(options.polls),
    "queue-calls": lambda options: queue_calls.measure(options.queue_calls, options.paced),
    "start": lambda options: start.measure(options.starts),
    "voice": lambda options: voice.measure(options.contacts, options.times),
}


def _databases(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := set(names).difference(call_log.PLACES):
        message = f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(call_log.PLACES)}"
        raise argparse.ArgumentTypeError(message)
    return names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="How fast it is: real Home Assistant, loopback, nothing else on the machine."
    )
    parser.add_argument("what", nargs="*", default=list(MEASUREMENTS), choices=MEASUREMENTS, help="all if left out")
    parser.add_argument("--calls", type=int, default=30, help="blueprint: how many calls are played (%(default)s)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="call-log: how many calls are in it (%(default)s)")
    parser.add_argument(
        "--databases",
        type=_databases,
        default=["sqlite", "postgresql"],
        help=f"call-log: in which databases, of {','.join(call_log.PLACES)} (sqlite,postgresql)",
    )
    parser.add_argument(
        "--pushes", type=int, default=20_000, help="call-log: how many logs are pushed at a time (%(default)s)"
    )
    parser.add_argument(
        "--contacts", type=int, default=1_000, help="voice: how many are in the phone book (%(default)s)"
    )
    parser.add_argument("--times", type=int, default=50, help="voice: how often each sentence is said (%(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=7, help="extension-status: in how many rounds all is compared (%(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="extension-status: how long each way has in a round (%(default)s)"
    )
    parser.add_argument("--minutes", type=float, default=60, help="busy-hour: how many are pushed (%(default)s)")
    parser.add_argument("--polls", type=int, default=20, help="poll: how many (%(default)s)")
    parser.add_argument(
        "--queue-calls", type=int, default=1_500, help="queue-calls: how many are pushed at full speed (%(default)s)"
    )
    parser.add_argument(
        "--paced", type=float, default=20, help="queue-calls: seconds, in which 50 come each second (%(default)s)"
    )
    parser.add_argument("--starts", type=int, default=3, help="start: how often, with us and without (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for."""
    options = _options()
    figures = [figure for name in options.what for figure in asyncio.run(MEASUREMENTS[name](options))]
    text = json.dumps([figure.as_dict() for figure in figures], indent=2) if options.json else table(figures)
    sys.stdout.write(f"{text}\n")


main()
