"""Recognition and referral as dated data: whom a host recognises, since when (C2.1, C3.3).

Recognition is directed (settled rule 4): these are the host's own statements about an issuer, never
about a person. A referral stands alone for its pair; a recognition row beside it is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.domain.instant import DAY, Instant
from comity.domain.region import INNER_MONGOLIA, RegionCode, area_covers
from comity.domain.texts import Text

EQUAL_SINCE: Final[Instant] = 1_584_547_200
"""2020-03-19T00:00:00+08:00: before it Inner Mongolia recognised no other code (C3.1)."""
SUSPENSION_NOTICE: Final = DAY
"""Shortest time between publishing a suspension and its effect (settled rule 5)."""


class Step(StrEnum):
    """What a host did on the way to recognising an issuer, or to suspending it; none changes an answer."""

    INVITED = "invited"
    REPLIED = "replied"
    CONFIRMED = "confirmed"
    DEVIATION_REPORTED = "deviation_reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionStep:
    """One step of the pair's life, told by the host at `at`; a deviation report has a reason (C2.1).

    `effective_from` is when the host means to publish or to suspend, where it says so.
    """

    host: RegionCode
    issuer: RegionCode
    version: int
    step: Step
    at: Instant
    effective_from: Instant | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A published stop of recognition, or its end, with the instant it takes effect."""

    published_at: Instant
    effective_from: Instant

    @property
    def holds_from(self) -> Instant:
        """The later of publication and effect."""
        return max(self.published_at, self.effective_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Host `host` recognises the passes of `issuer`; one statement a pair, the newest version counts."""

    host: RegionCode
    issuer: RegionCode
    version: int
    published_at: Instant
    effective_from: Instant
    suspension: Suspension | None = None
    resumption: Suspension | None = None

    def is_in_force(self, at: Instant) -> bool:
        """Say whether the recognition holds at `at`, suspensions left aside (settled rule 3)."""
        if at < self.published_at or at < self.effective_from:
            return False
        return self.host != INNER_MONGOLIA or at >= EQUAL_SINCE

    def is_suspended(self, at: Instant) -> bool:
        """Say whether a suspension has taken effect and no resumption has (settled rule 5)."""
        if self.suspension is None or at < self.suspension.holds_from:
            return False
        return self.resumption is None or at < self.resumption.holds_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """From `effective_from` the issuer's passes are recognised, but for `areas_except` (C3.3)."""

    effective_from: Instant
    areas_except: tuple[str, ...] = ()

    def releases(self, area: str | None) -> bool:
        """Say whether a pass signed for `area` is released; without an area only where none is excepted."""
        if not self.areas_except:
            return True
        return area is not None and not any(area_covers(excepted, area) for excepted in self.areas_except)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """For `issuer`, `host` applies the national rulebook: ask `authority` until a release (C3.3)."""

    host: RegionCode
    issuer: RegionCode
    version: int
    authority: str
    releases: tuple[Release, ...] = ()

    def release_at(self, at: Instant) -> Release | None:
        """Find the latest release in force at `at`; of equals the later listed counts."""
        latest: Release | None = None
        for release in self.releases:
            if release.effective_from <= at and (
                latest is None or release.effective_from >= latest.effective_from
            ):
                latest = release
        return latest

    def is_released(self, at: Instant, *, area: str | None) -> bool:
        """Say whether the latest release in force covers `area`."""
        latest = self.release_at(at)
        return latest is not None and latest.releases(area)
