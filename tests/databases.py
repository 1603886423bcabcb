"""Throwaway databases for tests: SQLite files, or a PostgreSQL cluster made for the run."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import Engine, event, make_url


class Server:
    """Hands out URLs of fresh databases."""

    def __init__(self, folder: Path, postgresql_socket: Path | None) -> None:
        self._folder = folder
        self._socket = postgresql_socket
        self._numbers = count(1)

    def empty_database(self) -> str:
        """The URL of a new, empty database."""
        name = self._new_name()
        if self._socket is not None:
            self._execute(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def copy_of(self, template_url: str) -> str:
        """The URL of a new database with everything that is in the one at ``template_url``.

        Nobody may be connected to the template.
        """
        name = self._new_name()
        if self._socket is None:
            shutil.copyfile(_sqlite_path(template_url), _sqlite_path(self._url(name)))
        else:
            template = make_url(template_url).database
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self._url(name)

    def drop(self, url: str) -> None:
        """Delete the database at ``url``; whoever is still connected to it is thrown out."""
        if self._socket is None:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{_sqlite_path(url)}{suffix}").unlink(missing_ok=True)
        else:
            self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _new_name(self) -> str:
        return f"hub_{os.getpid()}_{next(self._numbers)}"

    def _url(self, name: str) -> str:
        if self._socket is None:
            return f"sqlite:///{self._folder / name}.sqlite3"
        return f"postgresql+psycopg://hub@/{name}?host={self._socket}"

    def _execute(self, statement: str) -> None:
        address = f"host={self._socket} user=hub dbname=postgres"
        with psycopg.connect(address, autocommit=True) as link:
            link.execute(statement)  # type: ignore[arg-type]


def wait_for_locks(engine: Engine) -> None:
    """Let connections wait for one another as long as a slow machine needs.

    The hub gives up after 20 seconds on SQLite, which many threads at once can take there.
    """
    if engine.dialect.name == "sqlite":
        patience = "PRAGMA busy_timeout=60000"
        event.listen(engine, "connect", lambda link, _record: link.execute(patience))


def _sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _program(name: str) -> str:
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(candidates[0]) if candidates else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing: install PostgreSQL (Debian: postgresql).")
    return found


def _as_unprivileged(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; another user runs it then."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *command]


def _run(command: list[str], **options: object) -> None:
    done = subprocess.run(  # type: ignore[call-overload]
        _as_unprivileged(command), capture_output=True, text=True, cwd="/", **options
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


@contextmanager
def _postgresql(folder: Path) -> Iterator[Path]:
    data, socket = folder / "cluster", folder / "socket"
    data.mkdir()
    socket.mkdir()
    if os.geteuid() == 0:
        for path in (folder, data, socket):
            shutil.chown(path, "postgres", "postgres")
    _run(
        [
            _program("initdb"),
            "--username=hub",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
            str(data),
        ]
    )
    options = (
        f"-k {socket} -c listen_addresses='' -c fsync=off -c synchronous_commit=off "
        "-c full_page_writes=off -c max_connections=80"
    )
    control = [_program("pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
    try:
        yield socket
    finally:
        _run([*control, "-m", "immediate", "stop"])


@contextmanager
def server(kind: str) -> Iterator[Server]:
    """A maker of databases of ``kind`` ("sqlite" or "postgresql"); all are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    folder.chmod(0o755)
    try:
        if kind == "sqlite":
            yield Server(folder, None)
        else:
            with _postgresql(folder) as socket:
                yield Server(folder, socket)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
