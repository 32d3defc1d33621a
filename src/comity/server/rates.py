"""Rate limits: how often one token or one address may ask in a minute.

A person who signed in is counted by token, whatever address they share with thousands of others; the colour
is never refused by address. Counts are kept in memory, by each worker for itself. The memory of `limits` is
not used: under load it starts a thread a hundred times a second, and each looks through every client.
"""

# Python 3.11 has no typing.override:
# mypy: disable-error-code="explicit-override"

from __future__ import annotations

from hashlib import blake2b
from time import monotonic
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from comity.errors import TooMany
from comity.server.route_classes import RouteClass

WINDOW: Final = 60
"""Seconds in which requests are counted."""
MOST_CLIENTS: Final = 50_000
"""Clients of one worker that are counted at once: about 10 MB."""
UNCOUNTED: Final = (RouteClass.COLOUR,)
"""Classes that are never refused by address: without a token nothing is counted."""


class WindowCounts(Storage):
    """Counts by client, each until its window ends; what has ended is thrown away once a window.

    At most MOST_CLIENTS are known: who makes up tokens fills no memory, and pushes out the oldest windows.

    For one event loop: nothing here waits or starts anything.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        self._cleared_at = monotonic()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a storage out of reach raises; this one is always in reach."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more of a client and give the count; a window has `expiry` seconds."""
        now = monotonic()
        if now - self._cleared_at > WINDOW:
            self._counts = {each: known for each, known in self._counts.items() if known[1] > now}
            self._cleared_at = now
        number, ends = self._counts.get(key, (0, 0.0))
        if ends <= now:
            number, ends = 0, now + expiry
            self._counts.pop(key, None)  # so that the order is that of the windows
            if len(self._counts) >= MOST_CLIENTS:
                del self._counts[next(iter(self._counts))]
        self._counts[key] = number + amount, ends
        return number + amount

    def get(self, key: str) -> int:
        """Give the count of a client."""
        number, ends = self._counts.get(key, (0, 0.0))
        return number if ends > monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """Give the moment a client's window ends, by the monotonic clock."""
        return self._counts.get(key, (0, monotonic()))[1]

    def check(self) -> bool:
        """Say that the storage works."""
        return True

    def reset(self) -> int:
        """Forget every client and say how many they were."""
        known, self._counts = len(self._counts), {}
        return known

    def clear(self, key: str) -> None:
        """Forget a client."""
        self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)


class Rates:
    """The limits of one worker, requests a minute for each token, or address where there is no token."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(WindowCounts())

    def count(self, kind: RouteClass, token: bytes | None, address: str, *, is_open: bool = False) -> None:
        """Count one request; of a route that asks for no token any token may be made up. Raises: TooMany."""
        if kind is RouteClass.WATCH:  # apart from all else, so that no crowd makes a node look unready
            who = f"watch {address}"
        elif token is not None and not is_open:
            who = blake2b(token, digest_size=12).hexdigest()
        elif kind in UNCOUNTED:
            return
        else:
            who = address
        if not self._limiter.hit(self._item, who):
            raise TooMany(f"more than {self._item.amount} requests in a minute", retry_after=WINDOW)
