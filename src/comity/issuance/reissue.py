"""What follows for somebody's passes when the standing changes (settled rules 8 and 18).

A first form: no pass is touched yet.
"""

from __future__ import annotations

from comity.domain.instant import Instant
from comity.issuance.audit import Act
from comity.issuance.issuer import Issuer
from comity.issuance.ports import Transaction
from comity.issuance.records import HolderKey, Standing


def follow_standing(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, standing: Standing, *, at: Instant
) -> list[Act]:
    """Supersede and issue again what no longer says the holder's colour; give the acts to be recorded."""
    return []
