"""How much `comity bench region` measures, in full and in short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCounts:
    """How much of everything is measured; times in seconds.

    `listed` passes of a list of 25,000,000 are not current: 0.55 % in full.
    """

    people: int = 2_000
    rounds: int = 5
    seconds: float = 3.0
    tail_seconds: float = 20.0
    surge_seconds: float = 120.0
    applications: int = 4_000
    batches: int = 120
    rows: int = 1_000_000
    affected: int = 30_000
    listed: int = 137_500


FULL: Final = RegionCounts()
SHORT: Final = RegionCounts(
    people=300,
    rounds=2,
    seconds=1.0,
    tail_seconds=4.0,
    surge_seconds=6.0,
    applications=400,
    batches=8,
    rows=20_000,
    affected=600,
    listed=2_000,
)
