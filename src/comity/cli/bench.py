"""`comity bench`: speeds and sizes as ratios within one run (docs/bench.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

from cyclopts import Parameter

from comity.cli.bench_command import measure_command
from comity.cli.bench_gate import open_bench_gate
from comity.cli.bench_lists import measure_lists
from comity.cli.bench_qrtext import measure_base45, measure_codes
from comity.cli.bench_report import Value, extras_lines, figures_table, in_order
from comity.cli.bench_stream import measure_jobs, measure_stream
from comity.cli.bench_verification import ROUND, measure_verification
from comity.cli.scenario import console


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchCounts:
    """How much of everything is measured; `texts` are distinct texts of each class."""

    entries: int = 25_000_000
    texts: int = 30 * ROUND
    rounds: int = 300
    list_rounds: int = 3
    job_lines: int = 20_000
    job_rounds: int = 8
    stream_lines: int = 1_000_000
    starts: int = 15


FULL: Final = BenchCounts()
QUICK: Final = BenchCounts(
    texts=10 * ROUND, rounds=60, list_rounds=1, job_lines=10_000, job_rounds=4, stream_lines=20_000, starts=5
)


def verify_command(
    *, as_json_text: Annotated[bool, Parameter(name="--json")] = False, quick: bool = False
) -> int:
    """Measure verification, as ratios to a bare signature check of the same messages.

    Exit code: 0 whatever the figures are; docs/bench.md explains them.

    Parameters
    ----------
    as_json_text
        Write the figures as one flat JSON object.
    quick
        Fewer rounds and 20,000 lines instead of a million.
    """
    figures = measure(QUICK if quick else FULL)
    if as_json_text:
        print(json.dumps(figures, indent=2))
    else:
        console().print(figures_table(figures))
        print("\n".join(extras_lines(figures)))
    return 0


def measure(counts: BenchCounts) -> dict[str, Value]:
    """Measure every figure of docs/bench.md, telling on stderr how far it is."""
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        bench = open_bench_gate(Path(folder), entries=counts.entries, texts=counts.texts)
        return in_order(
            measure_verification(bench, rounds=counts.rounds)
            | measure_base45(rounds=counts.rounds)
            | measure_codes()
            | measure_lists(entries=counts.entries, rounds=counts.list_rounds)
            | measure_command(bench, rounds=counts.starts)
            | measure_jobs(bench, lines=counts.job_lines, rounds=counts.job_rounds)
            | measure_stream(bench, lines=counts.stream_lines)
        )
