"""Numbers that only rise, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A number that only rises, by name: list places, changes, versions."""

    name: str
    value: int

    TABLE: ClassVar[str] = "counter"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()
