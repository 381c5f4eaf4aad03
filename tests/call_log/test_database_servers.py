"""The databases that the call log is tested against are what they seem to be."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from database_servers import present
import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Unicode, create_engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from scripts.measure import databases
from scripts.measure.databases import Server, ServerAbsent, ServerFailed

NAMES = Table("names", MetaData(), Column("id", Integer, primary_key=True), Column("name", Unicode(40)))
TEXT = "总机 Büro ☎ 🐻‍❄️"
VERSIONS = {
    "sqlite": ("SELECT sqlite_version()", "3."),
    "postgresql": ("SELECT version()", "PostgreSQL "),
    "mysql": ("SELECT version()", "MariaDB"),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@contextmanager
def absent_server() -> Iterator[Server]:
    message = "nosuchd is not installed"
    raise ServerAbsent(message)
    yield


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database_that_keeps_any_text(engine: Engine, turn: int) -> None:
    assert inspect(engine).get_table_names() == []
    NAMES.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(NAMES.insert().values(name=TEXT))
    with engine.connect() as connection:
        assert connection.execute(NAMES.select()).all() == [(1, TEXT)]


def test_the_server_is_what_its_name_says(engine: Engine) -> None:
    question, answer = VERSIONS[engine.dialect.name]
    with engine.connect() as connection:
        assert answer in connection.scalars(text(question)).one()


def test_case_is_known_beyond_ascii_on_a_server(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            assert connection.scalars(text("SELECT lower('ÄÉ')")).one() == "äé"


@pytest.mark.parametrize(
    ("start", "question", "answer"),
    [
        (databases.postgresql_url, "SHOW fsync", "on"),
        (databases.mariadb_url, "SELECT @@innodb_flush_log_at_trx_commit", 1),
    ],
)
def test_a_durable_server_flushes_and_is_gone_with_its_context(start, question, answer, socket_enabled: None) -> None:
    with present(start(durable=True)) as url:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            assert connection.scalars(text(question)).one() == answer
    with pytest.raises(OperationalError, match="refused"):
        engine.connect()


def test_a_server_that_ends_by_itself_is_quoted(tmp_path: Path) -> None:
    with databases._folder("test") as folder, pytest.raises(ServerFailed, match="no such luck"):
        databases._run(folder, ("/bin/sh", "-c", "echo no such luck; exit 1"))


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(ServerAbsent, match=r"NoSuchSQL is not installed \(nosuchd\); `scripts/test --databases`"):
        databases._find("NoSuchSQL", "env", "nosuchd")


def test_an_absent_server_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COOCENTER_DATABASES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="nosuchd"), present(absent_server()):
        pass


def test_an_absent_server_fails_the_test_that_must_not_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOCENTER_DATABASES", "required")
    with pytest.raises(pytest.fail.Exception, match="nosuchd"), present(absent_server()):
        pass
