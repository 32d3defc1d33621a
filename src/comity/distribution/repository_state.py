"""One state of the repository: what `timestamp.json` leads to, read from its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tuf.api.metadata import Delegations, MetaFile, Root, Snapshot, Targets, Timestamp

from comity.distribution.metadata import (
    SHA256,
    expires_at,
    expiry,
    read_metadata,
    require_signed,
    write_metadata,
)
from comity.distribution.names import (
    MAX_REGION_METADATA,
    MAX_ROOT,
    MAX_SNAPSHOT,
    MAX_TARGETS,
    MAX_TIMESTAMP,
    SNAPSHOT,
    SNAPSHOT_LIFETIME,
    TARGETS,
    TARGETS_LIFETIME,
    TIMESTAMP,
    TIMESTAMP_LIFETIME,
    role_of,
)
from comity.distribution.repository_folder import RepositoryFolder
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import ComityError, StoreUnavailable
from comity.trust.ports import Signer


@dataclass(slots=True, kw_only=True)
class RepositoryState:
    """Root, delegations and versions; a publisher changes it in memory before anything is written."""

    root: Root
    targets: Targets
    snapshot: Snapshot
    timestamp_version: int
    timestamp_expires: Instant
    snapshot_file: MetaFile | None = field(default=None, repr=False)

    def version_of(self, region: RegionCode) -> int:
        """Give the version of a region's metadata, 0 before its first publication."""
        known = self.snapshot.meta.get(f"{role_of(region)}.json")
        return 0 if known is None else known.version

    def is_delegated(self, region: RegionCode) -> bool:
        """Say whether a region has keys to publish with."""
        delegations = self.targets.delegations
        return delegations is not None and role_of(region) in (delegations.roles or {})

    def is_signed(self, role: str, data: bytes) -> bool:
        """Say whether a region's metadata hold under the keys its role is delegated to."""
        try:
            metadata = read_metadata(data, Targets, limit=MAX_REGION_METADATA)
            require_signed(metadata, self.targets, role)
        except ComityError:
            return False
        return True

    def is_signed_under_root(self, folder: RepositoryFolder) -> bool:
        """Say whether timestamp, snapshot and targets hold under this root. Raises: StoreUnavailable."""
        timestamp = folder.read_metadata(TIMESTAMP)
        snapshot = folder.read_metadata(SNAPSHOT, self.snapshot.version)
        targets = folder.read_metadata(TARGETS, self.targets.version)
        try:
            require_signed(read_metadata(timestamp, Timestamp, limit=MAX_TIMESTAMP), self.root, TIMESTAMP)
            require_signed(read_metadata(snapshot, Snapshot, limit=MAX_SNAPSHOT), self.root, SNAPSHOT)
            require_signed(read_metadata(targets, Targets, limit=MAX_TARGETS), self.root, TARGETS)
        except ComityError:
            return False
        return True

    def files(self, folder: RepositoryFolder) -> set[Path]:
        """Give every file this state leads to. Raises: StoreUnavailable when one cannot be read."""
        found = {folder.metadata_file(TIMESTAMP), folder.metadata_file(SNAPSHOT, self.snapshot.version)}
        named = [self.targets]
        for name, meta in self.snapshot.meta.items():
            role = name.removesuffix(".json")
            found.add(folder.metadata_file(role, meta.version))
            if role != TARGETS:
                data = folder.read_metadata(role, meta.version)
                named.append(read_metadata(data, Targets, limit=MAX_REGION_METADATA).signed)
        for targets in named:
            found |= {
                folder.target_file(path, target.hashes[SHA256]) for path, target in targets.targets.items()
            }
        return found


def first_state(root: Root, *, at: Instant) -> RepositoryState:
    """Give the state before anything is published."""
    targets = Targets(expires=expiry(at, TARGETS_LIFETIME), delegations=Delegations({}, {}))
    snapshot = Snapshot(expires=expiry(at, SNAPSHOT_LIFETIME))
    targets.version = snapshot.version = 0
    snapshot.meta = {}
    return RepositoryState(
        root=root, targets=targets, snapshot=snapshot, timestamp_version=0, timestamp_expires=at
    )


def read_state(folder: RepositoryFolder) -> RepositoryState:
    """Read the state that `timestamp.json` leads to, under the newest root that is there.

    Raises: StoreUnavailable.
    """
    try:
        root = read_metadata(folder.read_metadata(Root.type, folder.newest_root()), Root, limit=MAX_ROOT)
        timestamp = read_metadata(folder.read_metadata(TIMESTAMP), Timestamp, limit=MAX_TIMESTAMP).signed
        snapshot_file = timestamp.snapshot_meta
        data = folder.read_metadata(SNAPSHOT, snapshot_file.version)
        snapshot_file.verify_length_and_hashes(data)
        snapshot = read_metadata(data, Snapshot, limit=MAX_SNAPSHOT).signed
        targets_file = snapshot.meta[f"{TARGETS}.json"]
        data = folder.read_metadata(TARGETS, targets_file.version)
        targets = read_metadata(data, Targets, limit=MAX_TARGETS).signed
    except StoreUnavailable:
        raise
    except (ComityError, ValueError, KeyError) as error:
        raise StoreUnavailable(
            "the repository's files do not fit together",
            next_step="Restore the repository's folder from its backup or a mirror, and start again.",
        ) from error
    return RepositoryState(
        root=root.signed,
        targets=targets,
        snapshot=snapshot,
        timestamp_version=timestamp.version,
        timestamp_expires=expires_at(timestamp),
        snapshot_file=snapshot_file,
    )


def write_timestamp(state: RepositoryState, signer: Signer, *, at: Instant) -> bytes:
    """Sign the next timestamp over the state's snapshot. Raises: KeyStoreError."""
    signed = Timestamp(
        version=state.timestamp_version + 1,
        expires=expiry(at, TIMESTAMP_LIFETIME),
        snapshot_meta=state.snapshot_file,
    )
    return write_metadata(signed, [signer])
