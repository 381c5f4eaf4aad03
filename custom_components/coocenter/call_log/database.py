"""The database that a call log lives in: opening it, bringing it up to date, and saying what is wrong with it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
import sqlite3

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from .model import LogUnavailable, Trouble
from .schema import VERSION, facts, metadata

#: How long a writer waits for another program that locks the file. A PBX that waits for an answer has less patience.
_BUSY_MILLISECONDS = 2_000
_VERSION = "version"
#: How long a server that does not answer is waited for (seconds; milliseconds where the name says TCP): one that is
#: switched off says nothing.
_PATIENCE: Mapping[str, Mapping[str, int]] = {
    "postgresql": {
        "connect_timeout": 10,
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 4,
        "tcp_user_timeout": 60_000,
    },
    "mysql": {"connect_timeout": 10, "read_timeout": 60, "write_timeout": 60},
}

type Migration = Callable[[Connection], None]
#: What makes a database of the version before one of this version. MariaDB commits every change of a table by itself,
#: so that one that was broken off must be able to begin again.
MIGRATIONS: Mapping[int, Migration] = {}


def sqlite_url(path: Path) -> str:
    """Return the URL of a database in a file."""
    return f"sqlite:///{path}"


def open_database(url: str) -> Engine:
    """Open a database, made or brought up to date where it must be; blocks, raises LogUnavailable."""
    engine: Engine | None = None
    try:
        with explained():
            engine = _engine(url)
            with engine.begin() as connection:
                _bring_up_to_date(connection)
    except BaseException as err:
        if engine:
            engine.dispose()
        if isinstance(err, (TypeError, ValueError)):
            # What the URL says is no port, or nothing that the driver knows.
            raise LogUnavailable(Trouble.UNAVAILABLE) from err
        raise
    return engine


def try_database(url: str) -> None:
    """Open a database and close it again; blocks, raises LogUnavailable."""
    open_database(url).dispose()


@contextmanager
def explained() -> Iterator[None]:
    """Raise what a database says as LogUnavailable."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, ImportError, RuntimeError) as err:
        # RuntimeError: a driver whose own needs are not met says so.
        raise LogUnavailable(_trouble(err)) from err


def is_file(engine: Engine) -> bool:
    """Tell whether a database is a file of ours."""
    return engine.dialect.name == "sqlite"


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    # The parameters are numbers of people: neither in logs nor in errors.
    if kind != "sqlite":
        return create_engine(
            parsed,
            hide_parameters=True,
            pool_size=4,
            # A server may have been restarted since the last call.
            pool_pre_ping=True,
            # MariaDB's usual isolation locks what lies between rows, too: also the rows that another PBX would insert.
            isolation_level="READ COMMITTED",
            connect_args=dict(_PATIENCE.get(kind, {})),
        )
    engine = create_engine(parsed, hide_parameters=True, pool_size=4)
    event.listen(engine, "connect", _prepare_file)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_file(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's events begin transactions: the driver is not to do so at moments of its own choosing.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode=WAL")
    # Durable against a power cut: with less, the last commits may be gone though they were acknowledged.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16000")
    # So many pages are brought into the file at once: 32 MB.
    connection.execute("PRAGMA wal_autocheckpoint=8000")
    # What was erased is not to be found in the file, nor in the pages of it that are free now.
    connection.execute("PRAGMA secure_delete=ON")


def _begin(connection: Connection) -> None:
    # A writer that first reads could not become one while another program writes.
    mode = "DEFERRED" if connection.get_execution_options().get("reads_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


def _bring_up_to_date(connection: Connection) -> None:
    version = _version(connection)
    if version is None:
        # Those that are not there yet: the first attempt may have been broken off.
        metadata.create_all(connection)
        connection.execute(insert(facts).values(name=_VERSION, value=str(VERSION)))
        return
    if version > VERSION:
        raise LogUnavailable(Trouble.NEWER)
    for step in range(version + 1, VERSION + 1):
        MIGRATIONS[step](connection)
        connection.execute(update(facts).where(facts.c.name == _VERSION).values(value=str(step)))


def _version(connection: Connection) -> int | None:
    """Return the version of the tables, None where they were never completed."""
    if not inspect(connection).has_table(facts.name):
        return None
    found = connection.execute(select(facts.c.value).where(facts.c.name == _VERSION)).scalar_one_or_none()
    return None if found is None else int(found)


def _trouble(error: Exception) -> Trouble:
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, sqlite3.Error):
        return Trouble.UNAVAILABLE
    match getattr(original, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Trouble.LOCKED
        case sqlite3.SQLITE_FULL:
            return Trouble.FULL
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Trouble.CORRUPT
        case _:
            return Trouble.UNAVAILABLE
