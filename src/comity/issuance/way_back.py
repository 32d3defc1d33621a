"""The way back to green, in words: told with every colour that is not (settled rules 10 and 20)."""

from __future__ import annotations

from comity.domain.assessment_rules import AssessmentRule, review_days
from comity.domain.instant import Instant, plain_time
from comity.domain.texts import Text, text


def way_back(rule: AssessmentRule, until: Instant) -> Text:
    """Say what ends a colour by this rule: time alone, or a clearance; and that it can be disputed."""
    by_time = review_days(rule) is None
    return text("way_back.time" if by_time else "way_back.clearance", until=plain_time(until))
