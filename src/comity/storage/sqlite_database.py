"""SQLite as the database of a small region: one file in WAL mode, one writer, readers that wait for nobody.

A commit is on disk when it returns (synchronous=FULL). Writers of one process queue for a lock of their own,
since SQLite's waiting is polling; between processes SQLite's busy timeout counts.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, cast

from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from comity.errors import ComityError, InvalidInput, StoreUnavailable
from comity.records.ports import Record
from comity.storage.database import LOCK_WAIT
from comity.storage.rows import Row
from comity.storage.sql_texts import SqlTexts

READERS: Final = 16
"""Connections for reading that are kept open; more are made as needed, up to four times as many."""
_KEPT_TEXTS: Final = 512
WRITER_CACHE: Final = 64 * 1024
"""KiB of pages one writing connection keeps at most: the indexes of a large import come again and again."""
CHECKPOINT_PAGES: Final = 16_384
"""Pages in the WAL, 64 MiB, from which a commit moves them into the file: each once, not often."""
_DRIVER_ERRORS: Final = (sqlite3.Error, OverflowError, UnicodeEncodeError)
_SENTENCES: Final = {
    sqlite3.SQLITE_BUSY: f"another process has been writing to the database for {LOCK_WAIT} s",
    sqlite3.SQLITE_LOCKED: f"another process has been writing to the database for {LOCK_WAIT} s",
    sqlite3.SQLITE_FULL: "the disk is full: the database cannot take in anything more",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written: the database cannot go on",
    sqlite3.SQLITE_READONLY: "the database file cannot be written",
    sqlite3.SQLITE_CANTOPEN: "there is no database file, or it cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the database file is no SQLite database",
    sqlite3.SQLITE_ERROR: "the database has not the tables of this version",
}
_NEXT_STEPS: Final = {
    sqlite3.SQLITE_FULL: "Make room on the disk; nothing that was confirmed is lost.",
    sqlite3.SQLITE_CANTOPEN: "Make the region first with `comity region init`, or check the path.",
    sqlite3.SQLITE_CORRUPT: "Restore the last backup with `comity region restore`.",
    sqlite3.SQLITE_NOTADB: "Check the path.",
    sqlite3.SQLITE_ERROR: "Start the node with `comity serve region`, which brings the tables up to date.",
}


def told(error: Exception) -> ComityError:
    """Turn an error of the driver into one of Comity's."""
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return InvalidInput("a text or a number that no record can hold", field="value")
    code = getattr(error, "sqlite_errorcode", None)
    primary = -1 if code is None else code & 0xFF
    sentence = _SENTENCES.get(primary, "the database cannot be used")
    return StoreUnavailable(sentence, next_step=_NEXT_STEPS.get(primary))


def connect(path: Path, *, may_create: bool = False, only_reads: bool = False) -> sqlite3.Connection:
    """Open the file; the caller begins and ends transactions. Raises: sqlite3.Error."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if may_create else 'rw'}",
        uri=True,
        timeout=LOCK_WAIT,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_KEPT_TEXTS,
    )
    try:
        if only_reads:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # what is destroyed stays in no free page
            connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _pooled(path: Path, *, only_reads: bool = False) -> DBAPIConnection:
    return cast("DBAPIConnection", connect(path, only_reads=only_reads))


class SqliteDatabase:
    """One SQLite file; nothing is opened before the first transaction."""

    def __init__(self, path: Path) -> None:
        self.dialect: Dialect = sqlite.dialect(paramstyle="qmark")
        self._writer = threading.Lock()
        self._writers = QueuePool(lambda: _pooled(path), pool_size=1, max_overflow=0, reset_on_return=None)
        self._readers = QueuePool(
            lambda: _pooled(path, only_reads=True),
            pool_size=READERS,
            max_overflow=3 * READERS,
            timeout=LOCK_WAIT,
            reset_on_return=None,
        )

    def begin(self, *, writes: bool) -> SqliteSession:
        """Begin a transaction. Raises: StoreUnavailable."""
        if not writes:
            return self._begun(self._readers, "BEGIN", None)
        if not self._writer.acquire(timeout=LOCK_WAIT):
            raise StoreUnavailable(f"another request has been writing to the database for {LOCK_WAIT} s")
        try:
            return self._begun(self._writers, "BEGIN IMMEDIATE", self._writer)
        except BaseException:
            self._writer.release()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._readers.dispose()
        self._writers.dispose()

    def _begun(self, pool: QueuePool, begin: str, lock: threading.Lock | None) -> SqliteSession:
        try:
            lent = pool.connect()
        except sqlite3.Error as error:
            raise told(error) from error
        except PoolTimeout as error:
            raise StoreUnavailable("all connections to the database are taken") from error
        session = SqliteSession(lent, lock)
        try:
            session.run(begin, ())
        except BaseException:
            lent.close()
            raise
        return session


class SqliteSession:
    """One transaction on a connection lent by the pool."""

    def __init__(self, lent: PoolProxiedConnection, lock: threading.Lock | None) -> None:
        assert isinstance(lent.driver_connection, sqlite3.Connection)  # noqa: S101 - the pool makes these
        self._connection = lent.driver_connection
        self._lent = lent
        self._lock = lock

    def run(self, text: str, values: Sequence[object]) -> sqlite3.Cursor:
        """Run a statement. Raises: StoreUnavailable, InvalidInput."""
        try:
            return self._connection.execute(text, values)
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def fetch(self, text: str, values: Sequence[object]) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        cursor = self.run(text, values)
        try:
            return cursor.fetchall()
        except sqlite3.Error as error:
            raise told(error) from error

    def stream(self, text: str) -> Iterator[Row]:
        """Run a statement and give its rows one after another."""
        try:
            yield from self.run(text, ())
        except sqlite3.Error as error:
            raise told(error) from error

    def change(self, text: str, values: Sequence[object]) -> int:
        """Run a statement and say how many rows it changed."""
        return self.run(text, values).rowcount

    def change_later(self, text: str, values: Sequence[object], refusal: ComityError) -> None:
        """Run a statement now: waiting would save nothing. Raises: `refusal` unless it changes one row."""
        if self.change(text, values) != 1:
            raise refusal

    def add(self, texts: SqlTexts[Record], rows: Sequence[Row]) -> int:
        """Add rows and say how many; a key that is there is passed over."""
        try:
            return self._connection.executemany(texts.insert, rows).rowcount
        except _DRIVER_ERRORS as error:
            raise told(error) from error

    def lock(
        self, names: Sequence[str], asked: Sequence[tuple[str, Sequence[object]]] = ()
    ) -> Sequence[Sequence[Row]]:
        """Nobody else writes meanwhile, so that every name is held already; nothing is asked beforehand."""
        return ()

    def commit(self) -> None:
        """Make it durable, and give the connection back."""
        try:
            self.run("COMMIT", ())
        except BaseException:
            self.roll_back()
            raise
        self._give_back()

    def roll_back(self) -> None:
        """Undo it, and give the connection back."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._lent.invalidate(error)
        self._give_back()

    def _give_back(self) -> None:
        self._lent.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None
