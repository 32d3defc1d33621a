"""How much one worker takes on: bounds of body, time, rate and requests in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Receive, Scope

from comity.errors import TooLarge
from comity.server.route_classes import RouteClass

MAX_BODY: Final = 2**20
"""Bytes of a body."""
MAX_IMPORT: Final = 256 * 2**20
"""Bytes of a file of evidence, which is read as it comes."""
IMPORT_SECONDS: Final = 900
_HERE: Final = frozenset({"127.0.0.1", "::1", ""})
"""Addresses of this machine; a client at a Unix socket has none."""
_LONGEST_ADDRESS: Final = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingBounds:
    """The bounds of one worker: requests in hand, requests a minute of one client, seconds for a request.

    `patience` multiplies how late the event loop may be before requests are refused.
    """

    in_hand: int = 64
    per_minute: int = 600
    seconds: int = 30
    patience: float = 1.0

    def seconds_for(self, kind: RouteClass) -> int:
        """Give the time a request of this class has."""
        return IMPORT_SECONDS if kind is RouteClass.IMPORT else self.seconds


def max_body(kind: RouteClass) -> int:
    """Give the most bytes a body of this class has."""
    return MAX_IMPORT if kind is RouteClass.IMPORT else MAX_BODY


def header(scope: Scope, name: bytes) -> bytes | None:
    """Find a header of a request."""
    for found, value in scope["headers"]:
        if found == name:
            return bytes(value)
    return None


def client_address(scope: Scope) -> str:
    """Give the address that asks: behind a proxy on this machine the one the proxy saw (X-Forwarded-For)."""
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if address in _HERE and (seen := header(scope, b"x-forwarded-for")) is not None:
        return seen.rpartition(b",")[2].strip().decode("latin-1")[:_LONGEST_ADDRESS]
    return address


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
