"""Starts workers quickly: `python -m tests.faults.nursery` forks one for each line of its input.

It has read the modules once and has opened nothing, so that a fork of it is as fresh as a new process and
spares the second that starting Python takes. A line is JSON: the file for the worker's promises, and its
words; `[]` asks how all of them ended. When its input ends, it kills what is left.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg  # noqa: F401 - read before the fork

from comity.storage.schema import metadata
from tests.faults.worker import main as work

ROOT: Final = Path(__file__).resolve().parents[2]


class Nursery:
    """Starts workers and tells how they ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, out: Path, words: Sequence[str]) -> int:
        """Start a worker that writes its promises to a file; gives its process id."""
        return int(self._answer([str(out), *words]))

    def ended(self) -> list[int]:
        """Wait until all have ended: the exit status of each, or minus the signal that killed it."""
        return [int(status) for status in self._answer([]).split()]

    def _answer(self, words: Sequence[str]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the nursery has ended"
        return answer


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Run the nursery."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def _start(out: str, words: list[str]) -> int:
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
            work(words)
        finally:
            os._exit(1)
    return child


def main() -> None:
    """Fork a worker for each line of the input."""
    metadata()  # once, so that no child has to
    children: list[int] = []
    try:
        for line in sys.stdin:
            words = json.loads(line)
            if words:
                children.append(_start(words[0], words[1:]))
                answer = str(children[-1])
            else:
                ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
                children, answer = [], " ".join(map(str, ends))
            os.write(1, f"{answer}\n".encode())
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
