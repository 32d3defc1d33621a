"""What other regions send: sealed messages about people, taken in once (settled rules 10, 11 and 17).

Who sends needs no account here: the message is sealed to this region and signed by a member's key. What it
brings is a fact, a question or an answer; none of it is a colour.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from comity.errors import FormatError, InvalidInput, TooLarge, TrustError
from comity.issuance.exchange_inbox import take_in
from comity.issuance.sealing import MAX_SEALED
from comity.server.access import ServingNode
from comity.server.node import Node

router = APIRouter(tags=["evidence exchange"])

_TYPE: Final = "application/jose"
_EXAMPLE: Final = "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.6KB7.48V1.XFBo.DAeC"


class TakenIn(BaseModel):
    """That a message was taken in; `is_new` is false for one that was taken in before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_new": True}]})
    is_new: bool


@router.post(
    "/evidence-exchange",
    status_code=202,
    summary="Take in a sealed message of another region",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_TYPE: {"schema": {"type": "string", "maxLength": MAX_SEALED}, "example": _EXAMPLE}},
        }
    },
)
async def take_in_message(request: Request, node: ServingNode) -> TakenIn:
    """Open, verify and follow a message: JWE (ECDH-ES+A256KW, A256GCM) to this region's exchange key."""
    body = await request.body()
    if len(body) > MAX_SEALED:
        raise TooLarge(f"a sealed message is larger than {MAX_SEALED} bytes")
    return await run_in_threadpool(_take_in, node, body)


def _take_in(node: Node, body: bytes) -> TakenIn:
    issuer = node.issuer
    try:
        is_new = take_in(issuer, body.decode("ascii"), issuer.exchange_keys, at=node.clock())
    except (FormatError, TrustError, UnicodeDecodeError) as error:
        why = "it is not text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise InvalidInput(
            f"the message is not taken in: {why}",
            field="body",
            next_step="Fetch this region's location and key list from the hub again, and send it anew.",
            clause="settled rule 11",
        ) from error
    return TakenIn(is_new=is_new)
