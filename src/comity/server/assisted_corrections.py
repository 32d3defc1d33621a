"""Routes of the applicant clerk: a correction for who has neither phone nor guardian (settled rule 14)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from comity.domain.identity import read_identity
from comity.issuance.assisted_corrections import dispute_with_clerk, find_at_desk, get_assisted_correction
from comity.issuance.corrections import CorrectionKind, Dispute, IdentityField
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.corrections import CorrectionFile, CorrectionWords, correction_file
from comity.server.dependants import DocumentRequest

router = APIRouter(prefix="/assisted-corrections", tags=["assisted applications"])
Helping = Annotated[Officer, Depends(permitted(Permission.HELP_APPLICANTS))]


class AssistedDispute(DocumentRequest):
    """Whose document lies on the desk, and what that person disputes, in their words."""

    model_config = ConfigDict(extra="forbid")
    dispute: Annotated[CorrectionKind, Field(examples=["colour"])]
    statement: Annotated[CorrectionWords, Field(examples=["I was not in that place on that day."])]
    identity_field: Annotated[IdentityField | None, Field(description="With dispute identity")] = None
    proposed: Annotated[CorrectionWords | None, Field(description="What would be right")] = None
    issuer: Annotated[
        str | None, Field(pattern=r"^[0-9]{6}$", description="The other region, with dispute foreign_colour")
    ] = None


@router.post("", status_code=201, summary="Ask for a correction with a person at the desk")
def ask(node: ServingNode, clerk: Helping, asked: AssistedDispute) -> CorrectionFile:
    """The clock of 24 hours begins, as for everybody; write its id on the person's sheet."""
    at = node.clock()
    document = read_identity(asked.kind, asked.number, allow_test=node.issuer.is_test)
    dispute = Dispute(
        holder=find_at_desk(node.issuer, clerk, document),
        kind=asked.dispute,
        statement=asked.statement,
        identity_field=asked.identity_field,
        proposed=asked.proposed,
        issuer=asked.issuer,
    )
    return correction_file(node, dispute_with_clerk(node.issuer, clerk, dispute, at=at), at)


@router.get("/{correction_id}", summary="Show a correction to the person at the desk")
def show(node: ServingNode, clerk: Helping, correction_id: str) -> CorrectionFile:
    """Every step and its words, to be read out."""
    with node.store.reading() as transaction:
        correction = get_assisted_correction(transaction, clerk, correction_id)
    return correction_file(node, correction, node.clock())
