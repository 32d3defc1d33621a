"""A synthetic region: the same for the same seed, sound unless faults are asked for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
from comity.assessment.run import assess_region, silent
from comity.assessment.synthetic import SyntheticRegion, make_region
from comity.assessment.synthetic_days import RATED_COUNTY, add_day
from comity.domain.instant import DAY
from comity.errors import EvidenceRefused
from tests.assessment.test_run import plan
from tests.builders import AT


def make(tmp_path: Path, name: str = "evidence", *, seed: int = 1, has_faults: bool = False) -> Path:
    region = SyntheticRegion(people=3_000, seed=seed, at=AT, has_faults=has_faults)
    bounds = EngineBounds(memory_gib=0.5, threads=1, spill=tmp_path / "spill")
    with duckdb_engine(bounds) as engine:
        make_region(engine, region, tmp_path / name, progress=silent)
    return tmp_path / name


def test_a_synthetic_region_is_assessed_without_a_bad_row_and_is_green_for_the_most_part(
    tmp_path: Path,
) -> None:
    make(tmp_path)

    counts = assess_region(plan(tmp_path)).manifest.counts

    assert (counts.people, counts.bad_rows, counts.unknown_subjects) == (3_000, 0, 0)
    assert counts.colours["green"] > 2_700
    assert set(counts.rules) >= {"confirmed-case", "close-contact", "medium-risk-stay", "hubei-arrival"}
    assert max(sum(each.values()) for each in counts.divisions.values()) > 300


def test_the_same_seed_gives_the_same_region_and_another_seed_another(tmp_path: Path) -> None:
    one, same, other = (make(tmp_path, name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))

    def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
        with duckdb.connect(":memory:") as connection:
            return connection.execute(
                f"SELECT * FROM read_parquet(['{folder}/{table}']) ORDER BY ALL"
            ).fetchall()

    for table in (
        "people/part-0000.parquet",
        "travel/part-0000.parquet",
        "areas.parquet",
        "contacts.parquet",
    ):
        assert rows(one, table) == rows(same, table)
        assert rows(one, table) != rows(other, table)


def test_faults_that_were_asked_for_are_found(tmp_path: Path) -> None:
    make(tmp_path, has_faults=True)

    with pytest.raises(EvidenceRefused) as refused:
        assess_region(plan(tmp_path))

    told = "\n".join(refused.value.faults)
    assert "ended_at is not after began_at" in told
    assert "the window overlaps another one of the area" in told
    assert "subject is there twice" in told
    assert "travel/part-0000.parquet, row group 0, row 77: ended_at lies ahead" in told
    assert "visits/part-0000.parquet, row group 0, row 99: area is unknown" in told


def test_c1_2_the_days_after_bring_new_records_and_an_incremental_run_over_them_is_a_full_one(
    tmp_path: Path,
) -> None:
    evidence = make(tmp_path)
    region = SyntheticRegion(people=3_000, seed=1, at=AT)
    first = run = assess_region(plan(tmp_path, "0"))
    for number in (1, 2):
        with duckdb_engine(EngineBounds(memory_gib=0.5, threads=1, spill=tmp_path / "spill")) as engine:
            day = add_day(engine, region, evidence, number=number)
        assert day.rated == (RATED_COUNTY if number == 2 else None)
        run = assess_region(plan(tmp_path, str(number), previous=run.path, at=AT + number * DAY))

    full = assess_region(plan(tmp_path, "full", at=AT + 2 * DAY))

    assert (run.manifest.mode, run.manifest.counts.bad_rows) == ("incremental", 0)
    assert run.manifest.counts.touched is not None
    assert run.manifest.checksum == full.manifest.checksum
    assert run.manifest.counts.rules["medium-risk-stay"] > first.manifest.counts.rules["medium-risk-stay"]
