"""Routes of the key custodian: the keys of the region, planned rotation, closing by two officers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import Instant, rfc3339
from comity.issuance.key_closings import (
    ClosingReason,
    KeyClosing,
    confirm_closing,
    propose_closing,
    waiting_closings,
)
from comity.issuance.key_reissue import KeyReissue, ReissueStage, list_reissues
from comity.issuance.key_rotation import KeyState, listed_keys, publish_keys, rotate_key
from comity.issuance.statements import get_key_list
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.node import Node
from comity.trust.keys import KeyList, Usage

router = APIRouter(prefix="/keys", tags=["keys"])
Managing = Annotated[Officer, Depends(permitted(Permission.MANAGE_KEYS))]
Confirming = Annotated[Officer, Depends(permitted(Permission.CONFIRM_KEY_CLOSING))]

_STRICT = ConfigDict(extra="forbid")
_Kid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$", examples=["a1b2c3d4"])]
_Id = Annotated[str, Field(min_length=1, max_length=64, examples=["8f14e45fceea167a5a36dedd4bea2543"])]


class RotationRequest(BaseModel):
    """What the key is for that shall be followed by another in seven days."""

    model_config = _STRICT
    usage: Usage


class ClosingRequest(BaseModel):
    """Which key is to be closed at once, and why."""

    model_config = _STRICT
    usage: Usage
    kid: _Kid
    reason: ClosingReason


class KeyAnswer(BaseModel):
    """One listed key; times that are null are open."""

    kid: _Kid
    usage: Usage
    state: KeyState
    not_before: str | None
    not_after: str | None
    closed_at: str | None


class ReissueAnswer(BaseModel):
    """How far the passes of a closed key are issued again; `share` of everybody's, 0 to 1."""

    kid: _Kid
    began_at: str
    stage: ReissueStage
    share: float
    issued: int
    told: int
    ended_at: str | None


class KeysAnswer(BaseModel):
    """The key list in force, and the reissues that followed closed keys."""

    version: int
    keys: list[KeyAnswer]
    reissues: list[ReissueAnswer]


class ClosingAnswer(BaseModel):
    """A proposal that waits for another officer."""

    closing_id: _Id
    usage: Usage
    kid: _Kid
    reason: ClosingReason
    proposed_by: _Id
    proposed_at: str


@router.get("", summary="List the keys of the region")
def list_keys(node: ServingNode, officer: Managing) -> KeysAnswer:
    """Every listed key with usage, window and state: planned, current, standby, ending, ended, closed."""
    require(officer, Permission.MANAGE_KEYS, division=node.issuer.region)
    return _answer(node, at=node.clock())


@router.post("/rotations", status_code=201, summary="Plan the next key of a usage")
def rotate(node: ServingNode, officer: Managing, asked: RotationRequest) -> KeysAnswer:
    """It is listed at once and signs in seven days, when it has reached every gate."""
    require(officer, Permission.MANAGE_KEYS, division=node.issuer.region)
    at = node.clock()
    rotate_key(node.issuer, node.key_store, asked.usage, at=at, actor=f"officer:{officer.officer_id}")
    return _published(node, at=at)


@router.post("/closings", status_code=201, summary="Propose to close a key at once")
def propose(node: ServingNode, officer: Managing, asked: ClosingRequest) -> ClosingAnswer:
    """Another officer has to confirm within a day."""
    return _closing(
        propose_closing(node.issuer, officer, asked.usage, asked.kid, asked.reason, at=node.clock())
    )


@router.get("/closings", summary="List the proposals to close a key")
def list_closings(node: ServingNode, officer: Confirming) -> list[ClosingAnswer]:
    """Those that wait, oldest first."""
    require(officer, Permission.CONFIRM_KEY_CLOSING, division=node.issuer.region)
    with node.store.reading() as transaction:
        return [_closing(each) for each in waiting_closings(transaction, at=node.clock())]


@router.post("/closings/{closing_id}/confirmation", summary="Close a key at once")
def confirm(node: ServingNode, officer: Confirming, closing_id: str) -> KeysAnswer:
    """The standby key signs from now on, and every live pass under the closed key is issued again."""
    at = node.clock()
    confirm_closing(node.issuer, node.key_store, officer, closing_id, at=at)
    return _published(node, at=at)


def _published(node: Node, *, at: Instant) -> KeysAnswer:
    publish_keys(node.issuer, node.key_store, node.published, at=at)
    node.follow_keys()
    return _answer(node, at=at)


def _answer(node: Node, *, at: Instant) -> KeysAnswer:
    issuer = node.issuer
    with node.store.reading() as transaction:
        key_list = get_key_list(transaction, issuer.region, is_test=issuer.is_test)
        reissues = list_reissues(transaction)
    return KeysAnswer(
        version=key_list.version, keys=_keys(key_list, at=at), reissues=[_reissue(each) for each in reissues]
    )


def _keys(key_list: KeyList, *, at: Instant) -> list[KeyAnswer]:
    return [
        KeyAnswer(
            kid=each.entry.kid.hex(),
            usage=each.entry.usage,
            state=each.state,
            not_before=_time(each.entry.not_before),
            not_after=_time(each.entry.not_after),
            closed_at=_time(each.entry.revoked_at),
        )
        for each in listed_keys(key_list, at=at)
    ]


def _reissue(work: KeyReissue) -> ReissueAnswer:
    return ReissueAnswer(
        kid=work.kid,
        began_at=rfc3339(work.began_at),
        stage=work.stage,
        share=round(work.share, 4),
        issued=work.issued,
        told=work.told,
        ended_at=_time(work.ended_at),
    )


def _closing(closing: KeyClosing) -> ClosingAnswer:
    return ClosingAnswer(
        closing_id=closing.closing_id,
        usage=closing.usage,
        kid=closing.kid,
        reason=closing.reason,
        proposed_by=closing.proposed_by,
        proposed_at=rfc3339(closing.proposed_at),
    )


def _time(at: Instant | None) -> str | None:
    return None if at is None else rfc3339(at)
