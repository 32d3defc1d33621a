"""What stops a run before anything is published, and rules that are tried on nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.assessment.duckdb_engine import DuckdbEngine, EngineBounds, duckdb_engine
from comity.assessment.run import assess_region
from comity.assessment.run_manifest import RunState, Unusual
from comity.assessment.run_release import is_released, release_run
from comity.assessment.safeguards import RunLimits
from comity.assessment.what_if import try_rules
from comity.domain.assessment_rules import AssessmentRulebook, StayRule, default_assessment_rulebook
from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR
from comity.errors import NotPermitted, NotPossibleNow, UsageError
from tests.assessment.populations import Population, Row, town, write_evidence
from tests.assessment.test_run import plan
from tests.builders import AT

RULES = default_assessment_rulebook()
CODED = 871
"""People coloured in Henan in June 2022 by a place code that was sent around."""


def crowd(record: str, people: int = CODED) -> Population:
    """People of a town of 20,000 whom one source says to have been in a risk area."""
    visits: list[Row] = [
        (f"v{n}", f"p{n:05}", "place-codes", "410105", AT - 2 * HOUR, AT - HOUR, record)
        for n in range(people)
    ]
    return Population(
        rows={
            "people": [(f"p{n:05}", "150102") for n in range(20_000)],
            "areas": [("410105", "high", AT - DAY, None)],
            "visits": visits,
        }
    )


def unusual(tmp_path: Path, population: Population, limits: RunLimits) -> tuple[RunState, list[Unusual]]:
    write_evidence(tmp_path / "evidence", population)
    manifest = assess_region(replace(plan(tmp_path), limits=limits)).manifest
    return manifest.state, list(manifest.unusual)


def test_the_henan_pattern_a_place_code_sent_around_colours_nobody_and_is_told(tmp_path: Path) -> None:
    state, found = unusual(tmp_path, crowd("place_code"), RunLimits())

    assert state is RunState.READY
    assert [(each.kind, each.about, each.count, each.stops) for each in found] == [
        ("place_codes_alone", "place-codes, 410105", CODED, False)
    ]


def test_the_henan_pattern_under_the_name_of_a_physical_record_stops_before_publishing(
    tmp_path: Path,
) -> None:
    state, found = unusual(tmp_path, crowd("checkpoint"), RunLimits())

    assert state is RunState.HELD
    assert [(each.kind, each.about, each.count) for each in found] == [("one_source", "place-codes", CODED)]


def test_a_few_people_from_one_source_pass(tmp_path: Path) -> None:
    assert unusual(tmp_path, crowd("checkpoint", 200), RunLimits()) == (RunState.READY, [])


def test_people_whom_two_sources_find_do_not_rest_on_one(tmp_path: Path) -> None:
    population = crowd("checkpoint")
    population.rows["contacts"] = [(f"k{n}", f"p{n:05}", "cdc-1", AT - DAY) for n in range(CODED)]

    assert unusual(tmp_path, population, RunLimits())[0] is RunState.READY


def test_a_division_of_which_too_many_change_stops(tmp_path: Path) -> None:
    limits = RunLimits(most_changed=0.04, most_by_source=10_000)

    state, found = unusual(tmp_path, crowd("checkpoint"), limits)

    assert state is RunState.HELD
    assert [(each.kind, each.about, each.count, each.of) for each in found] == [
        ("division_changed", "150102", CODED, 20_000)
    ]


def stricter() -> AssessmentRulebook:
    """The example rules with stays in medium risk areas red: nobody published them."""
    rules = tuple(
        replace(rule, colour=Colour.RED) if isinstance(rule, StayRule) else rule for rule in RULES.rules
    )
    return replace(RULES, version=2, rules=rules)


def test_settled_rule_10_rules_nobody_published_stop_before_publishing(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())

    held = assess_region(replace(plan(tmp_path, "held"), rulebook=stricter()))
    ready = assess_region(replace(plan(tmp_path, "ready"), rulebook=stricter(), published=(stricter(),)))

    assert [each.kind for each in held.manifest.unusual] == ["unpublished_rules"]
    assert (held.manifest.state, ready.manifest.state) == (RunState.HELD, RunState.READY)


def test_settled_rule_10_a_held_run_is_released_by_two_different_officers_for_this_result_alone(
    tmp_path: Path,
) -> None:
    write_evidence(tmp_path / "evidence", town())
    held = assess_region(replace(plan(tmp_path), rulebook=stricter()))

    release_run(held, officer="wang", at=AT)
    with pytest.raises(NotPermitted):
        release_run(held, officer="wang", at=AT)
    assert not is_released(held)
    release_run(held, officer="li", at=AT)

    assert is_released(held)
    other = replace(held, manifest=replace(held.manifest, checksum="another"))
    assert not is_released(other)


def test_a_run_that_is_not_held_needs_no_release(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", town())

    with pytest.raises(NotPossibleNow):
        release_run(assess_region(plan(tmp_path)), officer="wang", at=AT)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckdbEngine]:
    with duckdb_engine(EngineBounds(memory_gib=0.5, threads=1, spill=tmp_path / "spill")) as opened:
        yield opened


def test_rules_are_tried_in_numbers_alone_and_small_ones_are_hidden(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    population = crowd("lodging", 30)
    population.rows["areas"] = [("410105", "medium", AT - DAY, None)]
    population.rows["contacts"] = [(f"k{n}", f"p{n + 100:05}", "cdc-1", AT - DAY) for n in range(9)]
    evidence = write_evidence(tmp_path / "evidence", population)

    found = try_rules(engine, evidence, present=RULES, tried=stricter(), at=AT)

    assert found.present["yellow risk_area_stay"].counts == {"150102": 30}
    assert "red risk_area_stay" not in found.present
    assert found.tried["red risk_area_stay"].counts == {"150102": 30}
    assert found.tried["yellow close_contact"].counts == {"150102": None}
    assert found.tried["yellow close_contact"].total is None
    assert sorted(each.name for each in tmp_path.iterdir()) == ["evidence", "spill"]


def test_a_manifest_is_plain_json_that_names_no_subject(tmp_path: Path) -> None:
    write_evidence(tmp_path / "evidence", crowd("checkpoint"))

    run = assess_region(plan(tmp_path))

    text = (run.path / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text)["counts"]["people"] == 20_000
    assert "p00001" not in text


@pytest.mark.parametrize("share", [7.0, -0.1, float("nan")])
def test_a_limit_that_nothing_could_pass_over_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        RunLimits(most_changed=share)
    with pytest.raises(UsageError, match="fewer than none"):
        RunLimits(most_by_source=-1)
