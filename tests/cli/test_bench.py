"""`comity bench verify` measures everything it promises; how fast a machine is, no test asks."""

from __future__ import annotations

import io
import json
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

import pytest

from comity.cli import bench
from comity.cli.bench import BenchCounts
from comity.cli.bench_gate import national_statuses, open_bench_gate
from comity.cli.bench_memory import can_sample, sample_tree
from comity.cli.bench_qrtext import largest_text
from comity.cli.bench_report import KEYS, Value, extras_lines, figures_table, in_order
from comity.cli.bench_verification import ROUND
from comity.cli.scenario import console
from comity.codec.qrtext import read_text
from comity.domain.colour import PASS_CLASSES, PassClass
from comity.domain.decision import Outcome
from comity.trust.status import SUPERSEDED
from comity.verify import verify_block
from comity.verify.authenticate import pass_of
from tests.architecture.source import document

TINY: Final = BenchCounts(
    entries=20_000,
    texts=ROUND,
    rounds=2,
    list_rounds=1,
    job_lines=1_100,
    job_rounds=1,
    stream_lines=1_100,
    starts=1,
)
"""Just enough for every measurement to run, the pool of processes included."""


@pytest.fixture(scope="module")
def figures() -> dict[str, Value]:
    """What `comity bench verify --json` writes."""
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(), redirect_stdout(written):
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: a fork beside the test's threads
        patch.setattr(bench, "FULL", TINY)
        assert bench.verify_command(as_json_text=True) == 0
    found: dict[str, Value] = json.loads(written.getvalue())
    return found


@pytest.mark.slow
def test_every_promised_figure_is_measured_and_comes_first(figures: dict[str, Value]) -> None:
    measured = {key for key, value in figures.items() if value is not None and value > 0}

    assert tuple(figures)[: len(KEYS)] == KEYS
    assert measured >= set(KEYS) - (set() if can_sample() else {"stream_mib"})


@pytest.mark.slow
def test_one_verification_imports_neither_rich_nor_numpy(figures: dict[str, Value]) -> None:
    assert figures["startup_lean"] is True


@pytest.mark.slow
def test_every_figure_is_explained(figures: dict[str, Value]) -> None:
    text = document("bench.md")

    missing = [key for key in figures if f"`{key}`" not in text]

    assert not missing, f"docs/bench.md does not explain: {missing}"


def test_the_measured_texts_are_distinct_and_get_pass(tmp_path: Path) -> None:
    made = open_bench_gate(tmp_path, entries=2_000, texts=12)

    texts = [text for each in PASS_CLASSES for text in made.texts[each]]
    decisions = verify_block(texts, made.gate.bundle, at=made.at, lists=made.gate.lists)

    assert len(set(texts)) == 12 * len(PASS_CLASSES)
    assert {decision.outcome for decision in decisions} == {Outcome.PASS}
    assert [decision.pass_class for decision in decisions[::12]] == list(PASS_CLASSES)


def test_the_measured_list_has_55_of_10_000_entries_set_and_90_of_100_of_them_superseded() -> None:
    statuses = national_statuses(1_000_000)

    assert len(statuses) == 5_500
    assert sum(status == SUPERSEDED for status in statuses.values()) == 4_950


def test_the_largest_pass_says_everything_a_pass_can_say() -> None:
    claims = pass_of(read_text(largest_text(PassClass.DEVICE), is_test=True)).claims

    assert None not in claims
    assert claims.is_guardian_held
    assert claims.masked_name == "欧***"


@pytest.mark.skipif(not can_sample(), reason="this system does not tell the memory of a process")
def test_a_process_that_is_gone_takes_no_memory() -> None:
    assert sample_tree(2**22 + 1) == (0, 0, 0)


def test_the_table_says_which_demands_are_met() -> None:
    told = in_order({"paper": 0.6, "online": 0.1, "jobs2": None, "stream_mib": 50, "bare_us": 80.123456})

    shown_console = console()
    with shown_console.capture() as shown:
        shown_console.print(figures_table(told))
    lines = {line.split()[1]: line for line in shown.get().splitlines() if line.startswith("│")}

    assert " ok " in lines["paper"]
    assert " short " in lines["online"]
    assert "not measured" in lines["jobs2"]
    assert " ok " in lines["stream_mib"]
    assert list(extras_lines(told)) == ["bare_us: 80.12"]
