"""What a holder is told when the standing changes: the rule, until when, and the way back (C2.2, rule 10)."""

from __future__ import annotations

from comity.domain.assessment_rules import AssessmentRulebook, review_days
from comity.domain.colour import Colour
from comity.domain.instant import Instant, plain_time
from comity.domain.texts import Text, text
from comity.issuance.messages import write_message
from comity.issuance.records import Message, Standing


def message_of(
    message_id: str,
    before: Standing | None,
    after: Standing,
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
) -> Message:
    """Make the message that tells a change of standing."""
    key = _key(before, after)
    if after.colour is Colour.GREEN:
        return write_message(message_id, after.holder, key, {}, at=at)
    return write_message(
        message_id,
        after.holder,
        key,
        {
            "colour": text(f"colour.{after.colour}"),
            "rule": rule_words(rulebook, after.rule),
            "until": "" if after.until is None else plain_time(after.until),
            "way_back": way_back(rulebook, after),
        },
        at=at,
    )


def rule_words(rulebook: AssessmentRulebook, rule_id: str | None) -> Text:
    """Give the published words of a rule."""
    rule = rulebook.find_rule(rule_id or "")
    return text("assessment_rule.unknown") if rule is None else rule.text


def way_back(rulebook: AssessmentRulebook, standing: Standing) -> Text:
    """Say what leads back to green: time alone, or a clearance; a dispute either way."""
    rule = rulebook.find_rule(standing.rule or "")
    by_clearance = rule is not None and review_days(rule) is not None
    until = "" if standing.until is None else plain_time(standing.until)
    return text("way_back.clearance" if by_clearance else "way_back.time", until=until)


def _key(before: Standing | None, after: Standing) -> str:
    old = Colour.GREEN if before is None else before.colour
    if after.colour is not old:
        return f"message.turned_{after.colour}" if after.colour is Colour.GREEN else "message.turned"
    if before is not None and before.rule == after.rule and before.basis == after.basis:
        return "message.reviewed"
    return "message.grounds_changed"
