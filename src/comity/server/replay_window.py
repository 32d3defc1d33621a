"""The replay window of the hot routes: used nonces in one file that all workers of a machine share.

A transaction for every verification would cost more than the verification. Instead each worker maps the same
sparse file: an open-addressed table of nonce hashes, each with the time until which it counts. A lock on the
file orders the workers, and falls with a worker that dies. Nonces of one second stand near each other, so
that few pages of the file are in use at a time. Where several machines serve one region, their
balancer sends a key id always to the same machine (docs/services.md); all other signed routes keep nonces as
records (`issuance.nonces`), which holds across machines.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from comity.domain.instant import Instant
from comity.errors import NotSignedIn, TooMany

SLOTS: Final = 2**21
"""Places in the table: twice what one machine verifies in the 120 s a nonce counts."""
SPREAD: Final = 2**16
"""Places over which the nonces of one second are spread; neighbouring seconds overlap."""
_STRIDE: Final = SPREAD // 4
_SLOT: Final = 16
_HASH: Final = 12
_PROBES: Final = 32
_RUN: Final = _PROBES * _SLOT
_ENTRY: Final = struct.Struct(f"<{_HASH}sI")
_UNTIL: Final = struct.Struct("<I")


class SignedNonce(NamedTuple):
    """A nonce as a request brings it: 12 or more bytes of its hash, and when the request says it was made."""

    hash: bytes
    created: Instant


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

    def use(self, nonce: SignedNonce, *, until: Instant, at: Instant) -> None:
        """Use one nonce up.

        Raises: NotSignedIn when it was used before, TooMany when there is no place for it.
        """
        [refused] = self.use_all([nonce], until=until, at=at)
        if refused is not None:
            raise refused

    def use_all(
        self, nonces: Sequence[SignedNonce], *, until: Instant, at: Instant
    ) -> list[NotSignedIn | TooMany | None]:
        """Use nonces up, holding the lock once, and give for each why it is refused, or None."""
        with self._here:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                return [self._put(nonce, until, at) for nonce in nonces]
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _put(self, nonce: SignedNonce, until: Instant, at: Instant) -> NotSignedIn | TooMany | None:
        """Look through the run of slots that a nonce can stand in, and put it into the first that is free.

        A run is searched whole: what stood in front of a nonce may have ended before it.
        """
        known = nonce.hash[:_HASH]
        spread = int.from_bytes(known[:8], "little") % SPREAD
        start = (nonce.created * _STRIDE + spread) % self._slots * _SLOT
        run = self._table[start : start + _RUN]
        place = run.find(known)
        while place >= 0:
            if place % _SLOT == 0 and _UNTIL.unpack_from(run, place + _HASH)[0] >= at:
                return NotSignedIn(
                    "this request was sent before: its nonce is used",
                    next_step="Sign it again with a fresh nonce.",
                )
            place = run.find(known, place + 1)
        for place in range(0, _RUN, _SLOT):
            if _UNTIL.unpack_from(run, place + _HASH)[0] < at:
                _ENTRY.pack_into(self._table, start + place, known, until)
                return None
        return TooMany("more signed requests than this machine can tell apart", retry_after=2)

    def close(self) -> None:
        """Let go of the file; closing twice changes nothing."""
        if not self._table.closed:
            self._table.close()
            os.close(self._file)
