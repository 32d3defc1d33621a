"""What stands in front of hosted regions: finds whose a request is, and hands it to that region's own node.

It reads no body, holds no key and no record, and keeps what each region has in hand apart: a region that is
slow or gone is refused for itself, and nobody else waits for it. Its own paths tell a monitor how it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from comity.errors import ComityError, Overloaded, RegionUnavailable, UnknownRecord
from comity.server import metrics
from comity.server.around import SECURITY_HEADERS
from comity.server.hosted_sites import HostedSite, HostedSites, sent_path
from comity.server.logs import log, where
from comity.server.problems import problem
from comity.server.proxies import TrustedProxies

IN_HAND: Final = 256
"""Requests of one region passed on at once by one worker; the region's node refuses extras long before."""
RETRY_AFTER: Final = 2
HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Fields of one connection, which nobody passes on (RFC 9110 section 7.6.1)."""
_FORWARDING: Final = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"x-original-")
LIVE, METRICS = b"/health/live", b"/metrics"
_NOBODY: Final = (
    "Ask at the address of the region; a host name, its port and the path are taken as they are sent."
)


@dataclass(slots=True)
class _InHand:
    """What a worker passes on for each region at this moment."""

    most: int
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, region: str) -> None:
        """Count one more. Raises: Overloaded."""
        number = self.numbers.get(region, 0)
        if number >= self.most:
            raise Overloaded(
                "more requests are in hand for this region than it does", retry_after=RETRY_AFTER
            )
        self.numbers[region] = number + 1

    def remove(self, region: str) -> None:
        """Count one less."""
        self.numbers[region] -= 1


class HostedFront:
    """ASGI: hands each request to the node of the region it is for."""

    def __init__(
        self, sites: Iterable[HostedSite], *, in_hand: int = IN_HAND, proxies: TrustedProxies | None = None
    ) -> None:
        self._sites = HostedSites(sites)
        self._in_hand = _InHand(in_hand)
        self._proxies = proxies or TrustedProxies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        1. Find the region it is for; at no region's address only a monitor is answered.
        2. Refuse it when too much is in hand for that region.
        3. Let the region's node answer what is left of the request once other regions' part is taken away.
        4. What goes wrong on the way is told as a problem of that region alone.
        """
        if scope["type"] != "http":
            await _lifespan(scope, receive, send)
            return
        site, told = self._sites.find(scope), _Told(send)  # 1
        if site is None:
            await _without_region(scope)(scope, receive, told)
            return
        try:
            self._in_hand.add(site.region)  # 2
        except Overloaded as error:
            await _refuse(error, site, scope, receive, told)
            return
        try:
            await site.node(
                scope_of(site, scope, seen=self._proxies.client_address(scope)), receive, told
            )  # 3
        except ComityError as error:  # 4
            await _refuse(error, site, scope, receive, told)
        except Exception as error:  # noqa: BLE001 - an edge: a fault in what is one region's stays there
            log().error("fault", region=site.region, kind=type(error).__name__, where=where(error))
            await _refuse(RegionUnavailable("the answer cannot be passed on"), site, scope, receive, told)
        finally:
            self._in_hand.remove(site.region)
        metrics.HOSTED.labels(site.region, str(told.status)).inc()


@dataclass(slots=True)
class _Told:
    """Passes an answer on and remembers how it began."""

    send: Send
    status: int = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self.send(message)


def scope_of(site: HostedSite, scope: Scope, *, seen: str) -> Scope:
    """Give a request as the node of its region gets it: its path below the site, no other region's cookie.

    The address that asks is `seen`; what a client says about itself is not passed on.
    """
    path = sent_path(scope)[len(site.prefix) :]
    dropped = HOP_BY_HOP | _named_hop_by_hop(scope) | {b"cookie"}
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in dropped and not name.startswith(_FORWARDING)
    ]
    headers += [(b"cookie", own) for own in _own_cookies(site, scope)]
    headers.append((b"x-forwarded-for", seen.encode()))
    has_length = any(name == b"content-length" for name, _ in headers)
    if not has_length and any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        headers.append((b"transfer-encoding", b"chunked"))
    return {
        **scope,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "root_path": "",
        "headers": headers,
        "client": ("", 0),
        "state": {},
    }


def _named_hop_by_hop(scope: Scope) -> frozenset[bytes]:
    """Give the fields that the client itself names as those of its connection."""
    named = b",".join(value for name, value in scope["headers"] if name == b"connection")
    return frozenset(each.strip().lower() for each in named.split(b","))


def _own_cookies(site: HostedSite, scope: Scope) -> list[bytes]:
    """Give the cookie of this region alone, from all fields in which cookies came."""
    said = b";".join(value for name, value in scope["headers"] if name == b"cookie")
    return [each.strip() for each in said.split(b";") if each.partition(b"=")[0].strip() == site.cookie]


def _without_region(scope: Scope) -> Response:
    """Answer at an address that is no region's: a monitor on this machine, else nobody."""
    path = sent_path(scope)
    if path == LIVE:
        return JSONResponse({"status": "live"}, headers=_plain_headers())
    if path == METRICS:
        return Response(metrics.metrics_text(), media_type=metrics.MEDIA_TYPE, headers=_plain_headers())
    metrics.HOSTED.labels("none", "404").inc()
    answer = problem(
        UnknownRecord("no region is served at this address", next_step=_NOBODY), instance=scope["path"]
    )
    answer.headers.update(_plain_headers())
    return answer


async def _refuse(error: ComityError, site: HostedSite, scope: Scope, receive: Receive, told: _Told) -> None:
    """Answer with a problem, unless an answer has begun: then the connection is all that can tell."""
    if told.status:
        raise error
    answer = problem(error, instance=scope["path"])
    answer.headers.update(_plain_headers())
    await answer(scope, receive, told)


def _plain_headers() -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in SECURITY_HEADERS}


async def _lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Start and stop: the nodes have processes of their own."""
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
