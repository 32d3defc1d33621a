"""The limits of the ID-card path: how many cards one gate may look up in a minute and in a day (rule 14).

The package `limits` counts, over a storage of our own that keeps numbers as records: a limit holds
for the gate whichever worker answers, and by the node's clock.
"""

# Python 3.11 has no typing.override:
# mypy: disable-error-code="explicit-override"

from __future__ import annotations

from typing import Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from comity.domain.instant import DAY, MINUTE
from comity.errors import StoreUnavailable, TooMany
from comity.issuance.allowances import Allowance, find_allowance, use_allowance
from comity.records.search import equal
from comity.server.node import Node

CARDS_PER_MINUTE: Final = 20
"""ID cards one gate looks up in a minute: one every three seconds."""
CARDS_PER_DAY: Final = 3_000
"""ID cards one gate looks up in a day."""
_ITEMS: Final[tuple[tuple[RateLimitItem, int], ...]] = (
    (RateLimitItemPerMinute(CARDS_PER_MINUTE), MINUTE),
    (RateLimitItemPerDay(CARDS_PER_DAY), DAY),
)


class GateLimits(Storage):
    """Counts of the package `limits` as records of the region."""

    STORAGE_SCHEME = None

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong with records."""
        return StoreUnavailable

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count."""
        return use_allowance(self._node.store, key, amount, lifetime=expiry, at=self._node.clock())

    def get(self, key: str) -> int:
        """Give what is counted."""
        known = find_allowance(self._node.store, key, at=self._node.clock())
        return 0 if known is None else known.used

    def get_expiry(self, key: str) -> float:
        """Give the instant at which the window ends."""
        known = find_allowance(self._node.store, key, at=self._node.clock())
        return float(self._node.clock() if known is None else known.ends_at)

    def check(self) -> bool:
        """Say whether the records can be reached."""
        find_allowance(self._node.store, "check", at=self._node.clock())
        return True

    def reset(self) -> int | None:
        """Not offered: allowances end by themselves."""
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._node.store.transaction() as transaction:
            transaction.of(Allowance).remove(equal("allowance_key", key))


def count_id_card(node: Node, gate_id: str) -> None:
    """Count one ID card looked up by a gate, or an officer. Raises: TooMany, StoreUnavailable."""
    limiter = FixedWindowRateLimiter(GateLimits(node))
    for item, window in _ITEMS:
        if not limiter.hit(item, "id-card", gate_id):
            raise TooMany(
                f"this gate looked up more than {item.amount} ID cards in {window} seconds",
                retry_after=window,
            )
