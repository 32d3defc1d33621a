"""The ID card read at an online checkpoint (settled rule 14): an online pass made for this one answer.

Whoever holds a current pass of this region, on any phone or on paper, is answered by the standing of this
moment, as if an online pass had been shown. Without a current pass there is no answer, and it is the same for
somebody this region does not know: an ID card does not tell who applied.
"""

from __future__ import annotations

from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId
from comity.domain.colour import Colour, PassClass
from comity.domain.identity import IdentityDocument
from comity.domain.instant import Instant
from comity.domain.validity import ONLINE_LIFETIME
from comity.issuance.holders import Holder, open_holders
from comity.issuance.issue import check_claims, issue
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of
from comity.issuance.ports import Transaction
from comity.issuance.records import IssuedPass, PassState, Standing
from comity.issuance.search import at_least, equal


def find_online_pass(
    transaction: Transaction, issuer: Issuer, document: IdentityDocument, *, at: Instant
) -> bytes | None:
    """Make an online pass for the holder of a document who has a current pass.

    Raises: KeyStoreError, SigningRefused, StoreUnavailable.
    """
    holder = holder_of(issuer, document)
    current = transaction.of(IssuedPass).select(
        equal("holder", holder), equal("state", PassState.CURRENT), at_least("expires_at", at + 1), limit=1
    )
    standing = transaction.of(Standing).find(holder)
    if not current or standing is None:
        return None
    shown = open_holders(transaction, issuer, [holder]).get(holder)
    if shown is None:
        return None
    claims = _claims(issuer, shown, standing, at)
    checked = check_claims(claims, issuer.keys.pass_entry)
    return issue(checked, issuer.keys.passes, is_test=issuer.is_test)


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
