"""Cores for `comity bench region`: the server on one and its load on another.

Left to itself, the system now and then puts both on one core for a tenth of a second while the other idles.
What is measured is then its scheduler; an operator's clients are on other machines.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Cores(NamedTuple):
    """The core a server is kept on, and that of its load, by their numbers in the system."""

    server: int
    load: int


def two_cores() -> Cores | None:
    """Choose two cores; None where there is one, or where the system lets nobody choose."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    usable = sorted(os.sched_getaffinity(0))
    return Cores(*usable[:2]) if len(usable) > 1 else None


@contextmanager
def started_on(core: int | None) -> Iterator[None]:
    """Keep processes that are started meanwhile on one core; with None they run anywhere."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
