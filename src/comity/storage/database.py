"""What the SQL store needs of a database: sessions, each one transaction, with errors of Comity's tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from sqlalchemy.engine import Dialect

from comity.errors import ComityError
from comity.records.ports import Record
from comity.storage.rows import Row
from comity.storage.sql_texts import SqlTexts

LOCK_WAIT: Final = 30
"""Seconds a transaction waits for another one before it is refused."""


class DatabaseSession(Protocol):
    """One transaction on one connection. Every method raises StoreUnavailable, or InvalidInput for a value
    that no database can hold (a text with a NUL, a number beyond 64 bits)."""

    def fetch(self, text: str, values: Sequence[object]) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        ...

    def stream(self, text: str) -> Iterator[Row]:
        """Run a statement and give its rows one after another, a bounded number of them in memory."""
        ...

    def change(self, text: str, values: Sequence[object]) -> int:
        """Run a statement and say how many rows it changed."""
        ...

    def change_later(self, text: str, values: Sequence[object], refusal: ComityError) -> None:
        """Run a statement with the next one or before the end; unless it changes one row, raise `refusal`."""
        ...

    def add(self, texts: SqlTexts[Record], rows: Sequence[Row]) -> int:
        """Add rows and say how many; a key that is there is passed over, or raises DuplicateRecord."""
        ...

    def lock(
        self, names: Sequence[str], asked: Sequence[tuple[str, Sequence[object]]] = ()
    ) -> Sequence[Sequence[Row]]:
        """Hold these names, in this order, to the end of the transaction; then run statements at once.

        Gives the rows of each, or nothing where asking at once saves nothing.
        """
        ...

    def commit(self) -> None:
        """Make it durable, and give the connection back."""
        ...

    def roll_back(self) -> None:
        """Undo it, and give the connection back; never raises."""
        ...


class Database(Protocol):
    """One database that connections are made to."""

    dialect: Dialect

    def begin(self, *, writes: bool) -> DatabaseSession:
        """Begin a transaction; one that only reads sees one state and waits for no writer."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
