"""Verifications waiting to be logged: counted in memory, written in batches by a thread beside the routes.

Memory is bounded: when more are waiting than fit, further ones are counted by the minute instead of the
second, so that none is lost and the answer at the gate never waits for the log (settled rule 13).
"""

from __future__ import annotations

import threading
from typing import Final

from comity.domain.instant import MINUTE
from comity.errors import StoreUnavailable
from comity.issuance.gate_log import Verified, add_to_log
from comity.issuance.issuer import Issuer

MAX_WAITING: Final = 50_000
"""Rows that wait before further ones are counted by the minute."""
_BATCH: Final = 5_000


class VerificationLog:
    """Counts what was verified until it is written; safe to use from several threads."""

    def __init__(self, issuer: Issuer, *, max_waiting: int = MAX_WAITING) -> None:
        self._issuer = issuer
        self._max_waiting = max_waiting
        self._waiting: dict[Verified, int] = {}
        self._counting = threading.Lock()

    def count(self, verified: Verified, times: int = 1) -> None:
        """Note a verification."""
        with self._counting:
            if verified not in self._waiting and len(self._waiting) >= self._max_waiting:
                verified = verified._replace(at=verified.at - verified.at % MINUTE)
            self._waiting[verified] = self._waiting.get(verified, 0) + times

    def flush(self) -> bool:
        """Write what waits and say whether it could be written; if not, it goes on waiting."""
        with self._counting:
            waiting, self._waiting = self._waiting, {}
        left = list(waiting.items())
        try:
            while left:
                with self._issuer.store.transaction() as transaction:
                    add_to_log(transaction, self._issuer, left[:_BATCH])
                left = left[_BATCH:]
        except StoreUnavailable:
            for verified, times in left:
                self.count(verified, times)
            return False
        return True

    def __len__(self) -> int:
        return len(self._waiting)
