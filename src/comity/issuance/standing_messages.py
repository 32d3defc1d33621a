"""What a holder is told when the standing changes: the rule, until when, and the way back (C2.2, rule 10)."""

from __future__ import annotations

from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.colour import Colour
from comity.domain.instant import Instant, plain_time
from comity.domain.texts import text
from comity.issuance.messages import write_message
from comity.issuance.records import Message, Standing
from comity.issuance.way_back import way_back


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
    rule = rulebook.find_rule(after.rule or "")
    if rule is None or after.until is None:
        return write_message(message_id, after.holder, key, {}, at=at)
    return write_message(
        message_id,
        after.holder,
        key,
        {
            "colour": text(f"colour.{after.colour}"),
            "rule": rule.text,
            "until": plain_time(after.until),
            "way_back": way_back(rule, after.until),
        },
        at=at,
    )


def _key(before: Standing | None, after: Standing) -> str:
    old = Colour.GREEN if before is None else before.colour
    if after.colour is not old:
        return f"message.turned_{after.colour}" if after.colour is Colour.GREEN else "message.turned"
    if before is not None and before.rule == after.rule and before.basis == after.basis:
        return "message.reviewed"
    return "message.grounds_changed"
