"""The assessment of one person: which evidence gives which colour, from when, until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.assessment import Assessment, assess
from comity.domain.assessment_rules import (
    AfterDays,
    AssessmentRulebook,
    EventRule,
    assessment_rulebook_in_force,
    default_assessment_rulebook,
)
from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import (
    AreaArrival,
    AreaStay,
    Assignment,
    Clearance,
    Evidence,
    EvidenceSource,
    HealthEvent,
    PresenceRecord,
    RiskArea,
    RiskLevel,
)
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.texts import Text
from tests.builders import AT

RULES = default_assessment_rulebook()
LISTED = EvidenceSource.IMPORT
HIGH = RiskArea(area="110106", level=RiskLevel.HIGH, began_at=AT, ended_at=AT + 2 * DAY)


def event(reason: ColourReason, at: Instant = AT, ref: str = "e1") -> HealthEvent:
    return HealthEvent(ref=ref, source=LISTED, reason=reason, happened_at=at)


def stay(
    began_at: Instant,
    ended_at: Instant,
    *,
    area: str = "110106",
    record: PresenceRecord = PresenceRecord.LODGING,
) -> AreaStay:
    return AreaStay(ref="s1", source=LISTED, area=area, record=record, began_at=began_at, ended_at=ended_at)


def colour(
    *evidence: Evidence, at: Instant, risk_areas: tuple[RiskArea, ...] = (), rules: AssessmentRulebook = RULES
) -> Colour:
    return assess(evidence, risk_areas, rules, at=at).colour


CONTACT = event(ColourReason.CLOSE_CONTACT)
CASE = event(ColourReason.CONFIRMED_CASE, ref="c1")


def test_settled_rule_10_whom_no_rule_finds_is_green() -> None:
    found = assess((), (HIGH,), RULES, at=AT)

    assert found == Assessment(at=AT, rulebook_version=1, findings=(), next_at=None)
    assert found.colour is Colour.GREEN
    assert found.decisive is None


@pytest.mark.parametrize(
    ("title", "evidence", "at", "expected"),
    [
        ("a contact at its instant", CONTACT, AT, Colour.YELLOW),
        ("a contact a second before", CONTACT, AT - 1, Colour.GREEN),
        ("a contact in its last second", CONTACT, AT + 14 * DAY - 1, Colour.YELLOW),
        ("a contact after 14 x 24 h", CONTACT, AT + 14 * DAY, Colour.GREEN),
        ("a case", CASE, AT, Colour.RED),
        ("a case that nobody cleared", CASE, AT + 90 * DAY, Colour.RED),
        ("a suspicion", event(ColourReason.SUSPECTED_CASE), AT + 21 * DAY - 1, Colour.RED),
        ("a suspicion at its last day", event(ColourReason.SUSPECTED_CASE), AT + 21 * DAY, Colour.GREEN),
        ("symptoms", event(ColourReason.SYMPTOMS), AT, Colour.YELLOW),
        ("symptoms after 14 days", event(ColourReason.SYMPTOMS), AT + 14 * DAY, Colour.GREEN),
    ],
)
def test_an_event_gives_its_colour_for_its_time(
    title: str, evidence: HealthEvent, at: Instant, expected: Colour
) -> None:
    assert colour(evidence, at=at) is expected, title


OVERLAPS = [
    ("inside the window", stay(AT, AT + HOUR), AT + HOUR),
    ("longer than the window", stay(AT - 5 * DAY, AT + 5 * DAY), AT + 2 * DAY),
    ("ending in it", stay(AT - DAY, AT + 1), AT + 1),
    ("beginning in its last second", stay(AT + 2 * DAY - 1, AT + 3 * DAY), AT + 2 * DAY),
    ("ending as it begins", stay(AT - DAY, AT), None),
    ("beginning as it ends", stay(AT + 2 * DAY, AT + 3 * DAY), None),
    ("of no length", stay(AT + HOUR, AT + HOUR), None),
    ("in the next district", stay(AT, AT + HOUR, area="110107"), None),
    ("known by the city alone", stay(AT, AT + HOUR, area="110100"), None),
    ("shown by a place code alone", stay(AT, AT + HOUR, record=PresenceRecord.PLACE_CODE), None),
    ("as the person declared", stay(AT, AT + HOUR, record=PresenceRecord.DECLARED), AT + HOUR),
]


@pytest.mark.parametrize(("title", "evidence", "basis"), OVERLAPS)
def test_a_stay_counts_from_the_end_of_its_overlap_with_the_risk_window(
    title: str, evidence: AreaStay, basis: Instant | None
) -> None:
    found = assess((evidence,), (HIGH,), RULES, at=AT + 6 * DAY)

    assert (found.decisive.basis if found.decisive else None) == basis, title
    assert found.decisive is None or found.decisive.until == found.decisive.basis + 14 * DAY


def test_a_risk_area_covers_what_lies_in_it_and_its_level_is_exact() -> None:
    city = replace(HIGH, area="110100", level=RiskLevel.MEDIUM)
    low = replace(HIGH, level=RiskLevel.LOW)

    assert colour(stay(AT, AT + HOUR), risk_areas=(city,), at=AT + HOUR) is Colour.YELLOW
    assert colour(stay(AT, AT + HOUR), risk_areas=(low,), at=AT + HOUR) is Colour.GREEN


def test_a_risk_area_without_end_takes_the_whole_stay() -> None:
    found = assess((stay(AT, AT + 9 * DAY),), (replace(HIGH, ended_at=None),), RULES, at=AT + 9 * DAY)

    assert found.decisive is not None
    assert found.decisive.basis == AT + 9 * DAY


def test_c2_5_an_arrival_counts_by_where_somebody_came_from() -> None:
    def arrival(area: str) -> AreaArrival:
        return AreaArrival(ref="a1", source=EvidenceSource.DECLARATION, area=area, arrived_at=AT)

    assert colour(arrival("420106"), at=AT) is Colour.YELLOW
    assert colour(arrival("420106"), at=AT + 14 * DAY) is Colour.GREEN
    assert colour(arrival("440100"), at=AT) is Colour.GREEN


def test_a_clearance_ends_what_a_rule_lets_it_end_from_its_own_instant() -> None:
    cleared = Clearance(ref="t1", source=LISTED, reason=ColourReason.CONFIRMED_CASE, cleared_at=AT + 20 * DAY)

    assert colour(CASE, cleared, at=AT + 20 * DAY - 1) is Colour.RED
    assert colour(CASE, cleared, at=AT + 20 * DAY) is Colour.GREEN


def test_a_clearance_ends_nothing_that_came_after_it_and_nothing_of_another_reason() -> None:
    early = Clearance(ref="t1", source=LISTED, reason=ColourReason.CONFIRMED_CASE, cleared_at=AT)
    other = Clearance(ref="t2", source=LISTED, reason=ColourReason.SYMPTOMS, cleared_at=AT + DAY)

    assert colour(CASE, early, other, at=AT + 2 * DAY) is Colour.RED


def test_a_clearance_does_not_shorten_a_rule_that_time_ends() -> None:
    cleared = Clearance(ref="t1", source=LISTED, reason=ColourReason.CLOSE_CONTACT, cleared_at=AT + DAY)

    assert colour(CONTACT, cleared, at=AT + 2 * DAY) is Colour.YELLOW


def test_until_is_the_next_review_while_only_a_clearance_can_end_it() -> None:
    untils = [assess((CASE,), (), RULES, at=AT + days * DAY).findings[0].until for days in (0, 13, 14, 28)]

    assert untils == [AT + 14 * DAY, AT + 14 * DAY, AT + 28 * DAY, AT + 42 * DAY]


def test_settled_rule_10_an_assignment_gives_what_the_cited_rule_gives_and_ends_by_itself() -> None:
    given = Assignment(
        ref="m1",
        source=EvidenceSource.OFFICERS,
        rule_id="close-contact",
        began_at=AT,
        ended_at=AT + 3 * DAY,
    )

    found = assess((given,), (), RULES, at=AT).decisive

    assert found is not None
    assert (found.colour, found.reason) == (Colour.YELLOW, ColourReason.CLOSE_CONTACT)
    assert (found.basis, found.until) == (AT, AT + 3 * DAY)
    assert colour(given, at=AT + 3 * DAY) is Colour.GREEN
    assert colour(replace(given, ended_at=AT + 60 * DAY), at=AT + 14 * DAY) is Colour.GREEN
    assert colour(replace(given, rule_id="no-such-rule"), at=AT) is Colour.GREEN


def test_the_worst_colour_comes_first_and_every_finding_is_kept() -> None:
    found = assess((CONTACT, CASE, event(ColourReason.SYMPTOMS, ref="y1")), (), RULES, at=AT)

    assert [finding.rule_id for finding in found.findings] == ["confirmed-case", "close-contact", "symptoms"]


def test_of_one_reason_the_one_that_ends_last_comes_first() -> None:
    later = event(ColourReason.CLOSE_CONTACT, AT + DAY, ref="e0")

    found = assess((CONTACT, later), (), RULES, at=AT + DAY)

    assert [finding.evidence_ref for finding in found.findings] == ["e0", "e1"]
    assert found.next_at == AT + 14 * DAY


def test_the_next_look_is_when_known_evidence_begins() -> None:
    found = assess((event(ColourReason.CLOSE_CONTACT, AT + HOUR),), (), RULES, at=AT)

    assert (found.colour, found.next_at) == (Colour.GREEN, AT + HOUR)


def test_a_version_replaces_the_one_before_from_its_start() -> None:
    second = replace(RULES, version=2, valid_from=AT)

    assert assessment_rulebook_in_force((second, RULES), AT - 1) is RULES
    assert assessment_rulebook_in_force((RULES, second), AT) is second
    assert assessment_rulebook_in_force((second,), AT - 1) is None


def test_a_rule_that_a_new_version_dropped_colours_nobody() -> None:
    only = EventRule(
        rule_id="symptoms",
        reason=ColourReason.SYMPTOMS,
        colour=Colour.YELLOW,
        ends=AfterDays(days=1),
        text=Text(zh="症状", en="symptoms"),
    )

    assert colour(CASE, at=AT, rules=replace(RULES, version=2, rules=(only,))) is Colour.GREEN
