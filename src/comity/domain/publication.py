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
from comity.domain.rulebook import Ends, MeasureKind, MeasureRow, Rulebook
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


def check_publication(
    publication: Publication, *, previous: Rulebook | None, standing: Rulebook | None = None
) -> None:
    """Check a publication against the rulebooks it follows.

    `previous` has the version before; `standing` is the newest that is no emergency, where `previous` is one:
    what an emergency brought in is no measure of what may stay.

    1. The signer is the region itself.
    2. The version is the next one.
    3. Nothing takes effect more than 14 days ahead of a tightening's or an emergency's publication.
    4. The emergency lane has a reason and ends by itself within 7 days.
    5. A tightening outside it takes effect at least 48 hours ahead.

    Raises: PublicationRefused with the clause.
    """
    new = publication.rulebook
    if publication.signer != new.region or (previous is not None and previous.region != new.region):  # 1
        refuse("wrong_signer", "C2.2")
    if new.version != (1 if previous is None else previous.version + 1):  # 2
        refuse("version_not_next", "C2.2")
    starts = max(publication.published_at, new.valid_from or publication.published_at)
    ahead = starts - publication.published_at
    base = standing or previous
    is_emergency = publication.emergency_reason is not None
    is_tightening = base is not None and bool(tightenings(new, base))
    if (is_emergency or is_tightening) and ahead > TIGHTENING_LIMIT:  # 3
        refuse("too_early", "C2.2")
    if publication.emergency_reason is not None:  # 4
        if not publication.emergency_reason.strip():
            refuse("emergency_without_reason", "C2.2")
        if new.valid_to is None or new.valid_to - starts > EMERGENCY_LIMIT:
            refuse("emergency_too_long", "C2.2")
    elif is_tightening and ahead < TIGHTENING_NOTICE:  # 5
        refuse("too_late_notice", "C2.2")


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
    """Say whether there are more rows, or one that no old row covers."""
    return len(new) > len(old) or any(not any(_covers(before, row) for before in old) for row in new)


def _covers(before: MeasureRow, row: MeasureRow) -> bool:
    """Say whether `before` was at least as heavy and long, and did not end more surely by itself."""
    ends_as_surely = row.ends is Ends.AFTER_DAYS or row.ends is before.ends
    return ends_as_surely and _WEIGHT[row.kind] <= _WEIGHT[before.kind] and _days(row) <= _days(before)


def _days(row: MeasureRow) -> int:
    return _OPEN_ENDED_DAYS if row.days is None else row.days
