"""The stream of `comity verify --jsonl`: what a second process gains, and what memory a long one takes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from itertools import islice
from statistics import median
from threading import Event, Thread
from time import monotonic, perf_counter
from typing import Final, NamedTuple

from comity.bootstrap import JOBS_SETTING
from comity.cli.bench_gate import BenchGate
from comity.cli.bench_memory import MemorySize, can_sample, sample_tree
from comity.cli.bench_report import CountReport, Value, tell
from comity.cli.stream import answer_lines
from comity.errors import ComityError

STREAM_JOBS: Final = 2
"""Processes of the stream whose memory is measured, whatever cores there are: the figure stays comparable."""
_DISTINCT: Final = 300
_AT_ONCE: Final = 1_000
_EVERY: Final = 0.2
"""Seconds between two looks at the memory."""
_MIB: Final = 1_024


def measure_jobs(bench: BenchGate, *, lines: int, rounds: int) -> dict[str, Value]:
    """Measure two processes through the pool against one in line, over the same lines."""
    tell(f"a stream of {lines:,} lines on one process and on two, {rounds} rounds")
    data = "".join(f"{text}\n" for text in bench.mixed(lines)).encode()
    runs: list[tuple[_Run, _Run]] = []
    progress = CountReport(rounds, of="rounds")
    try:
        for done in range(rounds):
            runs.append((_time_stream(bench, data, jobs=1), _time_stream(bench, data, jobs=2)))
            progress.show(done + 1)
    finally:
        gc.unfreeze()
    one, two = ([run.seconds for run in each] for each in zip(*runs, strict=True))
    processor_one, processor_two = ([run.processor for run in each] for each in zip(*runs, strict=True))
    return {
        "jobs2": min(one) / min(two),
        "jobs2_median": median(one) / median(two),
        "jobs2_processor_x": min(processor_two) / min(processor_one),
        "lines_per_s_one": lines / min(one),
        "lines_per_s_two": lines / min(two),
    }


class _Run(NamedTuple):
    """Seconds on the clock, and seconds of processor time of all processes together."""

    seconds: float
    processor: float


def _time_stream(bench: BenchGate, data: bytes, *, jobs: int) -> _Run:
    with open(os.devnull, "wb") as nowhere:
        processor, began = _processor_time(), perf_counter()
        answer_lines(bench.gate, lambda: bench.at, BytesIO(data), nowhere, jobs=jobs)
        return _Run(perf_counter() - began, _processor_time() - processor)


def _processor_time() -> float:
    """Read the processor time of this process and of the children that have ended."""
    return sum(os.times()[:4])


def measure_stream(bench: BenchGate, *, lines: int) -> dict[str, Value]:
    """Measure the peak memory of `verify --jsonl` as a program, all its processes together."""
    tell(f"memory of `comity verify --jsonl` over {lines:,} lines")
    if not can_sample():
        tell("stream_mib needs /proc/PID/smaps_rollup, which this system has not")
        return {"stream_mib": None}
    began = monotonic()
    peak = _run_stream(bench, lines)
    return {
        "stream_mib": peak.pss / _MIB,
        "stream_rss_mib": peak.rss / _MIB,
        "stream_processes": peak.processes,
        "stream_lines": lines,
        "stream_lines_per_s": lines / (monotonic() - began),
    }


def _run_stream(bench: BenchGate, lines: int) -> MemorySize:
    """Pipe the lines into the program while its processes are watched; give the peak."""
    program = subprocess.Popen(  # noqa: S603 - this very program
        [sys.executable, "-m", "comity.cli.main", *bench.verify_words, "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=os.environ | {JOBS_SETTING: str(STREAM_JOBS)},
    )
    samples: list[MemorySize] = []
    is_over = Event()
    watcher = Thread(target=_watch, args=(program.pid, samples, is_over))
    watcher.start()
    try:
        with suppress(BrokenPipeError):
            _feed(program, bench, lines)
        code = program.wait()
    finally:
        is_over.set()
        watcher.join()
        program.kill()
        program.wait()
    if code != 0:
        raise ComityError(f"the measured stream ended with exit code {code}")
    return MemorySize(
        pss=max(each.pss for each in samples),
        rss=max(each.rss for each in samples),
        processes=max(each.processes for each in samples),
    )


def _feed(program: subprocess.Popen[bytes], bench: BenchGate, lines: int) -> None:
    if program.stdin is None:
        raise AssertionError("opened with a pipe")
    progress, done = CountReport(lines, of="lines"), 0
    with program.stdin as pipe:
        for part in _parts(bench, lines):
            pipe.write("".join(part).encode())
            done += len(part)
            progress.show(done)


def _parts(bench: BenchGate, lines: int) -> Iterator[list[str]]:
    distinct = [f"{text}\n" for text in bench.mixed(_DISTINCT)]
    endless = (distinct[place % len(distinct)] for place in range(lines))
    while part := list(islice(endless, _AT_ONCE)):
        yield part


def _watch(pid: int, samples: list[MemorySize], is_over: Event) -> None:
    while True:
        samples.append(sample_tree(pid))
        if is_over.wait(_EVERY):
            return
