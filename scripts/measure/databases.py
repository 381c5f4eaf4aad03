"""Real PostgreSQL and MariaDB servers, each in a temporary folder of its own and gone with its context."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
from tempfile import TemporaryDirectory
import time

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError

from scripts.demo.child import LOOPBACK

USER = "coocenter"
#: A server that is not ready by then never will be, even on a busy machine.
START_WITHIN, STOP_WITHIN = 60.0, 30.0
#: The servers refuse to be root, and it would be too much power for a test.
ACCOUNT = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class ServerAbsent(Exception):
    """Tell which server is not installed, and what to do about it."""


class ServerFailed(Exception):
    """Quote the last words of a server that does not run."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and how to make and to drop a database on it."""

    admin: URL
    create: str
    drop: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yield the URL of a new, empty database, which is dropped afterwards."""
        name = f"calls_{secrets.token_hex(4)}"
        self._execute(self.create.format(name))
        try:
            yield self.admin.set(database=name).render_as_string(hide_password=False)
        finally:
            self._execute(self.drop.format(name))

    def answers(self) -> bool:
        """Tell whether the server lets us in already."""
        try:
            self._execute("SELECT 1")
        except OperationalError:
            return False
        return True

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()


@contextmanager
def postgresql_url(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty database on a PostgreSQL that is started for it."""
    with postgresql_server(durable=durable) as server, server.database() as url:
        yield url


@contextmanager
def mariadb_url(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty database on a MariaDB that is started for it."""
    with mariadb_server(durable=durable) as server, server.database() as url:
        yield url


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[Server]:
    """Run a PostgreSQL; a durable one flushes each commit to the disk, as a user's does."""
    initdb, postgres = _find("PostgreSQL", "initdb", "postgres")
    with _folder("postgresql") as folder:
        data, first, password = folder / "data", folder / "password", secrets.token_hex()
        _write(first, password)
        made = (f"--pgdata={data}", f"--username={USER}", f"--pwfile={first}", "--auth=scram-sha-256")
        # Upper and lower case beyond ASCII are to be known, whatever this machine's own language is.
        _run(folder, (initdb, *made, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"))
        port = _free_port()
        # What a power cut would cost is of no interest here: the data is thrown away.
        hasty = () if durable else ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        settings = (f"listen_addresses={LOOPBACK}", f"port={port}", "unix_socket_directories=", *hasty)
        server = Server(
            URL.create("postgresql", USER, password, LOOPBACK, port, "postgres"),
            create='CREATE DATABASE "{}"',
            # A connection that a test forgot, or left in a pool, would keep the database.
            drop='DROP DATABASE "{}" WITH (FORCE)',
        )
        command = (postgres, "-D", str(data), *(part for one in settings for part in ("-c", one)))
        # SIGTERM would wait for the clients to leave.
        with _running(folder, command, server, signal.SIGINT):
            yield server


@contextmanager
def mariadb_server(*, durable: bool = False) -> Iterator[Server]:
    """Run a MariaDB; a durable one flushes each commit to the disk, as a user's does."""
    # The first one asks the last one for its defaults.
    install, mariadbd, _ = _find("MariaDB", "mariadb-install-db", "mariadbd", "my_print_defaults")
    with _folder("mariadb") as folder:
        data, first, password = folder / "data", folder / "first.sql", secrets.token_hex()
        who = f"'{USER}'@'{LOOPBACK}'"
        _write(first, f"CREATE USER {who} IDENTIFIED BY '{password}';\nGRANT ALL ON *.* TO {who};\n")
        # A small log, because the usual 96 MB take time to write and are never filled.
        common = ("--no-defaults", f"--datadir={data}", "--innodb-log-file-size=8M", "--skip-name-resolve")
        _run(folder, (install, *common, "--skip-test-db"))
        port = _free_port()
        hasty = () if durable else ("--innodb-flush-log-at-trx-commit=0",)
        settings = (f"--bind-address={LOOPBACK}", f"--port={port}", f"--socket={folder}/socket")
        server = Server(
            URL.create("mysql+pymysql", USER, password, LOOPBACK, port, query={"charset": "utf8mb4"}),
            create="CREATE DATABASE `{}` CHARACTER SET utf8mb4",
            # A transaction that a test left open would keep it waiting for a day.
            drop="SET STATEMENT lock_wait_timeout=10 FOR DROP DATABASE `{}`",
        )
        command = (mariadbd, *common, *settings, *hasty, f"--init-file={first}", "--character-set-server=utf8mb4")
        with _running(folder, command, server, signal.SIGTERM):
            yield server


def _find(name: str, *programs: str) -> list[str]:
    """Return where the programs of a server are; scripts/databases looks in the same places."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(versions, key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)])
    folders = [os.environ.get("PATH", os.defpath), *map(str, reversed(newest)), "/usr/sbin"]
    found = {program: shutil.which(program, path=os.pathsep.join(folders)) for program in programs}
    if absent := [program for program, path in found.items() if not path]:
        message = f"{name} is not installed ({', '.join(absent)}); `scripts/test --databases` installs Debian's"
        raise ServerAbsent(message)
    return [path for path in found.values() if path]


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """Yield a temporary folder that belongs to the server's account."""
    with TemporaryDirectory(prefix=f"coocenter-{name}-") as folder:
        if ACCOUNT:
            os.chown(folder, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
        yield Path(folder)


def _write(path: Path, text: str) -> None:
    """Write a file that the server can read, whatever our umask is; the folder keeps others out."""
    path.write_text(text)
    path.chmod(0o644)


@contextmanager
def _started(folder: Path, command: Sequence[str], end: signal.Signals) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program as the server's account, its output appended to the log, and end it by its process id."""
    uid, gid, groups = (ACCOUNT.pw_uid, ACCOUNT.pw_gid, ()) if ACCOUNT else (None, None, None)
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(  # noqa: S603 - the commands are those of this file
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=uid,
            group=gid,
            extra_groups=groups,
            # A terminal's Ctrl-C reaches only us, and we end it in order.
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(end)
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _run(folder: Path, command: Sequence[str]) -> None:
    """Run a program to its end."""
    with _started(folder, command, signal.SIGTERM) as process:
        if process.wait(START_WITHIN) != 0:
            raise _failure(folder, command)


@contextmanager
def _running(folder: Path, command: Sequence[str], server: Server, end: signal.Signals) -> Iterator[None]:
    """Run the server, from when it lets us in."""
    if setpriv := shutil.which("setpriv"):
        # Who is killed cannot end what he has started. It is the thread that counts: start servers from one that stays.
        command = (setpriv, "--pdeathsig", end.name.removeprefix("SIG"), *command)
    with _started(folder, command, end) as process:
        deadline = time.monotonic() + START_WITHIN
        while not server.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise _failure(folder, command)
            # Nothing tells us when it listens.
            time.sleep(0.05)
        yield


def _failure(folder: Path, command: Sequence[str]) -> ServerFailed:
    words = (folder / "log").read_text(errors="replace").strip().splitlines()[-8:]
    return ServerFailed("\n  ".join([f"{' '.join(command)} does not run; its last words:", *words]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
