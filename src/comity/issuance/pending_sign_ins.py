"""Sign-ins under way, and their end: signing somebody out everywhere ends what is about to begin as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from comity.domain.instant import Instant
from comity.issuance.records import HolderKey
from comity.records.ports import Transaction
from comity.records.search import differs, equal
from comity.records.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """One sign-in under way; `holder` and `code_hash` are there once the provider has answered."""

    state_hash: str
    browser_hash: str
    ends_at: Instant
    is_used: bool = False
    code_hash: str | None = None
    holder: HolderKey | None = None

    TABLE: ClassVar[str] = "pending_sign_in"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("ends_at",), ("code_hash",), ("holder",))


def sign_out_everywhere(transaction: Transaction, holder: HolderKey, *, but: str = "") -> None:
    """End every session of a holder but the one whose token has the hash `but`, and every code for another.

    The holder's lock is held by the caller, who notes the change.
    """
    transaction.of(Session).remove(equal("who", holder), differs("token_hash", but))
    transaction.of(PendingSignIn).remove(equal("holder", holder))
