"""Health and trip declarations (用户健康信息申报、用户行程申报): made and read by residents."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import rfc3339
from comity.issuance.declarations import (
    MOST_STAYS,
    Declaration,
    DeclarationKind,
    Declared,
    DeclaredArrival,
    DeclaredStay,
    HealthDeclaration,
    Symptom,
    TripDeclaration,
    declarations_of,
    declare,
    read_for_dependant,
)
from comity.issuance.records import HolderKey
from comity.server.access import Resident, ServingNode
from comity.server.dependants import GuardianshipId
from comity.server.node import Node
from comity.server.words import HolderName, Moment, instant, moment

router = APIRouter(tags=["declarations 健康信息申报、行程申报"])

Area = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", description="six digits of GB/T 2260", examples=["110106"])
]


class HealthDeclarationBody(BaseModel):
    """How somebody is: symptoms, or the last contact with a case, or neither."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"symptoms": []},
                {"symptoms": ["fever"], "symptoms_began_at": "2020-03-19T08:00:00+08:00"},
            ]
        },
    )

    symptoms: list[Symptom] = Field(max_length=len(Symptom))
    symptoms_began_at: Moment | None = None
    last_contact_at: Moment | None = None
    holder: HolderName | None = None


class StayBody(BaseModel):
    """A stay in an area; who is still there gives the time of declaring as its end."""

    model_config = ConfigDict(extra="forbid")

    area: Area
    began_at: Moment
    ended_at: Moment


class ArrivalBody(BaseModel):
    """An arrival out of an area."""

    model_config = ConfigDict(extra="forbid")

    area: Area
    arrived_at: Moment


class TripDeclarationBody(BaseModel):
    """Where somebody stayed and where they arrived from, in the last 30 days."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "stays": [
                        {
                            "area": "110106",
                            "began_at": "2020-03-10T08:00:00+08:00",
                            "ended_at": "2020-03-12T08:00:00+08:00",
                        }
                    ],
                    "arrivals": [{"area": "110106", "arrived_at": "2020-03-12T20:00:00+08:00"}],
                }
            ]
        },
    )

    stays: list[StayBody] = Field(default=[], max_length=MOST_STAYS)
    arrivals: list[ArrivalBody] = Field(default=[], max_length=MOST_STAYS)
    holder: HolderName | None = None


class StayView(BaseModel):
    """A stay as declared."""

    area: str
    began_at: str
    ended_at: str


class ArrivalView(BaseModel):
    """An arrival as declared."""

    area: str
    arrived_at: str


class DeclarationView(BaseModel):
    """A declaration as it was made."""

    declaration_id: str
    declared_at: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    is_by_guardian: bool


class HealthDeclarationView(DeclarationView):
    """A health declaration as it was made."""

    symptoms: list[Symptom]
    symptoms_began_at: str | None
    last_contact_at: str | None


class TripDeclarationView(DeclarationView):
    """A trip declaration as it was made."""

    stays: list[StayView]
    arrivals: list[ArrivalView]


@router.post("/health-declarations", status_code=201, summary="Declare symptoms or a contact")
def declare_health(
    body: HealthDeclarationBody, signed_in: Resident, node: ServingNode
) -> HealthDeclarationView:
    """Declare how one is, for oneself or a dependant; it is evidence at once."""
    declared = read_health_body(body)
    return _health_view(_declare(node, declared, signed_in, body.holder))


@router.post("/trip-declarations", status_code=201, summary="Declare stays and arrivals")
def declare_trip(body: TripDeclarationBody, signed_in: Resident, node: ServingNode) -> TripDeclarationView:
    """Declare where one has been, for oneself or a dependant; it is evidence at once."""
    declared = read_trip_body(body)
    return _trip_view(_declare(node, declared, signed_in, body.holder))


@router.get("/health-declarations", summary="Read the own health declarations")
def read_health(signed_in: Resident, node: ServingNode, response: Response) -> list[HealthDeclarationView]:
    """Give the newest health declarations about who is signed in, newest first."""
    response.headers["cache-control"] = "no-store"
    return [_health_view(each) for each in _own(node, signed_in, DeclarationKind.HEALTH)]


@router.get("/trip-declarations", summary="Read the own trip declarations")
def read_trips(signed_in: Resident, node: ServingNode, response: Response) -> list[TripDeclarationView]:
    """Give the newest trip declarations about who is signed in, newest first."""
    response.headers["cache-control"] = "no-store"
    return [_trip_view(each) for each in _own(node, signed_in, DeclarationKind.TRIP)]


@router.get(
    "/dependants/{guardianship_id}/health-declarations", summary="Read a dependant's health declarations"
)
def read_dependants_health(
    guardianship_id: GuardianshipId, guardian: Resident, node: ServingNode, response: Response
) -> list[HealthDeclarationView]:
    """Give a guardian the newest health declarations about a dependant since the consent; it is audited."""
    response.headers["cache-control"] = "no-store"
    found = _of_dependant(node, guardian, guardianship_id, DeclarationKind.HEALTH)
    return [_health_view(each) for each in found]


@router.get("/dependants/{guardianship_id}/trip-declarations", summary="Read a dependant's trip declarations")
def read_dependants_trips(
    guardianship_id: GuardianshipId, guardian: Resident, node: ServingNode, response: Response
) -> list[TripDeclarationView]:
    """Give a guardian the newest trip declarations about a dependant since the consent; it is audited."""
    response.headers["cache-control"] = "no-store"
    found = _of_dependant(node, guardian, guardianship_id, DeclarationKind.TRIP)
    return [_trip_view(each) for each in found]


def read_health_body(body: HealthDeclarationBody) -> HealthDeclaration:
    """Read what was declared of health. Raises: InvalidInput."""
    began, contact = body.symptoms_began_at, body.last_contact_at
    return HealthDeclaration(
        symptoms=tuple(body.symptoms),
        symptoms_began_at=None if began is None else instant(began, "symptoms_began_at"),
        last_contact_at=None if contact is None else instant(contact, "last_contact_at"),
    )


def read_trip_body(body: TripDeclarationBody) -> TripDeclaration:
    """Read what was declared of trips. Raises: InvalidInput."""
    return TripDeclaration(
        stays=tuple(
            DeclaredStay(
                area=each.area,
                began_at=instant(each.began_at, "began_at"),
                ended_at=instant(each.ended_at, "ended_at"),
            )
            for each in body.stays
        ),
        arrivals=tuple(
            DeclaredArrival(area=each.area, arrived_at=instant(each.arrived_at, "arrived_at"))
            for each in body.arrivals
        ),
    )


def _of_dependant(
    node: Node, guardian: HolderKey, guardianship_id: str, kind: DeclarationKind
) -> list[Declaration]:
    with node.store.transaction() as transaction:
        return read_for_dependant(transaction, guardian, guardianship_id, kind, at=node.clock())


def _declare(node: Node, declared: Declared, signed_in: HolderKey, dependant: str | None) -> Declaration:
    holder = signed_in if dependant is None else HolderKey(dependant)
    return declare(node.issuer, declared, holder=holder, carrier=signed_in, at=node.clock())


def _own(node: Node, signed_in: HolderKey, kind: DeclarationKind) -> list[Declaration]:
    with node.store.reading() as transaction:
        return declarations_of(transaction, signed_in, kind)


def _health_view(declaration: Declaration) -> HealthDeclarationView:
    content = json.loads(declaration.content)
    return HealthDeclarationView(
        declaration_id=declaration.declaration_id,
        declared_at=rfc3339(declaration.declared_at),
        is_by_guardian=declaration.declared_by != declaration.holder,
        symptoms=[Symptom(word) for word in content["symptoms"]],
        symptoms_began_at=moment(content["symptoms_began_at"]),
        last_contact_at=moment(content["last_contact_at"]),
    )


def _trip_view(declaration: Declaration) -> TripDeclarationView:
    content = json.loads(declaration.content)
    return TripDeclarationView(
        declaration_id=declaration.declaration_id,
        declared_at=rfc3339(declaration.declared_at),
        is_by_guardian=declaration.declared_by != declaration.holder,
        stays=[
            StayView(
                area=each["area"], began_at=rfc3339(each["began_at"]), ended_at=rfc3339(each["ended_at"])
            )
            for each in content["stays"]
        ],
        arrivals=[
            ArrivalView(area=each["area"], arrived_at=rfc3339(each["arrived_at"]))
            for each in content["arrivals"]
        ],
    )
