"""`POST /codes/online` (联网码), the hot route: the pass of this minute for who is signed in.

No record is read while a holder is remembered: the session is found, 60 s are signed, the text goes out. A
thread beside reads every half second who changed. If it could not for 5 s, the worker refuses rather than
show a colour that may be an old one (settled rule 13: extras are dropped first, the colour never is wrong).
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from comity.errors import InvalidInput, NotSignedIn, StoreUnavailable
from comity.issuance.online import OnlineDesk, OnlineView
from comity.server.hot_route import HotRoute
from comity.server.node import Node
from comity.server.words import HolderName

WATCHED_EVERY: Final = 0.5
"""Seconds between two looks for changes."""
WATCH_LIMIT: Final = 5.0
"""Seconds after a look that succeeded for which what is remembered may be shown."""
MAX_BODY: Final = 256
_BEARER: Final = b"bearer "
_HOLDER_LENGTH: Final = 32


class HotOnline:
    """The route of one worker, its desk and the thread that watches for changes."""

    def __init__(self, node: Node) -> None:
        self._node, self._clock = node, node.clock
        self._desk = OnlineDesk(node.issuer)
        self._looked_at = -WATCH_LIMIT
        self._ended = threading.Event()
        self._beside: threading.Thread | None = None

    async def answer(self, scope: Scope, body: bytes) -> bytes:
        """Answer one request with JSON.

        Raises: NotSignedIn, InvalidInput, UnknownRecord, StoreUnavailable.
        """
        token = _read_token(scope)
        holder = _read_holder(body) if body else b""
        at = self._clock()
        if monotonic() - self._looked_at > WATCH_LIMIT:
            await run_in_threadpool(self._look_late)
        view = self._desk.find(token, holder, at=at)
        if view is None:
            view = await run_in_threadpool(self._open, token, holder)
        return b'{"text":"' + self._desk.sign(view, at=at) + b'"}'

    def _open(self, token: bytes, holder: bytes) -> OnlineView:
        return self._desk.open(token, holder, at=self._clock())

    def look(self) -> None:
        """Look for changes of keys and holders, again and again; time counts from before the look."""
        began = monotonic()
        self._node.follow_keys()
        self._desk.use(self._node.issuer)
        with suppress(StoreUnavailable):
            self._desk.follow()
            self._looked_at = began

    def _look_late(self) -> None:
        """Look on behalf of a request when the thread is late or not there. Raises: StoreUnavailable."""
        self.look()
        if monotonic() - self._looked_at > WATCH_LIMIT:
            raise StoreUnavailable("whether colours changed cannot be read at the moment")

    def begin(self) -> None:
        """Start the thread beside the route."""
        self._beside = threading.Thread(target=self._run, name="hot-online", daemon=True)
        self._beside.start()

    def _run(self) -> None:
        self.look()
        while not self._ended.wait(WATCHED_EVERY):
            self.look()

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._beside is not None:
            self._beside.join()


def hot_online(app: FastAPI) -> HotOnline:
    """Give the route of this worker, making it for the first request."""
    found = getattr(app.state, "hot_online", None)
    if found is None:
        found = app.state.hot_online = HotOnline(app.state.node)
    assert isinstance(found, HotOnline)  # noqa: S101 - set here alone
    return found


@asynccontextmanager
async def _beside_the_route(app: FastAPI) -> AsyncIterator[None]:
    hot = hot_online(app)
    hot.begin()
    yield
    await run_in_threadpool(hot.close)


def _read_token(scope: Scope) -> bytes:
    """Read the bearer token (RFC 6750). Raises: NotSignedIn."""
    token = b""
    for name, value in scope["headers"]:
        if name == b"authorization" and value[: len(_BEARER)].lower() == _BEARER:
            token = value[len(_BEARER) :].strip()
    if not token:
        raise NotSignedIn("no session token was sent", next_step="Send 'Authorization: Bearer TOKEN'.")
    return token


def _read_holder(body: bytes) -> bytes:
    """Read whose pass is asked for; no name in the body is who is signed in. Raises: InvalidInput."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the body is not JSON", field="body") from error
    if type(found) is not dict or not set(found) <= {"holder"}:
        raise InvalidInput("the body is not an object with at most a text named 'holder'", field="body")
    holder = found.get("holder")
    if holder is None:
        return b""
    if type(holder) is not str or len(holder) != _HOLDER_LENGTH or not holder.isascii():
        raise InvalidInput("a holder key has 32 characters", field="holder")
    return holder.encode()


def hot_route(app: FastAPI) -> HotRoute:
    """Give the hot route, to be called past the framework."""

    def answer(scope: Scope, body: bytes) -> Awaitable[bytes]:
        return hot_online(app).answer(scope, body)

    return HotRoute("/codes/online", MAX_BODY, answer)


class OnlineRequest(BaseModel):
    """Whose pass: without a holder, or without any body, that of who is signed in."""

    model_config = ConfigDict(extra="forbid")

    holder: HolderName | None = None


class OnlineCode(BaseModel):
    """The text of a code that is good for 60 seconds."""

    text: str = Field(examples=["CM1:6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M"])


router = APIRouter(tags=["code making 健康码制码"], lifespan=_beside_the_route)


@router.post(
    "/codes/online",
    response_model=OnlineCode,
    summary="The online pass of this minute",
    openapi_extra={"security": [{"session": []}]},
)
async def describe_online_code(request: Request, body: OnlineRequest | None = None) -> dict[str, Any]:
    """Give the text of a code that is signed for 60 seconds; show it at once.

    Only the description of this route is used: `HotOnline` answers before any routing (`hot_route`).
    """
    raise AssertionError("HotOnline answers before any routing")
