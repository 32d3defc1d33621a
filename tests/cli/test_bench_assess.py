"""`comity bench assess` gives its figures and its runs agree; no figure is judged here."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.assessment.spark_engine import spark_is_here
from comity.cli.bench_assess import AssessBench
from comity.cli.bench_report import ASSESS_DEMANDS
from tests.spark import quick_java


def test_the_join_written_by_hand_finds_the_rows_of_the_run_and_new_records_give_the_full_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_java(monkeypatch)
    bench = AssessBench(folder=tmp_path, people=3_000, threads=1, memory_gib=1.0, rounds=1, spark="local[1]")

    figures = bench.figures()

    assert {demand.key for demand in ASSESS_DEMANDS} <= set(figures)
    assert figures["join_rows_equal"] is True
    assert figures["incremental_equal"] is True
    assert figures["spark_equal"] is (True if spark_is_here() else None)
