"""Key entries and key lists: which key of a region may sign what, since when (design section 3).

One usage a key. A key id is four bytes of a hash and therefore looked up only with region and usage;
a list with two equal key ids, or naming another region, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from comity.codec.cose import Kid
from comity.domain.instant import Instant
from comity.domain.region import area_covers
from comity.domain.texts import Text
from comity.domain.validity import KEY_MAX_VALIDITY
from comity.errors import StatementRefused
from comity.trust.algorithm import PublicKey


class Usage(StrEnum):
    """What a key may sign."""

    PASS = "pass"  # noqa: S105
    STATUS = "status"
    STATEMENT = "statement"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """One key of a region: usage, window `not_before <= iat < not_after`, revocation and limits.

    `max_validity` is in seconds; `areas` limits nothing when empty, else every pass needs an area in it.
    """

    key: PublicKey
    usage: Usage
    not_before: Instant | None = None
    not_after: Instant | None = None
    revoked_at: Instant | None = None
    max_validity: int = KEY_MAX_VALIDITY
    areas: tuple[str, ...] = ()

    @property
    def kid(self) -> Kid:
        """Key id, 4 bytes."""
        return self.key.kid

    def may_sign_at(self, issued_at: Instant) -> bool:
        """Say whether something issued at `issued_at` lies in the key's window."""
        if self.not_before is not None and issued_at < self.not_before:
            return False
        return self.not_after is None or issued_at < self.not_after

    def is_revoked(self, at: Instant) -> bool:
        """Say whether the key has been revoked at `at`."""
        return self.revoked_at is not None and self.revoked_at <= at

    def may_sign_for(self, area: str | None) -> bool:
        """Say whether the key may sign a pass of `area`."""
        if not self.areas:
            return True
        return area is not None and any(area_covers(own, area) for own in self.areas)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyList:
    """All keys of a region, signed by its root; `root` is repeated so that a bundle is complete.

    Raises: StatementRefused for two entries with one key id.
    """

    region: str
    version: int
    root: PublicKey
    entries: tuple[KeyEntry, ...]

    def __post_init__(self) -> None:
        kids = [entry.kid for entry in self.entries]
        if len(set(kids)) != len(kids):
            raise StatementRefused(f"the key list of {self.region} has two keys with one key id")

    def find(self, kid: Kid | None, usage: Usage) -> KeyEntry | None:
        """Find the key with this id and usage."""
        return next((e for e in self.entries if e.usage is usage and e.kid == kid), None)

    def find_unrevoked(self, kid: Kid | None, usage: Usage, at: Instant) -> PublicKey | None:
        """Find the key with this id and usage if its time has begun and it is not revoked at `at`.

        What it signed stays good after `not_after`, which ends new signatures only.
        """
        entry = self.find(kid, usage)
        if entry is None or entry.is_revoked(at) or (entry.not_before is not None and at < entry.not_before):
            return None
        return entry.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The hub's word that a region takes part: code, thumbprint of its root key, from and to.

    `reason` says in public why a part ends.
    """

    region: str
    version: int
    root_thumbprint: bytes
    member_from: Instant
    member_to: Instant | None = None
    reason: Text | None = None

    def is_in_force(self, at: Instant) -> bool:
        """Say whether the region takes part at `at`."""
        return self.member_from <= at and (self.member_to is None or at < self.member_to)

    def has_ended(self, at: Instant) -> bool:
        """Say whether the region took part and does so no more."""
        return self.member_to is not None and self.member_from < self.member_to <= at
