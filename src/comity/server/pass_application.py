"""`POST /codes` past the framework: an application costs a thread and what it does, and nothing on the way.

What is not an application as described is handed on to the framework, body and all: it says what is wrong, as
everywhere. Whoever is signed in, whatever is refused and what is answered is as in `code_making`, whose
functions do it.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.server.access import bearer_in, resident_of
from comity.server.bounds import MAX_BODY, header
from comity.server.code_making import NO_STORE, PassApplication, apply_now
from comity.server.hot_route import read_body
from comity.server.node import Node

PATH: Final = "/codes"
_JSON: Final = b"application/json"


def direct_route(app: FastAPI, framework: ASGIApp) -> ASGIApp:
    """Give the route, to be called with what is posted to PATH."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, limit=MAX_BODY)
        application = _read(scope, body)
        if application is None:
            await framework(scope, _again(body, receive), send)
            return
        token = bearer_in((header(scope, b"authorization") or b"").decode("latin-1"))
        status, content = await run_in_threadpool(_apply, app.state.node, token, application)
        headers = [
            (b"content-type", _JSON),
            (b"cache-control", NO_STORE.encode()),
            (b"content-length", b"%d" % len(content)),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return answer


def _read(scope: Scope, body: bytes) -> PassApplication | None:
    """Read an application, or give None for what the framework is to refuse."""
    said = header(scope, b"content-type") or b""
    if said.partition(b";")[0].strip().lower() != _JSON:
        return None
    try:
        return PassApplication.model_validate_json(body)
    except ValidationError:
        return None


def _again(body: bytes, receive: Receive) -> Receive:
    """Let a body that was read be read again."""
    is_read = False

    async def received() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _apply(node: Node, token: str, application: PassApplication) -> tuple[int, bytes]:
    """Give the status and the body of the answer. Raises: ComityError."""
    status, answer = apply_now(node, resident_of(node, token), application)
    return status, answer.model_dump_json().encode()
