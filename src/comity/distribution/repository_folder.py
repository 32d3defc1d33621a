"""The folder behind the hub's repository: plain static files, each put in place whole.

Files that carry their version or hash in the name are never changed once `timestamp.json` has led to them;
nothing leads to what a killed process left, and it is written over. Any server, cache or mirror will do.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from comity.distribution.names import METADATA_FOLDER, ROOT, TARGETS_FOLDER, TIMESTAMP
from comity.domain.region import RegionCode
from comity.errors import StoreUnavailable

_LOCK: Final = ".lock"
_BESIDE: Final = ".new-"


class RepositoryFolder:
    """Reads and writes the files of one repository. Every method raises StoreUnavailable."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @contextmanager
    def locked(self, region: RegionCode | None = None) -> Iterator[None]:
        """Keep every other publisher, thread or process, out meanwhile, or those of one region only.

        The lock ends with the process.
        """
        name = _LOCK if region is None else f"{_LOCK}-{region}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"the repository cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def metadata_file(self, role: str, version: int | None = None) -> Path:
        """Give the place of metadata: `7.snapshot.json`, and `timestamp.json` without a version."""
        name = f"{role}.json" if version is None else f"{version}.{role}.json"
        return self.path / METADATA_FOLDER / name

    def target_file(self, target: str, digest: str) -> Path:
        """Give the place of a target: `regions/150000/HASH.current.cbor`."""
        folder, _, name = target.rpartition("/")
        return self.path / TARGETS_FOLDER / folder / f"{digest}.{name}"

    def read_metadata(self, role: str, version: int | None = None) -> bytes:
        """Read metadata that must be there."""
        return _read(self.metadata_file(role, version))

    def read_target(self, target: str, digest: str) -> bytes:
        """Read a target that must be there."""
        return _read(self.target_file(target, digest))

    def put_metadata(self, role: str, version: int, data: bytes) -> None:
        """Put versioned metadata in place."""
        _put(self.metadata_file(role, version), data)

    def put_timestamp(self, data: bytes) -> None:
        """Put the timestamp in place: from here on everybody sees the new state."""
        _put(self.metadata_file(TIMESTAMP), data)

    def put_target(self, target: str, data: bytes) -> None:
        """Put a target in place, where it is not there already."""
        path = self.target_file(target, sha256(data).hexdigest())
        if not (path.exists() and path.read_bytes() == data):
            _put(path, data)

    def newest_root(self) -> int:
        """Give the version of the newest root, 0 when there is none."""
        folder = self.path / METADATA_FOLDER
        found = [path.name.split(".")[0] for path in folder.glob(f"*.{ROOT}.json")]
        return max((int(version) for version in found if version.isdigit()), default=0)

    def sweep(self) -> None:
        """Remove what a killed process left half written."""
        for path in self.path.rglob(f"{_BESIDE}*"):
            path.unlink(missing_ok=True)

    def prune(self, keep: set[Path], *, older_than: float) -> int:
        """Remove files that no state leads to any more and that are older than a file time; gives how many.

        Roots are kept for ever: clients far behind follow them one by one.
        """
        count = 0
        for folder in (METADATA_FOLDER, TARGETS_FOLDER):
            for path in (self.path / folder).rglob("*"):
                if path in keep or not path.is_file() or path.name.endswith(f".{ROOT}.json"):
                    continue
                if path.stat().st_mtime < older_than:
                    path.unlink(missing_ok=True)
                    count += 1
        return count


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreUnavailable(
            f"the repository's file {path.name} cannot be read: {error.strerror}",
            next_step="Restore the repository's folder from its backup or a mirror, and start again.",
        ) from error


def _put(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{_BESIDE}{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreUnavailable(f"the file {path.name} cannot be published: {error.strerror}") from error
