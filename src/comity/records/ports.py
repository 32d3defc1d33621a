"""What issuance needs from outside: a place for keys, one for secrets, and one for records.

A record is a frozen dataclass of plain fields whose first field is its key; `TABLE` names its table and
`INDEXES` the groups of fields that are searched together. Every adapter passes tests/contracts/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, Protocol, TypeVar

from comity.codec.cose import Kid
from comity.records.search import Where
from comity.trust.keys import Usage
from comity.trust.ports import Signer


class KeyStore(Protocol):
    """A region's private keys.

    Durable: after `add` returns, the key survives a crash. Idempotent: adding the same secret for the same
    use again changes nothing. Every method raises KeyStoreError when the store cannot be used.
    """

    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        """Keep a new key (32 secret bytes) for a usage, or None for the region's root."""
        ...

    def get_signer(self, region: str, usage: Usage | None, kid: Kid) -> Signer:
        """Give the signer for one key. Raises: KeyStoreError when there is none."""
        ...

    def list_signers(self, region: str, usage: Usage | None) -> tuple[Signer, ...]:
        """List the signers for a usage, oldest first."""
        ...


class SecretUse(StrEnum):
    """What a secret is for: wrapping data keys, finding people by keyed hash, opening what others seal."""

    VAULT = "vault"
    FINDING = "finding"
    EXCHANGE = "exchange"


class SecretStore(Protocol):
    """A region's symmetric secrets of 32 bytes; it may well be the key store.

    Durable: after `add_secret` returns, the secret survives a crash. Idempotent: adding it again for the same
    use changes nothing. Every method raises KeyStoreError when the store cannot be used.
    """

    def add_secret(self, region: str, use: SecretUse, secret: bytes) -> str:
        """Keep a new secret and give its id, which tells nothing of it."""
        ...

    def list_secrets(self, region: str, use: SecretUse) -> Mapping[str, bytes]:
        """List the secrets of a use by id, oldest first, as the store has them by now."""
        ...


class Record(Protocol):
    """A frozen dataclass of plain fields: str, int, bytes, bool, a StrEnum, a tuple of str, or None."""

    TABLE: ClassVar[str]
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]]


R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)


class Records(Protocol[R]):
    """The records of one kind, inside one transaction; what it wrote it reads."""

    def add(self, *records: R, later: bool = False) -> None:
        """Add new records. Raises: DuplicateRecord when a key is there already, StoreUnavailable.

        After a duplicate of one record the transaction goes on without it; after one among several, or after
        StoreUnavailable, nothing of the transaction can be kept. What may come `later` is sent along with
        what follows: what is wrong with it is raised by then, and nothing of the transaction can be kept.
        """
        ...

    def find(self, key: str | int) -> R | None:
        """Find the record with this key. Raises: StoreUnavailable."""
        ...

    def replace(self, record: R, *, later: bool = False) -> None:
        """Put `record` where the one with its key stands. Raises: UnknownRecord, StoreUnavailable.

        `later` is as for `add`.
        """
        ...

    def select(
        self, *where: Where, order: Sequence[str] = (), newest_first: bool = False, limit: int | None = None
    ) -> list[R]:
        """List the records that meet every condition, by the fields of `order`, then by key.

        `newest_first` turns the whole order round. Raises: StoreUnavailable.
        """
        ...

    def remove(self, *where: Where) -> int:
        """Remove the records that meet every condition and say how many. Raises: StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Search(Generic[R_co]):
    """A search that is named before it is made, so that several can be asked at once (`Transaction.lock`)."""

    kind: type[R_co]
    where: tuple[Where, ...]
    order: tuple[str, ...] = ()

    def of(self, transaction: Transaction) -> Sequence[R_co]:
        """Make the search. Raises: StoreUnavailable."""
        return transaction.of(self.kind).select(*self.where, order=self.order)


class Transaction(Protocol):
    """Everything done in it happens, or nothing does; it is durable once its `with` block has ended."""

    def of(self, kind: type[R]) -> Records[R]:
        """Give the records of one kind."""
        ...

    def lock(self, *names: str, ahead: Sequence[Search[Record]] = ()) -> None:
        """Wait until nobody else holds these names, then hold them to the end of the transaction.

        Names are taken in sorted order. Take all but the audit lane's first, so that nobody waits in a ring.
        The searches of `ahead`, which are to be made soon, may be asked along with it: what they find is as
        it stands once the names are held.
        """
        ...


class Store(Protocol):
    """Where a region's records are kept; safe to use from several threads and processes.

    A block that ends with an exception leaves nothing. Raises: StoreUnavailable when the database cannot be
    reached or cannot write; a commit whose answer got lost may have happened, so that steps are idempotent.
    """

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that may write; a thread has one at a time."""
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that only reads, all of it from one state, and waits for no writer."""
        ...

    def close(self) -> None:
        """Let go of files and connections; closing twice changes nothing."""
        ...


class Keeper(Protocol):
    """Whoever keeps records and has officers: a region as issuer, or the hub.

    `division` is what all of its officers lie within; `draw(n)` gives n random bytes.
    """

    @property
    def division(self) -> str:
        """Six digits: the region's own code, or 000000 for the whole country."""
        ...

    @property
    def store(self) -> Store:
        """Where the records are."""
        ...

    @property
    def draw(self) -> Callable[[int], bytes]:
        """Give that many random bytes."""
        ...

    def new_id(self) -> str:
        """Draw an id of 16 random bytes, in hexadecimal digits."""
        ...
