"""The files of scenarios/: every expectation holds; together they show everything that can be answered."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from comity.domain.colour import PassClass
from comity.domain.decision import Outcome, ReasonCode
from comity.scenario import EncounterResult, Scenario, read_scenario, run_encounters
from comity.scenario.encounters import TAMPER_CLASSES
from comity.scenario.plan import Tamper

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scenarios").glob("*.toml"))
SEED = b"the situations are the same whatever the keys"


@cache
def _told(file: Path) -> tuple[Scenario, tuple[EncounterResult, ...]]:
    scenario = read_scenario(file.read_text(encoding="utf-8"))
    return scenario, tuple(run_encounters(scenario, seed=SEED))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_encounter_expects_something_and_gets_it(file: Path) -> None:
    _, results = _told(file)

    assert results
    for result in results:
        assert result.plan.expect is not None, result.plan.encounter_id
        assert result.holds, (result.plan.encounter_id, result.decision.reason)


def test_there_is_the_notice_and_at_least_thirty_more() -> None:
    assert ROOT / "scenarios" / "notice.toml" in FILES
    assert len(FILES) > 30


def test_every_reason_and_every_outcome_is_expected_somewhere() -> None:
    plans = [result.plan for file in FILES for result in _told(file)[1]]

    assert {plan.expect_reason for plan in plans} >= set(ReasonCode)
    assert {plan.expect for plan in plans} >= set(Outcome)


def test_every_tamper_is_done_to_every_class_it_can_be_done_to() -> None:
    done = {
        (result.plan.tamper, scenario.passes[result.plan.pass_id].pass_class)
        for scenario, results in map(_told, FILES)
        for result in results
        if result.plan.tamper is not None
    }

    assert done == {
        (tamper, each) for tamper in Tamper for each in TAMPER_CLASSES.get(tamper, tuple(PassClass))
    }


@pytest.mark.parametrize(
    "clause", ["C1.3", "C2.1", "C2.2", "C2.3", "C2.4", "C2.5", "C2.6", "C2.7", "C3.1", "C3.2", "C3.3"]
)
def test_the_notice_is_told_whole_each_clause_above_an_encounter(clause: str) -> None:
    told = (ROOT / "scenarios" / "notice.toml").read_text(encoding="utf-8")

    assert re.search(rf"#[^\n]*\b{re.escape(clause)}\b[^\n]*\n(#[^\n]*\n)*\[\[encounter\]\]", told)


def test_every_file_has_its_line_in_the_document() -> None:
    listed = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")

    assert [file.name for file in FILES if file.name not in listed] == []
