"""The folder a client keeps: the pinned root, metadata, files by their hash, and what has been verified.

A file is there whole or not at all and found again by its hash, so that a fetch that was cut off goes on
where it stopped. What counts is `state.cbor`, replaced last.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from comity.client.kept_state import KeptState, read_state, write_state
from comity.distribution.names import MAX_ROOT, METADATA_FOLDER, TARGETS_FOLDER
from comity.distribution.root import read_root
from comity.errors import FormatError, StoreUnavailable, UsageError
from comity.records.published_files import put_file

_ROOT: Final = "root.json"
_STATE: Final = "state.cbor"
_LOCK: Final = ".lock"


class ClientCache:
    """One client's folder. Methods that write raise StoreUnavailable."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder

    @property
    def metadata(self) -> Path:
        """Where verified metadata lie."""
        return self.folder / METADATA_FOLDER

    @property
    def gate(self) -> Path:
        """Where a gate's bundle and status lists lie."""
        return self.folder / "gate"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out meanwhile. Raises: StoreUnavailable."""
        try:
            self.metadata.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"'{self.folder}' cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def pin_root(self, root: bytes) -> None:
        """Pin the hub's root, once. Raises: UsageError when another one is pinned, StatementRefused."""
        read_root(root)
        path = self.folder / _ROOT
        if path.exists():
            if path.read_bytes() != root:
                raise UsageError(
                    f"'{self.folder}' follows another root than the one given",
                    next_step="Leave out --root, or name another folder with --cache.",
                )
            return
        put_file(self.folder, _ROOT, root)

    def pinned_root(self) -> bytes:
        """Give the pinned root. Raises: UsageError when there is none."""
        try:
            return (self.folder / _ROOT).read_bytes()[: MAX_ROOT + 1]
        except OSError:
            raise UsageError(
                f"'{self.folder}' has no root of a hub pinned",
                next_step="Give the hub's root file with --root the first time, after comparing it.",
            ) from None

    def find_state(self) -> KeptState | None:
        """Find what has been verified so far. Raises: StoreUnavailable when it cannot be read."""
        try:
            return read_state((self.folder / _STATE).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, FormatError) as error:
            raise StoreUnavailable(
                f"'{self.folder / _STATE}' cannot be read",
                next_step="Restore the folder, or remove it whole and pin the hub's root again.",
            ) from error

    def keep_state(self, state: KeptState) -> None:
        """Replace what has been verified, and remove files that nothing leads to any more."""
        put_file(self.folder, _STATE, write_state(state))
        wanted = {state.hub.digest, *(file.digest for file in state.regions.values())}
        for path in (self.folder / TARGETS_FOLDER).iterdir():
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def find_file(self, digest: str) -> bytes | None:
        """Find a file by its SHA-256; None where there is none, or one that was damaged."""
        try:
            data = (self.folder / TARGETS_FOLDER / digest).read_bytes()
        except OSError:
            return None
        return data if sha256(data).hexdigest() == digest else None

    def keep_file(self, digest: str, data: bytes) -> None:
        """Keep a file under its SHA-256."""
        put_file(self.folder / TARGETS_FOLDER, digest, data)
