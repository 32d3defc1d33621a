"""The way back for an officer who lost every passkey: printed codes, and a second person who confirms (C0).

Ten codes are given with the first passkey and kept as scrypt hashes (RFC 7914). Using one does not sign
anybody in: it makes an enrolment that waits until another officer of the division has looked at the person
and confirmed it. Then the old passkeys and sessions end.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from hashlib import scrypt
from typing import ClassVar, Final

from comity.domain.instant import HOUR, Instant
from comity.errors import NotPermitted, NotPossibleNow, NotSignedIn, TooMany, UnknownRecord
from comity.officers.enrolment import Enrolment, GivenCode, begin_enrolment, grouped, plain_code
from comity.officers.officers import Officer, require
from comity.officers.passkeys import PasskeyCredential
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Keeper, Transaction
from comity.records.search import equal
from comity.records.sessions import Session

RECOVERY_CODES: Final = 10
"""Codes on one printed sheet."""
RECOVERY_FAILURES: Final = 5
"""Wrong codes for one account within an hour, after which no more are looked at."""
_CODE_LENGTH: Final = 10
_SALT_LENGTH: Final = 16
_SCRYPT_N: Final = 2**14
_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 1
_REFUSED: Final = "this recovery code is not accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCode:
    """One printed code of an account: `place` is the account id and the number on the sheet."""

    place: str
    officer_id: str
    salt: bytes
    hashed: bytes
    used_at: Instant | None = None

    TABLE: ClassVar[str] = "recovery_code"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("officer_id",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryFailures:
    """Wrong codes for one account since an instant."""

    officer_id: str
    count: int
    since: Instant

    TABLE: ClassVar[str] = "recovery_failures"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySheet:
    """Ten codes to be shown once, and what is kept of each: salt and hash."""

    codes: tuple[str, ...]
    kept: tuple[tuple[bytes, bytes], ...]


def draw_sheet(keeper: Keeper) -> RecoverySheet:
    """Draw a sheet of codes; half a second of hashing, so before a transaction and not inside one."""
    secrets = [grouped(keeper.draw(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    salts = [keeper.draw(_SALT_LENGTH) for _ in secrets]
    return RecoverySheet(
        codes=tuple(f"{number}-{secret}" for number, secret in enumerate(secrets, 1)),
        kept=tuple((salt, _hashed(secret, salt)) for secret, salt in zip(secrets, salts, strict=True)),
    )


def give_sheet(transaction: Transaction, officer_id: str, sheet: RecoverySheet) -> None:
    """Give an account a new sheet; the one before serves no more."""
    records = transaction.of(RecoveryCode)
    records.remove(equal("officer_id", officer_id))
    rows = [
        RecoveryCode(place=f"{officer_id}-{number}", officer_id=officer_id, salt=salt, hashed=hashed)
        for number, (salt, hashed) in enumerate(sheet.kept, 1)
    ]
    records.add(*rows)


def begin_recovery(keeper: Keeper, officer_id: str, code: str, *, at: Instant) -> GivenCode:
    """Use a printed code: an enrolment that waits for another officer, and its code.

    Raises: NotSignedIn for a wrong or used code, TooMany after five wrong ones within an hour.
    """
    number, _, secret = code.strip().partition("-")
    with keeper.store.reading() as transaction:
        _stop_guessing(transaction, officer_id, at=at)
        known = transaction.of(RecoveryCode).find(f"{officer_id}-{number}")
    # Slow on purpose, so while nobody waits for it, and only for a code there is.
    is_right = known is not None and hmac.compare_digest(_hashed(secret, known.salt), known.hashed)
    with keeper.store.transaction() as transaction:
        transaction.lock(f"officer-{officer_id}")
        _stop_guessing(transaction, officer_id, at=at)
        found = transaction.of(RecoveryCode).find(f"{officer_id}-{number}")
        officer = transaction.of(Officer).find(officer_id)
        given: GivenCode | None = None
        is_good = is_right and found == known and found is not None and found.used_at is None
        if found is not None and is_good and officer is not None and officer.is_active:
            transaction.of(RecoveryCode).replace(replace(found, used_at=at))
            given = begin_enrolment(transaction, keeper, officer_id, confirmed_by=None, at=at)
            act = Act(actor=f"officer:{officer_id}", act="recovery_begun", subject=officer_id)
            record_acts(transaction, [act], at=at)
        elif officer is not None:
            _note_failure(transaction, officer_id, at=at)
    if given is None:
        raise NotSignedIn(_REFUSED, next_step="Check the account and the code on your sheet.")
    return given


def waiting_recoveries(transaction: Transaction, officer: Officer, *, at: Instant) -> list[Enrolment]:
    """List the recoveries that an officer could confirm, newest first. Raises: NotPermitted."""
    require(officer, Permission.CONFIRM_RECOVERY)
    waiting = transaction.of(Enrolment).select(
        equal("is_recovery", True), equal("confirmed_by", None), order=("made_at",), newest_first=True
    )
    officers = transaction.of(Officer)
    return [
        enrolment
        for enrolment in waiting
        if at < enrolment.ends_at
        and enrolment.officer_id != officer.officer_id
        and (owner := officers.find(enrolment.officer_id)) is not None
        and officer.covers(owner.division)
    ]


def confirm_recovery(keeper: Keeper, officer: Officer, enrolment_id: str, *, at: Instant) -> None:
    """Confirm that the person is who they say: the code serves now, old passkeys and sessions end.

    Raises: UnknownRecord, NotPermitted for the account itself or outside the division, NotPossibleNow.
    """
    with keeper.store.transaction() as transaction:
        enrolment = transaction.of(Enrolment).find(enrolment_id)
        owner = None if enrolment is None else transaction.of(Officer).find(enrolment.officer_id)
        if enrolment is None or owner is None or not enrolment.is_recovery:
            raise UnknownRecord("there is no recovery with this id")
        require(officer, Permission.CONFIRM_RECOVERY, division=owner.division)
        if owner.officer_id == officer.officer_id:
            raise NotPermitted("nobody confirms the recovery of their own account")
        transaction.lock(f"officer-{owner.officer_id}")
        enrolment = transaction.of(Enrolment).find(enrolment_id)
        if enrolment is None or enrolment.confirmed_by is not None or at >= enrolment.ends_at:
            raise NotPossibleNow("this recovery is confirmed already, or too old")
        transaction.of(Enrolment).replace(replace(enrolment, confirmed_by=officer.officer_id))
        transaction.of(PasskeyCredential).remove(equal("officer_id", owner.officer_id))
        transaction.of(Session).remove(equal("who", owner.officer_id))
        act = Act(actor=f"officer:{officer.officer_id}", act="recovery_confirmed", subject=owner.officer_id)
        record_acts(transaction, [act], at=at)


def _hashed(secret: str, salt: bytes) -> bytes:
    return scrypt(plain_code(secret).encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)


def _stop_guessing(transaction: Transaction, officer_id: str, *, at: Instant) -> None:
    failures = transaction.of(RecoveryFailures).find(officer_id)
    if failures is not None and failures.count >= RECOVERY_FAILURES and at < failures.since + HOUR:
        raise TooMany("too many wrong recovery codes", retry_after=failures.since + HOUR - at)


def _note_failure(transaction: Transaction, officer_id: str, *, at: Instant) -> None:
    records = transaction.of(RecoveryFailures)
    before = records.find(officer_id)
    if before is None:
        records.add(RecoveryFailures(officer_id=officer_id, count=1, since=at))
    elif at >= before.since + HOUR:
        records.replace(replace(before, count=1, since=at))
    else:
        records.replace(replace(before, count=before.count + 1))
