"""What runs around every request, in one thin layer, since it also runs around the hot routes.

Nothing of a request but its method and the template of its route is ever logged. Problems found here are
written as everywhere (`problems`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from time import perf_counter
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.errors import ComityError, Overloaded, TookTooLong
from comity.server import metrics
from comity.server.bounds import ServingBounds, bounded_body, client_address, header
from comity.server.load import RETRY_AFTER, TOO_MUCH, Load
from comity.server.logs import log, where
from comity.server.problems import fault, problem
from comity.server.rates import Rates
from comity.server.route_classes import OPEN_PATHS, RouteClass, route_class

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = b"bearer "


@dataclass(slots=True)
class _Answer:
    """What is known of the answer while it is sent."""

    status: int = 0
    has_begun: bool = False
    is_shed: bool = False


class Around:
    """ASGI: bounds, headers, counts and logs around an application; `hot` has routes that go past it."""

    def __init__(
        self, app: ASGIApp, *, bounds: ServingBounds, hot: Mapping[tuple[str, str], ASGIApp] | None = None
    ) -> None:
        self._app, self._bounds, self._hot = app, bounds, hot or {}
        self._load = Load(bound=bounds.in_hand, patience=bounds.patience)
        self._rates = Rates(bounds.per_minute)
        self._prefix, self._numbers = secrets.token_hex(6), count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        1. Refuse it when there is too much in hand, or too much from this client.
        2. Bound its body and its time.
        3. Let the application answer; what it raises becomes a problem, and a fault tells nothing.
        4. Add request id and security headers, count and log.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, kind, answer = perf_counter(), route_class(scope["path"]), _Answer()
        request_id = f"{self._prefix}{next(self._numbers):08x}"
        extra = (*SECURITY_HEADERS, (b"x-request-id", request_id.encode()))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.has_begun = message["status"], True
                given = list(message.get("headers", ()))  # 4
                own = {name.lower() for name, _ in given}
                message["headers"] = given + [each for each in extra if each[0] not in own]
            await send(message)

        load = self._load
        try:
            self._admit(scope, kind)  # 1
            load.in_hand += 1
            try:
                await self._answer(scope, receive, send_with_headers, kind)  # 2, 3
            finally:
                load.in_hand -= 1
        except ComityError as error:
            answer.is_shed = isinstance(error, Overloaded)
            await _refuse(problem(error, instance=scope["path"]), scope, receive, send_with_headers, answer)
        except Exception as error:  # noqa: BLE001 - the outermost edge: a fault is told, without its words
            log().error("fault", request_id=request_id, kind=type(error).__name__, where=where(error))
            await _refuse(fault(instance=scope["path"]), scope, receive, send_with_headers, answer)
        self._note(scope, kind, answer, perf_counter() - began, request_id)

    def _admit(self, scope: Scope, kind: RouteClass) -> None:
        load = self._load
        load.watch()
        if not load.admits(kind):
            metrics.SHED.labels(str(kind)).inc()
            raise Overloaded(TOO_MUCH, retry_after=RETRY_AFTER[kind])
        said = header(scope, b"authorization")
        token = said[len(_BEARER) :] if said is not None and said[: len(_BEARER)].lower() == _BEARER else None
        self._rates.count(kind, token, client_address(scope), is_open=scope["path"] in OPEN_PATHS)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, kind: RouteClass) -> None:
        app = self._hot.get((scope["method"], scope["path"]), self._app)
        if scope["method"] in _WITHOUT_BODY and kind is RouteClass.COLOUR:
            await app(scope, receive, send)
            return
        bounded = self._load.waiting(bounded_body(scope, receive, kind), kind)
        try:
            async with asyncio.timeout(self._bounds.seconds_for(kind)):
                await app(scope, bounded, send)
        except TimeoutError as error:
            raise TookTooLong("the request was not done in time") from error

    def _note(self, scope: Scope, kind: RouteClass, answer: _Answer, seconds: float, request_id: str) -> None:
        route, status = _template(scope, self._hot), answer.status
        metrics.count_request(route, scope["method"], status, seconds)
        if not answer.is_shed and (kind is not RouteClass.COLOUR or status >= 500):
            log().info(
                "request",
                request_id=request_id,
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1_000, 1),
            )


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send, answer: _Answer) -> None:
    """Answer with a problem, unless an answer has begun already."""
    if not answer.has_begun:
        await response(scope, receive, send)


def _template(scope: Scope, hot: Mapping[tuple[str, str], ASGIApp]) -> str:
    """Give the template of the route that answered, such as /corrections/{correction_id}."""
    if (scope["method"], scope["path"]) in hot:
        return str(scope["path"])
    return str(getattr(scope.get("route"), "path", "none"))
