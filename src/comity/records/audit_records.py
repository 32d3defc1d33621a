"""The rows of the audit and the ends of its lanes, as kept; what is written into them is `audit`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from comity.domain.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act: who did what to what, chained to the row before it in its lane by SHA-256.

    `place` = number in the lane x AUDIT_LANES + lane. `subject` is a holder key, pass id, rule, key or
    account id, `detail` deterministic JSON without personal data.
    """

    place: int
    at: Instant
    actor: str
    act: str
    subject: str
    detail: str
    chained: bytes

    TABLE: ClassVar[str] = "audit_row"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("subject",), ("at",))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The last row of one lane: its number, its time and its chain value."""

    lane: int
    number: int
    at: Instant
    chained: bytes

    TABLE: ClassVar[str] = "audit_head"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()
