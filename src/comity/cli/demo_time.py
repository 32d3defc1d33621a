"""Time in the demo: one calendar for hub and nodes, which begins when the notice does and is put forward.

Each process of a node reads its forward from a file; the demo writes that file. Nothing waits for days.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from comity.bootstrap.clock import NodeClock
from comity.domain.instant import Instant


class DemoTime:
    """The clocks of hub and nodes, put forward together."""

    def __init__(self, files: Sequence[Path], *, begins_at: Instant) -> None:
        """Let these clock files, which are not there yet, begin at an instant."""
        forward = begins_at - int(time.time())
        self._clocks = [NodeClock(file, is_demo=True) for file in files]
        for file, clock in zip(files, self._clocks, strict=True):
            file.parent.mkdir(parents=True, exist_ok=True)
            clock.put_forward(forward)

    def __call__(self) -> Instant:
        """Read the clock of the demo."""
        return self._clocks[0]()

    def forward_to(self, at: Instant) -> None:
        """Put every clock forward to an instant; one that is there already goes on as it is.

        Looked at again: a process that wrote down the time it saw meanwhile may have undone it.
        """
        for _ in range(2):
            for clock in self._clocks:
                missing = at - clock()
                if missing > 0:
                    clock.put_forward(missing)

    def forward(self, seconds: int) -> None:
        """Put every clock forward by some seconds."""
        self.forward_to(self() + seconds)
