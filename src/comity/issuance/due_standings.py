"""Standings whose time has come, and people under a new version of the rules: assessed again by themselves.

A colour ends without anybody's doing (settled rule 20): what is due is done in small batches, each a
transaction of its own, so that a stop between two of them loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Final

from comity.domain.instant import Instant
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.evidence import EvidenceRow
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, Standing
from comity.issuance.set_aside import assess_apart
from comity.issuance.standing import reassess
from comity.records.search import at_least, at_most

BATCH: Final = 500
"""People assessed in one transaction."""
DUE_EVERY: Final = 5
"""Seconds between looks for standings whose time has come."""
SWEEP_EVERY: Final = 60
"""Seconds between looks for a version of the rules that has come into force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookSweep:
    """How far the people with evidence have been assessed by one version; `next_holder` is where to go on."""

    version: int
    next_holder: str
    is_done: bool

    TABLE: ClassVar[str] = "rulebook_sweep"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


def reassess_due(issuer: Issuer, *, at: Instant, batches: int | None = None) -> int:
    """Assess again everybody whose time has come, and give how many; who cannot be assessed is set aside.

    Raises: StoreUnavailable.
    """
    count = 0
    while batches is None or batches > 0:
        with issuer.store.reading() as transaction:
            due = transaction.of(Standing).select(at_most("next_at", at), order=("next_at",), limit=BATCH)
        holders = [each.holder for each in due]
        if holders:
            assess_apart(issuer, holders, partial(_reassess, issuer, at=at), at=at, actor="region")
        count += len(due)
        if len(due) < BATCH:
            break
        batches = None if batches is None else batches - 1
    return count


def sweep_rulebook(issuer: Issuer, *, at: Instant) -> int:
    """Assess everybody with evidence by the version in force, once for each version; give how many.

    Raises: StoreUnavailable.
    """
    count = 0
    while True:
        with issuer.store.reading() as transaction:
            version = rulebook_in_force(transaction, issuer, at=at).version
            known = transaction.of(RulebookSweep).find(version)
            sweep = known or RulebookSweep(version=version, next_holder="", is_done=False)
            if sweep.is_done:
                return count
            rows = transaction.of(EvidenceRow).select(
                at_least("holder", sweep.next_holder), order=("holder",), limit=BATCH
            )
        holders = list(dict.fromkeys(row.holder for row in rows))
        if holders:
            assess_apart(issuer, holders, partial(_reassess, issuer, at=at), at=at, actor="region")
        _go_on(issuer, replace(sweep, next_holder=_behind(holders), is_done=len(rows) < BATCH))
        count += len(holders)


def _reassess(issuer: Issuer, holders: Sequence[HolderKey], *, at: Instant) -> None:
    with issuer.store.transaction() as transaction:
        reassess(transaction, issuer, holders, at=at, actor="region")


def _go_on(issuer: Issuer, sweep: RulebookSweep) -> None:
    """Note how far a sweep has come, unless another process is further."""
    with issuer.store.transaction() as transaction:
        transaction.lock(f"sweep-{sweep.version}")
        known = transaction.of(RulebookSweep).find(sweep.version)
        if known is None:
            transaction.of(RulebookSweep).add(sweep)
        elif not known.is_done and (sweep.is_done or known.next_holder < sweep.next_holder):
            transaction.of(RulebookSweep).replace(sweep)


def _behind(holders: list[HolderKey]) -> str:
    """Give the place behind the last of these holders."""
    return holders[-1] + "!" if holders else ""
