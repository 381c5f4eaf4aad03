"""Read the command line of scripts/develop, run the demonstration and end it on a signal."""

import argparse
import asyncio
from pathlib import Path
import signal
import sys

from scripts.demo.api import HassError
from scripts.demo.child import DemoError
from scripts.demo.office import Options, run
from scripts.demo.simulator import ROOT


def parse(arguments: list[str] | None = None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/develop", description="A simulated call centre and a real Home Assistant that watches it."
    )
    parser.add_argument("--port", type=int, default=8123, help="of Home Assistant (%(default)s)")
    parser.add_argument("--simulator-port", type=int, default=8000, help="of the simulated PBX (%(default)s)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".develop", help="for configuration and logs (.develop)")
    parser.add_argument("--fresh", action="store_true", help="forget what was configured and recorded before")
    parser.add_argument(
        "--once", action="store_true", help="end when the first pushed change has arrived (for machines)"
    )
    return Options(**vars(parser.parse_args(arguments)))


async def main(options: Options) -> int:
    """Run until done, or until Ctrl-C or SIGTERM; return the exit code."""
    loop, work = asyncio.get_running_loop(), asyncio.create_task(run(options))

    def interrupt() -> None:
        # Only the first signal: a second one must not interrupt the orderly end of the two programs.
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        sys.stderr.write("\nEnding Home Assistant and the simulator …\n")
        work.cancel()

    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, interrupt)
    try:
        await work
    except asyncio.CancelledError:
        return 1 if options.once else 0
    except (DemoError, HassError, TimeoutError) as error:
        sys.stderr.write(f"develop: {error or 'timed out'}\n")
        return 1
    return 0


sys.exit(asyncio.run(main(parse())))
