"""How much one worker takes on: bounds of body, time, rate and requests in hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from starlette.types import Message, Receive, Scope

from comity.errors import TooLarge
from comity.server.proxies import TrustedProxies
from comity.server.route_classes import RouteClass

MAX_BODY: Final = 2**20
"""Bytes of a body."""
MAX_IMPORT: Final = 256 * 2**20
"""Bytes of a file of evidence, which is read as it comes."""
MAX_PUBLICATION: Final = 3 * 2**20
"""Bytes of what a region publishes at once: its statements and their history, deflated."""
IMPORT_SECONDS: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingBounds:
    """The bounds of one worker: requests in hand, requests a minute of one client, seconds for a request.

    `patience` multiplies how late the event loop may be before requests are refused. `proxies` are those
    whose word about a client's address counts.
    """

    in_hand: int = 64
    per_minute: int = 600
    seconds: int = 30
    patience: float = 1.0
    proxies: TrustedProxies = field(default_factory=TrustedProxies)

    def seconds_for(self, kind: RouteClass) -> int:
        """Give the time a request of this class has."""
        return IMPORT_SECONDS if kind is RouteClass.IMPORT else self.seconds


_MAX_BODIES: Final = {RouteClass.IMPORT: MAX_IMPORT, RouteClass.PUBLICATION: MAX_PUBLICATION}


def max_body(kind: RouteClass) -> int:
    """Give the most bytes a body of this class has."""
    return _MAX_BODIES.get(kind, MAX_BODY)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Find a header of a request."""
    for found, value in scope["headers"]:
        if found == name:
            return bytes(value)
    return None


def bounded_body(scope: Scope, receive: Receive, kind: RouteClass) -> Receive:
    """Bound the body of a request, whether or not it says its length. Raises: TooLarge."""
    most = max_body(kind)
    length = header(scope, b"content-length")
    if length is not None:
        if not length.isdigit() or len(length) > 12 or int(length) > most:
            raise TooLarge(f"the body is larger than {most} bytes")
        return receive
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge(f"the body is larger than {most} bytes")
        return message

    return counted
