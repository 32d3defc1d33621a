"""The ID card read at an online checkpoint (settled rule 14): an online pass made for this one answer.

Whoever this region knows is answered by the standing of this moment, as if an online pass had been shown;
somebody whose passes have all run out or been withdrawn is told to renew (C2.4). For whom this region does
not know, and for a visitor whose home region has not been asked (settled rule 17), the answer is the same:
an ID card does not tell who applied. While another region's colour is in dispute and the host grants interim
passage, the answer is that, as if its note had been shown: no colour, no measure (settled rules 11 and 16).
"""

from __future__ import annotations

from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId
from comity.domain.colour import Colour, PassClass
from comity.domain.identity import IdentityDocument
from comity.domain.instant import Instant
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import NotPossibleNow
from comity.issuance.corrections import relief_of
from comity.issuance.holders import Holder, open_holders
from comity.issuance.home_inquiries import answered_until
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of
from comity.issuance.records import HolderKey, IssuedPass, PassState, Standing
from comity.issuance.standing import find_current, find_or_assess
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.trust.interim_note import InterimNote
from comity.trust.issue import check_claims, issue


def find_online_pass(issuer: Issuer, document: IdentityDocument, *, at: Instant) -> bytes | None:
    """Make an online pass for the holder of a document, assessed as of now, unless there is nothing current.

    Raises: KeyStoreError, SigningRefused, StoreUnavailable.
    """
    holder = holder_of(issuer, document)
    with issuer.store.reading() as transaction:
        shown = open_holders(transaction, issuer, [holder]).get(holder)
        if shown is None or _has_only_old_passes(transaction, holder, at):
            return None
        if answered_until(transaction, issuer, holder, shown.home, at=at) is None:
            return None
    try:
        standing = _standing(issuer, holder, at=at)
    except NotPossibleNow:  # set aside: the manual path
        return None
    checked = check_claims(_claims(issuer, shown, standing, at), issuer.keys.pass_entry)
    return issue(checked, issuer.keys.passes, is_test=issuer.is_test)


def find_relief(
    transaction: Transaction, issuer: Issuer, document: IdentityDocument, *, at: Instant
) -> InterimNote | None:
    """Find the interim passage that the holder of a document has now, as its note says it (rule 11).

    None for who is green, who needs none; and for whom another colour was found after it was granted.
    """
    holder = holder_of(issuer, document)
    correction = relief_of(transaction, holder, at=at)
    if correction is None or correction.relief_from is None or correction.relief_until is None:
        return None
    standing = transaction.of(Standing).find(holder)
    if standing is not None and not _is_relieved(standing, correction.relief_from):
        return None
    return InterimNote(
        region=issuer.region,
        division=correction.division,
        case=correction.correction_id,
        issued_at=correction.relief_from,
        expires_at=correction.relief_until,
    )


def _is_relieved(standing: Standing, since: Instant) -> bool:
    if standing.set_aside_at is not None:
        return True
    return standing.colour is not Colour.GREEN and standing.since <= since


def _standing(issuer: Issuer, holder: HolderKey, *, at: Instant) -> Standing:
    with issuer.store.reading() as transaction:
        standing = find_current(transaction, holder, at=at)
    if standing is not None:
        return standing
    with issuer.store.transaction() as transaction:
        return find_or_assess(transaction, issuer, holder, at=at)


def _has_only_old_passes(transaction: Transaction, holder: HolderKey, at: Instant) -> bool:
    known = transaction.of(IssuedPass).select(equal("holder", holder))
    return bool(known) and not any(
        issued.state is PassState.CURRENT and at < issued.expires_at for issued in known
    )


def _claims(issuer: Issuer, shown: Holder, standing: Standing, at: Instant) -> PassClaims:
    is_green = standing.colour is Colour.GREEN
    return PassClaims(
        issuer=issuer.region,
        pass_id=PassId(issuer.draw(PASS_ID_LENGTH)),
        issued_at=at,
        expires_at=at + ONLINE_LIFETIME,
        colour=standing.colour,
        pass_class=PassClass.ONLINE,
        masked_name=shown.masked_name,
        id_last4=shown.last4,
        reason=None if is_green else standing.reason,
        basis=None if is_green else standing.basis,
        until=None if is_green else standing.until,
        origin=None if is_green else standing.origin,
    )
