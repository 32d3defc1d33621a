"""The hub's repository: what regions sign, put in order and changed whole or not at all (TUF section 6).

A change is made in memory, then written: new targets, versioned metadata, last `timestamp.json` by a rename.
A process killed anywhere leaves the old state or the new one. One publisher works at a time, so that two
regions publishing at once both land. The hub signs the order of things; it holds no region's key and makes
no statement of a region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from tuf.api.metadata import DelegatedRole, Delegations, Root, TargetFile, Targets

from comity.distribution.keys import metadata_key
from comity.distribution.metadata import SHA256, expires_at, expiry, meta_file, write_metadata
from comity.distribution.names import (
    HUB_PATH,
    SNAPSHOT,
    SNAPSHOT_LIFETIME,
    TARGETS,
    TARGETS_LIFETIME,
    TIMESTAMP_EVERY,
    TIMESTAMP_LIFETIME,
    delegated_paths,
    role_of,
)
from comity.distribution.publication import Publication, check_publication
from comity.distribution.repository_folder import RepositoryFolder
from comity.distribution.repository_state import RepositoryState, first_state, read_state, write_timestamp
from comity.distribution.root import check_next_root, read_root, require_online_keys
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.errors import NotPossibleNow, StatementRefused
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer

KEPT: Final = 7 * DAY
"""Seconds for which files that no state leads to stay for those who are in the middle of a fetch."""

RegionKeys = Mapping[RegionCode, Sequence[PublicKey]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineKeys:
    """The keys with which the hub orders; the root's are elsewhere, with its keyholders."""

    targets: Signer
    snapshot: Signer
    timestamp: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryChange:
    """What is to change at once: keys each region publishes with, the hub's file, publications.

    Publications that were judged before are judged again as of then (`judged_at`).
    """

    keys: RegionKeys = field(default_factory=dict)
    hub_file: bytes | None = None
    publications: tuple[Publication, ...] = ()
    judged_at: Instant | None = None


class Repository:
    """The static files of the hub. Every method that writes raises StoreUnavailable and KeyStoreError."""

    def __init__(self, folder: Path, keys: OnlineKeys) -> None:
        self._folder = RepositoryFolder(folder)
        self._keys = keys

    def begin(self, root: bytes, hub_file: bytes, *, at: Instant) -> None:
        """Begin a repository with its first root. Raises: NotPossibleNow when there is one already."""
        metadata = read_root(root)
        require_online_keys(metadata.signed, self._keys.targets, self._keys.snapshot, self._keys.timestamp)
        with self._folder.locked():
            if self._folder.newest_root():
                raise NotPossibleNow("this folder holds a repository already")
            state = first_state(metadata.signed, at=at)
            self._commit(state, RepositoryChange(hub_file=hub_file), at=at, root=root)

    def state(self) -> RepositoryState:
        """Read the present state. Raises: StoreUnavailable."""
        return read_state(self._folder)

    def version_of(self, region: RegionCode) -> int:
        """Give the version of a region's metadata, 0 before its first publication."""
        return self.state().version_of(region)

    def publish(self, change: RepositoryChange, *, at: Instant) -> None:
        """Check a change and put it in place whole, or refuse it and leave everything as it was.

        A publication that is in place already, byte for byte, is passed over: sending it again is safe.

        Raises: UnreadableStatement, StatementRefused.
        """
        with self._folder.locked():
            self._commit(read_state(self._folder), change, at=at)

    def accept_region_metadata(
        self,
        region: RegionCode,
        metadata: bytes,
        files: Mapping[str, bytes],
        *,
        at: Instant,
        keys: Sequence[PublicKey] = (),
    ) -> None:
        """Take in what one region published, with its new keys where they change at the same time.

        Raises: UnreadableStatement, StatementRefused.
        """
        publication = Publication(region=region, metadata=metadata, files=files)
        change = RepositoryChange(keys={region: keys} if keys else {}, publications=(publication,))
        self.publish(change, at=at)

    def is_in_place(self, publication: Publication) -> bool:
        """Say whether a publication is the one in place, byte for byte. Raises: StoreUnavailable."""
        role, version = role_of(publication.region), self.version_of(publication.region)
        return version > 0 and self._folder.read_metadata(role, version) == publication.metadata

    def check(self, change: RepositoryChange, *, at: Instant) -> None:
        """Check a change against the present state without making it. Raises: as `publish`."""
        self._make(read_state(self._folder), change, at=at)

    def renew(self, *, at: Instant) -> bool:
        """Sign again what is about to expire, the timestamp every hour; says whether anything was signed."""
        with self._folder.locked():
            state = read_state(self._folder)
            if expires_at(state.targets) < at + TARGETS_LIFETIME // 2:
                self._commit(state, RepositoryChange(), at=at, renew_targets=True)
            elif expires_at(state.snapshot) < at + SNAPSHOT_LIFETIME // 2:
                self._commit(state, RepositoryChange(), at=at)
            elif state.timestamp_expires <= at + TIMESTAMP_LIFETIME - TIMESTAMP_EVERY:
                self._folder.put_timestamp(write_timestamp(state, self._keys.timestamp, at=at))
            else:
                return False
        return True

    def put_root(self, data: bytes, *, at: Instant) -> None:
        """Put the next root in place, and sign everything again under it. Raises: StatementRefused."""
        with self._folder.locked():
            state = read_state(self._folder)
            root = check_next_root(data, state.root)
            require_online_keys(root, self._keys.targets, self._keys.snapshot, self._keys.timestamp)
            state.root = root
            self._commit(state, RepositoryChange(), at=at, renew_targets=True, root=data)

    def reconcile(self, *, at: Instant) -> bool:
        """After a start: sweep up, and sign everything again where a new root came in and no more did.

        Says whether it had to. Raises: StoreUnavailable when a file is missing that the state leads to.
        """
        with self._folder.locked():
            self._folder.sweep()
            state = read_state(self._folder)
            if state.is_signed_under_root(self._folder):
                return False
            require_online_keys(state.root, self._keys.targets, self._keys.snapshot, self._keys.timestamp)
            self._commit(state, RepositoryChange(), at=at, renew_targets=True)
        return True

    def prune(self, *, older_than: float) -> int:
        """Remove what no state leads to any more and is older than this file time (`KEPT` before now)."""
        with self._folder.locked():
            return self._folder.prune(read_state(self._folder).files(self._folder), older_than=older_than)

    def _make(self, state: RepositoryState, change: RepositoryChange, *, at: Instant) -> _Made:
        """Make a change to a state in memory, and give what is to be written for it."""
        made = _Made()
        if change.keys:
            _delegate(state.targets, change.keys)
            made.changes_targets = True
        if change.hub_file is not None:
            state.targets.targets[HUB_PATH] = TargetFile.from_data(HUB_PATH, change.hub_file, [SHA256])
            made.targets[HUB_PATH] = change.hub_file
            made.changes_targets = True
        for publication in change.publications:
            self._take_in(state, publication, made, at=at if change.judged_at is None else change.judged_at)
        for region in change.keys:
            self._require_readable(state, region, made)
        return made

    def _take_in(self, state: RepositoryState, publication: Publication, made: _Made, *, at: Instant) -> None:
        role, version = role_of(publication.region), state.version_of(publication.region)
        if version and self._folder.read_metadata(role, version) == publication.metadata:
            return
        metadata = check_publication(publication, state.targets, version=version + 1, at=at)
        sent = {sha256(data).hexdigest(): data for data in publication.files.values()}
        for path, target in metadata.signed.targets.items():
            data = sent.get(target.hashes[SHA256])
            if data is not None:
                made.targets[path] = data
            elif not self._folder.target_file(path, target.hashes[SHA256]).exists():
                raise StatementRefused(f"metadata of {role}: '{path}' is named and was not sent")
        made.metadata[role] = (version + 1, publication.metadata)
        state.snapshot.meta[f"{role}.json"] = meta_file(version + 1, publication.metadata)

    def _require_readable(self, state: RepositoryState, region: RegionCode, made: _Made) -> None:
        """Refuse new keys under which a region's present metadata would no longer hold."""
        role, version = role_of(region), state.version_of(region)
        if not version or role in made.metadata:
            return
        if not state.is_signed(role, self._folder.read_metadata(role, version)):
            raise StatementRefused(
                f"metadata of {role}: not signed by the new keys; publish them anew with the same change"
            )

    def _commit(
        self,
        state: RepositoryState,
        change: RepositoryChange,
        *,
        at: Instant,
        renew_targets: bool = False,
        root: bytes | None = None,
    ) -> None:
        """Make a change and write it: targets, metadata, snapshot, root, and last the timestamp."""
        made = self._make(state, change, at=at)
        targets, snapshot = state.targets, state.snapshot
        if not made.changes_targets and not made.metadata and change.publications:
            return
        if made.changes_targets or renew_targets:
            targets.version, targets.expires = targets.version + 1, expiry(at, TARGETS_LIFETIME)
            data = write_metadata(targets, [self._keys.targets])
            made.metadata[TARGETS] = (targets.version, data)
            snapshot.meta[f"{TARGETS}.json"] = meta_file(targets.version, data)
        snapshot.version, snapshot.expires = snapshot.version + 1, expiry(at, SNAPSHOT_LIFETIME)
        written = write_metadata(snapshot, [self._keys.snapshot])
        made.metadata[SNAPSHOT] = (snapshot.version, written)
        state.snapshot_file = meta_file(snapshot.version, written)
        timestamp = write_timestamp(state, self._keys.timestamp, at=at)
        for path, content in made.targets.items():
            self._folder.put_target(path, content)
        for role, (version, content) in made.metadata.items():
            self._folder.put_metadata(role, version, content)
        if root is not None:
            self._folder.put_metadata(Root.type, state.root.version, root)
        self._folder.put_timestamp(timestamp)


@dataclass(slots=True)
class _Made:
    """What is to be written for a change."""

    targets: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    changes_targets: bool = False


def _delegate(targets: Targets, keys: RegionKeys) -> None:
    """Delegate each region's own path to its keys, one role a region; other regions stay as they are."""
    delegations = targets.delegations
    known = dict(delegations.roles or {}) if delegations is not None else {}
    by_id = dict(delegations.keys) if delegations is not None else {}
    for region, public in keys.items():
        own = {key.keyid: key for key in map(metadata_key, public)}
        if not own:
            raise StatementRefused(f"region {region} has no key to publish with")
        by_id |= own
        known[role_of(region)] = DelegatedRole(
            role_of(region), sorted(own), 1, terminating=True, paths=delegated_paths(region)
        )
    used = {keyid for role in known.values() for keyid in role.keyids}
    kept = {keyid: key for keyid, key in by_id.items() if keyid in used}
    targets.delegations = Delegations(kept, {name: known[name] for name in sorted(known)})
