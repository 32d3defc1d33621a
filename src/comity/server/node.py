"""A node: what every route works with. A region is one, the hub another (`hub_node`)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from comity.bootstrap.known_regions import FindRegions, know_nothing
from comity.domain.instant import Instant
from comity.errors import ComityError, KeyStoreError
from comity.issuance.issuer import Issuer
from comity.issuance.key_ring import follow_keys
from comity.records.ports import Keeper, KeyStore, Store


class KeeperNode(Protocol):
    """What the routes of officers and of the audit work with, at a region or at the hub."""

    @property
    def name(self) -> str:
        """The region's code, or `hub`."""
        ...

    @property
    def keeper(self) -> Keeper:
        """Whose records these are."""
        ...

    @property
    def store(self) -> Store:
        """The records."""
        ...

    @property
    def clock(self) -> Callable[[], Instant]:
        """Read the clock."""
        ...

    @property
    def public_url(self) -> str:
        """Where people reach it, without a slash at the end."""
        ...


@dataclass(slots=True, kw_only=True)
class Node:
    """One region being served: its issuer, its clock, its folder, and where people reach it.

    `issuer` is another one as soon as the region's keys change: take it once for each thing done.
    `public_url` has no slash at its end. `published` is the folder of the static files. `find_regions` finds
    what is known of the other regions.
    """

    issuer: Issuer
    keys: KeyStore | None = None
    clock: Callable[[], Instant]
    published: Path
    public_url: str
    is_demo: bool
    find_regions: FindRegions = know_nothing

    @property
    def name(self) -> str:
        """The region's code."""
        return self.issuer.region

    @property
    def keeper(self) -> Keeper:
        """The region as the one whose records these are."""
        return self.issuer

    @property
    def store(self) -> Store:
        """The region's records."""
        return self.issuer.store

    @property
    def key_store(self) -> KeyStore:
        """Where the region's keys are kept. Raises: KeyStoreError when it is not at hand."""
        if self.keys is None:
            raise KeyStoreError("the key store is not at hand")
        return self.keys

    def follow_keys(self) -> None:
        """Go on with the keys of now; what fails is tried at the next look."""
        if self.keys is not None:
            with suppress(ComityError):
                self.issuer = follow_keys(self.issuer, self.keys, at=self.clock())
