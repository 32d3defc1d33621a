"""The demo's assessment of a region: nothing is held silently, and the report is where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.assessment.run_manifest import RunState, read_run
from comity.assessment.run_release import is_released
from comity.cli.demo_assessment import RUNS, assess_demo_region


@pytest.mark.slow
def test_c1_2_the_demo_assesses_a_region_on_four_days_and_two_officers_release_what_is_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = assess_demo_region(tmp_path, people=100_000)

    told = capsys.readouterr().out
    assert report is not None
    assert report.is_file()
    assert str(report) in told
    runs = [read_run(path.parent) for path in sorted(tmp_path.glob("assessment/*/manifest.json"))]
    assert len(runs) == RUNS
    assert all(is_released(run) for run in runs)
    assert runs[0].manifest.state is RunState.HELD
    coloured = [sum(run.manifest.counts.colours[name] for name in ("yellow", "red")) for run in runs]
    assert coloured[0] < coloured[1] < coloured[2]
    assert coloured[3] < coloured[2]
    assert all(run.manifest.mode == "incremental" and run.manifest.counts.touched for run in runs[1:])
    assert told.count("since then: ") == RUNS - 1
    assert "rated medium" in told
    assert "one_source" in told
    assert "released by two officers" in told


def test_the_demo_begins_anew_over_what_an_earlier_one_left(tmp_path: Path) -> None:
    first = assess_demo_region(tmp_path, people=1_000)

    assert assess_demo_region(tmp_path, people=1_000) == first
