"""A correction asked for at a desk, by somebody with neither phone nor guardian (settled rule 14).

The clerk has the person and the document before them and writes down what is disputed. The clock and the
decision are those of every correction; the clerk who wrote it down does not decide it.
"""

from __future__ import annotations

from comity.domain.identity import IdentityDocument
from comity.domain.instant import Instant
from comity.errors import NotPossibleNow, UnknownRecord
from comity.issuance.corrections import Correction, Dispute, add_correction, get_correction
from comity.issuance.issuer import Issuer
from comity.issuance.people import find_guardianship, get_person, get_person_in, holder_of
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.ports import Transaction


def find_at_desk(issuer: Issuer, clerk: Officer, document: IdentityDocument) -> HolderKey:
    """Find who stands at the desk, living where the clerk helps. Raises: NotPermitted, UnknownRecord."""
    require(clerk, Permission.HELP_APPLICANTS)
    holder = holder_of(issuer, document)
    with issuer.store.reading() as transaction:
        get_person_in(transaction, holder, clerk)
    return holder


def dispute_with_clerk(issuer: Issuer, clerk: Officer, dispute: Dispute, *, at: Instant) -> Correction:
    """Open a correction for the person at the desk; the act names the clerk.

    Raises: NotPermitted, UnknownRecord, InvalidInput, NotPossibleNow for whom a guardian carries, or when one
    of the kind is open.
    """
    require(clerk, Permission.HELP_APPLICANTS)
    actor = f"officer:{clerk.officer_id}"
    with issuer.store.transaction() as transaction:
        transaction.lock(f"holder-{dispute.holder}")
        get_person_in(transaction, dispute.holder, clerk)
        if find_guardianship(transaction, dispute.holder) is not None:
            raise NotPossibleNow(
                "this person has a guardian, who asks for them",
                next_step="Let the guardian ask for the correction, or end the guardianship first.",
                clause="settled rule 14",
            )
        return add_correction(transaction, issuer, HolderKey(actor), dispute, by=actor, at=at)


def get_assisted_correction(transaction: Transaction, clerk: Officer, correction_id: str) -> Correction:
    """Give a correction of somebody who lives where the clerk helps. Raises: UnknownRecord, as for none."""
    require(clerk, Permission.HELP_APPLICANTS)
    correction = get_correction(transaction, correction_id)
    if not clerk.covers(get_person(transaction, correction.holder).division):
        raise UnknownRecord("there is no correction with this id")
    return correction
