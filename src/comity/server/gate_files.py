"""The published bundle and status lists in memory: what the node itself verifies with, the same as any gate.

The lists are its own and those of the other regions that it gives on below `country/`, so that the answer
online is that of a gate which follows the same regions; each counts by the keys of the bundle alone.

Files are read again when their size or time of change differs; a file that cannot be used leaves the one
before it in place, since signed data stays good until it is too old by the host's rule (settled rule 13).
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final, NamedTuple

from comity.distribution.status_index import HOURLY_FOLDER
from comity.errors import ComityError, StoreUnavailable
from comity.records.published_files import BUNDLE_FILE, COUNTRY_FOLDER, STATUS_FOLDER
from comity.trust.bundle import Anchor, VerifierBundle, open_bundle
from comity.trust.status import StatusList, StatusLists, read_status_list

MAX_LIST_FILE: Final = 64 * 2**20
"""Bytes of a status list file at most."""

_Stamp = tuple[int, int]


class GateData(NamedTuple):
    """An opened bundle and the lists that its keys vouch for."""

    bundle: VerifierBundle
    lists: StatusLists


class GateFiles:
    """Reads the folder of published files and keeps them opened; safe to use from several threads."""

    def __init__(self, folder: Path, *, anchor: Anchor) -> None:
        self._folder = folder
        self._anchor = anchor
        self._reading = threading.Lock()
        self._bundle: tuple[_Stamp, VerifierBundle] | None = None
        self._lists: dict[str, tuple[_Stamp, StatusList | None]] = {}
        self._data: GateData | None = None

    def data(self) -> GateData:
        """Give what was read last, reading it the first time. Raises: StoreUnavailable with no bundle."""
        if self._data is None:
            self.refresh()
        if self._data is None:
            raise StoreUnavailable("this node has no bundle to verify with yet")
        return self._data

    def refresh(self) -> None:
        """Read the files that changed since they were read."""
        with self._reading:
            bundle_changed = self._refresh_bundle()
            if self._bundle is None:
                return
            bundle = self._bundle[1]
            if bundle_changed:
                self._lists.clear()
            if self._refresh_lists(bundle) or bundle_changed:
                lists = tuple(known for _, known in self._lists.values() if known is not None)
                self._data = GateData(bundle, StatusLists(lists))

    def _refresh_bundle(self) -> bool:
        path = self._folder / BUNDLE_FILE
        stamp = _stamp(path)
        if stamp is None or (self._bundle is not None and self._bundle[0] == stamp):
            return False
        try:
            opened = open_bundle(_read(path), anchor=self._anchor, host=self._anchor.host)
        except (ComityError, OSError):
            return False
        self._bundle = stamp, opened
        return True

    def _refresh_lists(self, bundle: VerifierBundle) -> bool:
        folders = (STATUS_FOLDER, f"{COUNTRY_FOLDER}/*/{HOURLY_FOLDER}")
        present = {  # a file that is being written has a name with a dot in front
            str(path.relative_to(self._folder)): path
            for folder in folders
            for path in self._folder.glob(f"{folder}/*")
            if not path.name.startswith(".")
        }
        changed = [name for name in self._lists if name not in present]
        for name in changed:
            del self._lists[name]
        for name, path in present.items():
            stamp = _stamp(path)
            known = self._lists.get(name)
            if stamp is None or (known is not None and known[0] == stamp):
                continue
            read = _read_list(path, bundle)
            if read is not None or known is None:
                self._lists[name] = stamp, read
                changed.append(name)
        return bool(changed)


def _read_list(path: Path, bundle: VerifierBundle) -> StatusList | None:
    try:
        return read_status_list(_read(path), bundle.key_lists)
    except (ComityError, OSError):
        return None


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size) if path.is_file() else None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_LIST_FILE)
