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
from comity.issuance.guardians import release_dependant
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import VoidReason, get_pass, void_pass
from comity.issuance.people import (
    find_guardianship,
    get_person_in,
    holder_of,
    open_person,
    read_name,
    register_person,
    rename_person,
)
from comity.issuance.records import HolderKey, IssuedPass, PassState, Person, Standing
from comity.issuance.reissue import follow_identity
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, equal

CONSENT_VERSION: Final = 1
"""Version of the text `assisted.consent` that is read out."""
_RULE_14: Final = "settled rule 14"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedApplication:
    """What a clerk enters: document, name, where the person lives, what they declared, and their consent.

    With `ends_guardianship` the person wants nobody else to hold their pass any more.
    """

    document: IdentityDocument
    name: str
    division: str
    consent_version: int
    declared: Sequence[Declared]
    request_id: str
    ends_guardianship: bool = False


def apply_with_clerk(
    issuer: Issuer, clerk: Officer, asked: AssistedApplication, *, at: Instant
) -> GrantedPass | WaitingApplication:
    """Apply for a paper pass, or renew it, on behalf of somebody who stands at the desk.

    1. The clerk may help people who live in this division, and the consent is that of the present text.
    2. The person is registered, or known; the document outranks what a guardian said of the name, and a
       guardianship that they no longer want ends. That they are who they are is proved; acts name the clerk.
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
        holder, acts = _person_at_desk(transaction, issuer, clerk, asked, at=at)
        is_repeated = any(
            issued.holder == holder
            for issued in transaction.of(IssuedPass).select(equal("request", request_id))
        )
        if not is_repeated:
            acts.append(_act(actor, holder, asked))
        if acts:
            record_acts(transaction, acts, at=at)
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
) -> tuple[HolderKey, list[Act]]:
    """Know who stands at the desk, from now on as proved; give the acts of what changed by it."""
    holder, acts = holder_of(issuer, asked.document), list[Act]()
    transaction.lock(f"holder-{holder}")
    if transaction.of(Person).find(holder) is None:
        person = register_person(transaction, issuer, asked.document, asked.name, asked.division, at=at)
    else:
        person = get_person_in(transaction, holder, clerk)
        _require_no_guardian(transaction, holder, asked)
        if open_person(issuer, person).name != read_name(asked.name):
            person = _renamed(transaction, issuer, person, asked)
            standing = transaction.of(Standing).find(holder)
            acts.append(Act(actor=f"officer:{clerk.officer_id}", act="rename", subject=holder))
            acts += [] if standing is None else follow_identity(transaction, issuer, holder, standing, at=at)
        acts += _end_guardianship(transaction, issuer, holder, at=at, actor=f"officer:{clerk.officer_id}")
    transaction.of(Person).replace(replace(person, proved_at=at))
    return holder, acts


def _renamed(transaction: Transaction, issuer: Issuer, person: Person, asked: AssistedApplication) -> Person:
    """Let somebody whom a guardian named go by the name in the document. Raises: InvalidInput."""
    if person.proved_at is not None:
        raise InvalidInput(
            "the person of this document is known by another name",
            field="name",
            next_step="Compare it with the document; if the record is wrong, ask for a correction.",
        )
    return rename_person(transaction, issuer, person, asked.name)


def _end_guardianship(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, *, at: Instant, actor: str
) -> list[Act]:
    """End it, if there is one: no phone and no paper of the guardian's shows this person any more."""
    found = find_guardianship(transaction, holder)
    if found is None:
        return []
    for issued in transaction.of(IssuedPass).select(
        equal("holder", holder), equal("state", PassState.CURRENT), at_least("expires_at", at + 1)
    ):
        if issued.carrier == found.guardian and issued.pass_class is PassClass.PAPER:
            void_pass(transaction, issuer, issued.pass_id, VoidReason.HOLDERS_WISH, at=at, actor=actor)
    return release_dependant(transaction, holder, at=at, actor=actor)


def _require_no_guardian(transaction: Transaction, holder: HolderKey, asked: AssistedApplication) -> None:
    if find_guardianship(transaction, holder) is not None and not asked.ends_guardianship:
        raise NotPossibleNow(
            "this person has a guardian, who applies for them",
            next_step="Let the guardian apply; or send ends_guardianship, if the person wants no guardian.",
            clause=_RULE_14,
        )


def _act(actor: str, holder: HolderKey, asked: AssistedApplication) -> Act:
    detail = {"division": asked.division, "consent": str(asked.consent_version)}
    return Act(actor=actor, act="assisted.application", subject=holder, detail=detail)
