"""The assessment of one person: evidence and risk areas in, a colour with its grounds out (C1.2).

Pure, and the specification that every other engine is held to; docs/assessment.md tells it in prose and as
a table. Green is the result of no finding (settled rule 10). Nothing here knows who the person is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from comity.domain.assessment_rules import (
    ArrivalRule,
    AssessmentRule,
    AssessmentRulebook,
    EventRule,
    StayRule,
    longest_days,
    review_days,
)
from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.evidence import (
    AreaArrival,
    AreaStay,
    Assignment,
    Clearance,
    Evidence,
    HealthEvent,
    RiskArea,
)
from comity.domain.instant import DAY, LAST_INSTANT, Instant
from comity.domain.region import area_covers

_COLOUR_ORDER: Final = {Colour.RED: 0, Colour.YELLOW: 1}
_REASON_ORDER: Final = {reason: place for place, reason in enumerate(COLOUR_REASONS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule met by one piece of evidence, in effect for `basis <= t < end`.

    `end` is None while only a clearance that is not there can end it; `until` is the end, or the next review
    before it: there always is one.
    """

    rule_id: str
    colour: Colour
    reason: ColourReason
    evidence_ref: str
    basis: Instant
    end: Instant | None
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a rulebook says of one person at one instant: every finding in effect, the worst first.

    `next_at` is the first later instant at which the same evidence says something else, or is reviewed.
    """

    at: Instant
    rulebook_version: int
    findings: tuple[Finding, ...]
    next_at: Instant | None

    @property
    def decisive(self) -> Finding | None:
        """The finding that gives colour, reason, basis and until; None for green."""
        return self.findings[0] if self.findings else None

    @property
    def colour(self) -> Colour:
        """The colour: that of the worst finding, green with none."""
        return self.findings[0].colour if self.findings else Colour.GREEN


def assess(
    evidence: Iterable[Evidence],
    risk_areas: Sequence[RiskArea],
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
) -> Assessment:
    """Assess one person at one instant.

    1. Each rule takes the evidence of its type, and gives each its basis.
    2. A finding ends after the days of its rule, with its assignment, or with the first later clearance.
    3. In effect is what has begun and not ended; the others say when to look again.
    4. Order: red before yellow, then by reason, the one that ends last, the latest basis, rule id, reference.
    """
    known = tuple(evidence)
    clearances = [each for each in known if isinstance(each, Clearance)]
    findings: list[Finding] = []
    turns: list[Instant] = []
    for rule in rulebook.rules:
        for ref, basis, limit in _met(rule, known, risk_areas):  # 1
            end = _end(rule, basis, limit, clearances)  # 2
            if at < basis and (end is None or basis < end):  # 3
                turns.append(basis)
            elif basis <= at and (end is None or at < end):
                finding = _finding(rule, ref, basis, end, at)
                findings.append(finding)
                turns.append(finding.until)
    return Assessment(
        at=at,
        rulebook_version=rulebook.version,
        findings=tuple(sorted(findings, key=_order)),  # 4
        next_at=min(turns, default=None),
    )


def _met(
    rule: AssessmentRule, evidence: Sequence[Evidence], risk_areas: Sequence[RiskArea]
) -> Iterator[tuple[str, Instant, Instant | None]]:
    """Give reference, basis and own end (of an assignment) of each piece of evidence that meets a rule."""
    for each in evidence:
        if isinstance(each, Assignment):
            if each.rule_id == rule.rule_id:
                yield each.ref, each.began_at, each.ended_at
            continue
        basis = _basis(rule, each, risk_areas)
        if basis is not None:
            yield each.ref, basis, None


def _basis(rule: AssessmentRule, evidence: Evidence, risk_areas: Sequence[RiskArea]) -> Instant | None:
    if isinstance(evidence, HealthEvent):
        is_met = isinstance(rule, EventRule) and evidence.reason is rule.reason
        return evidence.happened_at if is_met else None
    if isinstance(rule, StayRule) and isinstance(evidence, AreaStay):
        ends = (each.last_presence(evidence) for each in risk_areas if each.level is rule.level)
        return max((end for end in ends if end is not None), default=None)
    if isinstance(rule, ArrivalRule) and isinstance(evidence, AreaArrival):
        is_named = any(area_covers(area, evidence.area) for area in rule.areas)
        return evidence.arrived_at if is_named else None
    return None


def _end(
    rule: AssessmentRule, basis: Instant, limit: Instant | None, clearances: Sequence[Clearance]
) -> Instant | None:
    days = longest_days(rule)
    ends = [] if days is None else [basis + days * DAY]
    if limit is not None:
        ends.append(limit)
    if review_days(rule) is not None:
        ends += [
            each.cleared_at for each in clearances if each.reason is rule.reason and each.cleared_at > basis
        ]
    return min(ends, default=None)


def _finding(rule: AssessmentRule, ref: str, basis: Instant, end: Instant | None, at: Instant) -> Finding:
    return Finding(
        rule_id=rule.rule_id,
        colour=rule.colour,
        reason=rule.reason,
        evidence_ref=ref,
        basis=basis,
        end=end,
        until=_until(rule, basis, end, at),
    )


def _until(rule: AssessmentRule, basis: Instant, end: Instant | None, at: Instant) -> Instant:
    """The end, or the first review after `at` if that comes sooner."""
    days = review_days(rule)
    last = LAST_INSTANT if end is None else end
    if days is None:
        return last
    rounds = (at - basis) // (days * DAY) + 1
    return min(basis + rounds * days * DAY, last)


def _order(finding: Finding) -> tuple[int, int, int, int, str, str]:
    return (
        _COLOUR_ORDER[finding.colour],
        _REASON_ORDER[finding.reason],
        -(LAST_INSTANT if finding.end is None else finding.end),
        -finding.basis,
        finding.rule_id,
        finding.evidence_ref,
    )
