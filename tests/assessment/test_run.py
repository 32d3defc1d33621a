"""Runs over evidence in files: full, incremental, stopped and taken up, and never a half result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from comity.assessment.evidence_tables import CASES, CONTACTS, TESTS, TRAVEL
from comity.assessment.run import RunPlan, assess_region
from comity.assessment.run_manifest import Run, read_run
from comity.assessment.run_release import release_run
from comity.assessment.safeguards import RunLimits
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.instant import DAY
from comity.errors import NotPossibleNow, UsageError
from tests.assessment.populations import Found, Population, town, write_evidence, write_rows
from tests.builders import AT

RULES = default_assessment_rulebook()
NO_LIMITS = RunLimits(most_changed=1.0, most_by_source=1_000_000)


def plan(tmp_path: Path, name: str = "run", *, previous: Path | None = None, at: int = AT) -> RunPlan:
    return RunPlan(
        evidence=tmp_path / "evidence",
        rulebook=RULES,
        at=at,
        out=tmp_path / name,
        previous=previous,
        limits=NO_LIMITS,
        memory_gib=0.5,
        threads=1,
    )


def findings(run: Run) -> list[Found]:
    with duckdb.connect(":memory:") as connection:
        found: list[Found] = connection.execute(
            "SELECT subject, place, colour, reason, rule_id, evidence_ref, since, until "
            f"FROM read_parquet('{run.findings}') ORDER BY subject, place"
        ).fetchall()
    return found


def test_c1_2_a_run_finds_what_the_pure_function_finds_and_tells_its_inputs_and_counts(
    tmp_path: Path,
) -> None:
    population = town()
    write_evidence(tmp_path / "evidence", population)

    run = assess_region(plan(tmp_path))

    expected = population.assess(RULES, at=AT)
    assert findings(run) == expected
    counts = run.manifest.counts
    assert (counts.people, counts.findings, counts.bad_rows) == (60, len(expected), 0)
    assert sum(counts.colours.values()) == 60
    assert run.manifest.mode == "full"
    assert all(len(each.digest) == 64 for each in run.manifest.inputs)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["evidence", "run"]


@pytest.mark.parametrize(
    ("title", "later"),
    [
        ("time alone", 0),
        ("a day later, when colours end", DAY),
        ("ten days later", 10 * DAY),
    ],
)
def test_an_incremental_run_gives_what_a_full_run_gives(tmp_path: Path, title: str, later: int) -> None:
    population = town()
    evidence = write_evidence(tmp_path / "evidence", population)
    before = assess_region(plan(tmp_path, "before"))
    more = [("k9", "p0009", "cdc-1", AT - DAY), ("k10", "p0003", "cdc-1", AT - DAY)]
    write_rows(evidence / "contacts" / "new.parquet", CONTACTS, list(more))
    cleared = ("x9", "p0002", "laboratory", "confirmed_case", "negative", AT - DAY)
    write_rows(evidence / "tests" / "new.parquet", TESTS, [cleared])
    travel = ("t9", "p0011", "railway", "110108", AT - 4 * DAY, AT - 3 * DAY, "train")
    write_rows(evidence / "travel" / "new.parquet", TRAVEL, [travel])

    full = assess_region(plan(tmp_path, "full", at=AT + later))
    part = assess_region(plan(tmp_path, "part", previous=before.path, at=AT + later))

    assert (full.manifest.mode, part.manifest.mode) == ("full", "incremental"), title
    assert findings(part) == findings(full)
    assert part.manifest.checksum == full.manifest.checksum
    assert {"p0009", "p0011"} <= {row[0] for row in changes(part)}


def test_what_was_withdrawn_is_gone_in_an_incremental_run_too(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))
    write_rows(evidence / "cases.parquet", CASES, [])

    part = assess_region(plan(tmp_path, "part", previous=before.path))

    assert "confirmed_case" not in {row[3] for row in findings(part)}
    assert ("p0002", "red", "yellow") in [(row[0], row[2], row[4]) for row in changes(part)]


def test_risk_windows_that_changed_are_seen_by_stays_that_did_not(tmp_path: Path) -> None:
    population = town()
    evidence = write_evidence(tmp_path / "evidence", population)
    before = assess_region(plan(tmp_path, "before"))
    population.rows["areas"] = [("110100", "high", AT - 9 * DAY, None)]
    write_evidence(evidence, population)

    part = assess_region(plan(tmp_path, "part", previous=before.path))

    assert findings(part) == population.assess(RULES, at=AT)


def test_a_stopped_run_leaves_no_result_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())
    whole = assess_region(plan(tmp_path, "whole"))

    def stop(what: str, done: int, total: int) -> None:
        if what.startswith("visits"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess_region(plan(tmp_path, "late"), progress=stop)
    assert not (tmp_path / "late").exists()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "late.partial" / "met").iterdir()}
    assert kept

    run = assess_region(plan(tmp_path, "late"))

    assert run.manifest.checksum == whole.manifest.checksum
    taken_up = {path.name: path.stat().st_mtime_ns for path in (run.path / "met").iterdir()}
    assert all(taken_up[path.name] == at for path, at in kept.items() if path.suffix == ".parquet")
    assert not (tmp_path / "late.partial").exists()


def test_what_another_run_left_unfinished_is_not_taken_up(tmp_path: Path) -> None:
    population = town()
    write_evidence(tmp_path / "evidence", population)

    def stop(what: str, done: int, total: int) -> None:
        if what.startswith("visits"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess_region(plan(tmp_path, at=AT + 9 * DAY), progress=stop)

    assert findings(assess_region(plan(tmp_path))) == population.assess(RULES, at=AT)


def test_a_result_is_never_written_over(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())
    run = assess_region(plan(tmp_path))

    with pytest.raises(UsageError, match="is there already"):
        assess_region(plan(tmp_path))

    assert read_run(run.path) == run


def test_the_checksum_tells_results_apart(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())

    sums = [assess_region(plan(tmp_path, f"run-{at}", at=at)).manifest.checksum for at in (AT, AT + DAY)]

    assert sums[0] != sums[1]


def test_settled_rule_10_nobody_builds_on_a_held_run_before_two_officers_released_it(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())
    held = assess_region(replace(plan(tmp_path, "held"), limits=RunLimits(most_by_source=0)))
    assert held.manifest.state == "held"
    with pytest.raises(NotPossibleNow, match="held"):
        assess_region(plan(tmp_path, "next", previous=held.path))

    release_run(held, officer="wang", at=AT)
    with pytest.raises(NotPossibleNow, match="held"):
        assess_region(plan(tmp_path, "next", previous=held.path))
    release_run(held, officer="li", at=AT)

    assert assess_region(plan(tmp_path, "next", previous=held.path)).manifest.counts.changes == 0


def changes(run: Run) -> list[tuple[str, ...]]:
    with duckdb.connect(":memory:") as connection:
        return connection.execute(f"SELECT * FROM read_parquet('{run.path}/changes.parquet')").fetchall()


def test_an_empty_population_is_a_result_too(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", Population(rows={"people": [("p1", "150102")]}))

    run = assess_region(plan(tmp_path))

    assert run.manifest.counts.colours == {"green": 1}
