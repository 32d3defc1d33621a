"""Health query (用户健康信息查询) for residents: the own colour and why, and that of the dependants.

The query of relying applications, which needs the code a person shows, is in `access_applications`.
"""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from comity.domain.colour import Colour, ColourReason
from comity.domain.instant import rfc3339
from comity.issuance.people import dependants_of
from comity.issuance.why import Explanation, FindingWords, explain
from comity.server.access import Resident, ServingNode
from comity.server.words import Words, moment, words

router = APIRouter(tags=["health query 健康信息查询"])


class FindingView(BaseModel):
    """One rule that one piece of evidence met."""

    rule_id: str = Field(examples=["close-contact"])
    colour: Colour
    reason: ColourReason
    rule: Words
    evidence: Words
    evidence_ref: str = Field(description="what a correction can cite")
    basis: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    until: str = Field(description="its end, or its next review", examples=["2020-04-03T12:00:00+08:00"])
    way_back: Words


class HealthView(BaseModel):
    """A colour and everything it rests on, the decisive finding first; green rests on nothing."""

    holder: str
    colour: Colour
    since: str | None = Field(examples=["2020-03-20T12:00:00+08:00"])
    until: str | None = Field(examples=["2020-04-03T12:00:00+08:00"])
    rulebook_version: int = Field(examples=[1])
    findings: list[FindingView]
    what_to_do: Words


class HealthAnswer(HealthView):
    """The own health, and that of each dependant."""

    as_of: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    dependants: list[HealthView]


@router.get("/health-query", summary="Read the own colour and why")
def read_own(signed_in: Resident, node: ServingNode, response: Response) -> HealthAnswer:
    """Tell who is signed in the colour: rule, evidence in plain words, since, until, what to do."""
    at = node.clock()
    with node.store.reading() as transaction:
        own = explain(transaction, node.issuer, signed_in, at=at)
        dependants = [
            explain(transaction, node.issuer, each, at=at) for each in dependants_of(transaction, signed_in)
        ]
    response.headers["cache-control"] = "no-store"
    return HealthAnswer(
        **dict(_view(own)), as_of=rfc3339(at), dependants=[_view(dependant) for dependant in dependants]
    )


def _view(explanation: Explanation) -> HealthView:
    return HealthView(
        holder=explanation.holder,
        colour=explanation.colour,
        since=moment(explanation.since),
        until=moment(explanation.until),
        rulebook_version=explanation.rulebook_version,
        findings=[_finding(each) for each in explanation.findings],
        what_to_do=words(explanation.what_to_do),
    )


def _finding(finding: FindingWords) -> FindingView:
    return FindingView(
        rule_id=finding.rule_id,
        colour=finding.colour,
        reason=finding.reason,
        rule=words(finding.rule),
        evidence=words(finding.evidence),
        evidence_ref=finding.evidence_ref,
        basis=rfc3339(finding.basis),
        until=rfc3339(finding.until),
        way_back=words(finding.way_back),
    )
