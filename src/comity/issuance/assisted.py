"""An application made with a clerk, for somebody with neither phone nor guardian (settled rule 14).

The clerk has the person and the document before them, reads the declaration out, and records the consent.
That proves who the person is, as signing in alone does: nobody makes them a dependant without a clerk then.
From there on it is the same as for everybody: the same assessment, the same waiting for a visitor's home
region, the same 14 days and renewal from day 10. There is no field for a colour, and none is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from comity.domain.colour import PassClass
from comity.domain.identity import IdentityDocument
from comity.domain.instant import Instant
from comity.errors import InvalidInput, NotPossibleNow, UnknownRecord
from comity.issuance import visitors
from comity.issuance.application import GrantedPass, PassRequest, WaitingApplication
from comity.issuance.declarations import Declared, declare
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import get_pass
from comity.issuance.people import (
    find_guardianship,
    get_person_in,
    holder_of,
    open_person,
    read_name,
    register_person,
)
from comity.issuance.records import HolderKey, IssuedPass, Person
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal

CONSENT_VERSION: Final = 1
"""Version of the text `assisted.consent` that is read out."""
_RULE_14: Final = "settled rule 14"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedApplication:
    """What a clerk enters: document, name, where the person lives, what they declared, and their consent."""

    document: IdentityDocument
    name: str
    division: str
    consent_version: int
    declared: Sequence[Declared]
    request_id: str


def apply_with_clerk(
    issuer: Issuer, clerk: Officer, asked: AssistedApplication, *, at: Instant
) -> GrantedPass | WaitingApplication:
    """Apply for a paper pass, or renew it, on behalf of somebody who stands at the desk.

    1. The clerk may help people who live in this division, and the consent is that of the present text.
    2. The person is registered, or known by this name and has no guardian; that they are who they are is
       proved; the act names the clerk.
    3. What they declared is kept as their own declaration, and they are assessed.
    4. They apply as everybody does; the same request again gets the same pass.

    Raises: NotPermitted, InvalidInput, UnknownRecord, NotPossibleNow, TooMany, SigningRefused.
    """
    require(clerk, Permission.HELP_APPLICANTS, division=asked.division)  # 1
    if asked.consent_version != CONSENT_VERSION:
        raise InvalidInput(
            f"the text read out is version {CONSENT_VERSION}",
            field="consent_version",
            next_step="Read the present text out and ask again.",
        )
    actor = f"officer:{clerk.officer_id}"
    request_id = f"{clerk.officer_id[:16]}-{asked.request_id}"
    with issuer.store.transaction() as transaction:  # 2
        holder = _person_at_desk(transaction, issuer, clerk, asked, at=at)
        is_repeated = any(
            issued.holder == holder
            for issued in transaction.of(IssuedPass).select(equal("request", request_id))
        )
        if not is_repeated:
            record_acts(transaction, [_act(actor, holder, asked)], at=at)
    if not is_repeated:
        for declared in asked.declared:  # 3
            declare(issuer, declared, holder=holder, carrier=holder, at=at, actor=actor)
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=request_id)
    return visitors.apply(issuer, request, at=at)  # 4


def get_assisted_pass(transaction: Transaction, clerk: Officer, pass_id: str) -> IssuedPass:
    """Give a paper pass of somebody who lives where the clerk helps. Raises: UnknownRecord, as for none."""
    issued = get_pass(transaction, pass_id)
    person = transaction.of(Person).find(issued.holder)
    if issued.pass_class is not PassClass.PAPER or person is None or not clerk.covers(person.division):
        raise UnknownRecord("there is no paper pass with this id")
    return issued


def _person_at_desk(
    transaction: Transaction, issuer: Issuer, clerk: Officer, asked: AssistedApplication, *, at: Instant
) -> HolderKey:
    holder = holder_of(issuer, asked.document)
    transaction.lock(f"holder-{holder}")
    if transaction.of(Person).find(holder) is None:
        person = register_person(transaction, issuer, asked.document, asked.name, asked.division, at=at)
    else:
        person = _known_at_desk(transaction, issuer, clerk, holder, asked)
    transaction.of(Person).replace(replace(person, proved_at=at))
    return holder


def _known_at_desk(
    transaction: Transaction, issuer: Issuer, clerk: Officer, holder: HolderKey, asked: AssistedApplication
) -> Person:
    person = get_person_in(transaction, holder, clerk)
    if open_person(issuer, person).name != read_name(asked.name):
        raise InvalidInput(
            "the person of this document is known by another name",
            field="name",
            next_step="Compare it with the document; if the record is wrong, ask for a correction.",
        )
    if find_guardianship(transaction, holder) is not None:
        raise NotPossibleNow(
            "this person has a guardian, who applies for them",
            next_step="Let the guardian apply, or end the guardianship first.",
            clause=_RULE_14,
        )
    return person


def _act(actor: str, holder: HolderKey, asked: AssistedApplication) -> Act:
    detail = {"division": asked.division, "consent": str(asked.consent_version)}
    return Act(actor=actor, act="assisted.application", subject=holder, detail=detail)
