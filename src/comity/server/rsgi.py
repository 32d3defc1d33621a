"""The node as Granian serves it best: by RSGI, the interface of its own (specification 1.5).

A hot route is answered here from the request as it is. ASGI would cost it a dictionary of bytes and two more
messages, most of them made while its event loop waits to go on: a fifth of a verification. Every other
request is given to the ASGI application. Websockets are none of this. A path is known decoded only, and a
header field that is not ASCII not at all; neither occurs in this interface.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from time import perf_counter
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote

from fastapi import FastAPI
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]
from starlette.types import Message, Receive, Scope, Send

from comity.server.around import HOT_HEADERS, Around
from comity.server.hot_route import read_head, refuse_body

_SMALL: Final = 64 * 1024
"""Bytes of a body that is read at once; a larger one, or one of unknown length, comes in pieces."""
_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}
_IN_PATHS: Final = "/!$&'()*+,;=:@~"
"""What stands in a path as it is (RFC 3986 section 3.3)."""
_HOT_HEADERS: Final = [(name.decode(), value.decode()) for name, value in HOT_HEADERS]
RsgiHeaders: TypeAlias = list[tuple[str, str]]


class RsgiStream(Protocol):
    """An answer that is sent in pieces."""

    async def send_bytes(self, data: bytes) -> None:
        """Send a piece."""


class RsgiClient(Protocol):
    """Who asks: gives the body of the request, and takes the answer."""

    async def __call__(self) -> bytes:
        """Read the whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body in pieces."""

    async def client_disconnect(self) -> None:
        """Wait until the client is gone."""

    def response_empty(self, status: int, headers: RsgiHeaders) -> None:
        """Answer without a body."""

    def response_bytes(self, status: int, headers: RsgiHeaders, body: bytes) -> None:
        """Answer."""

    def response_stream(self, status: int, headers: RsgiHeaders) -> RsgiStream:
        """Begin an answer in pieces."""


class RsgiHeaderMap(Protocol):
    """The header of a request, names in lower case."""

    def items(self) -> RsgiHeaders:
        """Every field, in order; one that was sent twice is there twice."""


class RsgiRequest(Protocol):
    """What is known of a request before its body."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> RsgiHeaderMap:
        """The header."""


class RsgiApp:
    """Hot routes in front of an ASGI application, for one worker; `app` is known to `around` already."""

    def __init__(self, app: FastAPI, around: Around) -> None:
        self._app, self._around = app, around
        self._ended = asyncio.Event()
        self._lives: asyncio.Task[None] | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start what lives beside the routes; called before the first request."""
        begun = loop.create_future()
        self._lives = loop.create_task(self._live(begun))
        loop.run_until_complete(begun)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End what lives beside the routes; called after the last request."""
        if self._lives is not None:
            self._ended.set()
            loop.run_until_complete(self._lives)

    async def _live(self, begun: asyncio.Future[None]) -> None:
        try:
            async with self._app.router.lifespan_context(self._app):
                begun.set_result(None)
                await self._ended.wait()
        except BaseException as error:
            if not begun.done():
                begun.set_exception(error)
            raise

    async def __rsgi__(self, scope: RsgiRequest, protocol: RsgiClient) -> None:
        """Answer one request."""
        around = self._around
        hot = around.find_hot(scope.method, scope.path)
        if hot is None:
            await around(asgi_scope(scope), *_asgi_ends(scope, protocol))
            return
        began, asked = perf_counter(), _hot_scope(scope)
        try:
            content = await around.answer_hot(hot, asked, _BoundedBody(protocol, asked))
        except Exception as error:  # noqa: BLE001 - written as a problem there, with all that belongs to it
            await around.refuse(error, asgi_scope(scope), *_asgi_ends(scope, protocol), began=began)
            return
        headers = [*_HOT_HEADERS, ("x-request-id", around.new_request_id().decode())]
        protocol.response_bytes(200, headers, content)
        hot.answers.add(perf_counter() - began)


class _BoundedBody:
    """Reads the body of a hot request; one that says its length is refused before it is read."""

    __slots__ = ("_length", "_protocol")

    def __init__(self, protocol: RsgiClient, scope: Scope) -> None:
        self._protocol, self._length = protocol, _length(scope)

    async def __call__(self, limit: int) -> bytes:
        """Read it. Raises: InvalidInput beyond `limit` bytes."""
        if self._length is not None:
            return await self._protocol() if self._length <= limit else refuse_body(limit)
        body = b""
        async for piece in self._protocol:
            body += piece
            if len(body) > limit:
                refuse_body(limit)
        return body


def _length(scope: Scope) -> int | None:
    """Give the length a request says its body has; the server has held it to that."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)
    return None


def _hot_scope(scope: RsgiRequest) -> Scope:
    """Give of an ASGI scope what hot routes look at."""
    return {
        "type": "http",
        "method": scope.method,
        "path": scope.path,
        "query_string": scope.query_string.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in scope.headers.items()],
        "client": _address(scope.client),
    }


def asgi_scope(scope: RsgiRequest) -> Scope:
    """Give a request as ASGI tells of it."""
    given = _hot_scope(scope)
    if scope.authority and all(name != b"host" for name, _ in given["headers"]):
        given["headers"].append((b"host", scope.authority.encode("latin-1")))  # HTTP/2
    return {
        **given,
        "asgi": dict(_ASGI),
        "http_version": scope.http_version,
        "scheme": scope.scheme,
        "server": _address(scope.server),
        "root_path": "",
        "raw_path": quote(scope.path, safe=_IN_PATHS).encode(),
        "state": {},
    }


def _address(text: str) -> tuple[str, int] | None:
    """Read an address with port; a client at a Unix socket has none."""
    host, _, port = text.rpartition(":")
    return (host.strip("[]"), int(port)) if host and port.isdigit() else None


def _asgi_ends(scope: RsgiRequest, protocol: RsgiClient) -> tuple[Receive, Send]:
    return _Received(_hot_scope(scope), protocol), _Sent(protocol)


class _Received:
    """The receiving end of ASGI: a small body at once, a large one in pieces, then the client's going."""

    def __init__(self, scope: Scope, protocol: RsgiClient) -> None:
        head, length = read_head(scope), _length(scope)
        self._protocol, self._is_whole = protocol, not head.has_body
        self._is_small = length is not None and length <= _SMALL
        self._is_told = False
        self._pieces: AsyncIterator[bytes] | None = None

    async def __call__(self) -> Message:
        """Give the next message."""
        if self._is_told:
            await self._protocol.client_disconnect()
            return {"type": "http.disconnect"}
        body = b"" if self._is_whole else await self._next()
        self._is_told = self._is_whole
        return {"type": "http.request", "body": body, "more_body": not self._is_whole}

    async def _next(self) -> bytes:
        if self._is_small:
            self._is_whole = True
            return await self._protocol()
        if self._pieces is None:
            self._pieces = aiter(self._protocol)
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            self._is_whole = True
            return b""


class _Sent:
    """The sending end of ASGI; what is sent to a client that is gone is dropped."""

    def __init__(self, protocol: RsgiClient) -> None:
        self._protocol = protocol
        self._status, self._headers = 0, list[tuple[str, str]]()
        self._stream: RsgiStream | None = None

    async def __call__(self, message: Message) -> None:
        """Take a message."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message.get("headers", ())
            ]
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        with suppress(ProtocolClosed):
            await self._send(bytes(body), more=more)

    async def _send(self, body: bytes, *, more: bool) -> None:
        if self._stream is not None:
            if body:
                await self._stream.send_bytes(body)
        elif more:
            self._stream = self._protocol.response_stream(self._status, self._headers)
            if body:
                await self._stream.send_bytes(body)
        elif body:
            self._protocol.response_bytes(self._status, self._headers, body)
        else:
            self._protocol.response_empty(self._status, self._headers)
