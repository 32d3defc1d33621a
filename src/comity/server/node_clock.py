"""The clock of the node, for phones: a wallet signs the time, so it keeps how far its own clock is off.

Cheap and never refused by address, since thousands of phones may share one. It is the clock by which passes
and lists are dated, in a demo too, where time is a setting.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from comity.domain.instant import rfc3339
from comity.server.access import ServingNode

router = APIRouter(tags=["published files"])


class ClockView(BaseModel):
    """The time of the node, in whole seconds."""

    at: Annotated[str, Field(examples=["2020-03-20T12:00:00+08:00"])]
    region: Annotated[str, Field(examples=["150000"])]
    test: Annotated[bool, Field(examples=[False])]


@router.get("/clock", summary="The time of the node")
async def read_clock(node: ServingNode, response: Response) -> ClockView:
    """Give the time; a phone takes half of the way there and back off."""
    response.headers["cache-control"] = "no-store"
    return ClockView(at=rfc3339(node.clock()), region=node.issuer.region, test=node.issuer.is_test)
