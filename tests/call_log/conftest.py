"""An empty database of each kind that the call log can be kept in."""

from collections.abc import Iterator
import logging
from pathlib import Path

from database_servers import present
import pytest

from scripts.measure.databases import Server, mariadb_server, postgresql_server


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Keep the statements out of the log, of which there are many thousands."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with present(postgresql_server()) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with present(mariadb_server()) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, socket_enabled: None) -> Iterator[str]:
    """The URL of a database that no other test sees; its server is started by the first test that asks for it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'calls.db'}"
        return
    server: Server = request.getfixturevalue(request.param)
    with server.database() as url:
        yield url
