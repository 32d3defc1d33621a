"""The one SQL text on Apache Spark finds what the pure function and DuckDB find (C1.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import duckdb
import pytest
from hypothesis import given, settings

from comity.assessment.evidence_tables import EVIDENCE_TABLES, EvidenceTable
from comity.assessment.rules_sql import FINDING_COLUMNS, rulebook_sql
from comity.assessment.run import assess_region
from comity.domain.assessment_rules import AssessmentRulebook
from tests.assessment.populations import Found, Population, populations, write_evidence
from tests.assessment.test_run import RULES, plan
from tests.assessment.test_synthetic import make
from tests.builders import AT
from tests.laws.test_assessment import rulebooks
from tests.spark import needs_spark, quick_java

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CROWD: Final = tuple(f"p{number}" for number in range(6))

pytestmark = [needs_spark, pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    given: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark")),
    }
    with pytest.MonkeyPatch.context() as monkeypatch:
        quick_java(monkeypatch)
        session = SparkSession.builder.master("local[1]").config(map=given).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def test_c1_2_spark_finds_what_duckdb_finds(tmp_path: Path, spark: SparkSession) -> None:
    evidence = make(tmp_path)
    run = assess_region(plan(tmp_path))

    _show(spark, evidence)
    found = spark.sql(rulebook_sql(RULES, at=AT))

    assert found.columns == [name for name, _ in FINDING_COLUMNS]
    with duckdb.connect(":memory:") as connection:
        expected = connection.execute(f"SELECT * FROM read_parquet('{run.findings}')").fetchall()
    assert len(expected) == run.manifest.counts.findings > 0
    assert Counter(tuple(row) for row in found.collect()) == Counter(expected)


@settings(max_examples=12, deadline=None)
@given(population=populations(subjects=CROWD, most=12), rulebook=rulebooks())
def test_c1_2_spark_and_duckdb_find_what_the_pure_function_finds_row_by_row(
    spark: SparkSession, population: Population, rulebook: AssessmentRulebook
) -> None:
    text = rulebook_sql(rulebook, at=AT)
    with TemporaryDirectory(prefix="comity-") as folder:
        evidence = write_evidence(Path(folder), population)
        _show(spark, evidence)
        found = Counter(tuple(row) for row in spark.sql(text).collect())
        here = Counter(_on_duckdb(evidence, text))

    assert found == here
    assert sorted(_asked(row) for row in found.elements()) == population.assess(rulebook, at=AT)


def _show(spark: SparkSession, evidence: Path) -> None:
    for table in EVIDENCE_TABLES:
        folder = evidence / table.name
        path = folder if folder.is_dir() else evidence / f"{table.name}.parquet"
        spark.read.schema(_columns(table)).parquet(str(path)).createOrReplaceTempView(table.name)


def _columns(table: EvidenceTable) -> str:
    kinds = {"VARCHAR": "STRING", "BIGINT": "BIGINT"}
    return ", ".join(f"{column.name} {kinds[column.kind.sql_type]}" for column in table.columns)


def _on_duckdb(evidence: Path, text: str) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for table in EVIDENCE_TABLES:
            connection.execute(f"CREATE VIEW {table.name} AS FROM '{evidence / table.name}.parquet'")
        return connection.execute(text).fetchall()


def _asked(row: tuple[object, ...]) -> Found:
    """Take of a row what the pure function tells."""
    found = dict(zip((name for name, _ in FINDING_COLUMNS), row, strict=True))
    wanted = ("subject", "place", "colour", "reason", "rule_id", "evidence_ref", "since", "until")
    asked: Found = tuple(found[name] for name in wanted)  # type: ignore[assignment]
    return asked
