"""Which database a URL names: `sqlite:///path/to/file` or `postgresql://user@host/name`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from comity.errors import MissingExtra, UsageError
from comity.storage.database import Database
from comity.storage.sql_store import SqlStore
from comity.storage.sqlite_database import SqliteDatabase

SQLITE = "sqlite"
POSTGRESQL = "postgresql"


def open_store(url: str) -> SqlStore:
    """Open the records of a region; connections are made when they are needed.

    Raises: UsageError for a URL that names no database Comity works with.
    """
    return SqlStore(open_database(url))


def sqlite_url(path: Path) -> str:
    """Write the URL of an SQLite file."""
    return URL.create(SQLITE, database=str(path.absolute())).render_as_string()


def read_url(url: str) -> URL:
    """Read a URL into its parts, as `sqlite` or `postgresql`. Raises: UsageError, without the URL."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("this is not the URL of a database", next_step=_NEXT_STEP) from None
    backend = parts.get_backend_name()
    if backend not in (SQLITE, POSTGRESQL):
        raise UsageError(f"'{backend[:40]}' is no database Comity works with", next_step=_NEXT_STEP)
    if backend == SQLITE and parts.database in (None, "", ":memory:"):
        raise UsageError("an SQLite database needs the path of a file", next_step=_NEXT_STEP)
    return parts.set(drivername=backend)


def path_of(parts: URL) -> Path:
    """Give the file of an SQLite URL."""
    return Path(parts.database or "")


def conninfo_of(parts: URL) -> str:
    """Give a PostgreSQL URL as libpq reads it, password included."""
    return parts.render_as_string(hide_password=False)


def open_database(url: str) -> Database:
    """Make the database a URL names; it connects when it is used. Raises: UsageError, MissingExtra."""
    parts = read_url(url)
    if parts.drivername == SQLITE:
        return SqliteDatabase(path_of(parts))
    try:
        from comity.storage.postgresql_database import PostgresqlDatabase
    except ImportError as error:
        raise MissingExtra("PostgreSQL needs psycopg", extra="services") from error
    return PostgresqlDatabase(conninfo_of(parts))


_NEXT_STEP = "Give sqlite:///PATH or postgresql://USER@HOST/NAME; COMITY_DATABASE_URL is the setting."
