"""Nonces of signed requests: each is used once for a key (RFC 9421 section 7.2.2), whichever worker it meets.

What is kept is a hash of key id and nonce, until no signature with it could be in time any more; then a
duty removes it. Who may sign is not asked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from comity.domain.instant import Instant
from comity.errors import DuplicateRecord, NotSignedIn
from comity.records.ports import Store, Transaction
from comity.records.search import at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedNonce:
    """One nonce that was used; `nonce_hash` is SHA-256 over key id and nonce, in hexadecimal digits."""

    nonce_hash: str
    until: Instant

    TABLE: ClassVar[str] = "used_nonce"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("until",),)


def nonce_hash(keyid: str, nonce: str) -> bytes:
    """Give what is kept of a nonce, 32 bytes; a key id has no NUL."""
    return sha256(f"{keyid}\0{nonce}".encode()).digest()


def use_nonce(store: Store, keyid: str, nonce: str, *, until: Instant) -> None:
    """Use a nonce up, in a transaction of its own. Raises: NotSignedIn when it was used, StoreUnavailable."""
    used = UsedNonce(nonce_hash=nonce_hash(keyid, nonce).hex(), until=until)
    try:
        with store.transaction() as transaction:
            transaction.of(UsedNonce).add(used)
    except DuplicateRecord as error:
        raise NotSignedIn(
            "this request was sent before: its nonce is used", next_step="Sign it again with a fresh nonce."
        ) from error


def remove_nonces(transaction: Transaction, *, at: Instant) -> int:
    """Remove the nonces that no signature in time can carry any more, and say how many."""
    return transaction.of(UsedNonce).remove(at_most("until", at - 1))
