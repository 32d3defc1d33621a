"""Laws of the assessment: for every rulebook, every evidence and every instant."""

from __future__ import annotations

import json
from random import Random
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.assessment import Assessment, assess
from comity.domain.assessment_document import read_assessment_rulebook, write_assessment_rulebook
from comity.domain.assessment_rules import (
    AfterDays,
    ArrivalRule,
    AssessmentEnd,
    AssessmentRule,
    AssessmentRulebook,
    EventRule,
    OnClearance,
    StayRule,
)
from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import (
    EVENT_REASONS,
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
from comity.domain.instant import DAY, Instant
from comity.domain.region import INNER_MONGOLIA
from comity.domain.texts import Text
from tests.laws.situation import AT

MANY = settings(max_examples=150, deadline=None)
AREAS: Final = st.sampled_from(("150000", "150100", "150102", "420000", "420106", "110106"))
TIMES: Final = st.integers(-30 * 4, 30 * 4).map(lambda quarters: AT + quarters * DAY // 4)
REFS: Final = st.text("abc", min_size=1, max_size=3)
DAYS: Final = st.integers(1, 21)
HUE: Final = st.sampled_from((Colour.YELLOW, Colour.RED))
WORDS: Final = Text(zh="规则", en="rule")
SOURCES: Final = st.sampled_from(tuple(EvidenceSource))
ENDS: Final[st.SearchStrategy[AssessmentEnd]] = st.builds(AfterDays, days=DAYS) | st.builds(
    OnClearance, review_days=DAYS, last_days=st.none() | DAYS
)
WEIGHT: Final = {Colour.GREEN: 0, Colour.YELLOW: 1, Colour.RED: 2}


@st.composite
def rulebooks(draw: st.DrawFn) -> AssessmentRulebook:
    """Every rulebook of up to six rules."""
    rules = [draw(_rules(f"r{number}")) for number in range(draw(st.integers(1, 6)))]
    return AssessmentRulebook(
        region=INNER_MONGOLIA, version=draw(st.integers(1, 9)), valid_from=0, rules=tuple(rules)
    )


@st.composite
def _rules(draw: st.DrawFn, rule_id: str) -> AssessmentRule:
    colour, ends, within = draw(HUE), draw(ENDS), draw(DAYS)
    if isinstance(ends, AfterDays):
        ends = AfterDays(days=min(ends.days, within))
    kind = draw(st.sampled_from((EventRule, StayRule, ArrivalRule)))
    if kind is EventRule:
        reason = draw(st.sampled_from(tuple(EVENT_REASONS.values())))
        return EventRule(rule_id=rule_id, reason=reason, colour=colour, ends=ends, text=WORDS)
    if kind is StayRule:
        level = draw(st.sampled_from(tuple(RiskLevel)))
        return StayRule(
            rule_id=rule_id, colour=colour, level=level, within_days=within, ends=ends, text=WORDS
        )
    areas = tuple(draw(st.lists(AREAS, min_size=1, max_size=3, unique=True)))
    return ArrivalRule(rule_id=rule_id, colour=colour, areas=areas, within_days=within, ends=ends, text=WORDS)


CLEARANCES: Final = st.builds(
    Clearance, ref=REFS, source=SOURCES, reason=st.sampled_from(tuple(ColourReason)), cleared_at=TIMES
)
COLOURING: Final[st.SearchStrategy[Evidence]] = st.one_of(
    st.builds(
        HealthEvent,
        ref=REFS,
        source=SOURCES,
        reason=st.sampled_from(tuple(EVENT_REASONS.values())),
        happened_at=TIMES,
    ),
    st.builds(
        AreaStay,
        ref=REFS,
        source=SOURCES,
        area=AREAS,
        record=st.sampled_from(tuple(PresenceRecord)),
        began_at=TIMES,
        ended_at=TIMES,
    ),
    st.builds(AreaArrival, ref=REFS, source=SOURCES, area=AREAS, arrived_at=TIMES),
    st.builds(
        Assignment,
        ref=REFS,
        source=SOURCES,
        rule_id=st.sampled_from(("r0", "r1", "r9")),
        began_at=TIMES,
        ended_at=TIMES,
    ),
)
EVIDENCE: Final = st.lists(COLOURING | CLEARANCES, max_size=6)
RISK_AREAS: Final = st.lists(
    st.builds(
        RiskArea,
        area=AREAS,
        level=st.sampled_from(tuple(RiskLevel)),
        began_at=TIMES,
        ended_at=st.none() | TIMES,
    ),
    max_size=4,
)


@MANY
@given(EVIDENCE, RISK_AREAS, rulebooks(), TIMES, st.randoms(use_true_random=False))
def test_the_order_of_evidence_risk_areas_and_rules_changes_nothing(
    evidence: list[Evidence],
    risk_areas: list[RiskArea],
    rulebook: AssessmentRulebook,
    at: Instant,
    lots: Random,
) -> None:
    def shuffled(given: list[Evidence]) -> list[Evidence]:
        return lots.sample(given, len(given))

    one = assess(evidence, risk_areas, rulebook, at=at)

    assert assess(shuffled(evidence), risk_areas[::-1], rulebook, at=at) == one


@MANY
@given(RISK_AREAS, rulebooks(), TIMES)
def test_settled_rule_10_without_evidence_everybody_is_green(
    risk_areas: list[RiskArea], rulebook: AssessmentRulebook, at: Instant
) -> None:
    found = assess((), risk_areas, rulebook, at=at)

    assert (found.colour, found.findings, found.next_at) == (Colour.GREEN, (), None)


@MANY
@given(EVIDENCE, COLOURING, RISK_AREAS, rulebooks(), TIMES)
def test_more_evidence_never_lightens_the_colour_and_only_a_clearance_is_no_such_evidence(
    evidence: list[Evidence],
    more: Evidence,
    risk_areas: list[RiskArea],
    rulebook: AssessmentRulebook,
    at: Instant,
) -> None:
    before = assess(evidence, risk_areas, rulebook, at=at)
    after = assess([*evidence, more], risk_areas, rulebook, at=at)

    assert WEIGHT[after.colour] >= WEIGHT[before.colour]


@MANY
@given(EVIDENCE, CLEARANCES, RISK_AREAS, rulebooks(), TIMES)
def test_a_clearance_never_darkens_the_colour(
    evidence: list[Evidence],
    clearance: Clearance,
    risk_areas: list[RiskArea],
    rulebook: AssessmentRulebook,
    at: Instant,
) -> None:
    before = assess(evidence, risk_areas, rulebook, at=at)
    after = assess([*evidence, clearance], risk_areas, rulebook, at=at)

    assert WEIGHT[after.colour] <= WEIGHT[before.colour]


@MANY
@given(COLOURING, RISK_AREAS, rulebooks(), TIMES)
def test_a_finding_whose_end_is_known_is_there_to_the_last_second_and_gone_at_its_end(
    evidence: Evidence, risk_areas: list[RiskArea], rulebook: AssessmentRulebook, at: Instant
) -> None:
    for finding in assess([evidence], risk_areas, rulebook, at=at).findings:
        assert finding.basis <= at < finding.until
        assert _has(assess([evidence], risk_areas, rulebook, at=finding.until - 1), finding.rule_id)
        if finding.until == finding.end:
            assert not _has(assess([evidence], risk_areas, rulebook, at=finding.end), finding.rule_id)
        else:
            assert _has(assess([evidence], risk_areas, rulebook, at=finding.until), finding.rule_id)


@MANY
@given(COLOURING, RISK_AREAS, rulebooks(), TIMES)
def test_settled_rule_20_a_colour_that_has_one_finding_with_an_end_is_green_at_exactly_until(
    evidence: Evidence, risk_areas: list[RiskArea], rulebook: AssessmentRulebook, at: Instant
) -> None:
    found = assess([evidence], risk_areas, rulebook, at=at)
    if len(found.findings) != 1 or found.findings[0].until != found.findings[0].end:
        return

    assert assess([evidence], risk_areas, rulebook, at=found.findings[0].until - 1).colour is found.colour
    assert assess([evidence], risk_areas, rulebook, at=found.findings[0].until).colour is Colour.GREEN


@MANY
@given(EVIDENCE, RISK_AREAS, rulebooks(), TIMES, st.integers(1, 80 * DAY))
def test_nothing_changes_before_the_next_look(
    evidence: list[Evidence],
    risk_areas: list[RiskArea],
    rulebook: AssessmentRulebook,
    at: Instant,
    later: int,
) -> None:
    found = assess(evidence, risk_areas, rulebook, at=at)
    then = at + later if found.next_at is None else min(at + later, found.next_at - 1)

    assert assess(evidence, risk_areas, rulebook, at=then).findings == found.findings


@MANY
@given(rulebooks())
def test_a_rulebook_reads_as_it_was_written_through_json(rulebook: AssessmentRulebook) -> None:
    document = json.loads(json.dumps(write_assessment_rulebook(rulebook)))

    assert read_assessment_rulebook(document) == rulebook


def _has(assessment: Assessment, rule_id: str) -> bool:
    return any(finding.rule_id == rule_id for finding in assessment.findings)
