"""Routes of the applicant clerk: paper passes for who has neither phone nor guardian (settled rule 14)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.identity import read_identity
from comity.domain.instant import rfc3339
from comity.domain.texts import text
from comity.errors import InvalidInput
from comity.issuance.application import WaitingApplication
from comity.issuance.assisted import (
    CONSENT_VERSION,
    AssistedApplication,
    apply_with_clerk,
    get_assisted_pass,
)
from comity.issuance.declarations import Declared
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.code_making import NO_STORE, PassIdPath, paper_sheet
from comity.server.declarations import (
    HealthDeclarationBody,
    TripDeclarationBody,
    read_health_body,
    read_trip_body,
)
from comity.server.dependants import Division, DocumentRequest
from comity.server.paper_pass import SheetSize
from comity.server.words import Words, words

router = APIRouter(prefix="/assisted-applications", tags=["assisted applications"])
Helping = Annotated[Officer, Depends(permitted(Permission.HELP_APPLICANTS))]
_STRICT: Final = ConfigDict(extra="forbid")


class AssistedRequest(DocumentRequest):
    """Somebody at the desk: document, name, where they live, what they declared, and that they consented."""

    model_config = _STRICT
    name: Annotated[str, Field(min_length=1, max_length=256, examples=["陈静"])]
    division: Division
    health: HealthDeclarationBody
    trip: TripDeclarationBody | None = None
    consent_version: Annotated[
        int, Field(ge=1, description="version of the text read out", examples=[CONSENT_VERSION])
    ]
    request_id: Annotated[str, Field(min_length=1, max_length=40, examples=["desk-3-0017"])]
    ends_guardianship: Annotated[
        bool, Field(strict=True, description="the person wants nobody else to hold their pass any more")
    ] = False


class AssistedAnswer(BaseModel):
    """The pass to be printed; null while the home region of a visitor is asked, until `awaited_until`."""

    pass_id: Annotated[str | None, Field(examples=["0102030405060708"])]
    issued_at: str | None
    expires_at: str | None
    awaited_until: str | None


class ConsentText(BaseModel):
    """What is read out before anything is entered, and its version."""

    version: int
    text: Words


@router.get("/consent", summary="The text that is read out")
async def consent() -> ConsentText:
    """Read it to the person, in their language, before entering anything."""
    return ConsentText(version=CONSENT_VERSION, text=words(text("assisted.consent")))


@router.post("", status_code=201, summary="Apply for a paper pass with a person at the desk")
def apply(node: ServingNode, clerk: Helping, asked: AssistedRequest, response: Response) -> AssistedAnswer:
    """The same assessment and the same rules as for everybody; asking again from day 10 renews."""
    if asked.health.holder is not None or (asked.trip is not None and asked.trip.holder is not None):
        raise InvalidInput("what is declared here is of the person at the desk", field="holder")
    declared: list[Declared] = [read_health_body(asked.health)]
    if asked.trip is not None:
        declared.append(read_trip_body(asked.trip))
    application = AssistedApplication(
        document=read_identity(asked.kind, asked.number, allow_test=node.issuer.is_test),
        name=asked.name,
        division=asked.division,
        consent_version=asked.consent_version,
        declared=declared,
        request_id=asked.request_id,
        ends_guardianship=asked.ends_guardianship,
    )
    answer = apply_with_clerk(node.issuer, clerk, application, at=node.clock())
    response.headers["cache-control"] = NO_STORE
    if isinstance(answer, WaitingApplication):
        response.status_code = 202
        awaited = rfc3339(answer.inquiry.awaited_until)
        return AssistedAnswer(pass_id=None, issued_at=None, expires_at=None, awaited_until=awaited)
    issued = answer.issued
    return AssistedAnswer(
        pass_id=issued.pass_id,
        issued_at=rfc3339(issued.issued_at),
        expires_at=rfc3339(issued.expires_at),
        awaited_until=None,
    )


@router.get(
    "/{pass_id}/paper.pdf",
    summary="The sheet to print and hand over",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def print_sheet(
    pass_id: PassIdPath,
    node: ServingNode,
    clerk: Helping,
    size: Annotated[SheetSize, Query(description="the paper to print on")] = SheetSize.A4,
) -> Response:
    """Its code, masked name and last four, and no colour."""
    with node.store.reading() as transaction:
        issued = get_assisted_pass(transaction, clerk, pass_id)
    return paper_sheet(node, issued, size)
