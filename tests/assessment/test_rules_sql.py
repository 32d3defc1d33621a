"""The compiled rulebook gives the rows that the pure function gives, and uses nothing of any vendor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import duckdb
import pytest
from hypothesis import given, settings

from comity.assessment.rules_sql import FINDING_COLUMNS, findings_sql, met_sql, rulebook_sql
from comity.domain.assessment_rules import AssessmentRulebook, default_assessment_rulebook
from comity.domain.instant import DAY
from tests.assessment.populations import Found, Population, Row, fill, populations
from tests.builders import AT
from tests.laws.test_assessment import rulebooks

ASKED: Final = "subject, place, colour, reason, rule_id, evidence_ref, since, until"
FUNCTIONS: Final = {"CAST", "MAX", "MIN", "MOD", "SUBSTRING", "COALESCE", "ROW_NUMBER"}
"""The only functions the text calls: each is in the SQL standard, in DuckDB and in Spark."""


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        yield connection


@settings(max_examples=60, deadline=None)
@given(population=populations(), rulebook=rulebooks())
def test_c1_2_the_sql_text_finds_what_the_pure_function_finds_row_by_row(
    database: duckdb.DuckDBPyConnection, population: Population, rulebook: AssessmentRulebook
) -> None:
    fill(database, population)

    expected = population.assess(rulebook, at=AT)

    assert _rows(database, rulebook_sql(rulebook, at=AT)) == expected
    assert _in_halves(database, rulebook) == expected


@pytest.mark.parametrize(
    ("title", "loser", "decisive"),
    [
        ("the one that ends last, though its basis is older", (-1, 1), (-5, 3)),
        ("of those that end together the one with the latest basis", (-5, 1), (-1, 1)),
        ("the one that ends last, though both are of one basis", (-1, 1), (-1, 3)),
    ],
)
def test_of_one_reason_the_end_that_comes_last_decides_and_then_the_latest_basis(
    database: duckdb.DuckDBPyConnection, title: str, loser: tuple[int, int], decisive: tuple[int, int]
) -> None:
    rows: list[Row] = [
        (ref, "p1", "officers", "close-contact", AT + began * DAY, AT + ended * DAY)
        for ref, (began, ended) in (("a", loser), ("b", decisive))
    ]
    population = Population(rows={"people": [("p1", "150102")], "assignments": rows})
    fill(database, population)

    found = _rows(database, rulebook_sql(default_assessment_rulebook(), at=AT))

    assert [row[5] for row in found] == ["b", "a"], title
    assert found == population.assess(default_assessment_rulebook(), at=AT)


def test_of_one_reason_a_finding_without_a_known_end_comes_before_a_newer_one_that_ends(
    database: duckdb.DuckDBPyConnection,
) -> None:
    population = Population(
        rows={
            "people": [("p1", "150102")],
            "cases": [("z", "p1", "hospital-1", "confirmed", AT - 9 * DAY)],
            "assignments": [("a", "p1", "officers", "confirmed-case", AT - DAY, AT + 2 * DAY)],
        }
    )
    fill(database, population)

    found = _rows(database, rulebook_sql(default_assessment_rulebook(), at=AT))

    assert [row[5] for row in found] == ["z", "a"]
    assert found == population.assess(default_assessment_rulebook(), at=AT)


def test_settled_rule_10_a_scanned_place_code_alone_colours_nobody(
    database: duckdb.DuckDBPyConnection,
) -> None:
    """Henan, June 2022: 871 people turned red by a place code that was sent around."""
    fill(database, _forwarded_place_code(871))

    assert _rows(database, rulebook_sql(default_assessment_rulebook(), at=AT)) == []


def test_the_text_calls_no_function_of_a_vendor() -> None:
    text = rulebook_sql(default_assessment_rulebook(), at=AT)

    called = set(re.findall(r"\b([A-Z_]+)\(", text.replace("VARCHAR(64)", ""))) - {"PARTITION BY"}

    assert called <= FUNCTIONS
    assert "//" not in text
    assert "::" not in text


def _rows(database: duckdb.DuckDBPyConnection, text: str) -> list[Found]:
    found: list[Found] = database.execute(f"SELECT {ASKED} FROM ({text}) ORDER BY subject, place").fetchall()
    return found


def _in_halves(database: duckdb.DuckDBPyConnection, rulebook: AssessmentRulebook) -> list[Found]:
    database.execute(f"CREATE OR REPLACE TABLE met AS {met_sql(rulebook, at=AT)}")
    text = findings_sql(rulebook, at=AT)
    found = database.execute(f"DESCRIBE {text}").fetchall()
    assert [(row[0], row[1]) for row in found] == list(FINDING_COLUMNS)
    rows = _rows(database, text)
    database.execute("DROP TABLE met")
    return rows


def _forwarded_place_code(people: int) -> Population:
    subjects = [f"p{number}" for number in range(people)]
    return Population(
        rows={
            "people": [(subject, "150102") for subject in subjects],
            "areas": [("410100", "high", AT - 86_400, None)],
            "visits": [
                (f"v-{subject}", subject, "place-codes", "410104", AT - 7_200, AT - 3_600, "place_code")
                for subject in subjects
            ],
        }
    )
