"""Databases as each version of the log wrote them: schemas/<version>.sql, with a few calls.

When the tables change, VERSION in schema.py goes up by one, MIGRATIONS in database.py gets what makes the new tables of
the old, and this writes the file of the new version, which then never changes again:

    .venv/bin/python -m tests.call_log.log_schemas
"""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
import sqlite3
import sys
from tempfile import TemporaryDirectory

from sqlalchemy import BigInteger, Engine, Integer, MetaData, create_engine, inspect, make_url

from custom_components.coocenter.call_log import LogRecord, Office, Store
from custom_components.coocenter.call_log.record import Seen
from custom_components.coocenter.call_log.schema import VERSION
from custom_components.coocenter.pbx import CallDetail, Direction, Disposition, Outcome, Party, QueueCallDetail

SCHEMAS = Path(__file__).parent / "schemas"
OFFICE = Office(pbx="pbx", zone=UTC, region="GB")
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
_LOCAL = NOW.replace(tzinfo=None)
ALICE, BOB = Party("01632960123", "Alice Liddell"), Party("01632960124")
_ROW = CallDetail(
    uniqueid="1.1",
    caller=ALICE,
    source=ALICE.number,
    destination="630",
    started=_LOCAL,
    answered=_LOCAL,
    ended=_LOCAL.replace(minute=32),
    disposition=Disposition.ANSWERED,
    duration=120,
    billable=120,
    direction=Direction.INBOUND,
    recording="2026-11-23/1.1.wav",
)
_CENTRE = QueueCallDetail(
    uniqueid="1.1",
    caller=ALICE.number,
    queue="630",
    agent="803",
    started=_LOCAL,
    ended=_LOCAL.replace(minute=32),
    queue_time=10,
    talk_time=90,
    score=4,
)
_SEEN = Seen(
    direction=Direction.INBOUND,
    started=NOW.replace(minute=40),
    ended=NOW.replace(minute=41),
    outcome=Outcome.MISSED,
    caller=BOB,
    callee=Party("801"),
)
#: A queue's call that an agent took, and one that was only seen.
RECORDS = [
    LogRecord(uid="1.1", body=_ROW, received=NOW),
    LogRecord(uid="1.1", body=_CENTRE, received=NOW, extensions=frozenset({"803"})),
    LogRecord(uid="2.1", body=_SEEN, received=NOW, extensions=frozenset({"801"})),
]


def versions() -> list[int]:
    """Return the versions of which there is a file."""
    return sorted(int(path.stem) for path in SCHEMAS.glob("*.sql"))


def dump_of(version: int) -> str:
    return (SCHEMAS / f"{version}.sql").read_text()


def statements(dump: str) -> list[str]:
    """Return what a file says; in which order tables get their indexes is nobody's concern."""
    return sorted(dump.split(";\n"))


def dump_of_today() -> str:
    """Return a database as it is written now."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.db"
        store = Store(f"sqlite:///{path}", OFFICE)
        store.open()
        for record in RECORDS:
            store.write([record])
        store.freshen_hours(None)
        store.mark("2.1", "completed", NOW)
        store.close()
        with closing(sqlite3.connect(path)) as connection:
            return "\n".join([*connection.iterdump(), ""])


def restore(version: int, url: str) -> None:
    """Make a database what a version wrote, on a server too."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "old.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(dump_of(version))
        if make_url(url).get_backend_name() == "sqlite":
            path.rename(Path(str(make_url(url).database)))
            return
        old, new, tables = create_engine(f"sqlite:///{path}"), create_engine(url), MetaData()
        with old.connect() as source, new.begin() as target:
            tables.reflect(source)
            for column in (column for table in tables.tables.values() for column in table.columns):
                # SQLite's integers are as long as they must be.
                if isinstance(column.type, Integer):
                    column.type = BigInteger()
            tables.create_all(target)
            for table in tables.sorted_tables:
                if rows := [dict(row) for row in source.execute(table.select()).mappings()]:
                    target.execute(table.insert(), rows)
        old.dispose()
        new.dispose()


def structure(engine: Engine) -> dict[str, object]:
    """Return the tables of a database, their columns, keys and indexes."""
    found = inspect(engine)

    def of_table(name: str) -> dict[str, object]:
        indexes = {index["name"]: index["column_names"] for index in found.get_indexes(name)}
        uniques = {unique["name"]: unique["column_names"] for unique in found.get_unique_constraints(name)}
        return {
            "columns": {column["name"]: column["nullable"] for column in found.get_columns(name)},
            "key": found.get_pk_constraint(name)["constrained_columns"],
            "indexes": dict(sorted((indexes | uniques).items())),
        }

    # What the database keeps for itself, as what it learnt of the columns, is none of ours.
    return {name: of_table(name) for name in sorted(found.get_table_names()) if name.startswith("coocenter_")}


if __name__ == "__main__":
    SCHEMAS.mkdir(exist_ok=True)
    (SCHEMAS / f"{VERSION}.sql").write_text(dump_of_today())
    sys.stdout.write(f"schemas/{VERSION}.sql is written\n")
