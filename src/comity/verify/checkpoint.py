"""The standing conditions at a gate: one bundle, its lists and one instant, judged once for many passes."""

from __future__ import annotations

from typing import NamedTuple

from comity.domain.colour import PassClass
from comity.domain.decision import Freshness
from comity.domain.instant import Instant
from comity.domain.rulebook import Rulebook, StatusMaxAge, rulebook_in_force
from comity.domain.validity import CLOCK_LEEWAY, TRUST_MAX_AGE, TRUST_WARN_AGE
from comity.trust.bundle import VerifierBundle
from comity.trust.status import StatusLists

_DEFAULT_AGES = StatusMaxAge()


class Checkpoint(NamedTuple):
    """What does not change from one pass to the next."""

    bundle: VerifierBundle
    lists: StatusLists
    at: Instant
    trust_freshness: Freshness
    rulebook: Rulebook | None

    @property
    def trust_is_fresh(self) -> bool:
        """Say whether trust is at most 24 hours old."""
        return self.trust_freshness is Freshness.FRESH

    def status_limit(self, pass_class: PassClass) -> int:
        """Give the age limit of a status list, in seconds (settled rule 13: none in force, 48 hours)."""
        ages = _DEFAULT_AGES if self.rulebook is None else self.rulebook.status_max_age
        return ages.of(pass_class)


def open_checkpoint(bundle: VerifierBundle, lists: StatusLists, at: Instant) -> Checkpoint:
    """Judge the age of trust (a bundle from the future counts as fresh) and find the rulebook in force."""
    age = at - min(bundle.issued_at, bundle.hub_as_of)
    if age <= TRUST_WARN_AGE or bundle.issued_at > at + CLOCK_LEEWAY:
        freshness = Freshness.FRESH
    else:
        freshness = Freshness.WARN if age <= TRUST_MAX_AGE else Freshness.STALE
    return Checkpoint(bundle, lists, at, freshness, rulebook_in_force(bundle.rulebooks, at))
