"""`comity verify --jsonl`: many texts, one Decision a line in order, on several processes, in small memory.

The parent reads chunks of lines and hands them round to forked workers that share the opened bundle and
lists; each has one chunk at a time, so that memory does not grow with the input.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import BinaryIO, Final

from comity.bootstrap import Gate
from comity.errors import WorkerLost
from comity.verify import as_json, verify_block

BLOCK: Final = 100
"""Texts that are verified together."""
CHUNK: Final = 5 * BLOCK
"""Lines that go to a worker at once."""
MAX_LINE: Final = 16 * 1024
"""Bytes of a line that are looked at; a longer line is unreadable anyway."""


def answer_lines(gate: Gate, at: datetime, lines: BinaryIO, out: BinaryIO, *, jobs: int) -> None:
    """Answer every line of `lines` on `out`, in order, with its number from 1.

    Raises: WorkerLost when a worker process ended before its answer.
    """
    chunks = _chunks(lines)
    first = next(chunks, None)
    if first is None:
        return
    if jobs == 1 or len(first) < CHUNK:
        answered = 0
        for chunk in (first, *chunks):
            out.write(answer_chunk(gate, at, chunk, answered))
            answered += len(chunk)
    else:
        _answer_in_parallel(gate, at, first, chunks, out, jobs=jobs)
    out.flush()


def _chunks(lines: BinaryIO) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    while line := lines.readline(MAX_LINE):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = lines.readline(MAX_LINE)
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def answer_chunk(gate: Gate, at: datetime, chunk: list[bytes], answered: int) -> bytes:
    """Answer a chunk of raw lines as JSON lines; `answered` lines came before it."""
    out: list[str] = []
    for start in range(0, len(chunk), BLOCK):
        texts = [line.decode("utf-8", errors="replace") for line in chunk[start : start + BLOCK]]
        decisions = verify_block(texts, gate.bundle, at=at, lists=gate.lists)
        for place, decision in enumerate(decisions, start=answered + start + 1):
            out.append(json.dumps({**as_json(decision), "line": place}, ensure_ascii=False))
    return ("\n".join(out) + "\n").encode()


def _answer_in_parallel(
    gate: Gate, at: datetime, first: list[bytes], chunks: Iterator[list[bytes]], out: BinaryIO, *, jobs: int
) -> None:
    workers = _start_workers(gate, at, jobs)
    busy: deque[Connection] = deque()
    idle: deque[Connection] = deque(connection for _, connection in workers)
    answered = 0
    chunk: list[bytes] | None = first
    try:
        while chunk is not None or busy:
            if chunk is not None and idle:
                connection = idle.popleft()
                _hand_out(connection, chunk, answered)
                busy.append(connection)
                answered += len(chunk)
                chunk = next(chunks, None)
            else:
                connection = busy.popleft()
                out.write(_collect(connection))
                idle.append(connection)
    finally:
        for process, connection in workers:
            connection.close()
            process.join()


def _hand_out(connection: Connection, chunk: list[bytes], answered: int) -> None:
    try:
        connection.send_bytes(answered.to_bytes(8, "big") + b"".join(map(_whole, chunk)))
    except OSError as error:
        raise WorkerLost(f"a worker process ended before line {answered + 1}") from error


def _collect(connection: Connection) -> bytes:
    try:
        return connection.recv_bytes()
    except (EOFError, OSError) as error:
        raise WorkerLost("a worker process ended before it had answered its lines") from error


def _whole(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _start_workers(gate: Gate, at: datetime, jobs: int) -> list[tuple[BaseProcess, Connection]]:
    gc.collect()
    gc.freeze()
    context = multiprocessing.get_context("fork")
    workers: list[tuple[BaseProcess, Connection]] = []
    for _ in range(jobs):
        ours, theirs = context.Pipe()
        inherited = [connection for _, connection in workers] + [ours]
        process = context.Process(target=_work, args=(gate, at, theirs, inherited), daemon=True)
        process.start()
        theirs.close()
        workers.append((process, ours))
    return workers


def _work(gate: Gate, at: datetime, connection: Connection, inherited: list[Connection]) -> None:
    """Answer chunks until the parent closes its end."""
    for other in inherited:
        other.close()
    while True:
        try:
            handed = connection.recv_bytes()
            answered, lines = int.from_bytes(handed[:8], "big"), handed[8:].split(b"\n")[:-1]
            connection.send_bytes(answer_chunk(gate, at, lines, answered))
        except (EOFError, OSError, KeyboardInterrupt):
            return
