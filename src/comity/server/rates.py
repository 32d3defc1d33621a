"""Rate limits: how often one token or one address may ask in a minute.

A person who signed in is counted by token, whatever address they share with thousands of others; the colour
is never refused by address. Counts are kept in memory, by each worker for itself.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from comity.errors import TooMany
from comity.server.route_classes import RouteClass

WINDOW: Final = 60
"""Seconds in which requests are counted."""


class Rates:
    """The limits of one worker, requests a minute for each token, or address where there is no token."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def count(self, kind: RouteClass, token: bytes | None, address: str, *, is_open: bool = False) -> None:
        """Count one request; of a route that asks for no token any token may be made up. Raises: TooMany."""
        if token is not None and not is_open:
            who = blake2b(token, digest_size=12).hexdigest()
        elif kind in (RouteClass.COLOUR, RouteClass.WATCH):
            return
        else:
            who = address
        if not self._limiter.hit(self._item, who):
            raise TooMany(f"more than {self._item.amount} requests in a minute", retry_after=WINDOW)
