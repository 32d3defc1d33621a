"""What runs around every request, in one thin layer, since it also runs around the hot routes.

Nothing of a request but its method and the template of its route is ever logged. Problems found here are
written as everywhere (`problems`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from time import perf_counter
from typing import Final, NamedTuple, Never, TypeAlias

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.errors import ComityError, Overloaded, TookTooLong
from comity.server import metrics
from comity.server.bounds import ServingBounds, bounded_body, header
from comity.server.hot_route import HotRoute, ReadBody, TimeBound, bearer_token, read_body, read_head
from comity.server.languages import wish_of
from comity.server.load import RETRY_AFTER, TOO_MUCH, Load
from comity.server.logs import log, where
from comity.server.metrics import HotCount
from comity.server.problems import fault, problem
from comity.server.rates import UNCOUNTED, Rates
from comity.server.route_classes import OPEN_PATHS, RouteClass, route_class

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000"),
)
HOT_HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    *SECURITY_HEADERS,
)
_Answering: TypeAlias = Callable[[Scope, Receive, Send, RouteClass], Awaitable[None]]
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class _Answer:
    """What is known of the answer while it is sent."""

    status: int = 0
    has_begun: bool = False
    is_shed: bool = False


class HotRouteCount(NamedTuple):
    """A hot route and the count of its good answers."""

    route: HotRoute
    answers: HotCount


class Around:
    """ASGI: bounds, headers, counts and logs around an application.

    `hot` has routes that go past it and past most of this. What is posted to the paths of `direct` goes past
    the application alone.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        bounds: ServingBounds,
        hot: Sequence[HotRoute] = (),
        direct: Mapping[str, ASGIApp] | None = None,
    ) -> None:
        self._app, self._bounds, self._direct = app, bounds, dict(direct or {})
        self._hot = {route.path: HotRouteCount(route, HotCount(route.path, "POST")) for route in hot}
        self._past_routing = {*self._hot, *self._direct}
        self._load = Load(bound=bounds.in_hand, patience=bounds.patience)
        self._rates = Rates(bounds.per_minute)
        self._time = TimeBound(bounds.seconds)
        self._prefix, self._numbers = secrets.token_hex(6).encode(), count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: by its hot route, else by the application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        hot = self.find_hot(scope["method"], scope["path"])
        if hot is None:
            await self._serve(self._answer, scope, receive, send, began)
            return
        try:
            content = await self.answer_hot(hot, scope, partial(read_body, receive))
        except Exception as error:  # noqa: BLE001 - written as a problem there, with all that belongs to it
            await self.refuse(error, scope, receive, send, began=began)
            return
        length = b"%d" % len(content)
        headers = (*HOT_HEADERS, (b"content-length", length), (b"x-request-id", self.new_request_id()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})
        hot.answers.add(perf_counter() - began)

    def find_hot(self, method: str, path: str) -> HotRouteCount | None:
        """Find the hot route of a request."""
        return self._hot.get(path) if method == "POST" else None

    def new_request_id(self) -> bytes:
        """Give the id of one more request, for its answer and the log."""
        return b"%b%08x" % (self._prefix, next(self._numbers))

    async def answer_hot(self, hot: HotRouteCount, scope: Scope, read: ReadBody) -> bytes:
        """Answer a hot request within its time. Raises: ComityError."""
        task = self._time.begin()
        try:
            return await self._answer_hot(hot.route, scope, read)
        except asyncio.CancelledError as error:
            if not self._time.is_over(task):
                raise
            raise TookTooLong("the request was not done in time") from error
        finally:
            self._time.end(task)

    async def refuse(
        self, error: Exception, scope: Scope, receive: Receive, send: Send, *, began: float
    ) -> None:
        """Answer a hot request with what it is refused for."""
        await self._serve(_raising(error), scope, receive, send, began)

    async def _answer_hot(self, route: HotRoute, scope: Scope, read: ReadBody) -> bytes:
        """Answer a hot request; it counts as in hand once its body is here. Raises: ComityError."""
        load, head, body = self._load, read_head(scope), b""
        self._admit(scope, RouteClass.COLOUR, head.token)
        if head.has_body:
            body = await read(route.max_body)
            if not load.admits(RouteClass.COLOUR):
                self._shed(RouteClass.COLOUR)
        load.in_hand += 1
        try:
            return await route.answer(scope, body)
        finally:
            load.in_hand -= 1

    async def _serve(
        self,
        answering: _Answering,
        scope: Scope,
        receive: Receive,
        send: Send,
        began: float,
    ) -> None:
        """Answer one request with all that is around it.

        1. Refuse it when there is too much in hand, or too much from this client.
        2. Bound its body and its time.
        3. Let the application answer; what it raises becomes a problem, and a fault tells nothing.
        4. Add request id and security headers, count and log.
        """
        kind, answer, request_id = route_class(scope["path"]), _Answer(), self.new_request_id()
        extra = (*SECURITY_HEADERS, (b"x-request-id", request_id))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.has_begun = message["status"], True
                given = list(message.get("headers", ()))  # 4
                own = {name.lower() for name, _ in given}
                message["headers"] = given + [each for each in extra if each[0] not in own]
            await send(message)

        try:
            await answering(scope, receive, send_with_headers, kind)  # 1 to 3
        except ComityError as error:
            answer.is_shed = isinstance(error, Overloaded)
            await _refuse(
                problem(error, instance=scope["path"], wish=wish_of(scope)),
                scope,
                receive,
                send_with_headers,
                answer,
            )
        except Exception as error:  # noqa: BLE001 - the outermost edge: a fault is told, without its words
            named = request_id.decode()
            log().error("fault", request_id=named, kind=type(error).__name__, where=where(error))
            await _refuse(
                fault(instance=scope["path"], wish=wish_of(scope)), scope, receive, send_with_headers, answer
            )
        self._note(scope, kind, answer, perf_counter() - began, request_id)

    def _admit(self, scope: Scope, kind: RouteClass, token: bytes | None) -> None:
        load = self._load
        load.watch()
        if not load.admits(kind):
            self._shed(kind)
        if token is not None or kind not in UNCOUNTED:
            address, is_open = self._bounds.proxies.client_address(scope), scope["path"] in OPEN_PATHS
            self._rates.count(kind, token, address, is_open=is_open)

    def _shed(self, kind: RouteClass) -> Never:
        metrics.SHED.labels(str(kind)).inc()
        raise Overloaded(TOO_MUCH, retry_after=RETRY_AFTER[kind])

    async def _answer(self, scope: Scope, receive: Receive, send: Send, kind: RouteClass) -> None:
        load, app = self._load, self._app
        if scope["method"] == "POST":
            app = self._direct.get(scope["path"], app)
        said = header(scope, b"authorization")
        self._admit(scope, kind, None if said is None else bearer_token(said))  # 1
        load.in_hand += 1
        try:
            if scope["method"] in _WITHOUT_BODY and kind is RouteClass.COLOUR:
                await app(scope, receive, send)
                return
            bounded = load.waiting(bounded_body(scope, receive, kind), kind)  # 2
            async with asyncio.timeout(self._bounds.seconds_for(kind)):
                await app(scope, bounded, send)  # 3
        except TimeoutError as error:
            raise TookTooLong("the request was not done in time") from error
        finally:
            load.in_hand -= 1

    def _note(
        self, scope: Scope, kind: RouteClass, answer: _Answer, seconds: float, request_id: bytes
    ) -> None:
        route, status = _template(scope, self._past_routing), answer.status
        method = metrics.known_method(scope["method"])
        metrics.count_request(route, method, status, seconds)
        if not answer.is_shed and (kind is not RouteClass.COLOUR or status >= 500):
            log().info(
                "request",
                request_id=request_id.decode(),
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1_000, 1),
            )


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send, answer: _Answer) -> None:
    """Answer with a problem, unless an answer has begun already."""
    if not answer.has_begun:
        await response(scope, receive, send)


def _raising(error: Exception) -> _Answering:
    """Give an answering that raises what a hot route raised."""

    async def answer(scope: Scope, receive: Receive, send: Send, kind: RouteClass) -> None:
        raise error

    return answer


def _template(scope: Scope, past_routing: Collection[str]) -> str:
    """Give the template of the route that answered, such as /corrections/{correction_id}."""
    if scope["method"] == "POST" and scope["path"] in past_routing:
        return str(scope["path"])
    return str(getattr(scope.get("route"), "path", "none"))
