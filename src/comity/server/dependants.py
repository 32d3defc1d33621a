"""Routes of guardians: whose passes somebody carries beside the own (settled rule 14)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.identity import DocumentKind, read_identity
from comity.domain.instant import rfc3339
from comity.domain.texts import text
from comity.issuance.guardians import (
    CONSENT_VERSION,
    MOST_DEPENDANTS,
    Dependant,
    allow_guardian,
    declare_dependant,
    end_guardianship,
)
from comity.issuance.people import Guardianship, Relation, get_person, guardianships_of, open_person
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.records.audit import record_acts
from comity.records.ports import Transaction
from comity.server.access import Resident, ServingNode, permitted
from comity.server.node import Node

router = APIRouter(tags=["guardians"])

_STRICT: Final = ConfigDict(extra="forbid")
Kind = Annotated[DocumentKind, Field(examples=["resident_id"])]
Number = Annotated[str, Field(min_length=1, max_length=24, examples=["99000020120101001X"])]
Division = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["150102"])]
GuardianshipId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}$", examples=["8f14e45fceea167a5a36dedd4bea2543"])
]
Helping = Annotated[Officer, Depends(permitted(Permission.HELP_APPLICANTS))]


class DocumentRequest(BaseModel):
    """An identity document."""

    model_config = _STRICT
    kind: Kind
    number: Number


class DependantRequest(DocumentRequest):
    """Somebody to be carried; `division` is where they live, left out: where the guardian does."""

    name: Annotated[str, Field(min_length=1, max_length=256, examples=["陈静"])]
    division: Division | None = None
    relation: Annotated[Relation, Field(examples=["parent"])]
    consent_version: Annotated[
        int, Field(ge=1, description="version of the text agreed to", examples=[CONSENT_VERSION])
    ]


class DependantAnswer(BaseModel):
    """Somebody who is carried; `holder` names them in other requests."""

    guardianship_id: Annotated[str, Field(examples=["8f14e45fceea167a5a36dedd4bea2543"])]
    holder: Annotated[str, Field(examples=["0123456789abcdef0123456789abcdef"])]
    name: Annotated[str, Field(examples=["陈静"])]
    last4: Annotated[str, Field(examples=["001X"])]
    relation: Relation
    consent_version: int
    since: Annotated[str, Field(examples=["2020-03-20T12:00:00+08:00"])]


class ConsentAnswer(BaseModel):
    """The text a guardian agrees to, with its version."""

    version: int
    zh: str
    en: str


class DependantsAnswer(BaseModel):
    """Who is carried, how many may be, and what is agreed to."""

    dependants: list[DependantAnswer]
    most: int = MOST_DEPENDANTS
    consent: ConsentAnswer


@router.get("/dependants", summary="List my dependants")
def dependants(node: ServingNode, guardian: Resident, response: Response) -> DependantsAnswer:
    """List whose passes I carry, and the text that consent is to."""
    response.headers["cache-control"] = "no-store"
    with node.store.reading() as transaction:
        standing = guardianships_of(transaction, guardian)
        shown = [_shown(node, transaction, each) for each in standing]
    words = text("guardian.consent")
    consent = ConsentAnswer(version=CONSENT_VERSION, zh=words.zh, en=words.en)
    return DependantsAnswer(dependants=shown, consent=consent)


@router.post("/dependants", summary="Carry somebody's pass, with consent", status_code=201)
def declare(node: ServingNode, guardian: Resident, given: DependantRequest) -> DependantAnswer:
    """Declare a child or an elder whose pass I carry; the same person again changes nothing."""
    at, issuer = node.clock(), node.issuer
    document = read_identity(given.kind, given.number, at=at, allow_test=issuer.is_test)
    with node.store.transaction() as transaction:
        division = given.division or get_person(transaction, guardian).division
        dependant = Dependant(
            document=document,
            name=given.name,
            division=division,
            relation=given.relation,
            consent_version=given.consent_version,
        )
        guardianship, acts = declare_dependant(transaction, issuer, guardian, dependant, at=at)
        record_acts(transaction, acts, at=at)
        return _shown(node, transaction, guardianship)


@router.delete("/dependants/{guardianship_id}", summary="Stop carrying somebody's pass", status_code=204)
def end(
    node: ServingNode,
    guardian: Resident,
    guardianship_id: GuardianshipId,
) -> None:
    """End a guardianship; the passes on my phone go with it."""
    at = node.clock()
    with node.store.transaction() as transaction:
        acts = end_guardianship(transaction, HolderKey(guardian), guardianship_id, at=at)
        record_acts(transaction, acts, at=at)


@router.post("/guardian-permissions", summary="Allow somebody a guardian", status_code=204)
def allow(node: ServingNode, officer: Helping, given: DocumentRequest) -> None:
    """Let a clerk, with the person before them, allow a guardian to somebody who signed in alone."""
    at, issuer = node.clock(), node.issuer
    document = read_identity(given.kind, given.number, at=at, allow_test=issuer.is_test)
    with node.store.transaction() as transaction:
        act = allow_guardian(transaction, issuer, officer, document, at=at)
        record_acts(transaction, [act], at=at)


def _shown(node: Node, transaction: Transaction, guardianship: Guardianship) -> DependantAnswer:
    details = open_person(node.issuer, get_person(transaction, guardianship.dependant))
    return DependantAnswer(
        guardianship_id=guardianship.guardianship_id,
        holder=guardianship.dependant,
        name=details.name,
        last4=details.document.last4,
        relation=guardianship.relation,
        consent_version=guardianship.consent_version,
        since=rfc3339(guardianship.consented_at),
    )
