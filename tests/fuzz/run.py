"""`python tests/fuzz/run.py --count N [--seed S]`: N mutated texts and files, and nothing escapes.

Nothing at all may escape verify, nothing but a ComityError may escape a reader, and nothing whose signed
bytes were changed may be let through. Progress goes to stderr, one line of summary to stdout; exit 1 with
the offending text kept in a file. A seed makes the same trials, however many processes share them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.fuzz.trial import Failure, originals, run_share  # noqa: E402

SHARE: Final = 2_000
EVERY: Final = 3.0
"""Seconds between two lines of progress."""
MOST_FAILURES: Final = 20

Share = tuple[int, int, int]


def shares(count: int, seed: int) -> list[Share]:
    return [
        (seed, number, min(SHARE, count - number * SHARE)) for number in range((count + SHARE - 1) // SHARE)
    ]


def work(share: Share) -> tuple[int, list[Failure]]:
    return share[2], run_share(*share)


def results(count: int, seed: int, jobs: int) -> Iterator[tuple[int, list[Failure]]]:
    todo = shares(count, seed)
    if jobs == 1 or len(todo) == 1:
        yield from map(work, todo)
        return
    originals()
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(work, todo)


def fuzz(count: int, *, seed: int, jobs: int) -> list[Failure]:
    """Make the trials and tell how they go."""
    started = told_at = time.monotonic()
    done, failures = 0, list[Failure]()
    for trials, found in results(count, seed, jobs):
        done += trials
        failures += found
        now = time.monotonic()
        if now - told_at >= EVERY:
            told_at, rate = now, done / (now - started)
            left = (count - done) / rate
            print(f"fuzz: {done:,} of {count:,}, {rate:,.0f} a second, {left:,.0f} s left", file=sys.stderr)
        if len(failures) >= MOST_FAILURES:
            break
    seconds = time.monotonic() - started
    print(
        f"fuzz: {done:,} trials (seed {seed}) in {seconds:.1f} s, {done / seconds:,.0f} a second, "
        f"{len(failures)} failures"
    )
    return failures


def main(arguments: list[str] | None = None) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description="Mutate genuine texts and files: nothing escapes.")
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "fuzz-failures.json")
    options = parser.parse_args(arguments)
    if options.count < 1 or options.jobs < 1:
        parser.error("--count and --jobs are 1 or more")
    failures = fuzz(options.count, seed=options.seed, jobs=options.jobs)
    if not failures:
        return 0
    options.out.parent.mkdir(parents=True, exist_ok=True)
    kept = json.dumps([asdict(failure) for failure in failures], indent=1)
    options.out.write_text(kept + "\n", encoding="utf-8")
    print(f"fuzz: {failures[0].what.strip().splitlines()[-1]}", file=sys.stderr)
    print(f"fuzz: what brought it about is kept in {options.out}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
