"""Who is touched by new evidence and by time: found anew, and nobody else, with the result of a full run."""

from __future__ import annotations

from pathlib import Path
from random import Random
from shutil import copytree

import pytest

from comity.assessment.evidence_tables import (
    CASES,
    CONTACTS,
    DECLARATIONS,
    TESTS,
    TRAVEL,
    VISITS,
    EvidenceTable,
)
from comity.assessment.run import assess_region
from comity.assessment.run_manifest import MET, UNKNOWN, Run
from comity.domain.instant import DAY, HOUR, Instant
from tests.assessment.populations import Population, Row, town, write_evidence, write_rows
from tests.assessment.test_run import findings, plan
from tests.builders import AT

PEOPLE = 30
AREAS = ("420106", "420100", "110105", "110108", "150102")
REASONS = ("symptoms", "suspected_case", "confirmed_case", "close_contact")


def some_rows(chance: Random, table: EvidenceTable, name: str, *, at: Instant) -> list[Row]:
    """A few good rows of a table, some of subjects who are not among the people."""
    return [
        (f"{name}-{n}", f"p{chance.randrange(PEOPLE + 6):04}", "listed", *_rest(chance, table, at))
        for n in range(chance.randrange(1, 9))
    ]


def _rest(chance: Random, table: EvidenceTable, at: Instant) -> Row:
    ended = at - chance.randrange(-30, 20 * DAY)
    began = ended - chance.choice((HOUR, DAY, 5 * DAY))
    match table.name:
        case "travel":
            return chance.choice(AREAS), began, ended, "train"
        case "visits":
            return chance.choice(AREAS), began, ended, chance.choice(("lodging", "place_code"))
        case "tests":
            return chance.choice(REASONS), chance.choice(("negative", "positive")), ended
        case "cases":
            return chance.choice(("confirmed", "suspected")), ended
        case "declarations":
            return chance.choice(REASONS[::3]), ended
        case _:
            return (ended,)


@pytest.mark.parametrize("seed", range(6))
def test_findings_of_the_touched_alone_give_the_rows_checksum_and_changes_of_everybodys(
    tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    evidence = write_evidence(tmp_path / "evidence", town(PEOPLE))
    tables = (TRAVEL, VISITS, TESTS, CASES, CONTACTS, DECLARATIONS)
    for table in tables:
        write_rows(evidence / table.name / "a.parquet", table, some_rows(chance, table, "a", at=AT))
        write_rows(evidence / table.name / "b.parquet", table, some_rows(chance, table, "b", at=AT))
    before = assess_region(plan(tmp_path, "before"))
    later = AT + chance.choice((HOUR, DAY, 9 * DAY))
    for table in chance.sample(tables, 3):
        write_rows(evidence / table.name / "c.parquet", table, some_rows(chance, table, "c", at=later))
    (evidence / chance.choice((TRAVEL, VISITS, CASES)).name / "a.parquet").unlink()

    part = assess_region(plan(tmp_path, "part", previous=before.path, at=later))
    anew = assess_region(plan(tmp_path, "anew", previous=without_unknown(before), at=later))
    full = assess_region(plan(tmp_path, "full", at=later))

    assert part.manifest.counts.touched is not None
    assert anew.manifest.counts.touched is None
    assert findings(part) == findings(anew) == findings(full)
    assert part.manifest.checksum == anew.manifest.checksum == full.manifest.checksum
    assert part.manifest.changes_checksum == anew.manifest.changes_checksum
    assert unknown(part) == unknown(anew) == unknown(full)


def test_nobody_is_touched_where_nothing_came_and_time_did_nothing(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))

    part = assess_region(plan(tmp_path, "part", previous=before.path))

    assert part.manifest.counts.touched == 0
    assert part.manifest.checksum == before.manifest.checksum


def test_a_new_record_touches_its_own_subject_alone(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))
    write_rows(evidence / "contacts" / "new.parquet", CONTACTS, [("k9", "p0009", "cdc-1", AT - DAY)])

    part = assess_region(plan(tmp_path, "part", previous=before.path))

    assert part.manifest.counts.touched == 1
    assert part.manifest.counts.changes == 1


@pytest.mark.parametrize(
    ("title", "table", "row"),
    [
        ("a test that is withdrawn", "tests", None),
        ("a person who moved in", "people", ("new", "150102")),
    ],
)
def test_everybody_is_found_anew_where_people_changed_or_a_test_is_gone(
    tmp_path: Path, title: str, table: str, row: Row | None
) -> None:
    population = town()
    evidence = write_evidence(tmp_path / "evidence", population)
    before = assess_region(plan(tmp_path, "before"))
    population.rows[table] = [] if row is None else [*population.rows[table], row]
    write_evidence(evidence, population)

    part = assess_region(plan(tmp_path, "part", previous=before.path))

    assert part.manifest.counts.touched is None, title
    assert findings(part) == findings(assess_region(plan(tmp_path, "full")))


def test_a_row_that_was_delivered_twice_is_one_finding(tmp_path: Path) -> None:
    population = Population(rows=town().rows | {"contacts": [("k1", "p0003", "cdc-1", AT - DAY)]})
    evidence = write_evidence(tmp_path / "evidence", population)
    again: list[Row] = [("k1", "p0003", "cdc-1", AT - DAY), ("k2", "p0004", "cdc-1", AT - DAY)]
    write_rows(evidence / "contacts" / "again.parquet", CONTACTS, again)

    run = assess_region(plan(tmp_path))

    assert [row[5] for row in findings(run) if row[0] == "p0003"] == ["k1"]


def without_unknown(run: Run) -> Path:
    """A copy of a run as one that did not note who was unknown: nobody's findings are taken over from it."""
    path = copytree(run.path, run.path.with_name(f"{run.path.name}-copy"))
    (path / MET / UNKNOWN).unlink()
    return path


def unknown(run: Run) -> int:
    return run.manifest.counts.unknown_subjects
