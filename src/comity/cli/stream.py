"""`comity verify --jsonl`: many texts, one Decision a line in order, on several processes, in small memory.

The parent reads chunks of lines and hands them round to forked workers that share the opened bundle and
lists; each has one chunk at a time, so that memory does not grow with the input. A chunk ends early when no
more input is there, so that a scanner that types one code gets its answer at once.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import select
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BufferedIOBase, UnsupportedOperation
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import BinaryIO, Final

from comity.bootstrap import Gate
from comity.errors import WorkerLost
from comity.verify import answer_as_json, answer_block

BLOCK: Final = 100
"""Texts that are verified together."""
CHUNK: Final = 5 * BLOCK
"""Lines that go to a worker at once."""
MAX_LINE: Final = 16 * 1024
"""Bytes of a line that are looked at; a longer line is unreadable anyway."""
SPOILT: Final = b"!"
"""Put where something other than line ends was cut off: no pass has it, so that the rest cannot be one."""
_PIECE: Final = 64 * 1024

Clock = Callable[[], datetime]


def answer_lines(gate: Gate, clock: Clock, lines: BufferedIOBase, out: BinaryIO, *, jobs: int) -> None:
    """Answer every line of `lines` on `out`, in order, with its number from 1.

    `clock` gives the time of the decisions, asked for each chunk as it is answered. Workers start with the
    first whole chunk. Raises: WorkerLost when a worker process ended before its answer.
    """
    chunks = _chunks(lines)
    answered = 0
    for chunk in chunks:
        if jobs > 1 and len(chunk) == CHUNK:
            _answer_in_parallel(gate, clock, chunk, chunks, out, jobs=jobs, answered=answered)
            break
        if chunk:
            out.write(answer_chunk(gate, clock, chunk, answered))
            answered += len(chunk)
        else:
            out.flush()
    out.flush()


def _chunks(lines: BufferedIOBase) -> Iterator[list[bytes]]:
    """Cut the input into chunks of lines; before it waits for more, it gives what is there, then nothing."""
    chunk: list[bytes] = []
    line = _Line()
    for piece in _pieces(lines):
        if piece is None:
            yield chunk
            if chunk:
                yield []
            chunk = []
            continue
        chunk += line.complete(piece)
        while len(chunk) >= CHUNK:
            yield chunk[:CHUNK]
            del chunk[:CHUNK]
    last = line.last()
    if last is not None:
        chunk.append(last)
    yield chunk


def _pieces(lines: BufferedIOBase) -> Iterator[bytes | None]:
    """Read what there is, piece by piece; None each time before waiting for more."""
    try:
        source = lines.fileno()
    except (UnsupportedOperation, OSError):
        source = -1
    while True:
        if source >= 0 and not select.select([source], [], [], 0)[0]:
            yield None
        piece = lines.read1(_PIECE)
        if not piece:
            return
        yield piece


class _Line:
    """The line that is still being read: its first bytes, and whether more than line ends was cut off."""

    def __init__(self) -> None:
        self._start = b""
        self._is_spoilt = False

    def complete(self, piece: bytes) -> list[bytes]:
        """Take a piece in and give the lines that end in it, without their line ends."""
        lines = piece.split(b"\n")
        rest = lines.pop()
        if lines:
            self._take(lines[0])
            lines[0] = self._done()
            lines[1:] = [line if len(line) <= MAX_LINE else _cut(line) for line in lines[1:]]
        self._take(rest)
        return lines

    def last(self) -> bytes | None:
        """Give what stands after the last line end, if anything does."""
        return self._done() if self._start else None

    def _take(self, more: bytes) -> None:
        room = MAX_LINE - len(self._start)
        self._start += more[:room]
        self._is_spoilt = self._is_spoilt or bool(more[room:].strip(b"\r"))

    def _done(self) -> bytes:
        line = self._start + SPOILT if self._is_spoilt else self._start
        self._start, self._is_spoilt = b"", False
        return line


def _cut(line: bytes) -> bytes:
    return line[:MAX_LINE] + (SPOILT if line[MAX_LINE:].strip(b"\r") else b"")


def answer_chunk(gate: Gate, clock: Clock, chunk: list[bytes], answered: int) -> bytes:
    """Answer a chunk of raw lines as JSON lines; `answered` lines came before it."""
    out: list[str] = []
    for start in range(0, len(chunk), BLOCK):
        texts = [line.decode("utf-8", errors="replace") for line in chunk[start : start + BLOCK]]
        at = clock()
        answers = answer_block(texts, gate.bundle, at=at, lists=gate.lists)
        for place, answer in enumerate(answers, start=answered + start + 1):
            told = answer_as_json(answer, gate.bundle, at=at)
            out.append(json.dumps({**told, "line": place}, ensure_ascii=False))
    return ("\n".join(out) + "\n").encode()


def _answer_in_parallel(
    gate: Gate,
    clock: Clock,
    first: list[bytes],
    chunks: Iterator[list[bytes]],
    out: BinaryIO,
    *,
    jobs: int,
    answered: int,
) -> None:
    workers = _start_workers(gate, clock, jobs)
    busy: deque[Connection] = deque()
    idle: deque[Connection] = deque(connection for _, connection in workers)
    chunk: list[bytes] | None = first
    try:
        while chunk is not None or busy:
            if chunk and idle:
                connection = idle.popleft()
                _hand_out(connection, chunk, answered)
                busy.append(connection)
                answered += len(chunk)
                chunk = next(chunks, None)
            elif busy:
                connection = busy.popleft()
                out.write(_collect(connection))
                idle.append(connection)
            else:
                out.flush()
                chunk = next(chunks, None)
    finally:
        for process, connection in workers:
            connection.close()
            process.join()


def _hand_out(connection: Connection, chunk: list[bytes], answered: int) -> None:
    try:
        connection.send_bytes(answered.to_bytes(8, "big") + b"".join(line + b"\n" for line in chunk))
    except OSError as error:
        raise WorkerLost(f"a worker process ended before line {answered + 1}") from error


def _collect(connection: Connection) -> bytes:
    try:
        return connection.recv_bytes()
    except (EOFError, OSError) as error:
        raise WorkerLost("a worker process ended before it had answered its lines") from error


def _start_workers(gate: Gate, clock: Clock, jobs: int) -> list[tuple[BaseProcess, Connection]]:
    gc.collect()
    gc.freeze()
    context = multiprocessing.get_context("fork")
    workers: list[tuple[BaseProcess, Connection]] = []
    for _ in range(jobs):
        ours, theirs = context.Pipe()
        inherited = [connection for _, connection in workers] + [ours]
        process = context.Process(target=_work, args=(gate, clock, theirs, inherited), daemon=True)
        process.start()
        theirs.close()
        workers.append((process, ours))
    return workers


def _work(gate: Gate, clock: Clock, connection: Connection, inherited: list[Connection]) -> None:
    """Answer chunks until the parent closes its end."""
    for other in inherited:
        other.close()
    while True:
        try:
            handed = connection.recv_bytes()
            answered, lines = int.from_bytes(handed[:8], "big"), handed[8:].split(b"\n")[:-1]
            connection.send_bytes(answer_chunk(gate, clock, lines, answered))
        except (EOFError, OSError, KeyboardInterrupt):
            return
