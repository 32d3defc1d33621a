"""The replay window of the hot routes: used nonces in one file that all workers of a machine share.

A transaction for every verification would cost more than the verification. Instead each worker maps the same
sparse file: an open-addressed table of nonce hashes, each with the time until which it counts. A lock on the
file orders the workers, and falls with a worker that dies. Where several machines serve one region, their
balancer sends a key id always to the same machine (docs/services.md); all other signed routes keep nonces as
records (`issuance.nonces`), which holds across machines.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from pathlib import Path
from typing import Final

from comity.domain.instant import Instant
from comity.errors import NotSignedIn, TooMany

SLOTS: Final = 2**21
"""Places in the table: twice what one machine verifies in the 120 s a nonce counts."""
_SLOT: Final = 16
_HASH: Final = 12
_PROBES: Final = 32
_UNTIL: Final = struct.Struct("<I")


class ReplayWindow:
    """Used nonces, across the workers of one machine; safe to use from several threads."""

    def __init__(self, path: Path, *, slots: int = SLOTS) -> None:
        self._slots = slots
        size = (slots + _PROBES) * _SLOT
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._file).st_size != size:
            os.ftruncate(self._file, size)
        self._table = mmap.mmap(self._file, size)
        self._here = threading.Lock()

    def use(self, nonce_hash: bytes, *, until: Instant, at: Instant) -> None:
        """Use a nonce up, by 12 or more bytes of its hash.

        Raises: NotSignedIn when it was used before, TooMany when there is no place for it.
        """
        known = nonce_hash[:_HASH]
        start = int.from_bytes(known[:8], "little") % self._slots * _SLOT
        with self._here:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                self._put(known, start, until, at)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _put(self, known: bytes, start: int, until: Instant, at: Instant) -> None:
        table = self._table
        free = -1
        for place in range(start, start + _PROBES * _SLOT, _SLOT):
            ends = _UNTIL.unpack_from(table, place + _HASH)[0]
            if ends < at:
                free = place if free < 0 else free
                if ends == 0:  # never used: nothing was ever put behind it
                    break
            elif table[place : place + _HASH] == known:
                raise NotSignedIn(
                    "this request was sent before: its nonce is used",
                    next_step="Sign it again with a fresh nonce.",
                )
        if free < 0:
            raise TooMany("more signed requests than this machine can tell apart", retry_after=2)
        table[free : free + _SLOT] = known + _UNTIL.pack(until)

    def close(self) -> None:
        """Let go of the file; closing twice changes nothing."""
        if not self._table.closed:
            self._table.close()
            os.close(self._file)
