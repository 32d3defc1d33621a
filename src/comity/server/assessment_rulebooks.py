"""Assessment rulebooks over HTTP: read by everybody, proposed by one officer and published by another."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from comity.domain.assessment_document import write_assessment_rulebook
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import rfc3339
from comity.issuance.assessment_rulebooks import (
    AssessmentRulebookRow,
    propose_rulebook,
    publish_rulebook,
    published_rulebooks,
    rulebook_in_force,
    waiting_proposals,
)
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.words import Moment, instant, moment

router = APIRouter(prefix="/assessment-rulebooks", tags=["assessment rulebooks 赋码规则"])

Proposing = Annotated[Officer, Depends(permitted(Permission.PUBLISH_ASSESSMENT_RULES))]
Publishing = Annotated[Officer, Depends(permitted(Permission.CONFIRM_ASSIGNMENT))]
Version = Annotated[int, Path(ge=1, le=10**9)]

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "version": 2,
    "valid_from": "2020-03-21T00:00:00+08:00",
    "rules": [
        {
            "id": "close-contact",
            "reason": "close_contact",
            "colour": "yellow",
            "ends": {"after_days": 14},
            "text": {"zh": "密切接触者：黄码，自最后接触起14天", "en": "Close contact: yellow for 14 days"},
        }
    ],
}


class RulebookProposal(BaseModel):
    """The next version of the rules, in the form of docs/assessment.md."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    version: int = Field(ge=1, le=10**9)
    valid_from: Moment
    rules: list[dict[str, JsonValue]] = Field(min_length=1, max_length=64)


class RulebookView(BaseModel):
    """One version of the rules."""

    region: str = Field(examples=["150000"])
    version: int
    valid_from: str
    is_in_force: bool
    rules: list[dict[str, JsonValue]]


class ProposalView(BaseModel):
    """A version on its way: proposed, and published once another officer confirmed it."""

    version: int
    valid_from: str
    proposed_by: str
    proposed_at: str
    published_by: str | None
    published_at: str | None
    digest: str = Field(description="what is published by naming it: SHA-256 of the proposal")
    rules: list[dict[str, JsonValue]]


class PublicationRequest(BaseModel):
    """Which proposal was read: another by now is not published."""

    model_config = ConfigDict(extra="forbid")

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0" * 64])]


@router.get("", summary="Read every published version")
def read_published(node: ServingNode) -> list[RulebookView]:
    """Give the versions published, oldest first: what can colour anybody here, and nothing else can."""
    at = node.clock()
    with node.store.reading() as transaction:
        published = published_rulebooks(transaction, node.issuer)
        current = rulebook_in_force(transaction, node.issuer, at=at).version
    return [
        RulebookView(
            region=each.region,
            version=each.version,
            valid_from=rfc3339(each.valid_from),
            is_in_force=each.version == current,
            rules=_rules(each),
        )
        for each in published
    ]


@router.get("/proposals", summary="Read the proposals that wait")
def read_proposals(officer: Publishing, node: ServingNode) -> list[ProposalView]:
    """Give what was proposed and not yet published."""
    require(officer, Permission.CONFIRM_ASSIGNMENT, division=node.issuer.region)
    with node.store.reading() as transaction:
        return [_proposal(row) for row in waiting_proposals(transaction)]


@router.post("", status_code=201, summary="Propose the next version")
def propose(body: RulebookProposal, officer: Proposing, node: ServingNode) -> ProposalView:
    """Propose a version; it counts once another officer has published it."""
    document: dict[str, object] = {
        "region": node.issuer.region,
        "version": body.version,
        "valid_from": instant(body.valid_from, "valid_from"),
        "rules": body.rules,
    }
    return _proposal(propose_rulebook(node.issuer, officer, document, at=node.clock()))


@router.post("/{version}/publication", summary="Publish a proposed version")
def publish(
    version: Version, asked: PublicationRequest, officer: Publishing, node: ServingNode
) -> ProposalView:
    """Publish what another officer proposed and you have read; from its start everybody is assessed by it."""
    published = publish_rulebook(node.issuer, officer, version, digest=asked.digest, at=node.clock())
    return _proposal(published)


def _proposal(row: AssessmentRulebookRow) -> ProposalView:
    return ProposalView(
        version=row.version,
        valid_from=rfc3339(row.valid_from),
        proposed_by=row.proposed_by,
        proposed_at=rfc3339(row.proposed_at),
        published_by=row.published_by,
        published_at=moment(row.published_at),
        digest=row.digest,
        rules=_rules(row.rulebook()),
    )


def _rules(rulebook: AssessmentRulebook) -> list[dict[str, JsonValue]]:
    rules = write_assessment_rulebook(rulebook)["rules"]
    assert isinstance(rules, list)  # noqa: S101 - as written
    return rules
