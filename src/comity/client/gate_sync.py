"""Keeping a gate supplied: its host's bundle, and the status lists of the regions it recognises, with deltas.

The bundle is checked against the anchor pinned at enrolment and never goes below the version and time
verified before. Lists are verified with the keys in it. A delta that does not chain means: the whole list.
What cannot be fetched stays as it was, and its age decides (V2, V8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from comity.client.gate_folder import GateFolder, GateHeights
from comity.client.http_source import Fetched
from comity.distribution.status_index import (
    DELTAS_FOLDER,
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    LISTS_FOLDER,
    MAX_INDEX,
    IndexedList,
    delta_file,
    list_file,
    read_index,
)
from comity.domain.instant import HOUR, MINUTE, Instant, rfc3339
from comity.domain.region import RegionCode
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import BundleRefused, ClockRefused, ComityError, DownloadFailed, RepositoryRefused
from comity.trust.bundle import MAX_BUNDLE, Anchor, VerifierBundle, open_bundle
from comity.trust.delta import apply_delta
from comity.trust.status import StatusList, read_status_list

OWN_EVERY: Final = MINUTE
"""Seconds between two fetches of a connected gate from its own region."""
COUNTRY_EVERY: Final = HOUR
"""Seconds between two fetches from the hub and from the other regions."""
MOST_STEPS: Final = 120
"""Deltas followed from one edition to the next; beyond that the whole list is less."""
MAX_LIST: Final = 2**23
MAX_DELTA: Final = 2**20


class ConditionalSource(Protocol):
    """Files by path, given only where they changed."""

    def read_newer(self, path: str, *, limit: int, tag: str | None = None) -> Fetched | None:
        """Read a file unless it is still the one with this tag: then None. Raises: DownloadFailed."""
        ...


Open = Callable[[str], ConditionalSource]
"""Gives the source at a region's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSynced:
    """What a fetch brought: the bundle in use, lists renewed by delta or whole, and what went wrong where."""

    bundle: VerifierBundle
    by_delta: int
    whole: int
    refused: Mapping[str, str] = field(default_factory=dict)


class GateSync:
    """Supplies one gate in one folder."""

    def __init__(self, folder: GateFolder, anchor: Anchor, open_source: Open) -> None:
        self._folder, self._anchor, self._open = folder, anchor, open_source
        self._tags = folder.tags()
        self._by_delta = self._whole = 0
        self._refused: dict[str, str] = {}

    def sync(self, addresses: Mapping[RegionCode, str], *, at: Instant, own_only: bool = False) -> GateSynced:
        """Fetch the bundle, then the lists of the host and, unless `own_only`, of all it recognises.

        Raises: BundleRefused, ClockRefused, DownloadFailed where there is no bundle at all, StoreUnavailable.
        """
        heights = self._folder.heights()
        if at < heights.verified_at - CLOCK_LEEWAY:
            raise ClockRefused(
                f"the clock says {rfc3339(at)}, but {rfc3339(heights.verified_at)} has been verified"
            )
        host = self._anchor.host
        bundle = self._take_bundle(addresses.get(host), heights, at=at)
        regions = [host] if own_only else [host, *recognised(bundle)]
        for region in regions:
            address = addresses.get(region)
            if address is None:
                self._refused[region] = "where it publishes is not known"
                continue
            try:
                self._follow(region, self._open(address), bundle)
            except ComityError as error:
                self._refused[region] = str(error)
        self._folder.keep_tags(self._tags)
        return GateSynced(bundle=bundle, by_delta=self._by_delta, whole=self._whole, refused=self._refused)

    def _take_bundle(self, address: str | None, heights: GateHeights, *, at: Instant) -> VerifierBundle:
        try:
            if address is None:
                raise DownloadFailed("the address of the gate's own region is not known")
            tag = self._tags.get("bundle") if self._folder.bundle.exists() else None
            fetched = self._open(address).read_newer("bundle", limit=MAX_BUNDLE, tag=tag)
        except DownloadFailed as error:
            if not self._folder.bundle.exists():
                raise
            self._refused["bundle"] = str(error)
            fetched = None
        if fetched is None:
            return open_bundle(self._folder.bundle.read_bytes(), anchor=self._anchor)
        bundle = open_bundle(fetched.data, anchor=self._anchor)
        _require_newer(bundle, heights, at=at)
        self._folder.keep_bundle(fetched.data)
        self._folder.keep_heights(
            GateHeights(
                version=max(bundle.version, heights.version),
                issued_at=max(bundle.issued_at, heights.issued_at),
                verified_at=max(at, heights.verified_at),
            )
        )
        _remember(self._tags, "bundle", fetched)
        return bundle

    def _follow(self, region: RegionCode, source: ConditionalSource, bundle: VerifierBundle) -> None:
        """Bring the lists of one region to the editions its index names."""
        name = f"{region}/status"
        tag = self._tags.get(name) if self._folder.has_lists(region) else None
        fetched = source.read_newer("status", limit=MAX_INDEX, tag=tag)
        if fetched is None:
            return
        own = region == self._anchor.host
        lists, deltas = (LISTS_FOLDER, DELTAS_FOLDER) if own else (HOURLY_FOLDER, HOURLY_DELTAS_FOLDER)
        for entry in read_index(fetched.data, region=region):
            known = self._folder.find_list(region, entry.number, bundle)
            goal = entry.issued_at if own else entry.hourly_at
            if known is not None and known.issued_at >= goal:
                continue
            after = None if known is None else _by_deltas(source, deltas, known, entry, goal, bundle)
            if after is None:
                after = _whole(source, lists, region, entry, bundle)
                self._whole += 1
            else:
                self._by_delta += 1
            if known is not None and after.issued_at < known.issued_at:
                raise RepositoryRefused(f"list {entry.number} of {region} is older than the one here")
            self._folder.keep_list(region, entry.number, after)
        _remember(self._tags, name, fetched)


def recognised(bundle: VerifierBundle) -> list[RegionCode]:
    """Give the regions other than the host whose passes a bundle's host honours, now or to come."""
    return sorted(RegionCode(code) for code in {*bundle.recognitions, *bundle.referrals} - {bundle.host})


def _require_newer(bundle: VerifierBundle, heights: GateHeights, *, at: Instant) -> None:
    if bundle.version < heights.version:
        raise BundleRefused(
            f"bundle version {bundle.version}, but {heights.version} was verified before: rolled back"
        )
    if bundle.issued_at < heights.issued_at - CLOCK_LEEWAY:
        raise BundleRefused("the bundle was made before the one verified last: rolled back")
    if at >= bundle.expires_at:
        raise BundleRefused("the bundle has expired, so it may be frozen")


def _by_deltas(
    source: ConditionalSource,
    folder: str,
    known: StatusList,
    entry: IndexedList,
    goal: Instant,
    bundle: VerifierBundle,
) -> StatusList | None:
    """Go from edition to edition; None where the deltas do not lead there."""
    keys = next((each for each in bundle.key_lists if each.region == known.signer), None)
    for _ in range(MOST_STEPS):
        if known.issued_at >= goal or keys is None:
            break
        path = f"{folder}/{delta_file(known.signer, entry.number, known.issued_at)}"
        try:
            fetched = source.read_newer(path, limit=MAX_DELTA)
            if fetched is None:
                return None
            known = apply_delta(fetched.data, known, keys, is_test=bundle.is_test)
        except DownloadFailed as error:
            if error.status is None:
                raise
            return None
        except ComityError:
            return None
    return known if known.issued_at >= goal else None


def _whole(
    source: ConditionalSource, folder: str, region: RegionCode, entry: IndexedList, bundle: VerifierBundle
) -> StatusList:
    path = f"{folder}/{list_file(region, entry.number)}"
    fetched = source.read_newer(path, limit=MAX_LIST)
    if fetched is None:
        raise DownloadFailed(f"'{path}' is said to be unchanged, which nobody asked")
    found = read_status_list(fetched.data, bundle.key_lists)
    if found.signer != region or found.uri != f"cm:{region}/{entry.number}":
        raise RepositoryRefused(f"'{path}' is another list than its name says")
    return found


def _remember(tags: dict[str, str], name: str, fetched: Fetched) -> None:
    if fetched.tag is None:
        tags.pop(name, None)
    else:
        tags[name] = fetched.tag
