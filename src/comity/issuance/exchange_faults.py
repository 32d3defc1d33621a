"""What fails about one person while regions exchange evidence: set apart and counted, nobody else waits.

What fails for everybody alike, such as records out of reach, ends the duty until its next turn. No person is
named here: monitors read a number by step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from comity.errors import ClockRefused, StoreUnavailable

MOST_FAILING: Final = 20
"""Failures before anything has succeeded; then it is not the records of these people that are wrong."""


@dataclass(slots=True)
class ExchangeFaults:
    """How often a step failed about one person, by step."""

    by_step: Counter[str] = field(default_factory=Counter)
    done: int = 0

    @property
    def number(self) -> int:
        """How often anything failed."""
        return self.by_step.total()

    @contextmanager
    def apart(self, step: str) -> Iterator[None]:
        """Do something about one person; what fails is counted, and its transaction has left nothing.

        Raises: StoreUnavailable, ClockRefused, and whatever failed for everybody so far.
        """
        try:
            yield
            self.done += 1
        except (StoreUnavailable, ClockRefused):
            raise
        except Exception:
            self.by_step[step] += 1
            if not self.done and self.number >= MOST_FAILING:
                raise
