"""Memory of a process and its children, from /proc (Linux; proc_pid_smaps(5)).

The proportional set size (PSS) divides every page by the processes that share it, so that the sum over a
family of forked processes is what the machine really spends on it. The resident set size counts shared
pages once for each process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class MemorySize(NamedTuple):
    """A process with its children at one moment: kibibytes, and how many processes."""

    pss: int
    rss: int
    processes: int


def can_sample() -> bool:
    """Say whether this system tells the memory and the children of a process."""
    own = os.getpid()
    return _rollup(own).is_file() and _children(own).is_file()


def sample_tree(pid: int) -> MemorySize:
    """Add up the memory of a process, its children and theirs; one that has just ended counts nothing."""
    found = [sizes for each in _tree(pid) if (sizes := _sizes(each)) is not None]
    return MemorySize(sum(pss for pss, _ in found), sum(rss for _, rss in found), len(found))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = _children(pid).read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _sizes(pid: int) -> tuple[int, int] | None:
    """Read PSS and RSS in kibibytes."""
    try:
        lines = _rollup(pid).read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    fields = {name: rest.split()[0] for name, _, rest in (line.partition(":") for line in lines)}
    return (int(fields["Pss"]), int(fields["Rss"])) if "Pss" in fields else None


def _rollup(pid: int) -> Path:
    return Path(f"/proc/{pid}/smaps_rollup")


def _children(pid: int) -> Path:
    return Path(f"/proc/{pid}/task/{pid}/children")
