"""Enrolment codes: how an officer comes to a first passkey, or to a new one after a loss (C0).

A code serves once, for a time. One that follows a recovery does nothing until another officer has confirmed
it. Only the hash is kept; codes have 128 bits, so that a plain hash suffices.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from comity.domain.instant import DAY, Instant
from comity.errors import NotSignedIn
from comity.records.ports import Keeper, Transaction
from comity.records.search import equal
from comity.records.sessions import token_hash

ENROLMENT_LIFETIME: Final = 3 * DAY
"""Seconds in which an enrolment code can be used."""
_CODE_LENGTH: Final = 16
_GROUP: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The leave to enrol one passkey; `confirmed_by` is who stands for it, None while nobody does."""

    enrolment_id: str
    code_hash: str
    officer_id: str
    is_recovery: bool
    confirmed_by: str | None
    made_at: Instant
    ends_at: Instant
    used_at: Instant | None = None

    TABLE: ClassVar[str] = "enrolment"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("code_hash",), ("officer_id",), ("ends_at",))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """An enrolment and its code, which is shown once and not kept."""

    enrolment: Enrolment
    code: str


def begin_enrolment(
    transaction: Transaction, keeper: Keeper, officer_id: str, *, confirmed_by: str | None, at: Instant
) -> GivenCode:
    """Make an enrolment code; without `confirmed_by` it follows a recovery and waits for another officer."""
    code = grouped(keeper.draw(_CODE_LENGTH))
    enrolment = Enrolment(
        enrolment_id=keeper.new_id(),
        code_hash=token_hash(plain_code(code)),
        officer_id=officer_id,
        is_recovery=confirmed_by is None,
        confirmed_by=confirmed_by,
        made_at=at,
        ends_at=at + ENROLMENT_LIFETIME,
    )
    transaction.of(Enrolment).add(enrolment)
    return GivenCode(enrolment=enrolment, code=code)


def get_enrolment(transaction: Transaction, code: str, *, at: Instant) -> Enrolment:
    """Give the enrolment of a code that can be used now. Raises: NotSignedIn."""
    found = transaction.of(Enrolment).select(equal("code_hash", token_hash(plain_code(code))), limit=1)
    if not found or found[0].used_at is not None or at >= found[0].ends_at:
        raise NotSignedIn(
            "this enrolment code is unknown, used or too old", next_step="Ask your supervisor for a new one."
        )
    if found[0].confirmed_by is None:
        raise NotSignedIn(
            "this recovery is not confirmed yet",
            next_step="Ask a second officer or a supervisor of your division to confirm it.",
        )
    return found[0]


def use_enrolment(transaction: Transaction, enrolment: Enrolment, *, at: Instant) -> None:
    """Mark an enrolment as used."""
    transaction.of(Enrolment).replace(replace(enrolment, used_at=at))


def end_enrolments(transaction: Transaction, officer_id: str) -> None:
    """Let every code of an account that is not used yet serve no more."""
    transaction.of(Enrolment).remove(equal("officer_id", officer_id), equal("used_at", None))


def grouped(secret: bytes) -> str:
    """Write random bytes to be read off paper: base32 (RFC 4648) in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def plain_code(code: str) -> str:
    """Give a code as it was made, however it was typed: no spaces, no hyphens, capital letters."""
    return "".join(code.upper().split()).replace("-", "")
