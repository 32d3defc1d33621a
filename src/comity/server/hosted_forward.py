"""Passes a request on to the node of one hosted region, at its Unix socket, and the answer back.

Bytes go through as they come: no body is kept, no path tidied, no redirect followed. What the node does not
answer in time is told as unavailable; the node itself bounds bodies and times.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx2
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from comity.errors import RegionUnavailable
from comity.server.bounds import IMPORT_SECONDS
from comity.server.hosted_front import HOP_BY_HOP, IN_HAND

_NODE: Final = "http://node"
_TIMES: Final = {"connect": 2.0, "read": IMPORT_SECONDS + 30.0, "write": 30.0, "pool": 2.0}
"""Seconds: to reach the node, to its answer (which it bounds itself), to take what is sent on."""
_ADDED: Final = frozenset({b"server", b"date"})


class _GoneClient(Exception):
    """The client went away before the whole of its body was here."""


class HostedForward:
    """ASGI: the node of one hosted region as reached at `socket`."""

    def __init__(self, socket: Path) -> None:
        limits = httpx2.Limits(max_connections=IN_HAND, max_keepalive_connections=16)
        self._transport = httpx2.AsyncHTTPTransport(uds=str(socket), limits=limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on and its answer back. Raises: RegionUnavailable."""
        try:
            answer = await self._transport.handle_async_request(_request(scope, receive))
        except _GoneClient:
            return
        except (httpx2.TransportError, OSError) as error:
            raise RegionUnavailable("the node of this region cannot be reached") from error
        try:
            headers = [
                (name.lower(), value)
                for name, value in answer.headers.raw
                if name.lower() not in HOP_BY_HOP | _ADDED
            ]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            assert isinstance(answer.stream, httpx2.AsyncByteStream)  # noqa: S101 - of an async transport
            async for part in answer.stream:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except (httpx2.TransportError, OSError) as error:
            raise RegionUnavailable("the node of this region stopped in its answer") from error
        finally:
            await answer.aclose()


def _request(scope: Scope, receive: Receive) -> httpx2.Request:
    headers = scope["headers"]
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    has_body = any(name in (b"content-length", b"transfer-encoding") for name, _ in headers)
    return httpx2.Request(
        scope["method"],
        _NODE,
        headers=headers,
        stream=_Body(receive) if has_body else None,
        extensions={"target": target, "timeout": _TIMES},
    )


class _Body(httpx2.AsyncByteStream):
    """The body of a request as it comes."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        has_more = True
        while has_more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise _GoneClient
            has_more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]
