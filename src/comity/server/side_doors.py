"""Routes by which officers suspend or void a pass (settled rule 10); its holder does so at `code_making`.

Pass ids stand in bodies, not in addresses.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import rfc3339
from comity.issuance.pass_life import SuspensionReason, VoidReason
from comity.issuance.side_doors import (
    PassAct,
    SideDoor,
    SideDoorState,
    confirm_pass_act,
    end_suspension,
    stopped_acts,
    suspend,
    void,
)
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.node import Node

router = APIRouter(tags=["side doors"])
Suspending = Annotated[Officer, Depends(permitted(Permission.SUSPEND_PASS))]
Voiding = Annotated[Officer, Depends(permitted(Permission.VOID_PASS))]
_STRICT = ConfigDict(extra="forbid")
_PassId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", examples=["0102030405060708"])]


class SuspensionRequest(BaseModel):
    """A pass to be suspended; `correction_id` with open_correction alone."""

    model_config = _STRICT
    pass_id: _PassId
    reason: Annotated[SuspensionReason, Field(examples=["suspected_theft"])]
    correction_id: Annotated[str | None, Field(max_length=64)] = None
    hours: Annotated[int, Field(ge=1, le=24, examples=[12])] = 24


class VoidingRequest(BaseModel):
    """A pass to be voided, for a reason from the closed list."""

    model_config = _STRICT
    pass_id: _PassId
    reason: Annotated[VoidReason, Field(examples=["issued_in_error"])]


class PassActAnswer(BaseModel):
    """What was asked of a pass; `state` is stopped while another officer is asked."""

    act_id: str
    door: SideDoor
    pass_id: str
    division: str
    reason: str
    state: SideDoorState
    asked_by: str
    asked_at: str
    confirmed_by: str | None
    ends_at: str | None


@router.post("/pass-suspensions", status_code=201, summary="Suspend a pass for at most 24 hours")
def post_suspension(node: ServingNode, officer: Suspending, asked: SuspensionRequest) -> PassActAnswer:
    """Only with an open correction or a suspected theft; it ends by itself, and the holder is told."""
    done = suspend(
        node.issuer,
        officer,
        asked.pass_id,
        asked.reason,
        correction_id=asked.correction_id,
        hours=asked.hours,
        at=node.clock(),
    )
    return _answer(done)


@router.post("/pass-suspensions/{act_id}/ending", summary="End a suspension early")
def post_ending(node: ServingNode, officer: Suspending, act_id: str) -> PassActAnswer:
    """The pass is current again."""
    return _answer(end_suspension(node.issuer, officer, act_id, at=node.clock()))


@router.get("/pass-suspensions/stopped", summary="List suspensions that wait for another officer")
def stopped_suspensions(node: ServingNode, officer: Suspending) -> list[PassActAnswer]:
    """After 20 acts within an hour by one officer."""
    return _stopped(node, officer, SideDoor.SUSPENSION)


@router.post("/pass-suspensions/{act_id}/confirmation", summary="Confirm a suspension that stopped")
def confirm_suspension(node: ServingNode, officer: Suspending, act_id: str) -> PassActAnswer:
    """By another officer than the one who asked."""
    return _answer(confirm_pass_act(node.issuer, officer, act_id, door=SideDoor.SUSPENSION, at=node.clock()))


@router.post("/pass-voidings", status_code=201, summary="Void a pass for a reason from the closed list")
def post_voiding(node: ServingNode, officer: Voiding, asked: VoidingRequest) -> PassActAnswer:
    """The holder is told both routes to another pass."""
    return _answer(void(node.issuer, officer, asked.pass_id, asked.reason, at=node.clock()))


@router.get("/pass-voidings/stopped", summary="List voidings that wait for another officer")
def stopped_voidings(node: ServingNode, officer: Voiding) -> list[PassActAnswer]:
    """After 20 acts within an hour by one officer."""
    return _stopped(node, officer, SideDoor.VOIDING)


@router.post("/pass-voidings/{act_id}/confirmation", summary="Confirm a voiding that stopped")
def confirm_voiding(node: ServingNode, officer: Voiding, act_id: str) -> PassActAnswer:
    """By another officer than the one who asked."""
    return _answer(confirm_pass_act(node.issuer, officer, act_id, door=SideDoor.VOIDING, at=node.clock()))


def _stopped(node: Node, officer: Officer, door: SideDoor) -> list[PassActAnswer]:
    with node.store.reading() as transaction:
        waiting = stopped_acts(transaction, officer, at=node.clock())
    return [_answer(each) for each in waiting if each.door is door]


def _answer(act: PassAct) -> PassActAnswer:
    return PassActAnswer(
        act_id=act.act_id,
        door=act.door,
        pass_id=act.pass_id,
        division=act.division,
        reason=act.reason,
        state=act.state,
        asked_by=act.asked_by,
        asked_at=rfc3339(act.asked_at),
        confirmed_by=act.confirmed_by,
        ends_at=None if act.ends_at is None else rfc3339(act.ends_at),
    )
