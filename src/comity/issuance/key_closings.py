"""Closing a key in an emergency over HTTP: the key custodian proposes, another officer confirms.

On the command line the operator of the machine acts alone, holding the passphrase; the audit says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.codec.cose import KID_LENGTH, Kid
from comity.domain.instant import DAY, Instant
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, UnknownRecord
from comity.issuance.issuer import Issuer
from comity.issuance.key_rotation import close_key, get_open_key
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import KeyStore, Transaction
from comity.records.search import at_least, equal
from comity.trust.keys import KeyList, Usage

CLOSING_LIFETIME: Final = DAY
"""Seconds in which a proposal can be confirmed."""


class ClosingReason(StrEnum):
    """Why a key is closed: a closed list."""

    STOLEN = "stolen"
    LOST = "lost"
    MISUSED = "misused"
    DRILL = "drill"


class ClosingState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClosing:
    """One proposal to close a key, and the two officers behind it."""

    closing_id: str
    usage: Usage
    kid: str
    reason: ClosingReason
    state: ClosingState
    proposed_by: str
    proposed_at: Instant
    confirmed_by: str | None = None
    confirmed_at: Instant | None = None

    TABLE: ClassVar[str] = "key_closing"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("state", "proposed_at"),)


def propose_closing(
    issuer: Issuer, officer: Officer, usage: Usage, kid: str, reason: ClosingReason, *, at: Instant
) -> KeyClosing:
    """Propose to close a listed key. Raises: NotPermitted, InvalidInput, UnknownRecord, NotPossibleNow."""
    require(officer, Permission.MANAGE_KEYS, division=issuer.region)
    named = read_kid(kid)
    with issuer.store.transaction() as transaction:
        get_open_key(transaction, issuer, usage, named)
        closing = KeyClosing(
            closing_id=issuer.new_id(),
            usage=usage,
            kid=kid,
            reason=reason,
            state=ClosingState.PROPOSED,
            proposed_by=officer.officer_id,
            proposed_at=at,
        )
        transaction.of(KeyClosing).add(closing)
        record_acts(transaction, [_act(officer, "key.closing_proposed", closing)], at=at)
    return closing


def waiting_closings(transaction: Transaction, *, at: Instant) -> list[KeyClosing]:
    """List the proposals that wait for another officer, oldest first."""
    return transaction.of(KeyClosing).select(
        equal("state", ClosingState.PROPOSED),
        at_least("proposed_at", at - CLOSING_LIFETIME + 1),
        order=("proposed_at",),
    )


def confirm_closing(
    issuer: Issuer, keys: KeyStore, officer: Officer, closing_id: str, *, at: Instant
) -> KeyList:
    """Confirm a proposal as another officer: the key is closed at once; give the key list as published.

    Raises: NotPermitted, UnknownRecord, NotPossibleNow, KeyStoreError, StoreUnavailable.
    """
    require(officer, Permission.CONFIRM_KEY_CLOSING, division=issuer.region)
    with issuer.store.reading() as transaction:
        closing = _get_waiting(transaction, officer, closing_id, at=at)
    confirmed = replace(
        closing, state=ClosingState.CONFIRMED, confirmed_by=officer.officer_id, confirmed_at=at
    )

    def confirm(transaction: Transaction) -> list[Act]:
        _get_waiting(transaction, officer, closing_id, at=at)
        transaction.of(KeyClosing).replace(confirmed)
        return [_act(officer, "key.closing_confirmed", confirmed)]

    actor = f"officer:{closing.proposed_by}"
    return close_key(issuer, keys, closing.usage, read_kid(closing.kid), at=at, actor=actor, confirm=confirm)


def _get_waiting(transaction: Transaction, officer: Officer, closing_id: str, *, at: Instant) -> KeyClosing:
    closing = transaction.of(KeyClosing).find(closing_id)
    if closing is None:
        raise UnknownRecord("there is no proposal with this id")
    if closing.state is not ClosingState.PROPOSED or at >= closing.proposed_at + CLOSING_LIFETIME:
        raise NotPossibleNow("this proposal is confirmed already, or older than a day")
    if officer.officer_id == closing.proposed_by:
        raise NotPermitted("closing a key needs two officers", next_step="Ask another officer to confirm it.")
    proposer = transaction.of(Officer).find(closing.proposed_by)
    if proposer is None or not proposer.may(Permission.MANAGE_KEYS):
        raise NotPossibleNow("the officer who proposed this may no longer do so")
    return closing


def read_kid(text: str) -> Kid:
    """Read a key id of 8 hexadecimal digits. Raises: InvalidInput."""
    try:
        kid = bytes.fromhex(text)
    except ValueError:
        kid = b""
    if len(kid) != KID_LENGTH:
        raise InvalidInput(f"a key id has {2 * KID_LENGTH} hexadecimal digits", field="kid")
    return Kid(kid)


def _act(officer: Officer, act: str, closing: KeyClosing) -> Act:
    detail = {"usage": str(closing.usage), "reason": str(closing.reason), "closing": closing.closing_id}
    return Act(actor=f"officer:{officer.officer_id}", act=act, subject=closing.kid, detail=detail)
