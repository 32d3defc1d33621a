"""How old what a client has is: fresh, a warning after 24 hours, no reliance after 7 days (rule 13)."""

from __future__ import annotations

from enum import StrEnum

from comity.domain.instant import Instant
from comity.domain.validity import TRUST_MAX_AGE, TRUST_WARN_AGE


class Staleness(StrEnum):
    """The stages of age; the limits are those by which a gate judges its bundle (step V2)."""

    FRESH = "fresh"
    WARN = "warn"
    HARD = "hard"


def stage_of(as_of: Instant, *, at: Instant) -> Staleness:
    """Give the stage of something the hub had signed as of an instant."""
    age = at - as_of
    if age > TRUST_MAX_AGE:
        return Staleness.HARD
    return Staleness.WARN if age > TRUST_WARN_AGE else Staleness.FRESH
