"""What differs between two sets of findings: who changed, from what to what, by which rule.

Compared is the decisive finding of each subject: colour, reason, rule, since and until. Green has no finding.
"""

from __future__ import annotations

from typing import Final

DIFFERENCE_COLUMNS: Final = (
    "subject",
    "division",
    "colour_before",
    "rule_before",
    "colour_after",
    "reason_after",
    "rule_after",
    "since_after",
    "until_after",
)


def difference_sql(before: str, after: str) -> str:
    """Write the query that compares two tables of findings; whoever is the same in both is left out."""
    return f"""
    SELECT COALESCE(a.subject, b.subject) AS subject, COALESCE(a.division, b.division) AS division,
        COALESCE(b.colour, 'green') AS colour_before, b.rule_id AS rule_before,
        COALESCE(a.colour, 'green') AS colour_after, a.reason AS reason_after, a.rule_id AS rule_after,
        a.since AS since_after, a.until AS until_after
    FROM (SELECT * FROM {before} WHERE place = 1) b
        FULL OUTER JOIN (SELECT * FROM {after} WHERE place = 1) a ON a.subject = b.subject
    WHERE a.subject IS NULL OR b.subject IS NULL OR a.colour <> b.colour OR a.reason <> b.reason
        OR a.rule_id <> b.rule_id OR a.since <> b.since OR a.until <> b.until
    """


def turns_sql(differences: str) -> str:
    """Write the query that counts differences by colours and rules, most first."""
    return f"""
    SELECT colour_before, rule_before, colour_after, rule_after, COUNT(*) AS people
    FROM {differences}
    GROUP BY colour_before, rule_before, colour_after, rule_after
    ORDER BY people DESC, colour_before, rule_before, colour_after, rule_after
    """
