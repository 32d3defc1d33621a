"""Bring the tables of a database up to this release (Alembic), whole or not at all.

Safe to call from several processes at once: one migrates, the others wait and find nothing left to do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from comity.errors import ComityError, StoreUnavailable
from comity.storage import sqlite_database
from comity.storage.database_url import SQLITE, conninfo_of, path_of, read_url
from comity.storage.schema import metadata

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_MIGRATING: Final = 0x636F6D697479
"""The advisory lock that migrations of one PostgreSQL database queue for: "comity" in ASCII."""


def upgrade(url: str, *, may_create: bool = True) -> None:
    """Make the tables, or bring them up to this release; make the file of an SQLite database if it may.

    Raises: UsageError, StoreUnavailable.
    """
    with migrating(url, may_create=may_create) as connection:
        command.upgrade(migration_config(connection), "head")
        _require_tables(connection)


@contextmanager
def migrating(url: str, *, may_create: bool = True) -> Iterator[Connection]:
    """Open a connection in a transaction that no other migration runs beside. Raises: StoreUnavailable."""
    engine = _open_engine(url, may_create=may_create)
    try:
        with engine.begin() as connection:
            if engine.dialect.name != SQLITE:
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _MIGRATING})
            yield connection
    except (DBAPIError, sqlite3.Error) as error:
        raise _told(error) from error
    finally:
        engine.dispose()


def _open_engine(url: str, *, may_create: bool) -> Engine:
    """Make an SQLAlchemy engine for work on whole tables; transactions begin when they are begun."""
    parts = read_url(url)
    if parts.drivername != SQLITE:
        address = conninfo_of(parts.set(drivername="postgresql+psycopg"))
        return create_engine(address, poolclass=NullPool)
    path = path_of(parts)
    engine = create_engine(
        "sqlite://",
        poolclass=NullPool,
        creator=lambda: cast("DBAPIConnection", sqlite_database.connect(path, may_create=may_create)),
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def migration_config(connection: Connection) -> Config:
    """Tell Alembic where the migrations are and which connection they run on."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _told(error: Exception) -> ComityError:
    """Turn an error that SQLAlchemy or a driver raised into one of Comity's."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return sqlite_database.told(original)
    from comity.storage import postgresql_database

    return postgresql_database.told(cast("Exception", original))


def _require_tables(connection: Connection) -> None:
    """Refuse a database made by a version between releases. Raises: StoreUnavailable."""
    found = {
        (table, column["name"])
        for (_, table), columns in inspect(connection).get_multi_columns().items()
        for column in columns
    }
    missing = {(t.name, c.name) for t in metadata().tables.values() for c in t.columns} - found
    if missing:
        table, column = min(missing)
        raise StoreUnavailable(
            f"the database was made by a version between releases: it lacks {table}.{column}",
            next_step="Make the region again in an empty database.",
        )
