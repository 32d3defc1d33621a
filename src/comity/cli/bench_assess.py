"""`comity bench assess`: colours for a whole region, against one join written by hand (C1.2).

A synthetic region is assessed in full, with 1 % new records, and at a smaller size. Each run has a process of
its own, so that its memory is its own; runs and joins take turns, and the shortest of each is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

from cyclopts import Parameter

from comity.assessment.spark_engine import spark_is_here
from comity.cli.bench_assess_work import Measured, Work, make_evidence, measure
from comity.cli.bench_report import ASSESS_DEMANDS, Value, extras_lines, figures_table, in_order, tell
from comity.cli.scenario import console
from comity.domain.instant import HOUR, Instant

AT: Final[Instant] = 1_584_676_800
"""2020-03-20, noon in Beijing: what the first run knows."""
LATER: Final[Instant] = AT + HOUR
"""The run with new records: every hour for what changed."""
SHORT: Final = 200_000
_FULL: Final = 1_000_000
_LARGE: Final = 5_000_000
"""People from which the smaller region is one of a million, whatever the size."""
_MOST_ON_SPARK: Final = 2_000_000
_SPARK: Final = "local-cluster[2,1,2048]"
"""Two executors, processes of their own with a core and 2 GiB each."""
_ROUNDS: Final = 3
_SMALLER: Final = 4
"""How much smaller the other region is, but for the large ones."""


def assess_command(
    *,
    as_json_text: Annotated[bool, Parameter(name="--json")] = False,
    people: int | None = None,
    short: bool = False,
    threads: int = 2,
    memory_gib: float = 4.0,
) -> int:
    """Measure the assessment of a region.

    Exit code: 0 whatever the figures are; docs/bench.md explains them.

    Parameters
    ----------
    as_json_text
        Write the figures as one flat JSON object.
    people
        People of the region, each with four travel records; 1,000,000 unless told.
    short
        200,000 people: to see that it runs.
    threads
        Threads of runs and joins.
    memory_gib
        GiB of memory that the engine of runs and joins may use.
    """
    size = people or (SHORT if short else _FULL)
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        bench = AssessBench(
            folder=Path(folder),
            people=size,
            threads=threads,
            memory_gib=memory_gib,
            rounds=_ROUNDS,
        )
        figures = in_order(bench.figures(), ASSESS_DEMANDS)
    if as_json_text:
        print(json.dumps(figures, indent=2))
    else:
        console().print(figures_table(figures, ASSESS_DEMANDS, "comity bench assess"))
        print("\n".join(extras_lines(figures, ASSESS_DEMANDS)))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessBench:
    """One region and what is measured of it."""

    folder: Path
    people: int
    threads: int
    memory_gib: float
    rounds: int
    spark: str = _SPARK
    """The master of the run on Spark."""

    def figures(self) -> dict[str, Value]:
        """Measure every figure, telling on stderr how far it is."""
        smaller = self.people // _SMALLER if self.people < _LARGE else _FULL
        tell(f"a synthetic region of {self.people:,} people, and one of {smaller:,}")
        evidence = self._make("evidence", self.people)
        little = self._make("smaller", smaller)
        tell("the run before, then 1 % new records")
        before = self.folder / "before"
        measure(self._work("full", evidence, before, at=AT))
        make_evidence(evidence, at=LATER, more=0.01)
        turns = [*self._turns(evidence, little, before)]
        full, joined, changed, small = ([each[n] for each in turns] for n in range(4))
        tell("one person explained")
        explained = measure(self._work("explain", evidence, self.folder / "full"))
        best = min(each.seconds for each in full)
        return {
            "join_ratio": best / min(each.seconds for each in joined),
            "peak_gib": _largest(full),
            "incremental_ratio": min(each.seconds for each in changed) / best,
            "growth_exponent": self._growth(best, min(each.seconds for each in small), smaller),
            "spark_equal": self._spark_equal(evidence, full[-1]),
            "explain_s": explained.seconds,
            "people": self.people,
            "full_s": best,
            "incremental_equal": changed[-1].checksum == full[-1].checksum,
            "join_rows_equal": joined[-1].rows == full[-1].rows,
            "join_peak_gib": _largest(joined),
            **_of_processor(full, joined, changed),
            "growth_busy_exponent": self._growth(
                min(each.busy for each in full), min(each.busy for each in small), smaller
            ),
        }

    def _growth(self, large: float, small: float, smaller: int) -> float:
        return log(large / small) / log(self.people / smaller)

    def _turns(self, evidence: Path, little: Path, before: Path) -> Iterator[list[Measured]]:
        for number in range(self.rounds):
            tell(f"runs and joins in turn, {number + 1} of {self.rounds}")
            yield [
                measure(self._work("full", evidence, self.folder / "full")),
                measure(self._work("join", evidence, self.folder / "join.parquet")),
                measure(self._work("incremental", evidence, self.folder / "changed", previous=before)),
                measure(self._work("full", little, self.folder / "little")),
            ]

    def _spark_equal(self, evidence: Path, full: Measured) -> bool | None:
        """Compare with a run on Spark, of a smaller region where this one is large."""
        if not spark_is_here():
            tell("Spark left out: it needs Java 17 or newer and the extra `spark` (make spark)")
            return None
        if self.people > _MOST_ON_SPARK:
            evidence = self._make("for-spark", _MOST_ON_SPARK)
            full = measure(self._work("full", evidence, self.folder / "beside-spark"))
        tell(f"the same on Spark, {self.spark}")
        there = replace(self._work("full", evidence, self.folder / "spark"), master=self.spark)
        return measure(there).checksum == full.checksum

    def _make(self, name: str, people: int) -> Path:
        path = self.folder / name
        make_evidence(path, at=AT, people=people)
        return path

    def _work(
        self, kind: str, evidence: Path, out: Path, *, at: Instant = LATER, previous: Path | None = None
    ) -> Work:
        return Work(
            kind=kind,
            evidence=evidence,
            out=out,
            at=at,
            previous=previous,
            threads=self.threads,
            memory_gib=self.memory_gib,
        )


def _of_processor(full: list[Measured], joined: list[Measured], changed: list[Measured]) -> dict[str, Value]:
    """Give the same ratios by seconds of processor, which neighbours on the machine bend less."""
    run, join, part = (min(each.busy for each in runs) for runs in (full, joined, changed))
    return {"full_busy_s": run, "join_busy_ratio": run / join, "incremental_busy_ratio": part / run}


def _largest(runs: list[Measured]) -> float | None:
    found = [each.peak_gib for each in runs if each.peak_gib is not None]
    return max(found, default=None)
