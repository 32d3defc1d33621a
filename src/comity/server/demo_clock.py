"""TEST: time as a setting, in demo mode only, so that a yellow ends while somebody looks."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from comity.bootstrap.clock import NodeClock
from comity.domain.instant import DAY, rfc3339
from comity.errors import NotPossibleNow
from comity.server.access import ServingNode

router = APIRouter(tags=["demo"])

MOST: Final = 60 * DAY
"""Seconds by which time is put forward at once at most."""


class Forward(BaseModel):
    """How far time is put forward."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"seconds": 86_400}]})

    seconds: Annotated[int, Field(ge=0, le=MOST, strict=True)]


class DemoTime(BaseModel):
    """The time of the demo."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2026-03-19T08:00:00+08:00"}]})

    at: str


@router.post("/demo/clock", summary="TEST: put time forward")
def put_forward(forward: Forward, node: ServingNode) -> DemoTime:
    """Put the time of this node forward, never back; there is no such route outside demo mode."""
    clock = node.clock
    if not isinstance(clock, NodeClock):
        raise NotPossibleNow("the clock of this node cannot be set")
    return DemoTime(at=rfc3339(clock.put_forward(forward.seconds)))
