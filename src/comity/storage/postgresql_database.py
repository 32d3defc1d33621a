"""PostgreSQL as the database of a region, through psycopg 3.

Writing is READ COMMITTED with named locks (`pg_advisory_xact_lock` of a 64-bit hash of the name); reading is
one snapshot. A restart of the server costs the transactions that were under way, which are told; the next
ones get new connections.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final, NoReturn, cast

import psycopg
from psycopg import errors as refusals
from psycopg import pq
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from comity.errors import ComityError, DuplicateRecord, InvalidInput, StoreUnavailable
from comity.records.ports import Record
from comity.storage.database import LOCK_WAIT
from comity.storage.rows import Row
from comity.storage.sql_texts import SqlTexts

KEPT_CONNECTIONS: Final = 8
MOST_CONNECTIONS: Final = 24
"""Connections one process holds at most; a server allows 100 by default."""
CONNECT_WAIT: Final = 5
"""Seconds until a server that does not answer counts as out of reach."""
COPY_ROWS: Final = 50
"""From this many rows on COPY is quicker than a statement a row."""
_PREPARED: Final = 1_000
_STREAM: Final = "comity_stream"
_STREAMED: Final = 5_000
"""Rows fetched at a time from a cursor of the server."""
_LOCK: Final = "SELECT pg_advisory_xact_lock(name) FROM unnest(%s::bigint[]) AS name"
_WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_DRIVER_ERRORS: Final = (psycopg.Error, OverflowError, UnicodeEncodeError)
_SENTENCES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (refusals.DiskFull, "the disk of the database server is full"),
    (refusals.ReadOnlySqlTransaction, "the database server takes no writing at present"),
    (refusals.LockNotAvailable, f"another transaction has held a record for {LOCK_WAIT} s"),
    (refusals.DeadlockDetected, "two transactions waited for each other; this one was undone"),
    (refusals.SerializationFailure, "two transactions met; this one was undone"),
    (refusals.TooManyConnections, "the database server has no connection left"),
    (refusals.UndefinedTable, "the database has not the tables of this version"),
    (refusals.UndefinedColumn, "the database has not the tables of this version"),
    (refusals.InsufficientPrivilege, "the database account may not do this"),
    (psycopg.OperationalError, "the database server cannot be reached, or stopped"),
)


def told(error: Exception) -> ComityError:
    """Turn an error of the driver into one of Comity's."""
    if isinstance(error, psycopg.DataError | OverflowError | UnicodeEncodeError):
        return InvalidInput("a text or a number that no record can hold", field="value")
    if isinstance(error, refusals.UniqueViolation):
        return DuplicateRecord("a record with this key is there already")
    sentence = next((words for kind, words in _SENTENCES if isinstance(error, kind)), None)
    return StoreUnavailable(sentence or "the database server refused a statement")


def connect(conninfo: str) -> psycopg.Connection[Row]:
    """Open a connection; the caller begins and ends transactions. Raises: psycopg.Error."""
    connection: psycopg.Connection[Row] = psycopg.connect(
        conninfo, autocommit=True, connect_timeout=CONNECT_WAIT, application_name="comity", keepalives_idle=30
    )
    connection.prepare_threshold = 1
    connection.prepared_max = _PREPARED
    connection.adapters.register_dumper(int, Int8BinaryDumper)
    connection.execute(f"SET lock_timeout = '{LOCK_WAIT}s'")
    return connection


class PostgresqlDatabase:
    """One database of a PostgreSQL server; nothing is opened before the first transaction."""

    def __init__(self, conninfo: str) -> None:
        self.dialect: Dialect = dialects.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
        self._pool = QueuePool(
            lambda: cast("DBAPIConnection", connect(conninfo)),
            pool_size=KEPT_CONNECTIONS,
            max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
            timeout=LOCK_WAIT,
            reset_on_return=None,
        )

    def begin(self, *, writes: bool) -> PostgresqlSession:
        """Begin a transaction; a connection that was lost meanwhile is replaced. Raises: StoreUnavailable."""
        for attempt in range(MOST_CONNECTIONS + 1):
            session = PostgresqlSession(self._lend())
            try:
                session.begin(_WRITE if writes else _READ)
            except psycopg.Error as error:
                session.roll_back()
                if not isinstance(error, psycopg.OperationalError) or attempt == MOST_CONNECTIONS:
                    raise told(error) from error
                continue
            except BaseException:
                session.roll_back()
                raise
            return session
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Close all connections."""
        self._pool.dispose()

    def _lend(self) -> PoolProxiedConnection:
        try:
            return self._pool.connect()
        except psycopg.Error as error:
            raise told(error) from error
        except PoolTimeout as error:
            raise StoreUnavailable("all connections to the database are taken") from error


class PostgresqlSession:
    """One transaction on a connection lent by the pool."""

    def __init__(self, lent: PoolProxiedConnection) -> None:
        assert isinstance(lent.driver_connection, psycopg.Connection)  # noqa: S101 - the pool makes these
        self._connection: psycopg.Connection[Row] = lent.driver_connection
        self._lent = lent
        self._cursor = self._connection.cursor(binary=True)

    def begin(self, text: str) -> None:
        """Begin. Raises: psycopg.Error."""
        self._cursor.execute(text.encode(), prepare=False)

    def fetch(self, text: str, values: Sequence[object]) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        try:
            return self._cursor.execute(text.encode(), values).fetchall()
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def stream(self, text: str) -> Iterator[Row]:
        """Run a statement and give its rows one after another, through a cursor of the server."""
        try:
            with self._connection.cursor(name=_STREAM) as cursor:
                cursor.itersize = _STREAMED
                cursor.format = pq.Format.BINARY
                yield from cursor.execute(text.encode())
        except psycopg.Error as error:
            raise told(error) from error

    def change(self, text: str, values: Sequence[object]) -> int:
        """Run a statement and say how many rows it changed."""
        try:
            return self._cursor.execute(text.encode(), values).rowcount
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def add(self, texts: SqlTexts[Record], rows: Sequence[Row]) -> int:
        """Add rows and say how many; a key that is there is passed over, from COPY_ROWS rows on refused."""
        try:
            if len(rows) < COPY_ROWS:
                self._cursor.executemany(texts.insert.encode(), rows)
                return self._cursor.rowcount
            with self._cursor.copy(texts.copy.encode()) as copy:
                copy.set_types(texts.types)
                for row in rows:
                    copy.write_row(row)
            return len(rows)
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def lock(self, names: Sequence[str]) -> None:
        """Hold these names, in this order, to the end of the transaction."""
        self.fetch(_LOCK, ([_number_of(name) for name in names],))

    def commit(self) -> None:
        """Make it durable, and give the connection back."""
        try:
            self._cursor.execute(b"COMMIT", prepare=False)
        except psycopg.Error as error:
            self._fail_commit(error)
        except BaseException:
            self._lent.invalidate()
            raise
        self._lent.close()

    def _fail_commit(self, error: psycopg.Error) -> NoReturn:
        was_lost = self._connection.closed
        self.roll_back()
        if was_lost:
            raise StoreUnavailable(
                "the database server was lost while confirming; what was asked may have been done",
                next_step="Look whether it was done before asking again.",
            ) from error
        raise told(error) from error

    def roll_back(self) -> None:
        """Undo it, and give the connection back; one that does not answer is thrown away."""
        try:
            self._cursor.execute(b"ROLLBACK", prepare=False)
        except psycopg.Error as error:
            self._lent.invalidate(error)
        except BaseException:
            self._lent.invalidate()
            raise
        self._lent.close()


def _number_of(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
