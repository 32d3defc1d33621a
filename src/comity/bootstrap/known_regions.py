"""What a node knows of the other regions: their statements as last verified, opened once a minute at most.

It answers questions about journeys (`server.trip_check`); no gate and no pass rests on it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_hub import hub_client
from comity.bootstrap.region_words import national_rulebooks
from comity.client.federation import Federation
from comity.domain.instant import MINUTE, Instant
from comity.domain.national_rulebook import NationalRulebook
from comity.errors import ComityError


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRegions:
    """The federation as last verified, and the national rulebooks in it."""

    federation: Federation
    national: tuple[NationalRulebook, ...] = ()


FindRegions: TypeAlias = Callable[[Instant], KnownRegions | None]
"""Finds what is known at an instant; None before anything was fetched from a hub."""


def know_nothing(at: Instant) -> KnownRegions | None:
    """Stand where there is no hub."""
    return None


@dataclass(slots=True)
class RegionSource:
    """Opens what was fetched from the hub, and keeps it opened for a minute; for several threads."""

    region: OpenRegion
    _opening: threading.Lock = field(default_factory=threading.Lock)
    _opened_at: Instant = -MINUTE
    _known: KnownRegions | None = None

    def __call__(self, at: Instant) -> KnownRegions | None:
        """Find what is known; what cannot be opened now is as if it were not there."""
        with self._opening:
            if not 0 <= at - self._opened_at < MINUTE:
                self._known, self._opened_at = self._open(at), at
            return self._known

    def _open(self, at: Instant) -> KnownRegions | None:
        try:
            federation = hub_client(self.region).find_federation(at=at)
            if federation is None:
                return None
            is_test = self.region.issuer.is_test
            national = tuple(national_rulebooks(federation.hub_file, is_test=is_test))
            return KnownRegions(federation=federation, national=national)
        except ComityError:
            return None
