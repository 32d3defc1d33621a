"""A run on Spark gives the rows and the checksum of a run on DuckDB, bad rows left out alike (C1.2).

Real executors, processes of their own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from comity.assessment.run import RunPlan, assess_region
from tests.assessment.test_run import plan
from tests.assessment.test_synthetic import make
from tests.spark import needs_spark

pytestmark = [needs_spark, pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("has_faults", [False, True])
def test_c1_2_a_run_on_spark_gives_the_rows_and_the_checksum_of_one_on_duckdb(
    tmp_path: Path, has_faults: bool
) -> None:
    make(tmp_path, has_faults=has_faults)
    here: RunPlan = replace(plan(tmp_path), accepts_good_rows=has_faults)
    there = replace(here, out=tmp_path / "on-spark", master="local-cluster[2,1,2048]")

    expected, found = assess_region(here), assess_region(there)

    assert found.manifest.engine.startswith("spark ")
    assert found.manifest.checksum == expected.manifest.checksum
    assert found.manifest.counts == expected.manifest.counts
    assert found.manifest.counts.findings > 0
    assert (found.manifest.counts.bad_rows > 0) is has_faults
    with duckdb.connect(":memory:") as connection:
        rows = [connection.execute(f"FROM '{run.findings}'").fetchall() for run in (expected, found)]
    assert Counter(rows[0]) == Counter(rows[1])
