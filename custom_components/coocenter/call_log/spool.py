"""Where records wait, durable, while the database cannot take them; bounded, so that no trouble fills a disk."""

from collections.abc import Iterable
from dataclasses import replace
import json
import os
from pathlib import Path

from .model import LogUnavailable, NotStored, Trouble
from .record import Kind, LogRecord, decode, encode

MAX_BYTES = 32 * 1024 * 1024


class Spool:
    """A file of records, one a line. Everything here blocks."""

    def __init__(self, path: Path, limit: int = MAX_BYTES) -> None:
        self._path = path
        self._limit = limit

    def append(self, batch: Iterable[LogRecord]) -> None:
        """Keep records over a power cut; raises NotStored where that cannot be promised."""
        # The first line break ends what a power cut, or a full disk, may have left of a line.
        lines = "".join(["\n", *(f"{_line(record)}\n" for record in batch)]).encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                if file.tell() + len(lines) > self._limit:
                    raise NotStored
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as err:
            raise NotStored from err

    def read(self) -> list[LogRecord]:
        """Return what waits; a line that a power cut broke off was never acknowledged. Raises LogUnavailable."""
        try:
            lines = self._path.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as err:
            raise LogUnavailable(Trouble.UNAVAILABLE) from err
        return [record for line in lines if (record := _record(line))]

    def clear(self) -> None:
        """Forget what waited; raises LogUnavailable."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as err:
            raise LogUnavailable(Trouble.UNAVAILABLE) from err


def _line(record: LogRecord) -> str:
    kept = {"uid": record.uid, "call": record.call_uid, "kind": record.kind, "data": encode(record)}
    return json.dumps(kept, separators=(",", ":"))


def _record(line: str) -> LogRecord | None:
    try:
        kept = json.loads(line)
        return replace(decode(kept["uid"], Kind(kept["kind"]), kept["data"]), call_uid=kept["call"])
    except KeyError, TypeError, ValueError:
        return None
