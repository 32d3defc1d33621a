"""Allowances: how often something was done in a window, counted as records, across workers and machines.

For what is rare and must be bounded exactly, such as the ID-card path of a gate; what is frequent is counted
in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from comity.domain.instant import Instant
from comity.records.ports import Store, Transaction
from comity.records.search import at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much of one allowance is used until `ends_at`; the key names gate and window, nobody else."""

    allowance_key: str
    used: int
    ends_at: Instant

    TABLE: ClassVar[str] = "allowance"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("ends_at",),)


def use_allowance(store: Store, key: str, amount: int, *, lifetime: int, at: Instant) -> int:
    """Use some of an allowance, which ends `lifetime` seconds after its first use, and say how much is used.

    Raises: StoreUnavailable.
    """
    with store.transaction() as transaction:
        transaction.lock(f"allowance-{key}")
        allowances = transaction.of(Allowance)
        known = allowances.find(key)
        if known is None:
            allowances.add(Allowance(allowance_key=key, used=amount, ends_at=at + lifetime))
            return amount
        fresh = Allowance(allowance_key=key, used=amount, ends_at=at + lifetime)
        used = fresh if at >= known.ends_at else replace(known, used=known.used + amount)
        allowances.replace(used)
    return used.used


def find_allowance(store: Store, key: str, *, at: Instant) -> Allowance | None:
    """Find an allowance of which something is used now. Raises: StoreUnavailable."""
    with store.reading() as transaction:
        known = transaction.of(Allowance).find(key)
    return None if known is None or at >= known.ends_at else known


def remove_allowances(transaction: Transaction, *, at: Instant) -> int:
    """Remove the allowances whose window is over and say how many."""
    return transaction.of(Allowance).remove(at_most("ends_at", at))
