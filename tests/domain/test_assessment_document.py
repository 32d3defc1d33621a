"""An assessment rulebook as a document: what settled rule 10 does not allow is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.assessment_document import (
    MOST_AREAS,
    MOST_RULES,
    check_assessment_publication,
    read_assessment_rulebook,
    write_assessment_rulebook,
)
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.catalogue import CATALOGUE
from comity.domain.instant import DAY
from comity.errors import PublicationRefused
from tests.builders import AT, HOME, HOST

WORDS = {"zh": "密接黄码", "en": "contacts are yellow"}
RULE: dict[str, object] = {
    "id": "contact",
    "reason": "close_contact",
    "colour": "yellow",
    "ends": {"after_days": 14},
    "text": WORDS,
}
STAY: dict[str, object] = {**RULE, "reason": "risk_area_stay", "level": "high", "within_days": 14}
ARRIVAL: dict[str, object] = {**RULE, "reason": "area_arrival", "areas": ["420000"], "within_days": 14}
DOCUMENT: dict[str, object] = {"region": HOST, "version": 1, "valid_from": AT, "rules": [RULE]}


def rule(given: dict[str, object] = RULE, **changed: object) -> dict[str, object]:
    return {"rules": [{**given, **changed}]}


def without(name: str, given: dict[str, object] = RULE) -> dict[str, object]:
    return {"rules": [{key: value for key, value in given.items() if key != name}]}


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("a rule of the officer", rule(reason="officer"), "no_rule_type"),
    ("a rule of nothing", without("reason"), "no_rule_type"),
    ("a rule of a list", rule(reason=["symptoms"]), "no_rule_type"),
    ("green", rule(colour="green"), "rule_names_green"),
    ("orange", rule(colour="orange"), "unknown_word"),
    ("no colour", without("colour"), "unknown_word"),
    ("no end", without("ends"), "rule_without_end"),
    ("an empty end", rule(ends={}), "rule_without_end"),
    ("an end in words", rule(ends="when we say so"), "rule_without_end"),
    ("an end by officer", rule(ends={"officer": True}), "unknown_word"),
    ("both ends", rule(ends={"after_days": 14, "review_days": 7}), "unknown_word"),
    ("a last day without review", rule(ends={"last_days": 14}), "rule_days_out_of_range"),
    ("22 days", rule(ends={"after_days": 22}), "rule_days_out_of_range"),
    ("no day", rule(ends={"after_days": 0}), "rule_days_out_of_range"),
    ("days true", rule(ends={"after_days": True}), "rule_days_out_of_range"),
    ("days in text", rule(ends={"after_days": "14"}), "rule_days_out_of_range"),
    ("a review after 22 days", rule(ends={"review_days": 22}), "rule_days_out_of_range"),
    ("longer than it looks back", rule(STAY, ends={"after_days": 15}), "rule_outlasts_window"),
    ("no window", without("within_days", STAY), "rule_days_out_of_range"),
    ("no level", without("level", STAY), "unknown_word"),
    ("another level", rule(STAY, level="extreme"), "unknown_word"),
    ("a level of a contact", rule(level="high"), "unknown_word"),
    ("a document asked for", rule(document="report"), "unknown_word"),
    ("a prefix of ID numbers", rule(ARRIVAL, id_prefix="42"), "unknown_word"),
    ("no areas", rule(ARRIVAL, areas=[]), "rule_areas"),
    ("an area twice", rule(ARRIVAL, areas=["420000", "420000"]), "rule_areas"),
    ("too many areas", rule(ARRIVAL, areas=[f"{n:06}" for n in range(MOST_AREAS + 1)]), "rule_areas"),
    ("an area that is none", rule(ARRIVAL, areas=["Hubei"]), "unknown_word"),
    ("an id with capitals", rule(id="Contact"), "rule_id"),
    ("an id of one letter", rule(id="c"), "rule_id"),
    ("an id of 41 letters", rule(id="c" * 41), "rule_id"),
    ("no English", rule(text={"zh": "密接"}), "missing_language"),
    ("blank Chinese", rule(text={"zh": " ", "en": "x"}), "missing_language"),
    ("a third language", rule(text={**WORDS, "mn": "x"}), "unknown_word"),
    ("one id twice", {"rules": [RULE, RULE]}, "rule_twice"),
    ("no rules", {"rules": []}, "rule_count"),
    ("too many rules", {"rules": [{**RULE, "id": f"r{n}"} for n in range(MOST_RULES + 1)]}, "rule_count"),
    ("a rule in text", {"rules": ["contact"]}, "unknown_word"),
    ("a county", {"region": "150102"}, "unknown_word"),
    ("version 0", {"version": 0}, "version_not_next"),
    ("version true", {"version": True}, "version_not_next"),
    ("no start", {"valid_from": None}, "rule_start_missing"),
    ("another key", {"default_colour": "red"}, "unknown_word"),
]


@pytest.mark.parametrize(("title", "changed", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_settled_rule_10_a_document_that_breaks_it_is_refused(
    title: str, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(PublicationRefused) as refused:
        read_assessment_rulebook({**DOCUMENT, **changed})

    assert refused.value.reason == reason, title
    assert refused.value.clause in ("settled rule 10", "C3.2")
    assert f"publication.{reason}" in CATALOGUE


def test_the_first_rulebook_reads_as_it_was_written() -> None:
    given = default_assessment_rulebook(valid_from=AT)

    assert read_assessment_rulebook(write_assessment_rulebook(given)) == given


def test_a_rule_about_a_stay_or_arrival_ends_with_its_window_unless_it_says_sooner() -> None:
    short = read_assessment_rulebook({**DOCUMENT, **without("ends", {**ARRIVAL, "within_days": 7})})

    assert write_assessment_rulebook(short)["rules"] == [
        {**ARRIVAL, "within_days": 7, "ends": {"after_days": 7}}
    ]


FIRST = default_assessment_rulebook(valid_from=AT)
PUBLICATIONS = [
    ("a version left out", replace(FIRST, version=3, valid_from=AT), "version_not_next"),
    ("the same version again", FIRST, "version_not_next"),
    ("another region", replace(FIRST, version=2, region=HOME), "wrong_signer"),
    ("a start that has passed", replace(FIRST, version=2, valid_from=AT - 1), "rule_start_past"),
    ("a start too far ahead", replace(FIRST, version=2, valid_from=AT + 14 * DAY + 1), "too_early"),
]


@pytest.mark.parametrize(("title", "rulebook", "reason"), PUBLICATIONS, ids=[row[0] for row in PUBLICATIONS])
def test_a_version_follows_the_one_before(title: str, rulebook: object, reason: str) -> None:
    assert isinstance(rulebook, type(FIRST))
    with pytest.raises(PublicationRefused) as refused:
        check_assessment_publication(rulebook, region=HOST, previous=FIRST, published_at=AT)

    assert refused.value.reason == reason, title


def test_the_next_version_may_begin_at_once_or_two_weeks_ahead() -> None:
    for valid_from in (AT, AT + 14 * DAY):
        second = replace(FIRST, version=2, valid_from=valid_from)
        check_assessment_publication(second, region=HOST, previous=FIRST, published_at=AT)
