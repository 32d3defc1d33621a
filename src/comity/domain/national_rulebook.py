"""The national rulebook: issuers whose passes follow a national requirement, as dated data (C3.3).

One row an issuer: the authority to ask, the releases by date, and whether its passes name areas. The
national authority signs it, the hub distributes it, and every host copies its row into its own referral,
which is what gates read. Nothing here looks at a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.domain.instant import Instant
from comity.domain.recognition import Referral, Release
from comity.domain.region import RegionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalRow:
    """What is required for the passes of `issuer`: ask `authority` until a release covers them.

    `names_areas` says that the issuer signs the area into its passes, so that releases may except areas.
    """

    issuer: RegionCode
    authority: str
    releases: tuple[Release, ...] = ()
    names_areas: bool = False

    def binds(self, referral: Referral) -> bool:
        """Say whether a host's referral says what this row says: same authority, same releases."""
        return (referral.authority, referral.releases) == (self.authority, self.releases)


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalRulebook:
    """One version of the national rulebook, in force from the later of its two instants."""

    version: int
    published_at: Instant
    valid_from: Instant
    rows: tuple[NationalRow, ...] = ()

    def is_in_force(self, at: Instant) -> bool:
        """Say whether it has been published and has begun."""
        return self.published_at <= at and self.valid_from <= at

    def find_row(self, issuer: str) -> NationalRow | None:
        """Find what is required for an issuer."""
        return next((row for row in self.rows if row.issuer == issuer), None)


def national_in_force(rulebooks: Iterable[NationalRulebook], at: Instant) -> NationalRulebook | None:
    """Find the newest version in force at `at`."""
    begun = [rulebook for rulebook in rulebooks if rulebook.is_in_force(at)]
    return max(begun, key=lambda rulebook: rulebook.version, default=None)
