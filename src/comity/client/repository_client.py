"""Following a hub's repository: fetch, verify, and only then replace what was there (TUF section 5).

The hub's root is pinned. A hub or mirror that lies is refused and the old state stays; a region whose own
file does not hold keeps its old one, and the others go on. Nothing goes below what was verified before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, NoReturn

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import TargetFile

from comity.client.cache import ClientCache
from comity.client.federation import Federation, KnownRegion
from comity.client.http_source import NOT_THERE
from comity.client.kept_state import KeptFile, KeptState, require_heights, require_time
from comity.client.ports import Source
from comity.client.updater import DatedUpdater, Reached, peek_as_of
from comity.distribution.metadata import SHA256
from comity.distribution.names import (
    HUB_PATH,
    MAX_CURRENT,
    MAX_TIMESTAMP,
    METADATA_FOLDER,
    TARGETS_FOLDER,
    target_path,
)
from comity.distribution.opened_statements import open_memberships, open_national_keys, open_statements
from comity.distribution.statement_file import HubFile, read_hub_file, read_statement_file
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.domain.validity import TRUST_MAX_AGE
from comity.errors import (
    DownloadFailed,
    FormatError,
    PublicationRefused,
    RepositoryRefused,
    StoreUnavailable,
    TrustError,
)
from comity.trust.keys import Membership

MOST_FAILURES: Final = 2
"""Files that could not be fetched, after which the rest is not tried: the line is down."""

Progress = Callable[[int, int], None]
"""Told how many of how many files are done."""


def _silent(done: int, total: int) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a fetch brought: the state verified, which regions changed, and why others were left as is."""

    state: KeptState
    changed: tuple[RegionCode, ...]
    refused: Mapping[RegionCode, str]


class RepositoryClient:
    """Follows one hub into one folder."""

    def __init__(self, folder: Path, *, root: bytes | None = None) -> None:
        self.cache: Final = ClientCache(folder)
        if root is not None:
            with self.cache.locked():
                self.cache.pin_root(root)

    def sync(self, source: Source, *, at: Instant, progress: Progress = _silent) -> Synced:
        """Fetch what is new and verify it.

        Raises: RepositoryRefused, DownloadFailed, ClockRefused, StoreUnavailable; then nothing has changed.
        """
        with self.cache.locked():
            require_time(self.cache.find_state(), at=at)
            return self._follow(source, reference=at, at=at, progress=progress)

    def take_carried(self, source: Source, *, at: Instant, progress: Progress = _silent) -> Synced:
        """Take over what was carried here: by root, versions and the 7 days, not by the timestamp's own end.

        It is judged as of the instant its timestamp was signed. Raises: as `sync`.
        """
        with self.cache.locked():
            require_time(self.cache.find_state(), at=at)
            try:
                as_of = peek_as_of(source.read(f"{METADATA_FOLDER}/timestamp.json", limit=MAX_TIMESTAMP))
            except FormatError as error:
                raise RepositoryRefused(f"the copy cannot be read: {error}") from error
            if at - as_of > TRUST_MAX_AGE:
                raise RepositoryRefused(
                    f"the copy is {(at - as_of) // DAY} days old, more than {TRUST_MAX_AGE // DAY}"
                )
            return self._follow(source, reference=min(as_of, at), at=at, progress=progress)

    def find_federation(self, *, at: Instant) -> Federation | None:
        """Find what has been verified, opened as of `at`. Raises: StoreUnavailable, TrustError.

        A region whose file holds no more, such as one that came back under a new root, is left out: it takes
        nobody else along.
        """
        state = self.cache.find_state()
        if state is None:
            return None
        hub = read_hub_file(self._kept(state.hub))
        members, is_test = open_memberships(hub)
        regions: dict[RegionCode, KnownRegion] = {}
        for region, file in sorted(state.regions.items()):
            with suppress(FormatError, TrustError, PublicationRefused):
                regions[region] = self._known(region, file, members.get(region), is_test=is_test, at=at)
        return Federation(
            is_test=is_test,
            as_of=state.as_of,
            verified_at=state.verified_at,
            hub=hub.hub,
            hub_file=hub,
            memberships=members,
            regions=regions,
        )

    def _known(
        self, region: RegionCode, kept: KeptFile, membership: Membership | None, *, is_test: bool, at: Instant
    ) -> KnownRegion:
        if membership is None:
            raise RepositoryRefused(f"the hub does not vouch for region {region}")
        file = read_statement_file(self._kept(kept), region=region)
        return KnownRegion(
            membership=membership,
            as_of=kept.as_of,
            role_version=kept.role_version,
            file=file,
            opened=open_statements(file, membership, at=at, is_test=is_test),
        )

    def _kept(self, file: KeptFile) -> bytes:
        data = self.cache.find_file(file.digest)
        if data is None:
            raise StoreUnavailable(
                f"a file that was verified is missing or damaged in '{self.cache.folder}'",
                next_step="Run `comity client sync` again; it fetches what is missing.",
            )
        return data

    def _follow(self, source: Source, *, reference: Instant, at: Instant, progress: Progress) -> Synced:
        """Follow the repository as of `reference`.

        1. Root, timestamp, snapshot and targets, each under the one before and none below the last.
        2. The hub's own file: the same hub, no membership below its version.
        3. Each region's file: its role, hash and length, every statement in it, no version below the last.
        4. What was verified is kept, last of all.
        """
        known = self.cache.find_state()
        try:
            updater = DatedUpdater(self.cache.metadata, source, root=self.cache.pinned_root(), at=reference)
            updater.refresh()  # 1
            reached = updater.reached(at=at)
            _require_reached(known, reached)
            hub, file = self._take_hub(updater, source, known, reached)  # 2
        except (RepositoryError, DownloadError) as error:
            _refuse(error)
        except OSError as error:
            raise StoreUnavailable(f"the folder cannot be written: {error.strerror}") from error
        visit = _Visit(self.cache, updater, source, known, reached, hub, at)
        regions = updater.regions()
        for done, (region, version) in enumerate(sorted(regions.items()), 1):  # 3
            visit.take(region, version)
            progress(done, len(regions))
        state = KeptState(  # 4
            root_version=reached.root_version,
            timestamp_version=reached.timestamp_version,
            snapshot_version=reached.snapshot_version,
            verified_at=max(at, known.verified_at if known else 0),
            as_of=max(reached.as_of, known.as_of if known else 0),
            hub_key=hub.hub.point,
            hub=file,
            regions=visit.taken,
        )
        self.cache.keep_state(state)
        return Synced(state=state, changed=tuple(visit.changed), refused=visit.refused)

    def _take_hub(
        self, updater: DatedUpdater, source: Source, known: KeptState | None, reached: Reached
    ) -> tuple[HubFile, KeptFile]:
        target = updater.get_targetinfo(HUB_PATH)
        if target is None:
            raise RepositoryRefused("the hub's own file is not named by its repository")
        try:
            hub = read_hub_file(_fetch(self.cache, source, HUB_PATH, target))
            members, is_test = open_memberships(hub)
            national = open_national_keys(hub, members, is_test=is_test)
            if known is not None and hub.hub.point != known.hub_key:
                raise RepositoryRefused("the hub's file names another key of the hub than the one known")
            found = [(f"membership-{region}", each.version) for region, each in members.items()]
            found += [] if national is None else [(f"key_list-{national.region}", national.version)]
            heights = require_heights(known.hub.heights if known else {}, found, of="the hub")
        except (FormatError, TrustError) as error:
            raise RepositoryRefused(f"the hub's file does not hold: {error}") from error
        return hub, KeptFile(
            digest=target.hashes[SHA256],
            length=target.length,
            role_version=reached.snapshot_version,
            as_of=reached.as_of,
            heights=heights,
        )


class _Visit:
    """One pass over the regions: what holds is taken, what does not is told and left as it was."""

    def __init__(
        self,
        cache: ClientCache,
        updater: DatedUpdater,
        source: Source,
        known: KeptState | None,
        reached: Reached,
        hub: HubFile,
        at: Instant,
    ) -> None:
        self._cache, self._updater, self._source, self._at = cache, updater, source, at
        self._reached = reached
        self._members, self._is_test = open_memberships(hub)
        self._before: Mapping[RegionCode, KeptFile] = {} if known is None else known.regions
        self._failures = 0
        self.taken: dict[RegionCode, KeptFile] = dict(self._before)
        self.changed: list[RegionCode] = []
        self.refused: dict[RegionCode, str] = {}

    def take(self, region: RegionCode, version: int) -> None:
        """Take one region's file, or leave the old one. Raises: DownloadFailed when the line is down."""
        try:
            file = self._verified(region, version)
        except (DownloadError, DownloadFailed) as error:
            self.refused[region] = str(error)
            if getattr(error, "status", getattr(error, "status_code", None)) not in NOT_THERE:
                self._failures += 1
            if self._failures >= MOST_FAILURES:
                raise DownloadFailed(f"the fetch was given up: {error}") from error
        except RepositoryError as error:
            self.refused[region] = _why(error)
        except (FormatError, TrustError, PublicationRefused) as error:
            self.refused[region] = str(error)
        else:
            if region not in self._before or self._before[region].digest != file.digest:
                self.changed.append(region)
            self.taken[region] = file

    def _verified(self, region: RegionCode, version: int) -> KeptFile:
        membership = self._members.get(region)
        if membership is None:
            raise RepositoryRefused(f"the hub does not vouch for region {region}")
        target = self._updater.get_targetinfo(target_path(region))
        if target is None:
            raise RepositoryRefused(f"region {region} does not name its present statements")
        data = _fetch(self._cache, self._source, target_path(region), target)
        opened = open_statements(
            read_statement_file(data, region=region), membership, at=self._at, is_test=self._is_test
        )
        before = self._before.get(region)
        heights = require_heights(before.heights if before else {}, opened.versions(), of=region)
        return KeptFile(
            digest=target.hashes[SHA256],
            length=target.length,
            role_version=version,
            as_of=self._reached.as_of,
            heights=heights,
        )


def _fetch(cache: ClientCache, source: Source, path: str, target: TargetFile) -> bytes:
    """Give a file by its hash, from the folder or else from the source."""
    digest = target.hashes.get(SHA256)
    if digest is None or target.length > MAX_CURRENT:
        raise RepositoryRefused(f"'{path}' is larger than {MAX_CURRENT} bytes, or named without SHA-256")
    data = cache.find_file(digest)
    if data is None:
        folder, _, name = path.rpartition("/")
        data = source.read(f"{TARGETS_FOLDER}/{folder}/{digest}.{name}", limit=target.length)
        if len(data) != target.length or sha256(data).hexdigest() != digest:
            raise RepositoryRefused(f"'{path}' is not the file its metadata name: other length or hash")
        cache.keep_file(digest, data)
    return data


def _require_reached(known: KeptState | None, reached: Reached) -> None:
    """Refuse versions below those verified before, also where the metadata kept here were lost."""
    if known is None:
        return
    for name in ("root_version", "timestamp_version", "snapshot_version"):
        if getattr(reached, name) < getattr(known, name):
            found, before = getattr(reached, name), getattr(known, name)
            raise RepositoryRefused(f"rolled back: {name.replace('_', ' ')} {found}, {before} was verified")


def _refuse(error: Exception) -> NoReturn:
    if isinstance(error, DownloadHTTPError):
        raise DownloadFailed(str(error), status=error.status_code) from error
    if isinstance(error, DownloadError):
        raise DownloadFailed(str(error)) from error
    raise RepositoryRefused(_why(error)) from error


def _why(error: Exception) -> str:
    """Say in plain words what is wrong with what was served."""
    if isinstance(error, ExpiredMetadataError):
        return f"expired, so it may be frozen: {error}"
    if isinstance(error, BadVersionNumberError):
        return f"rolled back, or parts of different states: {error}"
    if isinstance(error, UnsignedMetadataError):
        return f"not signed by the keys it must be signed by: {error}"
    if isinstance(error, LengthOrHashMismatchError):
        return f"parts of different states, or altered: {error}"
    return str(error)
