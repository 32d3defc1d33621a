"""The yardstick of `online_ratio`: the least a server could do, one ES256 signature behind a bare route."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from comity.trust.algorithm import private_key

MESSAGE = bytes(range(256))
"""As long as what is signed for an online pass."""


def bare() -> Starlette:
    """Make the application: no session, no records, no headers but the usual."""
    key = private_key(bytes(range(32)))

    async def sign(request: Request) -> JSONResponse:
        await request.body()
        return JSONResponse({"signature": key.sign(MESSAGE).hex()})

    return Starlette(routes=[Route("/sign", sign, methods=["POST"])])
