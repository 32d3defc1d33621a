"""A run on Spark gives the rows and the checksum of a run on DuckDB, bad rows left out alike (C1.2).

Real executors, processes of their own; several files of a table, all met by one statement.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from comity.assessment.run import RunPlan, assess_region
from comity.assessment.run_manifest import MET
from comity.domain.instant import HOUR
from tests.assessment.test_run import plan
from tests.assessment.test_synthetic import make
from tests.builders import AT
from tests.spark import needs_spark, quick_java

pytestmark = [needs_spark, pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("has_faults", [False, True])
def test_c1_2_a_run_on_spark_gives_the_rows_and_the_checksum_of_one_on_duckdb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_faults: bool
) -> None:
    region = tmp_path / "50% of a region's [旗]* {1,2}?"
    make(region, has_faults=has_faults)
    _add_files(region / "evidence")
    here: RunPlan = replace(plan(region), accepts_good_rows=has_faults)
    there = replace(here, out=region / "on-spark", master="local-cluster[2,1,2048]")
    quick_java(monkeypatch)

    expected, found = assess_region(here), assess_region(there)

    assert found.manifest.engine.startswith("spark ")
    assert found.manifest.checksum == expected.manifest.checksum
    assert found.manifest.counts == expected.manifest.counts
    assert found.manifest.counts.findings > 0
    assert (found.manifest.counts.bad_rows > 0) is has_faults
    assert _rows(found.findings) == _rows(expected.findings)
    assert found.manifest.partitions == expected.manifest.partitions
    for each in found.manifest.partitions:
        if each.met:
            part = f"{MET}/{each.key}.parquet"
            assert _rows(found.path / part) == _rows(expected.path / part)


def test_c1_2_a_run_on_spark_builds_on_one_on_duckdb_and_meets_the_new_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = make(tmp_path)
    before = assess_region(plan(tmp_path))
    _add_files(evidence)
    quick_java(monkeypatch)

    full = assess_region(plan(tmp_path, "full", at=AT + HOUR))
    found = assess_region(
        replace(plan(tmp_path, "on-spark", previous=before.path, at=AT + HOUR), master="local[1]")
    )

    assert (found.manifest.mode, full.manifest.mode) == ("incremental", "full")
    assert found.manifest.checksum == full.manifest.checksum
    assert found.manifest.counts.colours == full.manifest.counts.colours


def _add_files(evidence: Path) -> None:
    """Add two files of travel that use the references of the first again, for other stays."""
    first = evidence / "travel" / "part-0000.parquet"
    with duckdb.connect(":memory:") as connection:
        rows = connection.read_parquet(str(first))
        for number in (1, 2):
            later = "* REPLACE (began_at - 86400 * {0} AS began_at, ended_at - 86400 * {0} AS ended_at)"
            rows.project(later.format(number)).limit(2_000).write_parquet(
                str(first.with_name(f"again [{number}]*.parquet"))
            )


def _rows(path: Path) -> Counter[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        return Counter(connection.read_parquet(str(path)).fetchall())
