"""Routes of manual assignment: proposed by one officer, confirmed by another (settled rule 10).

No request has a field for a colour: a published rule is cited, and the assessment says what follows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from comity.domain.claims import masked
from comity.domain.identity import DocumentKind, read_identity
from comity.domain.instant import instant_of, rfc3339
from comity.issuance.assignments import (
    AssignmentProposal,
    AssignmentState,
    ManualAssignment,
    confirm_assignment,
    decline_assignment,
    propose_assignment,
    waiting_assignments,
)
from comity.issuance.people import open_person
from comity.issuance.records import Person
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.records.ports import Transaction
from comity.server.access import ServingNode, permitted
from comity.server.node import Node

router = APIRouter(prefix="/assignments", tags=["assignments"])
Proposing = Annotated[Officer, Depends(permitted(Permission.PROPOSE_ASSIGNMENT))]
Confirming = Annotated[Officer, Depends(permitted(Permission.CONFIRM_ASSIGNMENT))]


def _has_instant(at: datetime) -> datetime:
    instant_of(at)
    return at


_Moment = Annotated[AwareDatetime, AfterValidator(_has_instant)]
_Reference = Annotated[str, Field(min_length=3, max_length=64)]


class PersonDocument(BaseModel):
    """Whose: kind and number of an identity document."""

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[DocumentKind, Field(examples=["resident_id"])]
    number: Annotated[str, Field(min_length=1, max_length=18, examples=["990000198206170004"])]


class AssignmentRequest(BaseModel):
    """A published rule said to apply to somebody, on evidence kept elsewhere, until an end."""

    model_config = ConfigDict(extra="forbid")
    person: PersonDocument
    rule_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$", examples=["close-contact"])]
    rulebook_version: Annotated[int, Field(ge=1, le=2**31, examples=[1])]
    source_name: Annotated[_Reference, Field(examples=["Hohhot CDC contact tracing"])]
    reference: Annotated[_Reference, Field(examples=["file 2020-0319-17"])]
    began_at: Annotated[_Moment, Field(examples=["2020-03-18T09:00:00+08:00"])]
    ended_at: Annotated[_Moment, Field(examples=["2020-04-01T09:00:00+08:00"])]


class AssignmentAnswer(BaseModel):
    """An assignment as officers see it; `state` is stopped while a third officer is asked."""

    assignment_id: str
    masked_name: str
    last4: str
    division: str
    rule_id: str
    rulebook_version: int
    source_name: str
    reference: str
    began_at: str
    ended_at: str
    state: AssignmentState
    proposed_by: str
    proposed_at: str
    confirmed_by: str | None
    third_officer: str | None


@router.post("", status_code=201, summary="Propose that a published rule applies to somebody")
def propose(node: ServingNode, officer: Proposing, asked: AssignmentRequest) -> AssignmentAnswer:
    """Nothing follows from it until another officer has confirmed."""
    issuer, at = node.issuer, node.clock()
    proposal = AssignmentProposal(
        document=read_identity(asked.person.kind, asked.person.number, at=at, allow_test=issuer.is_test),
        rule_id=asked.rule_id,
        rulebook_version=asked.rulebook_version,
        source_name=asked.source_name,
        reference=asked.reference,
        began_at=instant_of(asked.began_at),
        ended_at=instant_of(asked.ended_at),
    )
    return _shown(node, propose_assignment(issuer, officer, proposal, at=at))


@router.get("", summary="List what waits for a second or third officer")
def waiting(node: ServingNode, officer: Confirming) -> list[AssignmentAnswer]:
    """Of the own division and below, oldest first."""
    with node.store.reading() as transaction:
        found = waiting_assignments(transaction, officer, at=node.clock())
        return [_answer(node, transaction, each) for each in found]


@router.post("/{assignment_id}/confirmation", summary="Confirm an assignment as another officer")
def confirm(node: ServingNode, officer: Confirming, assignment_id: str) -> AssignmentAnswer:
    """The person is assessed again at once; the 21st within an hour stops and asks a third officer."""
    return _shown(node, confirm_assignment(node.issuer, officer, assignment_id, at=node.clock()))


@router.post("/{assignment_id}/declining", summary="Decline an assignment")
def decline(node: ServingNode, officer: Confirming, assignment_id: str) -> AssignmentAnswer:
    """It changes nobody."""
    return _shown(node, decline_assignment(node.issuer, officer, assignment_id, at=node.clock()))


def _shown(node: Node, assignment: ManualAssignment) -> AssignmentAnswer:
    with node.store.reading() as transaction:
        return _answer(node, transaction, assignment)


def _answer(node: Node, transaction: Transaction, assignment: ManualAssignment) -> AssignmentAnswer:
    person = transaction.of(Person).find(assignment.holder)  # nobody any more after a deletion
    details = None if person is None else open_person(node.issuer, person)
    return AssignmentAnswer(
        assignment_id=assignment.assignment_id,
        masked_name="" if details is None else masked(details.name),
        last4="" if details is None else details.document.last4,
        division=assignment.division,
        rule_id=assignment.rule_id,
        rulebook_version=assignment.rulebook_version,
        source_name=assignment.source_name,
        reference=assignment.reference,
        began_at=rfc3339(assignment.began_at),
        ended_at=rfc3339(assignment.ended_at),
        state=assignment.state,
        proposed_by=assignment.proposed_by,
        proposed_at=rfc3339(assignment.proposed_at),
        confirmed_by=assignment.confirmed_by,
        third_officer=assignment.third_officer,
    )
