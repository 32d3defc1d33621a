"""Routes of a person's own data: what is known, where I live, everything as JSON, and taking it back."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from comity.domain.identity import DocumentKind, read_identity
from comity.domain.instant import rfc3339
from comity.errors import InvalidInput
from comity.issuance.deletion import delete_person
from comity.issuance.people import (
    get_person,
    get_person_in,
    holder_of,
    move_person,
    open_person,
    require_no_arrival,
)
from comity.issuance.person_export import FORMAT, export_person
from comity.issuance.records import Person
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.records.audit import record_acts
from comity.server.access import Resident, ServingNode, permitted
from comity.server.dependants import Division, DocumentRequest
from comity.server.node import Node

router = APIRouter(tags=["personal data"])

Exporting = Annotated[Officer, Depends(permitted(Permission.EXPORT_PERSON))]
_STRICT: Final = ConfigDict(extra="forbid")
_NO_STORE: Final = {"cache-control": "no-store"}
_EXPORT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Everything held about the person (docs/retention.md)",
        "content": {"application/json": {"example": {"format": FORMAT, "records": {}}}},
    }
}


class PersonAnswer(BaseModel):
    """What this region knows somebody by."""

    holder: Annotated[str, Field(examples=["0123456789abcdef0123456789abcdef"])]
    name: Annotated[str, Field(examples=["张伟"])]
    document_kind: DocumentKind
    last4: Annotated[str, Field(examples=["037X"])]
    division: Division
    added_at: Annotated[str, Field(examples=["2020-03-20T12:00:00+08:00"])]


class HomeRequest(BaseModel):
    """Where somebody lives."""

    model_config = _STRICT
    division: Division


class DeletionRequest(BaseModel):
    """The wish to take the own data back, said in so many words."""

    model_config = _STRICT
    delete: Annotated[bool, Field(description="true", examples=[True])]


class DestructionAnswer(BaseModel):
    """What was destroyed, in counts by kind of record; the id stands in the audit."""

    destruction_id: Annotated[str, Field(examples=["8f14e45fceea167a5a36dedd4bea2543"])]
    destroyed_at: Annotated[str, Field(examples=["2020-03-20T12:00:00+08:00"])]
    counts: dict[str, int]


@router.get("/me", summary="What this region knows me by")
def me(node: ServingNode, holder: Resident, response: Response) -> PersonAnswer:
    """Give name, document and home of who is signed in."""
    response.headers.update(_NO_STORE)
    with node.store.reading() as transaction:
        return _shown(node, get_person(transaction, holder))


@router.put("/me/home", summary="Say where I live")
def move(node: ServingNode, holder: Resident, given: HomeRequest) -> PersonAnswer:
    """Change the division of residence: it decides whose officers answer, never a colour (C2.5)."""
    with node.store.transaction() as transaction:
        transaction.lock(f"holder-{holder}")
        person = get_person(transaction, holder)
        require_no_arrival(node.issuer, person, given.division)
        moved, act = move_person(transaction, person, given.division)
        record_acts(transaction, [act], at=node.clock())
    return _shown(node, moved)


@router.get("/me/export", summary="Everything held about me", response_class=JSONResponse, responses=_EXPORT)
def export(node: ServingNode, holder: Resident) -> Response:
    """Give everything this region holds about who is signed in, as one JSON document."""
    held = export_person(node.issuer, holder, actor="holder", at=node.clock())
    return JSONResponse(held, headers=_NO_STORE)


@router.post("/me/deletion", summary="Take my data back")
def delete(node: ServingNode, holder: Resident, given: DeletionRequest) -> DestructionAnswer:
    """Delete what no clock keeps (docs/retention.md); passes become void and every phone is signed out."""
    if not given.delete:
        raise InvalidInput("the wish is said with true", field="delete")
    record = delete_person(node.issuer, holder, at=node.clock())
    return DestructionAnswer(
        destruction_id=record.destruction_id,
        destroyed_at=rfc3339(record.began_at),
        counts=record.counted(),
    )


@router.post(
    "/person-exports",
    summary="Everything held on somebody",
    response_class=JSONResponse,
    responses=_EXPORT,
)
def export_for(node: ServingNode, officer: Exporting, given: DocumentRequest) -> Response:
    """Give an officer what the person would get; the audit says who asked."""
    at, issuer = node.clock(), node.issuer
    document = read_identity(given.kind, given.number, at=at, allow_test=issuer.is_test)
    holder = holder_of(issuer, document)
    with node.store.reading() as transaction:
        get_person_in(transaction, holder, officer)
    held = export_person(issuer, holder, actor=f"officer:{officer.officer_id}", at=at)
    return JSONResponse(held, headers=_NO_STORE)


def _shown(node: Node, person: Person) -> PersonAnswer:
    details = open_person(node.issuer, person)
    return PersonAnswer(
        holder=person.holder,
        name=details.name,
        document_kind=details.document.kind,
        last4=details.document.last4,
        division=person.division,
        added_at=rfc3339(person.added_at),
    )
