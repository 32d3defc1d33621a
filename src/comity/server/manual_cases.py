"""The manual path over HTTP: cases of 30 minutes, opened at gates, ended by officers (rule 16)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.decision import RULINGS, Outcome, ReasonCode
from comity.domain.identity import IdentityDocument, read_identity
from comity.domain.instant import plain_time, rfc3339
from comity.domain.texts import text
from comity.issuance import manual_cases as cases
from comity.issuance.gates import Gate
from comity.issuance.manual_cases import ManualCase, Means
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.decision_view import TextView
from comity.server.dependants import DocumentRequest
from comity.server.gate_limits import count_id_card
from comity.server.node import Node
from comity.server.signed_access import GateOrOfficer

router = APIRouter(tags=["manual path"])

CaseOfficer = Annotated[Officer, Depends(permitted(Permission.RUN_MANUAL_PATH))]


class CaseOpening(BaseModel):
    """The answer that opens a case: a reason code of UNDECIDED or REFER."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "status_missing", "division": "150102"}]}
    )
    reason: ReasonCode
    division: Annotated[
        str | None, Field(pattern=r"^[0-9]{6}$", description="The county; a gate leaves it out.")
    ] = None
    document: Annotated[
        DocumentRequest | None,
        Field(description="Of the person: who has interim passage goes on at once. It is not kept."),
    ] = None


class CaseEnding(BaseModel):
    """One of the six outcomes, and how the officer came to it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"outcome": "PASS", "means": "issuer_telephoned"}]}
    )
    outcome: Outcome
    means: Means


class CaseView(BaseModel):
    """A case; `text` is read out to the person, `note` is the text of the code of the interim note."""

    case_id: str
    division: str
    reason: str
    asked: str
    opened_at: str
    due_at: str
    state: str
    outcome: str | None
    means: str | None
    ended_at: str | None
    note: str | None
    text: TextView


def _view(case: ManualCase) -> CaseView:
    if case.outcome is not None:
        words = text("manual.ended", outcome=text(f"outcome.{case.outcome}"))
    else:
        words = text(f"manual.{case.state}", due=plain_time(case.due_at))
    return CaseView(
        case_id=case.case_id,
        division=case.division,
        reason=case.reason,
        asked=RULINGS[ReasonCode(case.reason)].outcome,
        opened_at=rfc3339(case.opened_at),
        due_at=rfc3339(case.due_at),
        state=case.state,
        outcome=case.outcome,
        means=case.means,
        ended_at=None if case.ended_at is None else rfc3339(case.ended_at),
        note=case.note,
        text=TextView(zh=words.zh, en=words.en),
    )


@router.post("/manual-cases", status_code=201)
def open_case(opening: CaseOpening, node: ServingNode, opener: GateOrOfficer) -> CaseView:
    """Open a case; its 30 minutes begin. Signed by a gate, or by an officer who is signed in.

    With the document of somebody to whom the host grants interim passage, the case has its note at once.
    """
    document = None if opening.document is None else _looked_up(node, opener, opening.document)
    with node.store.transaction() as transaction:
        return _view(
            cases.open_case(
                transaction,
                node.issuer,
                opener,
                reason=opening.reason,
                division=opening.division,
                document=document,
                at=node.clock(),
            )
        )


def _looked_up(node: Node, opener: Gate | Officer, given: DocumentRequest) -> IdentityDocument:
    """Read a document to be looked up, which counts as an ID card that was read."""
    count_id_card(node, opener.gate_id if isinstance(opener, Gate) else opener.officer_id)
    return read_identity(given.kind, given.number, at=node.clock(), allow_test=node.issuer.is_test)


@router.get("/manual-cases")
def list_open_cases(node: ServingNode, officer: CaseOfficer) -> list[CaseView]:
    """List the open cases of your counties, the most urgent first."""
    with node.store.reading() as transaction:
        return [_view(case) for case in cases.list_open_cases(transaction, officer)]


@router.get("/manual-cases/{case_id}")
def get_case(case_id: str, node: ServingNode, asker: GateOrOfficer) -> CaseView:
    """See a case of your county. Signed by a gate, or by an officer who is signed in."""
    with node.store.reading() as transaction:
        return _view(cases.get_case(transaction, asker, case_id))


@router.post("/manual-cases/{case_id}/ending")
def end_case(case_id: str, ending: CaseEnding, node: ServingNode, officer: CaseOfficer) -> CaseView:
    """End a case with one of the six outcomes; none of them holds anybody here."""
    with node.store.transaction() as transaction:
        return _view(
            cases.end_case(
                transaction,
                node.issuer,
                officer,
                case_id,
                outcome=ending.outcome,
                means=ending.means,
                at=node.clock(),
            )
        )


@router.post("/manual-cases/{case_id}/interim-note")
def note_case(case_id: str, node: ServingNode, officer: CaseOfficer) -> CaseView:
    """Let the person go on with an interim note now."""
    with node.store.transaction() as transaction:
        return _view(cases.note_case(transaction, node.issuer, officer, case_id, at=node.clock()))
