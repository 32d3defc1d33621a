"""The home region of a visitor, asked for current facts before a host issues (C2.7, settled rule 17).

A port: the hub will carry question and answer; until then there is `NoAnswer`. The answer is evidence, not a
colour: what it means here the host's own rules decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from comity.domain.evidence import AreaArrival, AreaStay, HealthEvent
from comity.domain.identity import IdentityDocument
from comity.domain.instant import Instant
from comity.domain.region import RegionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAnswer:
    """What a home region knows that makes or keeps somebody yellow or red; nothing of it for green."""

    evidence: tuple[HealthEvent | AreaStay | AreaArrival, ...] = ()


class HomeRegion(Protocol):
    """Where a visitor lives. Idempotent: the same question may be put again."""

    def current_facts(
        self, home: RegionCode, document: IdentityDocument, *, at: Instant
    ) -> HomeAnswer | None:
        """Ask for the current facts about a person; None while there is no answer. Raises nothing."""
        ...


class NoAnswer:
    """Nobody to ask: every question stays open until its 24 hours are over."""

    def current_facts(
        self, home: RegionCode, document: IdentityDocument, *, at: Instant
    ) -> HomeAnswer | None:
        """Give no answer."""
        return None
