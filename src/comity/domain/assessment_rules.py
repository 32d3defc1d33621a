"""The assessment rulebook: which evidence makes a region's people yellow or red, and how that ends (C1.2).

Closed types instead of expressions, like the rulebook of measures: there is no rule that means "officer", and
none gives green, which is the colour of whom no rule finds (settled rule 10). Days are days of 24 hours. What
a rulebook may say is checked when it is read (`assessment_document`), the finding itself is in `assessment`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import EVENT_REASONS, RiskLevel
from comity.domain.instant import Instant
from comity.domain.region import HUBEI, INNER_MONGOLIA, RegionCode
from comity.domain.texts import Text, text

EVENT_RULE_REASONS: Final = frozenset(EVENT_REASONS.values())
"""The reasons of rules that rest on an event: cases, contact, symptoms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterDays:
    """The colour ends by itself when `days` have passed since its basis."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnClearance:
    """The colour ends with a clearance; reviewed each `review_days`, over after `last_days` at the latest."""

    review_days: int
    last_days: int | None = None


AssessmentEnd: TypeAlias = AfterDays | OnClearance


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """A case, a contact or symptoms give a colour for the reason of the same name."""

    rule_id: str
    reason: ColourReason
    colour: Colour
    ends: AssessmentEnd
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRule:
    """A stay, within so many days, in an area while it was rated at exactly `level`."""

    rule_id: str
    colour: Colour
    level: RiskLevel
    within_days: int
    ends: AssessmentEnd
    text: Text

    @property
    def reason(self) -> ColourReason:
        """What this rule always gives as reason."""
        return ColourReason.RISK_AREA_STAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRule:
    """An arrival, within so many days, out of one of `areas` or what lies in them."""

    rule_id: str
    colour: Colour
    areas: tuple[str, ...]
    within_days: int
    ends: AssessmentEnd
    text: Text

    @property
    def reason(self) -> ColourReason:
        """What this rule always gives as reason."""
        return ColourReason.AREA_ARRIVAL


AssessmentRule: TypeAlias = EventRule | StayRule | ArrivalRule


def longest_days(rule: AssessmentRule) -> int | None:
    """Give the days from its basis after which a rule has ended in any case; None: only by clearance."""
    limits = [rule.ends.days if isinstance(rule.ends, AfterDays) else rule.ends.last_days]
    if not isinstance(rule, EventRule):
        limits.append(rule.within_days)
    return min((days for days in limits if days is not None), default=None)


def review_days(rule: AssessmentRule) -> int | None:
    """Give the days between reviews of a rule that a clearance ends; None for one that time alone ends."""
    return rule.ends.review_days if isinstance(rule.ends, OnClearance) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRulebook:
    """One version of a region's assessment rules, in force from `valid_from` until the next version is."""

    region: RegionCode
    version: int
    valid_from: Instant
    rules: tuple[AssessmentRule, ...]

    def find_rule(self, rule_id: str) -> AssessmentRule | None:
        """Find a rule by its id."""
        return next((rule for rule in self.rules if rule.rule_id == rule_id), None)


def assessment_rulebook_in_force(
    rulebooks: tuple[AssessmentRulebook, ...], at: Instant
) -> AssessmentRulebook | None:
    """Find the highest version whose time has come."""
    begun = (rulebook for rulebook in rulebooks if rulebook.valid_from <= at)
    return max(begun, key=lambda rulebook: rulebook.version, default=None)


def default_assessment_rulebook(
    *, region: RegionCode = INNER_MONGOLIA, valid_from: Instant = 0
) -> AssessmentRulebook:
    """Make the first rulebook of a region that wrote none: example rules in the manner of March 2020."""
    return AssessmentRulebook(
        region=region,
        version=1,
        valid_from=valid_from,
        rules=(
            _event_rule(ColourReason.CONFIRMED_CASE, Colour.RED, OnClearance(review_days=14)),
            _event_rule(ColourReason.SUSPECTED_CASE, Colour.RED, OnClearance(review_days=7, last_days=21)),
            _event_rule(ColourReason.CLOSE_CONTACT, Colour.YELLOW, AfterDays(days=14)),
            _event_rule(ColourReason.SYMPTOMS, Colour.YELLOW, OnClearance(review_days=7, last_days=14)),
            _stay_rule(RiskLevel.HIGH, Colour.RED),
            _stay_rule(RiskLevel.MEDIUM, Colour.YELLOW),
            ArrivalRule(
                rule_id="hubei-arrival",
                colour=Colour.YELLOW,
                areas=(HUBEI,),
                within_days=14,
                ends=AfterDays(days=14),
                text=text("assessment_rule.hubei-arrival"),
            ),
        ),
    )


def _event_rule(reason: ColourReason, colour: Colour, ends: AssessmentEnd) -> EventRule:
    rule_id = reason.value.replace("_", "-")
    return EventRule(
        rule_id=rule_id, reason=reason, colour=colour, ends=ends, text=text(f"assessment_rule.{rule_id}")
    )


def _stay_rule(level: RiskLevel, colour: Colour) -> StayRule:
    rule_id = f"{level}-risk-stay"
    return StayRule(
        rule_id=rule_id,
        colour=colour,
        level=level,
        within_days=14,
        ends=AfterDays(days=14),
        text=text(f"assessment_rule.{rule_id}"),
    )
