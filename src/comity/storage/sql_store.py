"""The store port on a SQL database (SQLite or PostgreSQL): see `issuance.ports.Store`.

A transaction that met an error it could not pass over is broken: ending it normally raises that error again,
so that nothing of it is kept by oversight.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Generic, cast

from comity.errors import ComityError, DuplicateRecord, UnknownRecord
from comity.records.ports import R, Record, Search, Transaction
from comity.records.search import Where
from comity.storage.database import Database, DatabaseSession
from comity.storage.rows import Row, kind_name
from comity.storage.sql_texts import OrderShape, SqlTexts

_UNORDERED: Final = OrderShape()
MOST_LATER: Final = 16
"""Records that wait for the next statement; more of them are worth one of their own."""


class SqlStore:
    """Records in a SQL database; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._texts: dict[type[Record], SqlTexts[Record]] = {}
        self._writing = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction that may write; a thread has one at a time."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("a transaction inside a transaction of the same thread would wait for itself")
        self._writing.now = True
        try:
            with self._work(writes=True) as transaction:
                yield transaction
        finally:
            self._writing.now = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Begin a transaction that only reads, and waits for no writer."""
        with self._work(writes=False) as transaction:
            yield transaction

    def close(self) -> None:
        """Let go of files and connections."""
        self._database.close()

    def texts_of(self, kind: type[R]) -> SqlTexts[R]:
        """Give the statements on one record class."""
        known = self._texts.get(kind)
        if known is None:
            known = cast("SqlTexts[Record]", SqlTexts(kind, self._database.dialect))
            self._texts[kind] = known
        return cast("SqlTexts[R]", known)

    @contextmanager
    def _work(self, *, writes: bool) -> Iterator[SqlTransaction]:
        session = self._database.begin(writes=writes)
        transaction = SqlTransaction(self, session, writes=writes)
        try:
            yield transaction
            transaction.end()
        except BaseException:
            session.roll_back()
            raise
        session.commit()


class SqlTransaction:
    """One transaction: see `issuance.ports.Transaction`."""

    def __init__(self, store: SqlStore, session: DatabaseSession, *, writes: bool) -> None:
        self._store = store
        self._writes = writes
        self._broken: ComityError | None = None
        self._held: set[str] = set()
        self._ahead: dict[type[Record], list[tuple[str, list[object], Sequence[Row]]]] = {}
        self.session: Final = session

    def of(self, kind: type[R]) -> SqlRecords[R]:
        """Give the records of one kind."""
        return SqlRecords(self, self._store.texts_of(kind))

    def lock(self, *names: str, ahead: Sequence[Search[Record]] = ()) -> None:
        """Hold names to the end of the transaction."""
        self.require_writing()
        wanted = sorted(set(names) - self._held)
        if wanted:
            self._ahead.clear()  # read before these names were held
            asked = [(each.kind, *self._store.texts_of(each.kind).search(each)) for each in ahead]
            with self.watched():
                found = self.session.lock(wanted, [(text, values) for _, text, values in asked])
            self._held.update(wanted)
            for (kind, text, values), rows in zip(asked, found, strict=False):
                self._ahead.setdefault(kind, []).append((text, values, rows))

    def fetch(self, kind: type[Record], text: str, values: list[object]) -> Sequence[Row]:
        """Give the rows of a search, from what was read ahead where it was."""
        for place, (known, with_values, rows) in enumerate(self._ahead.get(kind, ())):
            if (known, with_values) == (text, values):
                del self._ahead[kind][place]
                return rows
        with self.watched():
            return self.session.fetch(text, values)

    def require_writing_of(self, kind: type[Record]) -> None:
        """Refuse to write in a transaction that only reads; what was read ahead of this kind is old by it."""
        self.require_writing()
        self._ahead.pop(kind, None)

    def require_writing(self) -> None:
        """Refuse to write in a transaction that only reads."""
        if not self._writes:
            raise RuntimeError("this transaction only reads; begin one with transaction()")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note an error after which nothing of this transaction may be kept."""
        try:
            yield
        except ComityError as error:
            self._broken = error
            raise

    def end(self) -> None:
        """Raise again what broke this transaction, if anything did."""
        if self._broken is not None:
            raise self._broken


class SqlRecords(Generic[R]):
    """The records of one kind in their table: see `issuance.ports.Records`."""

    def __init__(self, transaction: SqlTransaction, texts: SqlTexts[R]) -> None:
        self._transaction = transaction
        self._session = transaction.session
        self._texts = texts

    def add(self, *records: R, later: bool = False) -> None:
        """Add new records; after a duplicate among several, nothing of the transaction can be kept."""
        self._transaction.require_writing_of(self._texts.shape.kind)
        texts = self._texts
        if later and len(records) <= MOST_LATER:
            with self._transaction.watched():
                for record in records:
                    self._session.change_later(texts.insert, texts.shape.row(record), self._duplicate())
        elif len(records) == 1:
            row = texts.shape.row(records[0])
            with self._transaction.watched():
                added = self._session.change(texts.insert, row)
            if added != 1:
                raise self._duplicate()
        elif records:
            rows = [texts.shape.row(record) for record in records]
            with self._transaction.watched():
                if self._session.add(cast("SqlTexts[Record]", texts), rows) != len(rows):
                    raise self._duplicate()  # some of them may be in

    def find(self, key: str | int) -> R | None:
        """Find the record with this key."""
        with self._transaction.watched():
            rows = self._session.fetch(self._texts.find, (key,))
        return self._texts.shape.records(rows)[0] if rows else None

    def replace(self, record: R, *, later: bool = False) -> None:
        """Put `record` where the one with its key stands."""
        self._transaction.require_writing_of(self._texts.shape.kind)
        values = self._texts.replacing(self._texts.shape.row(record))
        with self._transaction.watched():
            if later:
                self._session.change_later(self._texts.replace, values, self._missing())
                return
            changed = self._session.change(self._texts.replace, values)
        if changed != 1:
            raise self._missing()

    def select(
        self, *where: Where, order: Sequence[str] = (), newest_first: bool = False, limit: int | None = None
    ) -> list[R]:
        """List the records that meet every condition."""
        shape = (
            OrderShape(fields=tuple(order), newest_first=newest_first, is_limited=limit is not None)
            if order or newest_first or limit is not None
            else _UNORDERED
        )
        text, values = self._texts.select(where, shape, limit)
        return self._texts.shape.records(self._transaction.fetch(self._texts.shape.kind, text, values))

    def remove(self, *where: Where) -> int:
        """Remove the records that meet every condition."""
        self._transaction.require_writing_of(self._texts.shape.kind)
        text, values = self._texts.remove(where)
        with self._transaction.watched():
            return self._session.change(text, values)

    def _missing(self) -> UnknownRecord:
        return UnknownRecord(f"there is no {kind_name(self._texts.shape.kind)} with this key")

    def _duplicate(self) -> DuplicateRecord:
        return DuplicateRecord(f"a {kind_name(self._texts.shape.kind)} with this key is there already")
