"""Evidence that cannot be: told by file, row group and row, nothing written, the result before untouched."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
from comity.assessment.evidence_tables import (
    AREAS,
    CONTACTS,
    PEOPLE,
    TRAVEL,
    VISITS,
    EvidenceTable,
)
from comity.assessment.explanation import explain
from comity.assessment.run import assess_region
from comity.assessment.run_manifest import read_rulebook, read_run
from comity.domain.assessment_document import write_assessment_rulebook
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.instant import DAY
from comity.errors import EvidenceRefused, PublicationRefused, UsageError
from tests.assessment.populations import Row, town, write_evidence, write_rows
from tests.assessment.test_run import findings, plan
from tests.builders import AT

LATER = "later.parquet"
TRIP = ("t8", "p0001", "railway", "110105", AT - 3 * DAY, AT - 2 * DAY, "train")


def trip(**changed: str | int | None) -> Row:
    """A good travel row with some fields changed."""
    fields: dict[str, str | int | None] = dict(zip(TRAVEL.names, TRIP, strict=True))
    return tuple((fields | changed).values())


BAD_ROWS = [
    ("reversed", TRAVEL, trip(ended_at=AT - 4 * DAY), "ended_at is not after began_at"),
    ("of no length", TRAVEL, trip(ended_at=AT - 3 * DAY), "ended_at is not after began_at"),
    ("ahead of the run", TRAVEL, trip(ended_at=AT + 61), "ended_at lies ahead"),
    ("before 1970", TRAVEL, trip(began_at=-1), "began_at is before 1970"),
    ("an area of no region", TRAVEL, trip(area="990105"), "area is unknown"),
    ("an area Inner Mongolia does not have", TRAVEL, trip(area="159900"), "area is unknown"),
    ("no area code", TRAVEL, trip(area="11010x"), "area is no code of six digits"),
    ("no area", TRAVEL, trip(area=None), "area is missing"),
    ("a mode there is not", TRAVEL, trip(mode="balloon"), "mode is none of its words"),
    ("nobody", TRAVEL, trip(subject=""), "subject is not 1 to 64 characters"),
    ("a name too long", TRAVEL, trip(source="x" * 65), "source is not 1 to 64 characters"),
    ("a subject twice", PEOPLE, ("p0001", "150102"), "subject is there twice"),
    ("a division elsewhere", PEOPLE, ("new", "110101"), "division is none of the region"),
    ("an overlap", AREAS, ("110100", "low", AT - DAY, None), "the window overlaps another one of the area"),
    ("a reversed window", AREAS, ("110200", "low", AT, AT - DAY), "ended_at is not after began_at"),
    (
        "a window far ahead",
        AREAS,
        ("110200", "low", AT + 15 * DAY, None),
        "began_at is more than 14 days ahead",
    ),
]


@pytest.mark.parametrize(("title", "table", "row", "what"), BAD_ROWS, ids=[row[0] for row in BAD_ROWS])
def test_a_row_that_cannot_be_refuses_the_run_and_is_told_by_its_place(
    tmp_path: Path, title: str, table: EvidenceTable, row: Row, what: str
) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))
    write_rows(evidence / table.name / LATER, table, [row])

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path, "after", previous=before.path))

    assert refused.value.faults == (f"{table.name}/{LATER}, row group 0, row 0: {what}",), title
    assert sorted(each.name for each in tmp_path.iterdir()) == ["before", "evidence"]
    assert read_run(before.path) == before


def test_a_row_is_told_by_its_row_group(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    good: list[Row] = [(f"k{n}", "p0001", "cdc-1", AT - DAY) for n in range(5_000)]
    good[4_500] = ("bad", "p0001", "cdc-1", AT + DAY)
    write_rows(evidence / "contacts" / LATER, CONTACTS, good)

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path))

    assert refused.value.faults == (f"contacts/{LATER}, row group 2, row 4500: last_contact_at lies ahead",)


def test_good_rows_count_where_they_are_accepted_and_the_first_of_doubles(tmp_path: Path) -> None:
    population = town()
    evidence = write_evidence(tmp_path / "evidence", population)
    expected = findings(assess_region(plan(tmp_path, "clean")))
    for number, (_, table, row, _) in enumerate(BAD_ROWS):
        write_rows(evidence / table.name / f"z{number:02}.parquet", table, [row])

    run = assess_region(replace(plan(tmp_path), accepts_good_rows=True))

    assert findings(run) == expected
    assert run.manifest.counts.bad_rows == len(BAD_ROWS)
    assert run.manifest.counts.people == 60


def test_rows_left_out_once_are_looked_at_again_by_the_next_run(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    write_rows(evidence / "contacts" / LATER, CONTACTS, [("k8", "p0020", "cdc-1", AT + DAY)])
    before = assess_region(replace(plan(tmp_path, "before"), accepts_good_rows=True))

    after = assess_region(plan(tmp_path, "after", previous=before.path, at=AT + 2 * DAY))

    assert "p0020" not in {row[0] for row in findings(before)}
    assert "p0020" in {row[0] for row in findings(after)}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def scribble(path: Path) -> None:
    path.write_bytes(b"not a table")


def drop_a_column(path: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE t AS SELECT ref, subject, source FROM read_parquet('{path}')")
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def add_a_column(path: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE t AS SELECT *, 37.2 AS temperature FROM read_parquet('{path}')")
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize(
    ("title", "harm", "what"),
    [
        ("cut off", cut, "contacts.parquet: is no Parquet file that can be read"),
        ("no Parquet", scribble, "contacts.parquet: is no Parquet file that can be read"),
        ("away", Path.unlink, "contacts.parquet: the table is missing"),
        ("a column short", drop_a_column, "contacts.parquet: has no column last_contact_at of type BIGINT"),
        ("a column too many", add_a_column, "contacts.parquet: has a column too many, the 5th"),
    ],
)
def test_a_file_that_is_no_table_is_told_and_nothing_is_written(
    tmp_path: Path, title: str, harm: Callable[[Path], None], what: str
) -> None:
    harm(write_evidence(tmp_path / "evidence", town()) / "contacts.parquet")

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path))

    assert refused.value.faults == (what,), title
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("more.PARQUET", "is no file that ends with .parquet, and would be passed over"),
        ("2020-03-20/more.parquet", "is no file that ends with .parquet, and would be passed over"),
        ("_more.parquet", "begins with . or _, which hides it from Spark"),
    ],
)
def test_what_would_be_passed_over_in_the_folder_of_a_table_is_told(
    tmp_path: Path, name: str, what: str
) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    write_rows(evidence / "travel" / "part.parquet", TRAVEL, [trip()])
    (evidence / "travel" / "_SUCCESS").touch()
    assert assess_region(plan(tmp_path, "good")).manifest.counts.bad_rows == 0
    write_rows(evidence / "travel" / name, TRAVEL, [trip(ref="t9")])

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path))

    assert refused.value.faults == (f"travel/{name.split('/')[0]}: {what}",)


@pytest.mark.parametrize("name", ["ward[1]", "ward*", "ward?", "{ward1,ward2}", "ward 1", "source=ward1"])
def test_a_path_is_no_pattern_that_matches_files_elsewhere_and_no_part_of_it_is_a_column(
    tmp_path: Path, name: str
) -> None:
    for folder in (name, "ward1", "ward2"):
        evidence = write_evidence(tmp_path / folder / "evidence", town())
        if folder != name:
            write_rows(evidence / "contacts.parquet", CONTACTS, [("k7", "p0030", "cdc-1", AT - DAY)])
    write_evidence(tmp_path / "evidence", town())
    expected = assess_region(plan(tmp_path))

    found = assess_region(plan(tmp_path / name))
    later = assess_region(plan(tmp_path / name, "later", previous=found.path, at=AT + 1))

    assert found.manifest.checksum == expected.manifest.checksum
    assert found.manifest.counts == expected.manifest.counts
    assert later.manifest.mode == "incremental"
    assert later.manifest.counts.colours == expected.manifest.counts.colours
    with duckdb_engine(EngineBounds(memory_gib=0.5, threads=1, spill=tmp_path / "spill")) as engine:
        assert explain(engine, found, "p0003").findings[0].source == "cdc-1"
        assert explain(engine, found, "p0040").division == "150102"


def test_a_file_broken_in_the_middle_is_told_by_its_row_group(tmp_path: Path) -> None:
    evidence = write_evidence(tmp_path / "evidence", town())
    rows: list[Row] = [
        (f"v{n}-{n * 7919 % 10007}", "p0001", "hotels", "110105", AT - 2 * DAY, AT - DAY - n, "lodging")
        for n in range(6_000)
    ]
    path = write_rows(evidence / "visits" / LATER, VISITS, rows)
    with duckdb.connect(":memory:") as connection:
        (second,) = connection.execute(
            "SELECT MIN(data_page_offset), MAX(data_page_offset + total_compressed_size) "
            f"FROM parquet_metadata('{path}') WHERE row_group_id = 1"
        ).fetchall()
    harmed = bytearray(path.read_bytes())
    begin, end = second
    harmed[begin + 8 : end - 60] = os.urandom(end - begin - 68)
    path.write_bytes(harmed)

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path))

    assert refused.value.faults == (f"visits/{LATER}, row group 1, row 2048: cannot be read from here",)


FULL_DISK = """
import resource, sys
from pathlib import Path
from comity.cli.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
sys.exit(run(sys.argv[1:]))
"""


def test_a_full_disk_leaves_the_result_before_and_the_run_goes_on_when_there_is_room(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))
    rulebook = before.path / "rulebook.json"
    words = ["assess", "run", "--evidence", tmp_path / "evidence", "--rulebook", rulebook, "--threads", "1"]
    words += ["--on", "2020-03-21T12:00:00+08:00", "--previous", before.path, "--out", tmp_path / "after"]

    full = subprocess.run(
        [sys.executable, "-c", FULL_DISK, *map(str, words)], capture_output=True, text=True, check=False
    )

    assert full.returncode == 2, full.stderr
    assert "room" in full.stderr
    assert not (tmp_path / "after").exists()
    assert read_run(before.path) == before
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    after = assess_region(plan(tmp_path, "after", previous=before.path, at=AT + DAY))
    assert after.manifest.counts.people == 60


@pytest.mark.parametrize("name", ["findings.parquet", "changes.parquet", "manifest.json"])
def test_a_previous_run_that_was_cut_off_is_named_and_nothing_is_left_of_the_new_one(
    tmp_path: Path, name: str
) -> None:
    write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))
    path = before.path / name
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path, "after", previous=before.path, at=AT + DAY))

    assert str(refused.value) == f"the run in '{before.path}' is damaged, at {name}"
    assert "from a copy" in refused.value.next_step
    assert sorted(each.name for each in tmp_path.iterdir()) == ["before", "evidence"]


def test_findings_of_the_previous_run_that_are_gone_leave_nothing_of_the_new_one(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())
    before = assess_region(plan(tmp_path, "before"))
    before.findings.unlink()

    with pytest.raises(EvidenceRefused, match="of a run"):
        assess_region(plan(tmp_path, "after", previous=before.path, at=AT + DAY))

    assert sorted(each.name for each in tmp_path.iterdir()) == ["before", "evidence"]


def test_a_rulebook_with_a_rule_type_there_is_not_is_told_by_file_and_rule(tmp_path: Path) -> None:
    document = write_assessment_rulebook(default_assessment_rulebook())
    rules = json.loads(json.dumps(document["rules"]))
    rules[2]["reason"] = "weather"
    path = tmp_path / "rulebook.json"
    path.write_text(json.dumps({**document, "rules": rules}))

    with pytest.raises(PublicationRefused) as refused:
        read_rulebook(path)

    assert str(refused.value).startswith(f"the rulebook '{path}', rule 3 of {len(rules)}: ")
    assert "weather" in str(refused.value)
    assert "run again" in refused.value.next_step


def test_bounds_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())

    with pytest.raises(UsageError):
        assess_region(replace(plan(tmp_path), memory_gib=0.0))
