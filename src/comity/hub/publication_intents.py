"""A publication the hub has judged and is about to order: kept until the repository has it (C2.1).

Records and repository are two places, and nothing makes both change at once. So the note with everything the
repository needs is written with the statements it brings, in one transaction; it ends when the repository
leads to them. What is left of a process that stopped is put in order at the next start, or before the next
publication of that region: nothing accepted stays where nobody can fetch it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.trust.algorithm import PublicKey

_POINT = 65
"""Bytes of a key as an uncompressed point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationIntent:
    """One region's publication as sent; `keys` are the points its role is to be delegated to, if any new."""

    region: RegionCode
    version: int
    body: bytes = field(repr=False)
    keys: bytes
    judged_at: Instant

    TABLE: ClassVar[str] = "publication_intent"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def new_keys(self) -> tuple[PublicKey, ...]:
        """The keys the region publishes with from here on; none where they stay."""
        points = range(0, len(self.keys), _POINT)
        return tuple(PublicKey.of_point(self.keys[place : place + _POINT]) for place in points)


def note_publication(
    transaction: Transaction,
    region: RegionCode,
    body: bytes,
    *,
    version: int,
    new_keys: Sequence[PublicKey],
    at: Instant,
) -> None:
    """Note a publication in the transaction that accepts its statements; a region has one at a time."""
    intent = PublicationIntent(
        region=region,
        version=version,
        body=body,
        keys=b"".join(key.point for key in new_keys),
        judged_at=at,
    )
    transaction.of(PublicationIntent).add(intent)


def find_intent(transaction: Transaction, region: RegionCode) -> PublicationIntent | None:
    """Find the publication of a region that may not be in the repository yet."""
    return transaction.of(PublicationIntent).find(region)


def waiting_regions(transaction: Transaction) -> list[RegionCode]:
    """List the regions with a publication that may not be in the repository yet."""
    return [intent.region for intent in transaction.of(PublicationIntent).select(order=("judged_at",))]


def end_intent(transaction: Transaction, intent: PublicationIntent) -> None:
    """Forget a publication that the repository has."""
    transaction.of(PublicationIntent).remove(equal("region", intent.region), equal("version", intent.version))
