"""Extra demands over HTTP (C3.2): anybody reports, the county answers, and never sees who reported."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import rfc3339
from comity.domain.region import Division, divisions_of
from comity.domain.texts import text
from comity.issuance import extra_demands as demands
from comity.issuance.extra_demands import DemandKind, ExtraDemand, Remedy
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.decision_view import TextView

router = APIRouter(tags=["extra demands"])

County = Annotated[Officer, Depends(permitted(Permission.ANSWER_EXTRA_DEMAND))]
_DATE = len("2020-03-20")


class DemandReport(BaseModel):
    """What was asked, and where; anonymous unless a contact is left, which the county never sees."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"division": "150102", "kind": "community_letter", "words": "Asked at the estate gate, 8 am"}
            ]
        },
    )
    division: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="The county, from /counties.")]
    kind: DemandKind
    words: Annotated[str, Field(max_length=200)] = ""
    contact: Annotated[
        str | None, Field(min_length=3, max_length=80, description="For the supervisor alone.")
    ] = None


class DemandFollowing(BaseModel):
    """The token by which a reporter follows the report."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "0" * 48}]})
    token: Annotated[str, Field(pattern=r"^[0-9a-f]{48}$")]


class CountyAnswer(BaseModel):
    """What the county did about it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"remedy": "stopped", "answer": "The estate was told that a code suffices."}]
        },
    )
    remedy: Remedy
    answer: Annotated[str, Field(min_length=1, max_length=500)]


class DemandView(BaseModel):
    """A report without its reporter: not even the hour, which might tell."""

    demand_id: str
    division: str
    kind: str
    kind_text: TextView
    words: str
    reported_on: str
    due_at: str
    state: str
    is_escalated: bool
    remedy: str | None
    answer: str | None
    answered_at: str | None


class NewDemandView(BaseModel):
    """A report that was taken, and its token, shown once."""

    demand: DemandView
    token: str


class CountyView(BaseModel):
    """One county of the list."""

    code: str
    name: TextView


def view(demand: ExtraDemand) -> DemandView:
    """Show a report without anything of its reporter."""
    words = text(f"demand.{demand.kind}")
    return DemandView(
        demand_id=demand.demand_id,
        division=demand.division,
        kind=demand.kind,
        kind_text=TextView(zh=words.zh, en=words.en),
        words=demand.words,
        reported_on=rfc3339(demand.reported_at)[:_DATE],
        due_at=rfc3339(demand.due_at)[:_DATE],
        state=demand.state,
        is_escalated=demand.escalated_at is not None,
        remedy=demand.remedy,
        answer=demand.answer,
        answered_at=None if demand.answered_at is None else rfc3339(demand.answered_at),
    )


@router.get("/counties")
def list_counties(node: ServingNode) -> list[CountyView]:
    """List the counties of this region."""
    return [
        CountyView(code=county.code, name=TextView(zh=county.name_zh, en=county.name_en))
        for county in _counties(node.issuer.region)
    ]


def _counties(parent: str) -> list[Division]:
    found: list[Division] = []
    for division in divisions_of(parent):
        below = _counties(division.code)
        found += below or [division]
    return found


@router.post("/extra-demands", status_code=201)
def report_demand(report: DemandReport, node: ServingNode) -> NewDemandView:
    """Report that another proof was asked for. Nobody signs in for this."""
    with node.store.transaction() as transaction:
        demand, token = demands.report_demand(
            transaction,
            node.issuer,
            division=report.division,
            kind=report.kind,
            words=report.words,
            contact=report.contact,
            at=node.clock(),
        )
    return NewDemandView(demand=view(demand), token=token)


@router.post("/extra-demands/follow")
def follow_demand(following: DemandFollowing, node: ServingNode) -> DemandView:
    """See where your report stands, by its token."""
    with node.store.reading() as transaction:
        return view(demands.follow_demand(transaction, following.token))


@router.get("/extra-demands")
def list_demands(node: ServingNode, officer: County) -> list[DemandView]:
    """List the reports on your counties, newest first."""
    with node.store.reading() as transaction:
        found = demands.list_demands(transaction, officer, Permission.ANSWER_EXTRA_DEMAND)
    return [view(demand) for demand in found]


@router.post("/extra-demands/{demand_id}/answer")
def answer_demand(demand_id: str, answer: CountyAnswer, node: ServingNode, officer: County) -> DemandView:
    """Answer a report on a county of yours, once."""
    with node.store.transaction() as transaction:
        return view(
            demands.answer_demand(
                transaction,
                officer,
                demand_id,
                remedy=answer.remedy,
                answer=answer.answer,
                at=node.clock(),
            )
        )
