"""Counts of people by division, the small ones hidden, so that nobody is found as one of few (C3.2).

Hidden are counts from 1 to 9. Where exactly one division is hidden, the total would tell it; then the total
is hidden too. Nothing is rounded: what is shown is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SMALLEST_SHOWN: Final = 10
"""Counts from 1 up to, not including, this are hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallCounts:
    """Counts by division and their total; None stands for a hidden number."""

    counts: Mapping[str, int | None]
    total: int | None


def hide_small(counts: Mapping[str, int]) -> SmallCounts:
    """Hide what is small, and a total that would tell what is hidden."""
    hidden = [count for count in counts.values() if 0 < count < SMALLEST_SHOWN]
    total = sum(counts.values())
    tells = len(hidden) == 1 or 0 < total < SMALLEST_SHOWN
    shown = {name: None if 0 < count < SMALLEST_SHOWN else count for name, count in sorted(counts.items())}
    return SmallCounts(counts=shown, total=None if tells else total)


def hide_beside_total(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Hide what is small where the total is known, and the next smallest, so that nothing tells it.

    What is hidden comes to 10 people or more in two places or more, or nothing else is left.
    """
    small = {name for name, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    if not small:
        return dict(counts)
    others = sorted((count, name) for name, count in counts.items() if count >= SMALLEST_SHOWN)
    for _, name in others:
        if len(small) > 1 and sum(counts[each] for each in small) >= SMALLEST_SHOWN:
            break
        small.add(name)
    return {name: None if name in small else count for name, count in counts.items()}
