"""Officers: accounts with roles, scoped to a division and what lies below it (C0, settled rule 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from comity.domain.instant import Instant
from comity.domain.region import NATION, area_covers
from comity.errors import NotPermitted
from comity.officers.permissions import MATRIX, Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One account; `roles` are words of `Role`, `division` is six digits."""

    officer_id: str
    display_name: str
    roles: tuple[str, ...]
    division: str
    is_active: bool
    added_at: Instant

    TABLE: ClassVar[str] = "officer"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("division",),)

    def may(self, permission: Permission) -> bool:
        """Say whether one of the roles has the permission."""
        return self.is_active and any(permission in MATRIX[Role(role)] for role in self.roles)

    def covers(self, division: str) -> bool:
        """Say whether a division is the account's own or lies below it."""
        return self.division == NATION or area_covers(self.division, division)


def require(officer: Officer, permission: Permission, *, division: str | None = None) -> None:
    """Let an officer act, for a division where one is concerned. Raises: NotPermitted."""
    if not officer.may(permission):
        raise NotPermitted(f"this account has no role that may {permission.replace('_', ' ')}")
    if division is not None and not officer.covers(division):
        raise NotPermitted(
            f"this account acts for {officer.division} and below, not for {division}", clause="C0"
        )
