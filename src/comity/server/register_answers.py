"""How the public register answers over HTTP: with ETag and Cache-Control, compressed for who takes it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from comity.server.register_source import RegisterSource

CACHED: Final = "public, max-age=60"
"""A change is seen by every cache within a minute."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""The address holds a hash of what it gives."""
OPEN_TO_ALL: Final = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""Public data may be read by the scripts of any page."""


async def register_source(request: Request) -> RegisterSource:
    """Give where the register comes from, as the application was made with it."""
    source: RegisterSource = request.app.state.register
    return source


Source = Annotated[RegisterSource, Depends(register_source)]


def conditional(
    request: Request,
    body: bytes,
    *,
    media_type: str,
    cached: str = CACHED,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
    zipped: bool = False,
) -> Response:
    """Answer with a body, or with 304 when the client has it; `zipped` says that it is compressed already.

    A client that takes no gzip gets it plain.
    """
    given = {"cache-control": cached, "etag": f'"{sha256(body).hexdigest()[:32]}"', **(headers or {})}
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and {given["etag"], given["etag"].removeprefix("W/"), "*"} & set(known):
        return Response(status_code=304, headers=given)
    if zipped:
        if takes_gzip(request):
            given["content-encoding"] = "gzip"
        else:
            body = gzip.decompress(body)
    return Response(body, status_code=status, headers=given, media_type=media_type)


def takes_gzip(request: Request) -> bool:
    """Say whether a client takes gzip (RFC 9110 section 12.5.3)."""
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        if name.lower() == "gzip":
            return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
