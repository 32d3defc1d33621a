"""The parts of `comity bench assess`, each in a process of its own: a run, a join, an explanation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine, quoted
from comity.assessment.explanation import explain
from comity.assessment.run import RunPlan, assess_region
from comity.assessment.run_manifest import Run, read_run
from comity.assessment.run_release import is_released, release_run
from comity.assessment.synthetic import SyntheticRegion, make_region
from comity.cli.bench_join import join_by_hand
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.instant import HOUR, Instant
from comity.domain.region import INNER_MONGOLIA

_OFFICERS: Final = ("first", "second")
_GROWING: Final = {
    "travel": "began_at + {hour} AS began_at, ended_at + {hour} AS ended_at",
    "visits": "began_at + {hour} AS began_at, ended_at + {hour} AS ended_at",
    "tests": "reported_at + {hour} AS reported_at",
    "declarations": "happened_at + {hour} AS happened_at",
}
"""The tables that new records are added to, and how they differ from those they are drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one process does: `full`, `incremental`, `join` or `explain`."""

    kind: str
    evidence: Path
    out: Path
    at: Instant
    previous: Path | None
    threads: int
    memory_gib: float
    master: str | None = None
    """Where Spark runs the rules of a run; with None DuckDB does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What it took, without the start of the process: seconds, seconds of processor, its largest memory.

    `rows` are those that met a rule.
    """

    seconds: float
    peak_gib: float | None
    busy: float = 0.0
    rows: int = 0
    checksum: str = ""


def measure(work: Work) -> Measured:
    """Do a piece of work in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_do, work).result()


def make_evidence(path: Path, *, at: Instant, people: int = 0, more: float = 0.0) -> None:
    """Write a synthetic region, or add a share of new records as files of their own."""
    with (
        TemporaryDirectory(prefix="comity-") as spill,
        duckdb_engine(EngineBounds(memory_gib=1.0, threads=2, spill=Path(spill))) as engine,
    ):
        if people:
            make_region(engine, SyntheticRegion(people=people, seed=1, at=at), path, progress=_silent)
            return
        for table, changed in _GROWING.items():
            _gather(path, table)
            every = round(1 / more)
            records = f"read_parquet({quoted(path / table / '*.parquet')})"
            text = f"FROM {records} SELECT * REPLACE ('n' || ref AS ref, {changed.format(hour=HOUR)})"
            engine.count_copied(f"{text} WHERE hash(ref) % {every} = 0", path / table / "new.parquet")


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def _gather(path: Path, table: str) -> None:
    """Make a folder of a table that is one file."""
    single, folder = path / f"{table}.parquet", path / table
    if single.exists():
        folder.mkdir()
        single.rename(folder / "first.parquet")


def _do(work: Work) -> Measured:
    if work.kind == "join":
        seconds, busy, rows = join_by_hand(
            work.evidence, work.out, at=work.at, threads=work.threads, memory_gib=work.memory_gib
        )
        return Measured(seconds=seconds, peak_gib=_peak_gib(), busy=busy, rows=rows)
    if work.kind == "explain":
        return Measured(seconds=max(_explain(work)), peak_gib=_peak_gib())
    import duckdb  # noqa: F401 - loaded before the clock starts, as it is for the join

    shutil.rmtree(work.out, ignore_errors=True)
    plan = RunPlan(
        evidence=work.evidence,
        rulebook=default_assessment_rulebook(region=INNER_MONGOLIA),
        at=work.at,
        out=work.out,
        previous=work.previous,
        threads=work.threads,
        memory_gib=work.memory_gib,
        master=work.master,
    )
    began, busy = perf_counter(), process_time()
    run = assess_region(plan)
    seconds, busy = perf_counter() - began, process_time() - busy
    _release(run)
    rows = sum(each.met for each in run.manifest.partitions)
    return Measured(
        seconds=seconds, peak_gib=_peak_gib(), busy=busy, rows=rows, checksum=run.manifest.checksum
    )


def _release(run: Run) -> None:
    """Release a run as two officers would: the first run of a region is held by nature."""
    for officer in _OFFICERS:
        if not is_released(run):
            release_run(run, officer=officer, at=run.manifest.at)


def _explain(work: Work) -> Iterator[float]:
    """Time the explanation of somebody with findings and of somebody green, engine and manifest included."""
    run = read_run(work.out)
    people = f"read_parquet({quoted(Path(run.manifest.evidence) / 'people' / '*.parquet')})"
    found = f"read_parquet({quoted(run.findings)})"
    green = f"FROM {people} p ANTI JOIN {found} f ON p.subject = f.subject SELECT MAX(p.subject)"
    for text in (f"FROM {found} SELECT MAX(subject)", green):
        with TemporaryDirectory(prefix="comity-") as spill:
            bounds = EngineBounds(memory_gib=2.0, threads=work.threads, spill=Path(spill))
            with duckdb_engine(bounds) as engine:
                ((subject,),) = engine.rows(text)
            began = perf_counter()
            with duckdb_engine(bounds) as engine:
                explain(engine, read_run(work.out), str(subject))
            yield perf_counter() - began


def _peak_gib() -> float | None:
    """Read the largest memory this process has had; None where the system does not tell (Linux does)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    fields = dict(
        line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines() if ":" in line
    )
    return int(fields["VmHWM"].split()[0]) / 2**20
