"""The one SQL text on Apache Spark gives the findings it gives on DuckDB (C1.2).

Left out, which the end of the run says, where Spark is not at hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from comity.assessment.evidence_tables import EVIDENCE_TABLES
from comity.assessment.rules_sql import FINDING_COLUMNS, rulebook_sql
from comity.assessment.run import assess_region
from tests.assessment.test_run import RULES, plan
from tests.assessment.test_synthetic import make
from tests.builders import AT
from tests.spark import needs_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [needs_spark, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark")),
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.slow
def test_c1_2_spark_finds_what_duckdb_finds(tmp_path: Path, spark: SparkSession) -> None:
    evidence = make(tmp_path)
    run = assess_region(plan(tmp_path))

    for table in EVIDENCE_TABLES:
        folder = evidence / table.name
        path = folder if folder.is_dir() else evidence / f"{table.name}.parquet"
        spark.read.parquet(str(path)).createOrReplaceTempView(table.name)
    found = spark.sql(rulebook_sql(RULES, at=AT))

    assert found.columns == [name for name, _ in FINDING_COLUMNS]
    with duckdb.connect(":memory:") as connection:
        expected = connection.execute(f"SELECT * FROM read_parquet('{run.findings}')").fetchall()
    assert len(expected) == run.manifest.counts.findings > 0
    assert Counter(tuple(row) for row in found.collect()) == Counter(expected)
