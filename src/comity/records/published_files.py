"""The folder of files a region publishes: signed, static, to be fetched by anybody and kept by caches."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.errors import StoreUnavailable

BUNDLE_FILE: Final = "bundle.cbor"
ANCHOR_FILE: Final = "anchor.cbor"
STATEMENTS_FOLDER: Final = "statements"
STATUS_FOLDER: Final = "status"
COUNTRY_FOLDER: Final = "country"
"""The lists of other regions, given on: a folder each."""
FOR_ANYBODY: Final = 0o644
FOR_OWNER: Final = 0o600


def _sync(folder: Path) -> None:
    """Make a rename in the folder survive a power cut, before it is noted as published."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file written beside its place, on disk and not seen by readers yet."""

    beside: Path
    place: Path

    def put(self) -> None:
        """Put it in place: a reader sees the old one or the new one. Raises: StoreUnavailable."""
        try:
            self.beside.replace(self.place)
            _sync(self.place.parent)
        except OSError as error:
            self.drop()
            raise _not_published(self.place.name, error) from error

    def drop(self) -> None:
        """Leave no trace of it."""
        with suppress(OSError):
            self.beside.unlink(missing_ok=True)


def prepare_file(folder: Path, name: str, data: bytes, *, mode: int = FOR_ANYBODY) -> PreparedFile:
    """Write a file beside its place, so that only a rename is left to do. Raises: StoreUnavailable."""
    prepared = PreparedFile(folder / f".{name}.{os.getpid()}", folder / name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(prepared.beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        prepared.drop()
        raise _not_published(name, error) from error
    return prepared


def put_file(folder: Path, name: str, data: bytes, *, mode: int = FOR_ANYBODY) -> None:
    """Put a file in place whole: a reader sees the old one or the new one. Raises: StoreUnavailable."""
    prepare_file(folder, name, data, mode=mode).put()


def _not_published(name: str, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(f"the file {name} cannot be published: {error.strerror}")


@contextmanager
def alone(folder: Path, lock: str) -> Iterator[None]:
    """Keep other processes from publishing the same meanwhile; the lock ends with the process.

    Raises: StoreUnavailable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnavailable(f"the published folder cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
