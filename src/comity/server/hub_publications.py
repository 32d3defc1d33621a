"""Regions publish: what they sign is judged, kept and put in order, or refused with the clause (C2.1).

No session and no token: the signature of the region on its own metadata says who publishes, and every
statement in it carries its own.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.concurrency import run_in_threadpool

from comity.bootstrap.hub_publication import publish
from comity.domain.instant import rfc3339
from comity.hub.statements import AcceptedStatement
from comity.server.hub_node import ServingHub

router = APIRouter(tags=["publications 公布"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Deterministic CBOR {region, metadata, files: {name: bytes}}; see docs/formats.md.",
        "content": {"application/cbor": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "region": "150000",
    "accepted": [
        {
            "statement_id": "recognition-150000-440000-1",
            "kind": "recognition",
            "about": "440000",
            "version": 1,
            "accepted_at": "2020-03-18T20:00:00+08:00",
            "effective_from": "2020-03-19T00:00:00+08:00",
        }
    ],
}


class AcceptedView(BaseModel):
    """One statement that was new."""

    statement_id: str
    kind: str
    about: str | None
    version: int
    accepted_at: str
    effective_from: str


class PublishedView(BaseModel):
    """What the hub took in and has put in order; empty where it had everything."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    region: str
    accepted: list[AcceptedView] = Field(description="what was new, in the order in which it was said")


@router.post("/publications", summary="Publish what a region signed", openapi_extra=_BODY)
async def publish_statements(request: Request, node: ServingHub) -> PublishedView:
    """Judge and order a publication, whole or not at all; sending the same again is safe."""
    data = await request.body()
    region, rows = await run_in_threadpool(publish, node.opened, data)
    return PublishedView(region=region, accepted=[accepted_view(row) for row in rows])


def accepted_view(row: AcceptedStatement) -> AcceptedView:
    """Show an accepted statement."""
    return AcceptedView(
        statement_id=row.statement_id,
        kind=str(row.kind),
        about=row.about,
        version=row.version,
        accepted_at=rfc3339(row.accepted_at),
        effective_from=rfc3339(row.effective_from),
    )
