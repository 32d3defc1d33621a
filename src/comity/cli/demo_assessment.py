"""The demo's assessment of a synthetic region of 200,000 people: evidence, runs, two officers, the report.

A region's first run changes everything at once and is held by nature; the demo shows what it says of itself
and how two officers release it. Every next day brings new records, a cluster of cases with contacts and once
a newly rated county; its run takes over what has not changed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.domain.instant import DAY, Instant, plain_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comity.assessment.duckdb_engine import DuckdbEngine
    from comity.assessment.run_manifest import Run
    from comity.assessment.synthetic import SyntheticRegion

PEOPLE: Final = 200_000
SEED: Final = 1
FIRST_AT: Final[Instant] = 1_584_676_800
"""2020-03-20T12:00:00+08:00."""
RUNS: Final = 4
OFFICERS: Final = ("wang", "li")
_MEMORY_GIB: Final = 1.0
_THREADS: Final = 2


def assess_demo_region(out: Path, *, people: int = PEOPLE) -> Path | None:
    """Assess a synthetic region on four days; give the report of the last run, or None without DuckDB."""
    try:
        import duckdb  # noqa: F401 - looked for before anything is made
    except ModuleNotFoundError:
        print("The assessment of a region was left out: it needs the extra 'services'.")
        return None
    from comity.assessment.report import CHARTS, REPORT

    folder = out / "assessment"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"\nNow colours for a whole region of {people:,} invented people [TEST 测试], out of tables:")
    began = time.monotonic()
    _make_evidence(folder / "evidence", people)
    print(f"  evidence made in {time.monotonic() - began:.1f} s: {folder / 'evidence'}")
    previous = None
    for number in range(RUNS):
        if number:
            _add_day(folder / "evidence", people, number)
        previous = _run(folder, FIRST_AT + number * DAY, previous)
    report = folder / _name(FIRST_AT + (RUNS - 1) * DAY) / REPORT
    print(f"  the report of the last run, to be opened in a browser: {report}")
    if not CHARTS.is_file():
        print("  it has its tables alone: the charts are built by make pwa")
    return report


def _make_evidence(evidence: Path, people: int) -> None:
    from comity.assessment.synthetic import make_region

    with _engine() as engine:
        make_region(engine, _region(people), evidence, progress=lambda *_: None)


def _add_day(evidence: Path, people: int, number: int) -> None:
    """Let new records come, and tell them."""
    from comity.assessment.synthetic_days import add_day

    with _engine() as engine:
        day = add_day(engine, _region(people), evidence, number=number)
    rated = f"; {day.rated} rated medium" if day.rated else ""
    print(
        f"  since then: {day.rows['cases']} cases, {day.rows['contacts']} contacts, "
        f"{day.rows['travel']:,} travel records{rated}"
    )


def _region(people: int) -> SyntheticRegion:
    from comity.assessment.synthetic import SyntheticRegion

    return SyntheticRegion(people=people, seed=SEED, at=FIRST_AT)


@contextmanager
def _engine() -> Iterator[DuckdbEngine]:
    from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine

    with (
        tempfile.TemporaryDirectory(prefix="comity-") as spill,
        duckdb_engine(EngineBounds(memory_gib=_MEMORY_GIB, threads=_THREADS, spill=Path(spill))) as engine,
    ):
        yield engine


def _run(folder: Path, at: Instant, previous: Path | None) -> Path:
    """Assess as of one day, tell it, and let two officers release it where it is held."""
    from comity.assessment.run import RunPlan, assess_region
    from comity.domain.assessment_rules import default_assessment_rulebook

    began = time.monotonic()
    plan = RunPlan(
        evidence=folder / "evidence",
        rulebook=default_assessment_rulebook(),
        at=at,
        out=folder / _name(at),
        previous=previous,
        memory_gib=_MEMORY_GIB,
        threads=_THREADS,
    )
    run = assess_region(plan)
    counts = run.manifest.counts
    colours = ", ".join(f"{counts.colours.get(name, 0):,} {name}" for name in ("green", "yellow", "red"))
    print(
        f"  {plain_time(at)}  {run.manifest.mode} run in {time.monotonic() - began:.1f} s: {colours}; "
        f"{counts.turned:,} changed colour{_touched(counts.touched)}",
        flush=True,
    )
    _release(run)
    return run.path


def _release(run: Run) -> None:
    """Release a held run as two officers who have read what is unusual; its report is written again."""
    from comity.assessment.report import write_report
    from comity.assessment.run_manifest import RunState
    from comity.assessment.run_release import release_run

    if run.manifest.state is not RunState.HELD:
        return
    for each in run.manifest.unusual:
        print(f"      {each.kind}, {each.about}: {each.count:,} of {each.of:,}: {each.words}")
    for officer in OFFICERS:
        release_run(run, officer=officer, at=run.manifest.at)
    write_report(run)
    print(f"      held; released by two officers, {' and '.join(OFFICERS)}, who have read this")


def _touched(count: int | None) -> str:
    return "" if count is None else f" of {count:,} looked at again"


def _name(at: Instant) -> str:
    return plain_time(at)[:10]
