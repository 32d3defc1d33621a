"""What differs between two sets of findings: who changed, from what to what, by which rule.

Told is the decisive finding of each subject: colour, reason, rule, since and until. Green has no finding.
Whose other findings alone differ is told too: they count when the decisive one ends.
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
_OTHERS: Final = "subject, rule_id, evidence_table, evidence_ref, since, until"


def difference_sql(before: str, after: str) -> str:
    """Write the query that compares two tables of findings; whoever is the same in both is left out."""
    return f"""
    WITH others_before AS (SELECT {_OTHERS} FROM {before} WHERE place > 1),
    others_after AS (SELECT {_OTHERS} FROM {after} WHERE place > 1),
    others AS (
        SELECT subject FROM (SELECT * FROM others_before EXCEPT SELECT * FROM others_after) gone
        UNION SELECT subject FROM (SELECT * FROM others_after EXCEPT SELECT * FROM others_before) come
    )
    SELECT COALESCE(a.subject, b.subject) AS subject, COALESCE(a.division, b.division) AS division,
        COALESCE(b.colour, 'green') AS colour_before, b.rule_id AS rule_before,
        COALESCE(a.colour, 'green') AS colour_after, a.reason AS reason_after, a.rule_id AS rule_after,
        a.since AS since_after, a.until AS until_after
    FROM (SELECT * FROM {before} WHERE place = 1) b
        FULL OUTER JOIN (SELECT * FROM {after} WHERE place = 1) a ON a.subject = b.subject
    WHERE a.subject IS NULL OR b.subject IS NULL OR a.colour <> b.colour OR a.reason <> b.reason
        OR a.rule_id <> b.rule_id OR a.since <> b.since OR a.until <> b.until
        OR a.subject IN (SELECT subject FROM others)
    """


def turns_sql(differences: str) -> str:
    """Write the query that counts differences by colours and rules, most first."""
    return f"""
    SELECT colour_before, rule_before, colour_after, rule_after, COUNT(*) AS people
    FROM {differences}
    GROUP BY colour_before, rule_before, colour_after, rule_after
    ORDER BY people DESC, colour_before, rule_before, colour_after, rule_after
    """
