"""The folder of files a region publishes: signed, static, to be fetched by anybody and kept by caches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from comity.errors import StoreUnavailable

BUNDLE_FILE: Final = "bundle.cbor"
ANCHOR_FILE: Final = "anchor.cbor"
STATEMENTS_FOLDER: Final = "statements"
STATUS_FOLDER: Final = "status"


def _sync(folder: Path) -> None:
    """Make a rename in the folder survive a power cut, before it is noted as published."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_file(folder: Path, name: str, data: bytes) -> None:
    """Put a file in place whole: a reader sees the old one or the new one. Raises: StoreUnavailable."""
    beside = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / name)
        _sync(folder)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreUnavailable(f"the file {name} cannot be published: {error.strerror}") from error
