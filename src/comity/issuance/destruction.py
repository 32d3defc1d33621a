"""The destruction record: the provable end of personal data, in counts (settled rule 15)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from comity.domain.instant import Instant
from comity.records.audit import Act


class DestructionCause(StrEnum):
    """Why records were destroyed."""

    RETENTION = "retention"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionRecord:
    """One destruction: `counts` is JSON of records by kind; without `ended_at` it is under way or cut off.

    The counts are written in the transactions that destroy, so that they are right whenever it stops.
    """

    destruction_id: str
    cause: DestructionCause
    began_at: Instant
    ended_at: Instant | None = None
    counts: str = "{}"

    TABLE: ClassVar[str] = "destruction"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("ended_at",), ("began_at",))

    def counted(self) -> dict[str, int]:
        """Give how many records of each kind were destroyed."""
        return {str(kind): int(count) for kind, count in json.loads(self.counts).items()}


def write_counts(counts: Mapping[str, int]) -> str:
    """Write counts by kind, without the kinds of which none was destroyed."""
    return json.dumps({k: n for k, n in counts.items() if n}, sort_keys=True, separators=(",", ":"))


def act_of(record: DestructionRecord, *, actor: str) -> Act:
    """Give the act by which a destruction stands in the audit: counts, and nobody's data."""
    detail: dict[str, str | int | bool | None] = {"cause": str(record.cause)}
    detail |= {"is_whole": record.ended_at is not None, **record.counted()}
    return Act(actor=actor, act="destroy", subject=record.destruction_id, detail=detail)
