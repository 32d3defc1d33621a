"""Outages and attacks told in a file: what could not be fetched is not known, what is forged is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.domain.region import RegionCode
from comity.errors import ScenarioError
from comity.scenario import Scenario, read_scenario
from comity.scenario.attacks import run_attacks
from comity.scenario.plan import HUB, AttackKind
from tests.scenarios.program import comity

FILES = Path(__file__).parents[2] / "scenarios"
SEED = b"attacks are refused whatever the keys"
HOST = RegionCode("150000")
OTHER = RegionCode("440000")
FEDERATION = """
title = "outages"

[[region]]
code = "150000"

[[region]]
code = "440000"

[[pass]]
id = "zhang"
issuer = "440000"
issued_at = 2020-03-20T09:00:00+08:00

[[encounter]]
id = "meets"
pass = "zhang"
host = "150000"
at = 2020-03-20T10:00:00+08:00
"""
NINE = 1_584_666_000
"""2020-03-20T09:00:00+08:00."""


def told(*tables: str) -> Scenario:
    """A small federation with these tables at its end."""
    return read_scenario(FEDERATION + "\n".join(tables))


def outage(of: str, begins: int, ends: int) -> str:
    """An outage between two minutes after nine."""
    return f'[[outage]]\nof = "{of}"\nfrom = {_time(begins)}\nto = {_time(ends)}\n'


def _time(minute: int) -> str:
    return f"2020-03-20T{9 + minute // 60:02}:{minute % 60:02}:00+08:00"


@pytest.mark.parametrize(
    ("minute", "reached"), [(9, 9), (10, 10), (11, 10), (19, 10), (20, 20), (21, 20), (29, 20), (30, 30)]
)
def test_an_outage_lasts_from_after_its_first_to_before_its_last_instant(minute: int, reached: int) -> None:
    scenario = told(outage(HUB, 10, 20), outage(HUB, 20, 30))

    expected = 10 if minute in (21, 29) else reached

    assert scenario.last_reached(HUB, NINE + 60 * minute) == NINE + 60 * expected


def test_outages_that_overlap_are_one_and_others_are_apart() -> None:
    scenario = told(outage(HUB, 10, 20), outage(HUB, 15, 25), outage("440000", 5, 50), outage(HUB, 30, 40))

    assert scenario.last_reached(HUB, NINE + 60 * 24) == NINE + 60 * 10
    assert scenario.last_reached(HUB, NINE + 60 * 35) == NINE + 60 * 30
    assert scenario.last_reached(OTHER, NINE + 60 * 35) == NINE + 60 * 5
    assert scenario.last_reached(HOST, NINE + 60 * 35) == NINE + 60 * 35


def test_an_attack_keeps_its_host_and_nobody_else_from_the_hub() -> None:
    begins, ends = _time(10), _time(20)
    scenario = told(f'[[attack]]\nkind = "freeze"\nhost = "150000"\nfrom = {begins}\nto = {ends}\n')

    assert scenario.last_reached(HUB, NINE + 60 * 15, host=HOST) == NINE + 60 * 10
    assert scenario.last_reached(HUB, NINE + 60 * 15, host=OTHER) == NINE + 60 * 15


@pytest.mark.parametrize("kind", AttackKind)
def test_every_attack_is_refused_and_what_was_known_stays(kind: AttackKind) -> None:
    (result,) = run_attacks(told(f'[[attack]]\nkind = "{kind}"\n'), seed=SEED)

    assert result.holds, result.why
    assert result.why
    assert (result.plan.host, result.plan.issuer) == (HOST, OTHER)
    assert result.plan.begins == result.plan.ends == NINE + 3_600


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (outage("310000", 1, 2), "of"),
        (outage("the hub", 1, 2), "of"),
        (outage(HUB, 2, 2), "to"),
        (outage(HUB, 3, 2), "to"),
        (outage(HUB, 1, 2) + "why = 1\n", "why"),
        ('[[outage]]\nof = "hub"\nfrom = 2020-03-20T09:00:00+08:00\n', "to"),
        ('[[attack]]\nkind = "bribe"\n', "kind"),
        ('[[attack]]\nhost = "150000"\n', "kind"),
        ('[[attack]]\nkind = "mix"\nhost = "310000"\n', "host"),
        ('[[attack]]\nkind = "mix"\nissuer = "150000"\n', "issuer"),
        ('[[attack]]\nkind = "mix"\nfrom = 1970-01-01T09:00:00+08:00\n', "from"),
        ('[[attack]]\nkind = "mix"\nto = 2020-03-19T09:00:00+08:00\n', "to"),
    ],
)
def test_a_wrong_outage_or_attack_is_told_with_its_key(table: str, key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        told(table)

    assert caught.value.key == key
    assert caught.value.line > 0


def test_the_program_tells_attacks_beside_encounters_and_only_where_there_are_some() -> None:
    with_attacks = json.loads(comity("scenario", "run", str(FILES / "attacks.toml"), "--json").out)
    without = json.loads(comity("scenario", "run", str(FILES / "notice.toml"), "--json").out)

    assert [attack["kind"] for attack in with_attacks["attacks"]] == [str(kind) for kind in AttackKind]
    assert all(attack["refused"] for attack in with_attacks["attacks"])
    assert set(without) == {"title", "encounters"}
