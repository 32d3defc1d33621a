"""`POST /conversions`: a region's attested answer becomes a national pass (way two of docs/joining.md).

No session and no token: the region's signature on the answer says who asks. Nothing of the person is kept,
counted by person or logged.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from comity.codec.qrtext import write_text
from comity.errors import NotPossibleNow
from comity.hub.conversion import convert_for_member
from comity.server.hub_node import HubNode, ServingHub
from comity.server.signed_access import bounded_body
from comity.trust.attested_answers import MAX_ANSWER

router = APIRouter(tags=["conversions 转换"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "An attested answer for conversion; see docs/joining.md.",
        "content": {"application/cbor": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class NationalPassView(BaseModel):
    """The text of a national pass, to be shown as a QR code at once: it lives for a minute."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "CM1:6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B2"}]}
    )
    text: str = Field(description="CM1:...")


@router.post(
    "/conversions", summary="Turn a region's word into a national pass", status_code=201, openapi_extra=_BODY
)
async def convert_answer(request: Request, response: Response, node: ServingHub) -> NationalPassView:
    """Convert the answer of a region that takes part; the pass says whose word it is."""
    answer = await bounded_body(request, MAX_ANSWER)
    response.headers["cache-control"] = "no-store"
    return NationalPassView(text=await run_in_threadpool(_convert, node, answer))


def _convert(node: HubNode, answer: bytes) -> str:
    with node.store.reading() as transaction:
        nation = node.nation(transaction)
        if nation is None:
            raise NotPossibleNow(
                "this hub has no national code to convert with",
                next_step="Its operator runs `comity hub nation`.",
            )
        return write_text(convert_for_member(transaction, node.hub, nation, answer, at=node.clock()))
