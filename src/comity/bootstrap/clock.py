"""The clock of a node: never before what it has seen, and in demo mode a setting.

The highest time seen is kept in the data folder, so that a clock stepped back while the node was down is
noticed too. In demo mode the same file holds how far time was put forward, for every process of the node.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.domain.instant import MINUTE, Instant, rfc3339
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import ClockRefused, NotPossibleNow

KEPT_EVERY: Final = MINUTE
"""Seconds after which the highest time seen is written down again."""


@dataclass(frozen=True, slots=True)
class _Kept:
    highest: Instant = 0
    forward: int = 0


class NodeClock:
    """Gives the time as an instant; `file` is shared by the processes of one node.

    Raises: ClockRefused when the machine's clock is more than 60 s before what has been seen.
    """

    def __init__(self, file: Path, *, is_demo: bool, read: Callable[[], float] = time.time) -> None:
        self._file, self._is_demo, self._read = file, is_demo, read
        self._lock = threading.Lock()
        self._kept = _read_kept(file)
        self._looked_at = _changed_at(file)
        self._highest = self._kept.highest

    def __call__(self) -> Instant:
        """Read the clock."""
        if self._is_demo:
            self._look_again()
        at = int(self._read()) + self._kept.forward
        if at < self._highest - CLOCK_LEEWAY:
            raise ClockRefused(f"the clock says {rfc3339(at)}, but {rfc3339(self._highest)} has been seen")
        if at > self._highest:
            self._highest = at
            if at - self._kept.highest >= KEPT_EVERY:
                self._keep(at)
        return max(at, self._highest)

    def put_forward(self, seconds: int) -> Instant:
        """Put the time forward, in demo mode only. Raises: NotPossibleNow."""
        if not self._is_demo:
            raise NotPossibleNow("time is a setting in demo mode only")
        with self._alone():
            kept = _read_kept(self._file)
            at = int(self._read()) + kept.forward + seconds
            self._write(_Kept(highest=max(at, kept.highest), forward=kept.forward + seconds))
        return self()

    def _look_again(self) -> None:
        changed_at = _changed_at(self._file)
        if changed_at != self._looked_at:
            self._looked_at, self._kept = changed_at, _read_kept(self._file)
            self._highest = max(self._highest, self._kept.highest)

    def _keep(self, at: Instant) -> None:
        with self._alone():
            kept = _read_kept(self._file)
            self._kept = _Kept(highest=max(at, kept.highest), forward=kept.forward)
            if at - kept.highest >= KEPT_EVERY:
                with suppress(ClockRefused):  # a full disk is told by what has to be written
                    self._write(self._kept)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes from writing between reading the file and writing it."""
        with self._lock:
            try:
                folder = os.open(self._file.parent, os.O_RDONLY)
            except OSError:
                yield  # the write will say what is wrong with the folder
                return
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)
                yield
            finally:
                os.close(folder)

    def _write(self, kept: _Kept) -> None:
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            with beside.open("w", encoding="utf-8") as file:
                json.dump({"highest": kept.highest, "forward": kept.forward}, file)
                file.flush()
                os.fsync(file.fileno())  # else a power cut leaves an empty file, and the node does not start
            beside.replace(self._file)
        except OSError as error:
            raise ClockRefused(
                f"the time seen cannot be kept: {error.strerror}", next_step="Check the disk and its rights."
            ) from error
        self._kept = kept


def _read_kept(file: Path) -> _Kept:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return _Kept(highest=int(kept["highest"]), forward=int(kept["forward"]))
    except FileNotFoundError:
        return _Kept()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClockRefused(
            f"the time seen, in '{file}', cannot be read",
            next_step="Restore the file, or remove it once the clock is known to be right.",
        ) from error


def _changed_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
