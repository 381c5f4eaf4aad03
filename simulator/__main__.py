"""The command: run a simulated PBX until it is interrupted."""

import argparse
import asyncio
import re
import signal
import sys
from typing import get_args
from zoneinfo import ZoneInfo

from .certificate import self_signed_context
from .office import Office
from .server import Simulator
from .settings import Level

MAX_PORT = 65535


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        office = Office.build(options.extensions, options.queues, options.seed)
    except ValueError as error:
        parser.error(str(error))
    try:
        asyncio.run(_serve(_simulator(options, office)))
    except OSError as error:
        sys.stderr.write(f"Cannot listen: {error}\n")
        return 1
    return 0


def _simulator(options: argparse.Namespace, office: Office) -> Simulator:
    return Simulator(
        office,
        host=options.host,
        port=options.port,
        web_key=options.web_key,
        push_url=options.push_url,
        traffic=options.traffic,
        seed=options.seed,
        mac=options.mac,
        time_zone=options.time_zone,
        ssl_context=self_signed_context(options.host) if options.ssl else None,
        speed=options.speed,
        wrap_up=options.wrap_up,
    )


async def _serve(simulator: Simulator) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with simulator:
        office = simulator.office
        sys.stdout.write(
            f"PBX simulator at {simulator.url}/ "
            f"({len(office.extensions)} extensions, {len(office.queues)} queues, traffic {simulator.traffic})\n"
        )
        sys.stdout.flush()
        await ended.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A CooCenter PBX that is not there.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=port, default=8000, help="0 takes a free one")
    parser.add_argument("--web-key")
    parser.add_argument("--push-url", type=address)
    parser.add_argument("--extensions", type=int, default=7)
    parser.add_argument("--queues", type=int, default=2)
    parser.add_argument("--traffic", choices=get_args(Level.__value__), default="none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mac", type=mac_address, default="68:69:2e:00:00:01")
    parser.add_argument("--ssl", action="store_true", help="HTTPS with a self-signed certificate")
    parser.add_argument("--time-zone", type=time_zone, help="the PBX's, such as Asia/Shanghai; default: the system's")
    parser.add_argument("--speed", type=speed, default=1.0, help="how much faster than life the calls go")
    parser.add_argument("--wrap-up", type=seconds, default=30.0, help="seconds an agent is paused after a queue call")
    return parser


# argparse says "invalid <the function's name> value" when one of these raises a ValueError.


def port(text: str) -> int:
    """Read a port number."""
    number = int(text)
    if not 0 <= number <= MAX_PORT:
        raise ValueError
    return number


def address(text: str) -> str:
    """Read an HTTP address."""
    if not text.startswith(("http://", "https://")):
        raise ValueError
    return text


def mac_address(text: str) -> str:
    """Read a MAC address."""
    if not re.fullmatch(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}", text):
        raise ValueError
    return text


def time_zone(text: str) -> ZoneInfo:
    """Read a time zone's name."""
    try:
        return ZoneInfo(text)
    except (OSError, KeyError) as error:
        raise ValueError from error


def seconds(text: str) -> float:
    """Read a duration."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ValueError
    return number


def speed(text: str) -> float:
    """Read a factor."""
    number = seconds(text)
    if number == 0:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
