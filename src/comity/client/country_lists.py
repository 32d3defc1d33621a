"""The status lists of other regions, as they signed them, given on by a node to the gates of its own.

A gate that may ask its own node alone finds here what it would fetch from each region: index, list of an
hour, deltas from hour to hour (`distribution.status_index`). Each is verified by the keys in the bundle of
the host before it is given on, and by the gate again, which need not believe this node. What cannot be
fetched stays as it was, and its age decides at the gate (V8).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comity.client.gate_sync import MAX_DELTA, MAX_LIST, MOST_STEPS, ConditionalSource, Open, recognised
from comity.distribution.status_index import (
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    INDEX_FILE,
    MAX_INDEX,
    IndexedList,
    delta_file,
    list_file,
    read_index,
    write_index,
)
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode, is_region
from comity.errors import ComityError, DownloadFailed, RepositoryRefused
from comity.records.published_files import put_file
from comity.trust.bundle import VerifierBundle
from comity.trust.delta import apply_delta
from comity.trust.status import StatusList, read_status_list

DELTAS_KEPT: Final = 2 * DAY
"""Seconds for which a delta is given on, as long as its region keeps it."""
_TAGS: Final = ".tags.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountrySynced:
    """What a fetch brought: lists and deltas put in place, and what went wrong with which region."""

    lists: int
    deltas: int
    refused: Mapping[str, str] = field(default_factory=dict)


class CountryLists:
    """Keeps one folder, which has a folder for each region."""

    def __init__(self, folder: Path, open_source: Open) -> None:
        self._folder, self._open = folder, open_source
        self._tags = _read_tags(folder / _TAGS)
        self._lists = self._deltas = 0

    def sync(self, addresses: Mapping[RegionCode, str], bundle: VerifierBundle) -> CountrySynced:
        """Bring the lists of all that the bundle's host recognises or refers. Raises: StoreUnavailable."""
        refused: dict[str, str] = {}
        regions = [each for each in recognised(bundle) if is_region(each)]  # national passes have no list
        self._forget_others(regions)
        for region in regions:
            address = addresses.get(region)
            if address is None:
                refused[region] = "where it publishes is not known"
                continue
            try:
                self._follow(region, self._open(address), bundle)
            except ComityError as error:
                refused[region] = str(error)
        put_file(self._folder, _TAGS, json.dumps(self._tags).encode())
        return CountrySynced(lists=self._lists, deltas=self._deltas, refused=refused)

    def _follow(self, region: RegionCode, source: ConditionalSource, bundle: VerifierBundle) -> None:
        """Bring one region's lists; its index is written last, and names what is here."""
        folder = self._folder / region
        tag = self._tags.get(region) if (folder / INDEX_FILE).exists() else None
        fetched = source.read_newer("status", limit=MAX_INDEX, tag=tag)
        if fetched is None:
            return
        here: list[IndexedList] = []
        for entry in read_index(fetched.data, region=region):
            path = folder / HOURLY_FOLDER / list_file(region, entry.number)
            known = _find_list(path, bundle)
            if known is None or known.issued_at < entry.hourly_at:
                known = self._take_list(path, source, region, entry, known, bundle)
            here.append(
                IndexedList(number=entry.number, issued_at=known.issued_at, hourly_at=known.issued_at)
            )
        put_file(folder, INDEX_FILE, write_index(region, tuple(here)))
        if fetched.tag is None:
            self._tags.pop(region, None)
        else:
            self._tags[region] = fetched.tag

    def _take_list(
        self,
        path: Path,
        source: ConditionalSource,
        region: RegionCode,
        entry: IndexedList,
        known: StatusList | None,
        bundle: VerifierBundle,
    ) -> StatusList:
        """Put the next edition in place, after the deltas that lead to it. Raises: ComityError."""
        data = _fetch(source, f"{HOURLY_FOLDER}/{path.name}", MAX_LIST)
        found = read_status_list(data, bundle.key_lists)
        if found.signer != region or found.uri != f"cm:{region}/{entry.number}":
            raise RepositoryRefused(f"'{path.name}' is another list than its name says")
        if known is not None:
            if found.issued_at < known.issued_at:
                raise RepositoryRefused(f"list {entry.number} of {region} is older than the one here")
            self._take_deltas(path.parent.parent, source, entry.number, known, found, bundle)
        put_file(path.parent, path.name, data)
        self._lists += 1
        return found

    def _take_deltas(
        self,
        folder: Path,
        source: ConditionalSource,
        number: int,
        known: StatusList,
        goal: StatusList,
        bundle: VerifierBundle,
    ) -> None:
        """Put the deltas in place that chain to the next edition; where none do, a gate takes the list."""
        keys = next((each for each in bundle.key_lists if each.region == known.signer), None)
        deltas = folder / HOURLY_DELTAS_FOLDER
        _drop_old(deltas, f"{known.signer}-{number}-", goal.issued_at - DELTAS_KEPT)
        for _ in range(MOST_STEPS):
            if keys is None or known.issued_at >= goal.issued_at:
                return
            name = delta_file(known.signer, number, known.issued_at)
            try:
                data = _fetch(source, f"{HOURLY_DELTAS_FOLDER}/{name}", MAX_DELTA)
                known = apply_delta(data, known, keys, is_test=bundle.is_test)
            except ComityError:
                return
            put_file(deltas, name, data)
            self._deltas += 1

    def _forget_others(self, regions: list[RegionCode]) -> None:
        """Give on nothing of a region that the host recognises no more."""
        for path in self._folder.glob("[0-9]" * 6):
            if path.name not in regions:
                shutil.rmtree(path, ignore_errors=True)
                self._tags.pop(path.name, None)


def _find_list(path: Path, bundle: VerifierBundle) -> StatusList | None:
    """Find a list as given on; None where there is none, or one whose key is gone."""
    try:
        return read_status_list(path.read_bytes(), bundle.key_lists)
    except (OSError, ComityError):
        return None


def _fetch(source: ConditionalSource, path: str, limit: int) -> bytes:
    fetched = source.read_newer(path, limit=limit)
    if fetched is None:
        raise DownloadFailed(f"'{path}' is said to be unchanged, which nobody asked")
    return fetched.data


def _drop_old(folder: Path, prefix: str, before: Instant) -> None:
    for path in folder.glob(f"{prefix}*.cbor"):
        at = path.stem.removeprefix(prefix)
        if at.isdecimal() and int(at) < before:
            path.unlink(missing_ok=True)


def _read_tags(path: Path) -> dict[str, str]:
    try:
        return {str(name): str(tag) for name, tag in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}
