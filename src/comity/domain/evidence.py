"""Evidence: what is known of one person that an assessment rule may rest on, and which areas are at risk.

Closed types (settled rule 10): what cannot be written here can colour nobody. Instants are seconds; every
window is half-open, `began_at <= t < ended_at`. Evidence tells of the past: it bears on a colour from its own
instant on, a stay from its end on. Where evidence comes from and how it is kept is not here (issuance).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from comity.domain.colour import ColourReason
from comity.domain.instant import Instant
from comity.domain.region import area_covers


class EvidenceKind(StrEnum):
    """The closed list of what evidence can be."""

    CONFIRMED_CASE = "confirmed_case"
    SUSPECTED_CASE = "suspected_case"
    CLOSE_CONTACT = "close_contact"
    SYMPTOMS = "symptoms"
    STAY = "stay"
    ARRIVAL = "arrival"
    CLEARANCE = "clearance"
    ASSIGNMENT = "assignment"
    FINDING = "finding"


class EvidenceSource(StrEnum):
    """Who said it: the person, an official list, or officers under the two-person rule."""

    DECLARATION = "declaration"
    IMPORT = "import"
    OFFICERS = "officers"


class PresenceRecord(StrEnum):
    """What shows that somebody was there."""

    DECLARED = "declared"
    RESIDENCE = "residence"
    LODGING = "lodging"
    TRANSPORT = "transport"
    CHECKPOINT = "checkpoint"
    PLACE_CODE = "place_code"


PRESENCE: Final = frozenset(PresenceRecord) - {PresenceRecord.PLACE_CODE}
"""Records that are presence; a scanned place code alone is not, since a picture of it can be sent around."""


class RiskLevel(StrEnum):
    """How an authority rates an area."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


EVENT_REASONS: Final = {
    EvidenceKind.CONFIRMED_CASE: ColourReason.CONFIRMED_CASE,
    EvidenceKind.SUSPECTED_CASE: ColourReason.SUSPECTED_CASE,
    EvidenceKind.CLOSE_CONTACT: ColourReason.CLOSE_CONTACT,
    EvidenceKind.SYMPTOMS: ColourReason.SYMPTOMS,
}
"""Evidence that happened at one instant, and the reason it may give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEvent:
    """A case, a contact or symptoms: `happened_at` is the report, the last contact, or the onset."""

    ref: str
    source: EvidenceSource
    reason: ColourReason
    happened_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaStay:
    """Somebody was in `area` for `began_at <= t < ended_at`, shown by `record`: seen there until then."""

    ref: str
    source: EvidenceSource
    area: str
    record: PresenceRecord
    began_at: Instant
    ended_at: Instant

    @property
    def is_presence(self) -> bool:
        """Say whether the record shows presence; a scanned place code alone does not."""
        return self.record in PRESENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaArrival:
    """Somebody came out of `area` and arrived at `arrived_at`."""

    ref: str
    source: EvidenceSource
    area: str
    arrived_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A test or a physician's word at `cleared_at` that `reason` no longer holds for what was before."""

    ref: str
    source: EvidenceSource
    reason: ColourReason
    cleared_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Two officers cite a published rule by its id, for `began_at <= t < ended_at` (settled rule 10)."""

    ref: str
    source: EvidenceSource
    rule_id: str
    began_at: Instant
    ended_at: Instant


Evidence: TypeAlias = HealthEvent | AreaStay | AreaArrival | Clearance | Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskArea:
    """An area rated at `level` for `began_at <= t < ended_at`, or with no end known yet."""

    area: str
    level: RiskLevel
    began_at: Instant
    ended_at: Instant | None = None

    def last_presence(self, stay: AreaStay) -> Instant | None:
        """Find the end of the time a stay spent here while the area was rated so; None when there was none.

        The area covers the place of the stay by the pairs of its code; a stay known only more coarsely than
        the area was not shown to be in it.
        """
        if not stay.is_presence or not area_covers(self.area, stay.area):
            return None
        ended_at = stay.ended_at if self.ended_at is None else min(stay.ended_at, self.ended_at)
        return ended_at if max(stay.began_at, self.began_at) < ended_at else None


class RiskMap:
    """Risk areas by their code, so that the stays of one person meet only those that may cover them."""

    def __init__(self, risk_areas: Iterable[RiskArea]) -> None:
        self._by_code: dict[str, list[RiskArea]] = {}
        for each in risk_areas:
            self._by_code.setdefault(each.area, []).append(each)

    def covering(self, evidence: Iterable[Evidence]) -> tuple[RiskArea, ...]:
        """Give the risk areas whose code covers a stay among the evidence: all that its assessment needs."""
        codes = {
            code
            for each in evidence
            if isinstance(each, AreaStay)
            for code in (each.area, f"{each.area[:4]}00", f"{each.area[:2]}0000")
        }
        return tuple(area for code in sorted(codes) for area in self._by_code.get(code, ()))
