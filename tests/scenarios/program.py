"""Runs the program as a user would: arguments and input in; exit code, output and complaints back.

Most runs stay in this process, for speed, through the entry point that the installed script calls;
`process` starts a real one. Nothing else of the program is imported.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Stream: TypeAlias = "io.TextIOWrapper[io.BytesIO]"
STREAMS = ("stdin", "stdout", "stderr")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """The complaint on one line, however it was wrapped."""
        return " ".join(self.err.split())


def program() -> list[str]:
    """The installed script beside this interpreter, else the module."""
    script = Path(sys.executable).with_name("comity")
    return [str(script)] if script.exists() else [sys.executable, "-m", "comity.cli.main"]


def process(*arguments: str | Path, stdin: str | bytes = "") -> Answer:
    """One run in its own process."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    run = subprocess.run(
        [*program(), *map(str, arguments)], input=data, capture_output=True, timeout=300, check=False
    )
    return Answer(run.returncode, run.stdout.decode(), run.stderr.decode())


@contextmanager
def streams(data: bytes) -> Iterator[dict[str, Stream]]:
    """The three standard streams as bytes in memory."""
    kept = {name: getattr(sys, name) for name in STREAMS}
    ours = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for name in STREAMS}
    ours["stdin"] = io.TextIOWrapper(io.BytesIO(data), "utf-8")
    for name, stream in ours.items():
        setattr(sys, name, stream)
    try:
        yield ours
    finally:
        for name, stream in kept.items():
            setattr(sys, name, stream)


def comity(*arguments: str | Path, stdin: str | bytes = "") -> Answer:
    """One run in this process; what would be a traceback is raised."""
    from comity.cli.main import main

    words, sys.argv = sys.argv, ["comity", *map(str, arguments)]
    code: object = None
    with streams(stdin.encode() if isinstance(stdin, str) else stdin) as ours:
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.argv = words
        for name in STREAMS[1:]:
            ours[name].flush()
        out, err = (ours[name].buffer.getvalue().decode() for name in STREAMS[1:])
    return Answer(code if isinstance(code, int) else 0 if code is None else 1, out, err)


def assert_misuse(answer: Answer) -> None:
    """Exit 2 with a clear sentence and nothing else."""
    assert answer.code == 2, (answer.code, answer.out[:300], answer.err[:300])
    assert answer.said
    assert "Traceback" not in answer.err
    assert not answer.out.strip(), answer.out
