"""A database of any version is brought up to date with all its calls, in every kind of database."""

from collections.abc import Iterator
from contextlib import contextmanager

from log_schemas import OFFICE, RECORDS, dump_of, dump_of_today, restore, statements, structure, versions
from log_store import calls_in, caught_up, dump, opened, row, uids
import pytest
from sqlalchemy import Column, Connection, Engine, Integer, create_engine, delete, inspect, select, text

from custom_components.coocenter.call_log import LoggedCall, LogUnavailable, Store, Trouble, database
from custom_components.coocenter.call_log.schema import VERSION, calls, facts, metadata


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def structure_of(url: str) -> dict[str, object]:
    with engine_of(url) as engine:
        return structure(engine)


def version_of(url: str) -> str:
    with engine_of(url) as engine, engine.connect() as connection:
        return str(connection.execute(select(facts.c.value).where(facts.c.name == "version")).scalar_one())


def expected() -> list[LoggedCall]:
    """Return the calls of the dumps as a new log has them."""
    with opened("sqlite://") as store:
        store.write(RECORDS)
        return calls_in(store)


def test_every_version_has_a_file() -> None:
    assert versions() == list(range(1, VERSION + 1))


def test_the_tables_have_not_changed_since_their_version_was_written() -> None:
    """If they have: see log_schemas.py."""
    assert statements(dump_of(VERSION)) == statements(dump_of_today())


def test_every_version_has_its_way_from_the_one_before() -> None:
    assert sorted(database.MIGRATIONS) == list(range(2, VERSION + 1))


@pytest.mark.parametrize("version", versions())
def test_a_database_of_each_version_is_brought_up_to_date(database_url: str, version: int, tmp_path) -> None:
    restore(version, database_url)
    with opened(database_url) as store:
        caught_up(store)
        assert calls_in(store) == expected()
        assert store.write(RECORDS) == []
        assert list(store.marks()) == ["2.1"]
        assert sum(hour.figures.calls for hour in store.hours(expected()[0].started.replace(minute=0))[1]) >= 2
        store.write([row("3.1")])
        assert len(calls_in(store)) == 3
    assert version_of(database_url) == str(VERSION)
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    with opened(fresh):
        pass
    assert structure_of(database_url) == structure_of(fresh)


def test_a_new_database_says_its_version(database_url: str) -> None:
    with opened(database_url) as store:
        store.write([row("1.1")])
        with opened(database_url) as again:
            assert calls_in(again) == calls_in(store)
    assert version_of(database_url) == str(VERSION)
    assert set(structure_of(database_url)) == set(metadata.tables)


def test_tables_whose_making_was_broken_off_are_completed(database_url: str) -> None:
    with engine_of(database_url) as engine:
        facts.create(engine)
        calls.create(engine)
    with opened(database_url) as store:
        store.write([row("1.1")])
        assert uids(calls_in(store)) == ["1.1"]
    assert version_of(database_url) == str(VERSION)


def add_column(name: str) -> database.Migration:
    """Return what makes a database of the next version, in this test."""

    def migrate(connection: Connection) -> None:
        column = Column(name, Integer)
        kind = column.type.compile(connection.dialect)
        connection.execute(text(f"ALTER TABLE {calls.name} ADD COLUMN {name} {kind}"))

    return migrate


def fail(_connection: Connection) -> None:
    raise LogUnavailable(Trouble.UNAVAILABLE)


def test_each_step_is_taken_once_and_in_order(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(database_url) as store:
        store.write([row("1.1")])
    steps = {VERSION + 1: add_column("first"), VERSION + 2: add_column("second"), VERSION + 3: fail}
    monkeypatch.setattr(database, "MIGRATIONS", steps)
    monkeypatch.setattr(database, "VERSION", VERSION + 2)
    for _ in range(2):
        database.try_database(database_url)
    assert version_of(database_url) == str(VERSION + 2)
    with engine_of(database_url) as engine:
        assert [column["name"] for column in inspect(engine).get_columns(calls.name)][-2:] == ["first", "second"]
    before = dump(database_url)

    # A step that fails leaves all as it was.
    monkeypatch.setattr(database, "VERSION", VERSION + 3)
    store = Store(database_url, OFFICE)
    with pytest.raises(LogUnavailable):
        store.open()
    assert dump(database_url) == before

    # An older program does not touch what it does not know.
    monkeypatch.setattr(database, "VERSION", VERSION + 1)
    with pytest.raises(LogUnavailable) as raised:
        store.open()
    assert raised.value.trouble is Trouble.NEWER
    assert dump(database_url) == before


@pytest.mark.parametrize("value", ["", "one", "1.5"])
def test_a_version_that_is_none_is_trouble(database_url: str, value: str) -> None:
    database.try_database(database_url)
    with engine_of(database_url) as engine, engine.begin() as connection:
        connection.execute(delete(facts))
        connection.execute(facts.insert().values(name="version", value=value))
    with pytest.raises(LogUnavailable):
        database.try_database(database_url)


def test_a_pbx_that_cannot_be_entered_leaves_the_log_closed(database_url: str) -> None:
    database.try_database(database_url)
    with engine_of(database_url) as engine, engine.begin() as connection:
        connection.execute(text("DROP TABLE coocenter_pbxs"))
    store = Store(database_url, OFFICE)
    for act in (store.open, store.count):
        with pytest.raises(LogUnavailable):
            act()
