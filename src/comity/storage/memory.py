"""The ports in memory: for scenarios, demos and tests. Nothing survives the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Final, Generic

from comity.codec.cose import Kid
from comity.errors import ComityError, DuplicateRecord, KeyStoreError, UnknownRecord
from comity.issuance.vault import KEY_LENGTH, secret_id
from comity.records.ports import R, Record, Search, SecretUse, Transaction
from comity.records.search import Comparison, Plain, Where
from comity.trust.algorithm import PrivateKey, private_key
from comity.trust.keys import Usage
from comity.trust.ports import Signer


class MemoryKeyStore:
    """A key store that forgets: see `issuance.ports.KeyStore` and `SecretStore`."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, Usage | None], dict[Kid, PrivateKey]] = {}
        self._secrets: dict[tuple[str, SecretUse], dict[str, bytes]] = {}

    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        """Keep a new key."""
        key = private_key(secret)
        return self._keys.setdefault((region, usage), {}).setdefault(key.kid, key)

    def get_signer(self, region: str, usage: Usage | None, kid: Kid) -> Signer:
        """Give the signer for one key. Raises: KeyStoreError when there is none."""
        try:
            return self._keys[region, usage][kid]
        except KeyError:
            raise KeyStoreError(f"{region} has no such key for {usage or 'root'}") from None

    def list_signers(self, region: str, usage: Usage | None) -> tuple[Signer, ...]:
        """List the signers for a usage, oldest first."""
        return tuple(self._keys.get((region, usage), {}).values())

    def add_secret(self, region: str, use: SecretUse, secret: bytes) -> str:
        """Keep a new secret."""
        if len(secret) != KEY_LENGTH:
            raise KeyStoreError(f"a secret for {use} has {KEY_LENGTH} bytes, not {len(secret)}")
        name = secret_id(secret)
        self._secrets.setdefault((region, use), {}).setdefault(name, secret)
        return name

    def list_secrets(self, region: str, use: SecretUse) -> dict[str, bytes]:
        """List the secrets of a use by id, oldest first."""
        return dict(self._secrets.get((region, use), {}))


Tables = dict[str, dict[str | int, object]]


class MemoryStore:
    """Records that are forgotten with the process: see `issuance.ports.Store`. One writer at a time."""

    def __init__(self) -> None:
        self._tables: Tables = {}
        self._writing = threading.Lock()
        self._writer: int | None = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Work on a copy of the tables and put it in place at the end; a thread has one at a time."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction inside a transaction of the same thread would wait for itself")
        with self._writing:
            self._writer = threading.get_ident()
            try:
                working = MemoryTransaction(self._copy(), writes=True)
                yield working
                working.end()
                self._tables = working.tables
            finally:
                self._writer = None

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Look at the tables as they stand."""
        yield MemoryTransaction(self._copy(), writes=False)

    def close(self) -> None:
        """Nothing to let go of."""

    def _copy(self) -> Tables:
        return {name: dict(table) for name, table in self._tables.items()}


class MemoryTransaction:
    """One copy of the tables: see `issuance.ports.Transaction`."""

    def __init__(self, tables: Tables, *, writes: bool) -> None:
        self._writes = writes
        self._broken: ComityError | None = None
        self.tables: Final = tables

    def of(self, kind: type[R]) -> MemoryRecords[R]:
        """Give the records of one kind."""
        return MemoryRecords(self, kind)

    def lock(self, *names: str, ahead: Sequence[Search[Record]] = ()) -> None:
        """Nobody else writes meanwhile, so that every name is held already."""
        self.require_writing()

    def require_writing(self) -> None:
        """Refuse to write in a transaction that only reads."""
        if not self._writes:
            raise RuntimeError("this transaction only reads; begin one with transaction()")

    def break_off(self, error: ComityError) -> None:
        """Note an error after which nothing of this transaction may be kept."""
        self._broken = error

    def end(self) -> None:
        """Raise again what broke this transaction, if anything did."""
        if self._broken is not None:
            raise self._broken


class MemoryRecords(Generic[R]):
    """The records of one kind in a dictionary: see `issuance.ports.Records`."""

    def __init__(self, transaction: MemoryTransaction, kind: type[R]) -> None:
        self._transaction = transaction
        self._kind = kind
        self._table = transaction.tables.setdefault(kind.TABLE, {})
        self._key = fields(kind)[0].name  # type: ignore[arg-type]  # a Record is a dataclass

    def add(self, *records: R, later: bool = False) -> None:
        """Add new records; after a duplicate among several, nothing of the transaction can be kept."""
        self._transaction.require_writing()
        for record in records:
            key = getattr(record, self._key)
            if key in self._table:
                error = DuplicateRecord(f"a {self._name} with this key is there already")
                if later or len(records) > 1:
                    self._transaction.break_off(error)
                raise error
            self._table[key] = record

    def find(self, key: str | int) -> R | None:
        """Find the record with this key."""
        found = self._table.get(key)
        return found if isinstance(found, self._kind) else None

    def replace(self, record: R, *, later: bool = False) -> None:
        """Put `record` where the one with its key stands."""
        self._transaction.require_writing()
        key = getattr(record, self._key)
        if key not in self._table:
            missing = UnknownRecord(f"there is no {self._name} with this key")
            if later:
                self._transaction.break_off(missing)
            raise missing
        self._table[key] = record

    def select(
        self, *where: Where, order: Sequence[str] = (), newest_first: bool = False, limit: int | None = None
    ) -> list[R]:
        """List the records that meet every condition."""
        found = [
            record
            for record in self._table.values()
            if isinstance(record, self._kind) and _meets(record, where)
        ]
        found.sort(
            key=lambda record: [_sortable(getattr(record, name)) for name in (*order, self._key)],
            reverse=newest_first,
        )
        return found if limit is None else found[:limit]

    def remove(self, *where: Where) -> int:
        """Remove the records that meet every condition."""
        self._transaction.require_writing()
        keys = [key for key, record in self._table.items() if _meets(record, where)]
        for key in keys:
            del self._table[key]
        return len(keys)

    @property
    def _name(self) -> str:
        return self._kind.TABLE.replace("_", " ")


def _meets(record: object, where: tuple[Where, ...]) -> bool:
    return all(_holds(getattr(record, each.field), each) for each in where)


def _holds(value: Plain, where: Where) -> bool:
    match where.comparison:
        case Comparison.EQUAL:
            return value == where.values[0]
        case Comparison.DIFFERS:
            return value != where.values[0]
        case Comparison.ONE_OF:
            return value is not None and value in where.values
        case Comparison.AT_MOST:
            return value is not None and value <= where.values[0]  # type: ignore[operator]
        case Comparison.AT_LEAST:
            return value is not None and value >= where.values[0]  # type: ignore[operator]


def _sortable(value: Plain) -> tuple[bool, object]:
    return value is not None, value if value is not None else 0
