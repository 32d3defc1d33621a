"""The national rulebook over HTTP: the authority's officer brings what the authority's key signed (C3.3)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, JsonValue
from starlette.concurrency import run_in_threadpool

from comity.domain.instant import rfc3339
from comity.domain.national_rulebook import NationalRulebook
from comity.hub.national import accept_national_rulebook
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.server.access import permitted
from comity.server.hub_members import order_soon
from comity.server.hub_node import HubNode, ServingHub

router = APIRouter(tags=["national rulebook 国家统一要求"])

Bringing = Annotated[Officer, Depends(permitted(Permission.PUBLISH_NATIONAL_RULEBOOK))]
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The statement as the authority's key signed it; see docs/formats.md.",
        "content": {"application/cbor": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "version": 1,
    "published_at": "2020-03-18T20:00:00+08:00",
    "valid_from": "2020-03-19T00:00:00+08:00",
    "issuers": ["420000"],
}


class NationalView(BaseModel):
    """A version of the national rulebook that was accepted."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    version: int
    published_at: str
    valid_from: str
    issuers: list[str]


@router.post("/national-rulebooks", status_code=201, summary="Bring a national rulebook", openapi_extra=_BODY)
async def bring(request: Request, node: ServingHub, officer: Bringing) -> NationalView:
    """Only the authority's own signature counts; the account of who brings it is in the audit."""
    data = await request.body()
    rulebook = await run_in_threadpool(_accept, node, officer, data)
    return NationalView(
        version=rulebook.version,
        published_at=rfc3339(rulebook.published_at),
        valid_from=rfc3339(rulebook.valid_from),
        issuers=[row.issuer for row in rulebook.rows],
    )


def _accept(node: HubNode, officer: Officer, data: bytes) -> NationalRulebook:
    require(officer, Permission.PUBLISH_NATIONAL_RULEBOOK, division=node.hub.division)
    actor = f"officer:{officer.officer_id}"
    with node.store.transaction() as transaction:
        rulebook = accept_national_rulebook(transaction, node.hub, data, actor=actor, at=node.clock())
    order_soon(node)
    return rulebook
