"""When a rulebook may be published (design section 5): who signs, which version, how far ahead.

A loosening, and a region's first rulebook, may take effect at once. A tightening takes effect 48 hours
to 14 days after its publication, or at once by the emergency lane: a published reason and an end within
7 days. What a rulebook may say at all is checked by `rulebook_document`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.region import RegionCode
from comity.domain.rulebook import MeasureKind, MeasureRow, Rulebook
from comity.domain.rulebook_document import refuse

TIGHTENING_NOTICE: Final = 48 * HOUR
TIGHTENING_LIMIT: Final = 14 * DAY
EMERGENCY_LIMIT: Final = 7 * DAY

_WEIGHT: Final = {kind: weight for weight, kind in enumerate(MeasureKind)}
_OPEN_ENDED_DAYS: Final = 22
"""A measure without days weighs more than the longest one with days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A rulebook about to be published: by which region's key, when, and the emergency's reason if any."""

    rulebook: Rulebook
    signer: RegionCode
    published_at: Instant
    emergency_reason: str | None = None


def check_publication(publication: Publication, *, previous: Rulebook | None) -> None:
    """Check a publication against the rulebook it follows.

    1. The signer is the region itself.
    2. The version is the next one.
    3. The emergency lane has a reason and ends by itself within 7 days.
    4. A tightening outside it takes effect 48 hours to 14 days ahead.

    Raises: PublicationRefused with the clause.
    """
    new = publication.rulebook
    if publication.signer != new.region or (previous is not None and previous.region != new.region):  # 1
        refuse("wrong_signer", "C2.2")
    if new.version != (1 if previous is None else previous.version + 1):  # 2
        refuse("version_not_next", "C2.2")
    starts = max(publication.published_at, new.valid_from or publication.published_at)
    if publication.emergency_reason is not None:  # 3
        if not publication.emergency_reason.strip():
            refuse("emergency_without_reason", "C2.2")
        if new.valid_to is None or new.valid_to - starts > EMERGENCY_LIMIT:
            refuse("emergency_too_long", "C2.2")
        return
    if previous is None or not tightenings(new, previous):
        return
    ahead = starts - publication.published_at  # 4
    if ahead < TIGHTENING_NOTICE:
        refuse("too_late_notice", "C2.2")
    if ahead > TIGHTENING_LIMIT:
        refuse("too_early", "C2.2")


def tightenings(new: Rulebook, old: Rulebook) -> tuple[tuple[Colour, ColourReason], ...]:
    """Give the (colour, reason) pairs that meet more under `new` than under `old`, row by row.

    A shorter status age limit tightens every pair, since more people are sent to the manual path.
    """
    pairs = tuple((colour, reason) for colour in (Colour.YELLOW, Colour.RED) for reason in COLOUR_REASONS)
    ages_new, ages_old = new.status_max_age, old.status_max_age
    if ages_new.device < ages_old.device or ages_new.paper < ages_old.paper:
        return pairs
    return tuple(pair for pair in pairs if _is_tighter(new.rows_for(*pair), old.rows_for(*pair)))


def _is_tighter(new: tuple[MeasureRow, ...], old: tuple[MeasureRow, ...]) -> bool:
    """Say whether some new row is not covered by an old one at least as heavy and as long."""
    return any(not any(_covers(before, row) for before in old) for row in new)


def _covers(before: MeasureRow, row: MeasureRow) -> bool:
    return _WEIGHT[row.kind] <= _WEIGHT[before.kind] and _days(row) <= _days(before)


def _days(row: MeasureRow) -> int:
    return _OPEN_ENDED_DAYS if row.days is None else row.days
