"""Membership over HTTP: a region asks, one officer of the hub proposes, another approves (C1.2, rule 5)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from comity.bootstrap.hub_publication import order_hub_statements
from comity.domain.instant import rfc3339
from comity.domain.region import RegionCode, is_region
from comity.domain.texts import Text
from comity.errors import InvalidInput, NotPossibleNow, UnknownRegion
from comity.hub.membership import (
    MembershipChange,
    MembershipProposal,
    MembershipState,
    Proposed,
    approve_membership,
    decline_membership,
    membership_proposals,
    propose_membership,
)
from comity.hub.membership_applications import MembershipApplication, open_applications, submit_application
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.server.access import permitted
from comity.server.hub_node import HubNode, ServingHub
from comity.server.logs import log
from comity.server.words import Moment, instant, moment

router = APIRouter(tags=["membership 成员"])

Deciding = Annotated[Officer, Depends(permitted(Permission.DECIDE_MEMBERSHIP))]
_STRICT: Final = ConfigDict(extra="forbid")
_Base64 = Annotated[str, Field(min_length=4, max_length=100_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
_Thumbprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0" * 64])]
_Words = Annotated[str, Field(min_length=1, max_length=400)]
_SAFE: Final = "a root reported to be in wrong hands is in the right ones again; both officers say so"
_APPLICATION: Final[dict[str, JsonValue]] = {
    "key_list": "0oRD",
    "location": "0oRD",
    "certificate": "0oRD",
    "asked_by": "Inner Mongolia COVID-19 command, office of data",
}
_PROPOSAL: Final[dict[str, JsonValue]] = {
    "region": "150000",
    "change": "exit",
    "effective_from": "2020-05-01T00:00:00+08:00",
    "reason": {"zh": "系统更换", "en": "The system is replaced"},
}


class Application(BaseModel):
    """A region asks to take part; the three files in base64, as signed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_APPLICATION]})

    key_list: _Base64
    location: _Base64
    certificate: _Base64
    asked_by: Annotated[str, Field(min_length=1, max_length=80)]


class ApplicationView(BaseModel):
    """An application that waits; compare `root` with the region by telephone."""

    application_id: str
    region: str
    root: str = Field(description="thumbprint of the region's root key")
    asked_by: str
    certificate_digest: str = Field(description="SHA-256 of the certificate")
    submitted_at: str


class ApplicationFiles(ApplicationView):
    """An application with the certificate of who asks, in base64."""

    certificate: str


class Words(BaseModel):
    """The same words in Chinese and English."""

    model_config = _STRICT
    zh: _Words
    en: _Words


class ProposalRequest(BaseModel):
    """A change of who takes part; an admission names its application, every other change its reason."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_PROPOSAL]})

    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    change: MembershipChange
    effective_from: Moment | None = None
    application_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    reason: Words | None = None
    root_is_compromised: bool = Field(default=False, description="the only cause that needs no notice")
    root_is_safe: bool = Field(default=False, description=_SAFE)


class ThumbprintRequest(BaseModel):
    """The thumbprint that was compared."""

    model_config = _STRICT
    root: _Thumbprint
    root_is_safe: bool = Field(default=False, description=_SAFE)


class ProposalView(BaseModel):
    """A change of who takes part, proposed by one officer and decided by another."""

    proposal_id: str
    region: str
    change: MembershipChange
    application_id: str | None
    root: str
    effective_from: str
    root_is_compromised: bool
    root_is_safe: bool
    reason: Words | None
    state: MembershipState
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None


@router.post("/membership-applications", status_code=201, summary="Ask to take part")
def apply(node: ServingHub, asked: Application) -> ApplicationView:
    """Anybody may ask; nothing is believed until two officers of the hub have compared the thumbprint."""
    application = submit_application(
        node.hub,
        key_list=_octets(asked.key_list, "key_list"),
        location=_octets(asked.location, "location"),
        certificate=_octets(asked.certificate, "certificate"),
        asked_by=asked.asked_by,
        at=node.clock(),
    )
    return _application(application)


@router.get("/membership-applications", summary="List the applications that wait")
def list_applications(node: ServingHub, officer: Deciding) -> list[ApplicationFiles]:
    """Oldest first, each with its certificate."""
    require(officer, Permission.DECIDE_MEMBERSHIP, division=node.hub.division)
    with node.store.reading() as transaction:
        waiting = open_applications(transaction)
    return [
        ApplicationFiles(
            **_application(each).model_dump(), certificate=b64encode(each.certificate).decode("ascii")
        )
        for each in waiting
    ]


@router.get("/membership-proposals", summary="List proposals about who takes part")
def list_proposals(
    node: ServingHub, officer: Deciding, state: MembershipState | None = None
) -> list[ProposalView]:
    """Oldest first."""
    require(officer, Permission.DECIDE_MEMBERSHIP, division=node.hub.division)
    with node.store.reading() as transaction:
        return [_proposal(each) for each in membership_proposals(transaction, state=state)]


@router.post("/membership-proposals", status_code=201, summary="Propose a change of who takes part")
def propose(node: ServingHub, officer: Deciding, asked: ProposalRequest) -> ProposalView:
    """It counts once another officer has approved it."""
    if not is_region(asked.region):
        raise UnknownRegion(code=asked.region)
    at = node.clock()
    wanted = Proposed(
        region=RegionCode(asked.region),
        change=asked.change,
        effective_from=at
        if asked.effective_from is None
        else instant(asked.effective_from, "effective_from"),
        application_id=asked.application_id,
        reason=None if asked.reason is None else Text(zh=asked.reason.zh, en=asked.reason.en),
        is_compromised=asked.root_is_compromised,
        keeps_root=asked.root_is_safe,
    )
    return _proposal(propose_membership(node.hub, officer, wanted, at=at))


@router.post("/membership-proposals/{proposal_id}/approval", summary="Approve another officer's proposal")
def approve(node: ServingHub, officer: Deciding, proposal_id: str, asked: ThumbprintRequest) -> ProposalView:
    """Name the thumbprint you compared; the hub's root signs, and the repository carries it."""
    decided = approve_membership(
        node.hub,
        officer,
        proposal_id,
        root=asked.root,
        at=node.clock(),
        keeps_root=asked.root_is_safe,
    )
    order_soon(node)
    return _proposal(decided)


@router.post("/membership-proposals/{proposal_id}/declining", summary="Decline a proposal")
def decline(node: ServingHub, officer: Deciding, proposal_id: str) -> ProposalView:
    """Another's, or one's own; its application is decided with it."""
    return _proposal(decline_membership(node.hub, officer, proposal_id, at=node.clock()))


def order_soon(node: HubNode) -> None:
    """Put the hub's own word in order now; before the ceremony of the root the duty does it afterwards."""
    try:
        order_hub_statements(node.opened)
    except NotPossibleNow:
        log().info("the repository has no root yet")


def _octets(text: str, field: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        raise InvalidInput(f"{field}: this is not base64", field=field) from None


def _application(application: MembershipApplication) -> ApplicationView:
    return ApplicationView(
        application_id=application.application_id,
        region=application.region,
        root=application.root,
        asked_by=application.asked_by,
        certificate_digest=application.certificate_digest,
        submitted_at=rfc3339(application.submitted_at),
    )


def _proposal(proposal: MembershipProposal) -> ProposalView:
    reason = proposal.reason
    return ProposalView(
        proposal_id=proposal.proposal_id,
        region=proposal.region,
        change=proposal.change,
        application_id=proposal.application_id,
        root=proposal.root,
        effective_from=rfc3339(proposal.effective_from),
        root_is_compromised=proposal.is_compromised,
        root_is_safe=proposal.keeps_root,
        reason=None if reason is None else Words(zh=reason.zh, en=reason.en),
        state=proposal.state,
        proposed_by=proposal.proposed_by,
        proposed_at=rfc3339(proposal.proposed_at),
        decided_by=proposal.decided_by,
        decided_at=moment(proposal.decided_at),
    )
