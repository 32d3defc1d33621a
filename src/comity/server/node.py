"""The region node: what every route works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comity.domain.instant import Instant
from comity.issuance.issuer import Issuer
from comity.records.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One region being served: its issuer, its clock, its folder, and where people reach it.

    `public_url` has no slash at its end. `published` is the folder of the static files.
    """

    issuer: Issuer
    clock: Callable[[], Instant]
    published: Path
    public_url: str
    is_demo: bool

    @property
    def store(self) -> Store:
        """The region's records."""
        return self.issuer.store
