"""The log of verifications: device, time and outcome, and nothing of whom or which pass (settled rule 15).

Rows of one device, second and outcome are one row with a number, so that the log of a rush stays small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from comity.domain.instant import DAY, Instant
from comity.issuance.issuer import Issuer
from comity.records.ports import Transaction
from comity.records.search import at_most

GATE_LOG_KEPT: Final = 30 * DAY
"""Seconds a row of the log is kept."""


class VerifiedBy(StrEnum):
    """What was verified: a shown code, an ID card, a health query, or a code of another region's format."""

    CODE = "code"
    ID_CARD = "id_card"
    HEALTH_QUERY = "health_query"
    FOREIGN_CODE = "foreign_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLog:
    """`count` verifications by one device in one second with one outcome."""

    log_id: str
    device: str
    at: Instant
    verified_by: VerifiedBy
    outcome: str
    count: int

    TABLE: ClassVar[str] = "gate_log"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("device", "at"), ("at",))


class Verified(NamedTuple):
    """What the log says of one verification; `device` is the id of a gate or of an access application."""

    device: str
    at: Instant
    verified_by: VerifiedBy
    outcome: str


def add_to_log(transaction: Transaction, issuer: Issuer, counted: Iterable[tuple[Verified, int]]) -> None:
    """Write counted verifications."""
    rows = [
        GateLog(
            log_id=issuer.new_id(),
            device=verified.device,
            at=verified.at,
            verified_by=verified.verified_by,
            outcome=verified.outcome,
            count=count,
        )
        for verified, count in counted
    ]
    transaction.of(GateLog).add(*rows)


def remove_old_log(transaction: Transaction, *, at: Instant) -> int:
    """Remove the rows whose time is over and say how many."""
    return transaction.of(GateLog).remove(at_most("at", at - GATE_LOG_KEPT))
