"""PostgreSQL as the database of a region, through psycopg 3.

Writing is READ COMMITTED with named locks (`pg_advisory_xact_lock` of a 64-bit hash of the name); reading is
one snapshot. A restart of the server costs the transactions that were under way, which are told; the next
ones get new connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NoReturn, cast

import psycopg
from psycopg import errors as refusals
from psycopg import pq
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from comity.errors import ComityError, DuplicateRecord, InvalidInput, StoreUnavailable
from comity.records.ports import Record
from comity.storage.database import LOCK_WAIT
from comity.storage.postgresql_line import Asked, PostgresqlLine
from comity.storage.rows import Row
from comity.storage.sql_texts import SqlTexts

KEPT_CONNECTIONS: Final = 8
MOST_CONNECTIONS: Final = 24
"""Connections one process holds at most; a server allows 100 by default."""
CONNECT_WAIT: Final = 5
"""Seconds until a server that does not answer counts as out of reach."""
COPY_ROWS: Final = 50
"""From this many rows on COPY is quicker than a statement a row."""
_LINE: Final = "line"
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
        """Begin a transaction; the server hears of it with its first statement. Raises: StoreUnavailable."""
        return PostgresqlSession(self._lend, _WRITE if writes else _READ)

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
    """One transaction on a connection lent by the pool; one that was lost meanwhile is replaced."""

    def __init__(self, lend: Callable[[], PoolProxiedConnection], begin: str) -> None:
        self._lend, self._begin, self._has_begun = lend, begin, False
        self._waiting: list[tuple[Asked, ComityError]] = []
        self._take(lend())

    def _take(self, lent: PoolProxiedConnection) -> None:
        assert isinstance(lent.driver_connection, psycopg.Connection)  # noqa: S101 - the pool makes these
        self._lent, self._connection = lent, cast("psycopg.Connection[Row]", lent.driver_connection)
        line = lent.info.get(_LINE)
        if line is None:
            line = lent.info[_LINE] = PostgresqlLine(self._connection)
        assert isinstance(line, PostgresqlLine)  # noqa: S101 - put there alone
        self._line = line

    def _run(self, *asked: Asked) -> list[PGresult]:
        """Run what waits, then these statements, all in one piece; gives the results of these."""
        waiting, self._waiting = self._waiting, []
        sent = [*(each for each, _ in waiting), *asked]
        try:
            results = self._line.run(sent) if self._has_begun else self._run_first(sent)
        except _DRIVER_ERRORS as error:
            raise told(error) from error
        for result, (_, refusal) in zip(results, waiting, strict=False):
            if result.command_tuples != 1:
                raise refusal
        return results[len(waiting) :]

    def _run_first(self, asked: Sequence[Asked]) -> list[PGresult]:
        """Begin, and run the first statements; on a connection that was lost nothing of them was kept."""
        for attempt in range(MOST_CONNECTIONS + 1):
            try:
                results = self._line.run([(self._begin, ()), *asked])
            except psycopg.Error as error:
                if not self._line.is_lost or attempt == MOST_CONNECTIONS:
                    self._has_begun = True
                    raise
                self._lent.invalidate(error)
                self._take(self._lend())
            else:
                self._has_begun = True
                return results[1:]
        raise AssertionError("the last attempt returns or raises")

    def fetch(self, text: str, values: Sequence[object]) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        return self._line.rows(self._run((text, values))[0])

    def fetch_all(self, asked: Sequence[Asked]) -> list[Sequence[Row]]:
        """Run several statements at once and give the rows of each."""
        results = self._run(*asked)
        return [self._line.rows(result) for result in results]

    def stream(self, text: str) -> Iterator[Row]:
        """Run a statement and give its rows one after another, through a cursor of the server."""
        self._run()
        try:
            with self._connection.cursor(name=_STREAM) as cursor:
                cursor.itersize = _STREAMED
                cursor.format = pq.Format.BINARY
                yield from cursor.execute(text.encode())
        except psycopg.Error as error:
            raise told(error) from error

    def change(self, text: str, values: Sequence[object]) -> int:
        """Run a statement and say how many rows it changed."""
        return self._run((text, values))[0].command_tuples or 0

    def change_later(self, text: str, values: Sequence[object], refusal: ComityError) -> None:
        """Run a statement with the next one or before the end; unless it changes one row, raise `refusal`."""
        self._waiting.append(((text, values), refusal))

    def add(self, texts: SqlTexts[Record], rows: Sequence[Row]) -> int:
        """Add rows and say how many; a key that is there is passed over, from COPY_ROWS rows on refused."""
        if len(rows) < COPY_ROWS:
            added = self._run(*((texts.insert, row) for row in rows))
            return sum(result.command_tuples or 0 for result in added)
        self._run()
        try:
            with self._connection.cursor(binary=True).copy(texts.copy.encode()) as copy:
                copy.set_types(texts.types)
                for row in rows:
                    copy.write_row(row)
            return len(rows)
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def lock(self, names: Sequence[str], asked: Sequence[Asked] = ()) -> list[Sequence[Row]]:
        """Hold these names, in this order, to the end of the transaction; then run what is asked."""
        locking = (_LOCK, ([_number_of(name) for name in names],))
        return self.fetch_all([locking, *asked])[1:]

    def commit(self) -> None:
        """Make it durable, once what waited is known to be right, and give the connection back."""
        if self._waiting:
            try:
                self._run()
            except BaseException:
                self.roll_back()
                raise
        if self._has_begun:
            try:
                self._line.run([("COMMIT", ())])
            except psycopg.Error as error:
                self._fail_commit(error)
            except BaseException:
                self._lent.invalidate()
                raise
        self._lent.close()

    def _fail_commit(self, error: psycopg.Error) -> NoReturn:
        was_lost = self._line.is_lost
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
            if self._has_begun:
                self._line.run([("ROLLBACK", ())])
        except psycopg.Error as error:
            self._lent.invalidate(error)
        except BaseException:
            self._lent.invalidate()
            raise
        self._lent.close()


def _number_of(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
