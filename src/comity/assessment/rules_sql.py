"""An assessment rulebook compiled to one SQL text, the same for every engine (C1.2).

The text is ANSI SQL without a function of any vendor: CASE, JOIN, MOD, SUBSTRING and one window function. It
has two halves: `met_sql` finds which evidence meets which rule, row by row of the evidence; `findings_sql`
lets clearances and time end them and orders what is in effect. `rulebook_sql` is both as one statement.
`comity.domain.assessment.assess` is the specification, and a property test holds the text to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.domain.assessment_rules import (
    ArrivalRule,
    AssessmentRule,
    AssessmentRulebook,
    StayRule,
    longest_days,
    review_days,
)
from comity.domain.colour import COLOUR_REASONS, Colour
from comity.domain.evidence import PRESENCE
from comity.domain.instant import DAY, LAST_INSTANT, Instant

MET_COLUMNS: Final = (
    ("subject", "VARCHAR"),
    ("evidence_table", "VARCHAR"),
    ("evidence_ref", "VARCHAR"),
    ("source", "VARCHAR"),
    ("rule_id", "VARCHAR"),
    ("basis", "BIGINT"),
    ("limit_at", "BIGINT"),
)
"""What the first half gives: evidence, the rule it meets, its basis, and the end that time alone brings."""
FINDING_COLUMNS: Final = (
    ("subject", "VARCHAR"),
    ("division", "VARCHAR"),
    ("place", "BIGINT"),
    ("colour", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("rule_id", "VARCHAR"),
    ("rulebook_version", "BIGINT"),
    ("evidence_table", "VARCHAR"),
    ("evidence_ref", "VARCHAR"),
    ("source", "VARCHAR"),
    ("since", "BIGINT"),
    ("until", "BIGINT"),
)
"""What the text gives: every finding in effect; place 1 is the decisive one of its subject."""
_COLOUR_PLACES: Final = {Colour.RED: 0, Colour.YELLOW: 1}
_REASON_PLACES: Final = {reason: place for place, reason in enumerate(COLOUR_REASONS)}
_ABSENT_TEXT: Final = "CAST(NULL AS VARCHAR(64))"
_ABSENT_NUMBER: Final = "CAST(NULL AS BIGINT)"


def rulebook_sql(rulebook: AssessmentRulebook, *, at: Instant) -> str:
    """Write the whole text: evidence tables in, findings in effect at `at` out."""
    return (
        f"WITH {_rules(rulebook)},\n{_MET_STEPS.format(**_values(rulebook, at))},\n"
        f"met AS (\n{_MET.format(at=at)}),\n{_FINDING_STEPS.format(at=at, last=LAST_INSTANT)}\n"
        f"{_FINDINGS.format(version=rulebook.version)}"
    )


def met_sql(rulebook: AssessmentRulebook, *, at: Instant) -> str:
    """Write the first half: evidence tables in, what meets a rule and has not ended by time out."""
    return f"WITH {_rules(rulebook)},\n{_MET_STEPS.format(**_values(rulebook, at))}\n{_MET.format(at=at)}"


def findings_sql(rulebook: AssessmentRulebook, *, at: Instant) -> str:
    """Write the second half: the table `met`, people and tests in, findings in effect out."""
    return (
        f"WITH {_rules(rulebook)},\n{_FINDING_STEPS.format(at=at, last=LAST_INSTANT)}\n"
        f"{_FINDINGS.format(version=rulebook.version)}"
    )


def place_codes_sql() -> str:
    """Write the query for who shows a scanned place code of a risk area; it colours nobody."""
    return _PLACE_CODES


def _values(rulebook: AssessmentRulebook, at: Instant) -> dict[str, str]:
    """Give what is written into the steps; what ended before these instants colours nobody any more."""
    return {
        "presence": ", ".join(f"'{record}'" for record in sorted(PRESENCE)),
        "stays_after": str(_oldest(rulebook, StayRule, at)),
        "arrivals_after": str(_oldest(rulebook, ArrivalRule, at)),
        "trips_after": str(min(_oldest(rulebook, kind, at) for kind in (StayRule, ArrivalRule))),
        "origins": _origins(rulebook),
    }


def _oldest(rulebook: AssessmentRulebook, kind: type[StayRule] | type[ArrivalRule], at: Instant) -> Instant:
    lengths = [longest_days(rule) or rule.within_days for rule in rulebook.rules if isinstance(rule, kind)]
    return at - max(lengths, default=0) * DAY


def _rules(rulebook: AssessmentRulebook) -> str:
    rows = ",\n".join(f"    ({_rule_row(rule)})" for rule in rulebook.rules)
    return (
        "rules AS (SELECT * FROM (VALUES\n"
        f"{rows}\n"
        ") AS t(rule_id, type, reason, colour, level, lasts, reviewed, colour_place, reason_place))"
    )


def _rule_row(rule: AssessmentRule) -> str:
    days, reviews = longest_days(rule), review_days(rule)
    kind, level = "event", _ABSENT_TEXT
    if isinstance(rule, StayRule):
        kind, level = "stay", f"'{rule.level}'"
    elif isinstance(rule, ArrivalRule):
        kind = "arrival"
    return ", ".join(
        (
            f"'{rule.rule_id}'",
            f"'{kind}'",
            f"'{rule.reason}'",
            f"'{rule.colour}'",
            level,
            _ABSENT_NUMBER if days is None else f"CAST({days * DAY} AS BIGINT)",
            _ABSENT_NUMBER if reviews is None else f"CAST({reviews * DAY} AS BIGINT)",
            str(_COLOUR_PLACES[rule.colour]),
            str(_REASON_PLACES[rule.reason]),
        )
    )


def _origins(rulebook: AssessmentRulebook) -> str:
    """Write which place is in which area that an arrival rule names."""
    places = [
        f"    SELECT area AS place, '{rule.rule_id}' AS rule_id FROM places\n"
        f"    WHERE {_is_covered(rule.areas)}"
        for rule in rulebook.rules
        if isinstance(rule, ArrivalRule)
    ]
    nowhere = "    SELECT area AS place, '' AS rule_id FROM places WHERE 1 = 0"
    return "\n    UNION ALL\n".join(places or [nowhere])


def _is_covered(areas: Iterable[str]) -> str:
    listed = ", ".join(f"'{area}'" for area in sorted(areas)) or "''"
    return (
        f"area IN ({listed})\n        OR SUBSTRING(area FROM 1 FOR 4) || '00' IN ({listed})"
        f"\n        OR SUBSTRING(area FROM 1 FOR 2) || '0000' IN ({listed})"
    )


_MET_STEPS: Final = """
events AS (
    SELECT subject, 'declarations' AS evidence_table, ref, source, reason, happened_at FROM declarations
    UNION ALL
    SELECT subject, 'cases', ref, source,
        CASE status WHEN 'confirmed' THEN 'confirmed_case' ELSE 'suspected_case' END, reported_at
    FROM cases
    UNION ALL
    SELECT subject, 'contacts', ref, source, 'close_contact', last_contact_at FROM contacts
),
places AS (SELECT area FROM travel UNION SELECT area FROM visits),
rated AS (
    SELECT area, level, began_at, ended_at FROM areas
    WHERE level IN (SELECT level FROM rules) AND (ended_at IS NULL OR ended_at > {stays_after})
),
windows AS (
    SELECT p.area AS place, a.level, a.began_at, a.ended_at
    FROM places p JOIN rated a ON a.area = p.area
    UNION ALL
    SELECT p.area, a.level, a.began_at, a.ended_at
    FROM places p JOIN rated a ON a.area = SUBSTRING(p.area FROM 1 FOR 4) || '00'
    WHERE a.area <> p.area
    UNION ALL
    SELECT p.area, a.level, a.began_at, a.ended_at
    FROM places p JOIN rated a ON a.area = SUBSTRING(p.area FROM 1 FOR 2) || '0000'
    WHERE a.area <> p.area AND a.area <> SUBSTRING(p.area FROM 1 FOR 4) || '00'
),
origins AS (
{origins}
),
touched_places AS (SELECT place FROM windows UNION SELECT place FROM origins),
trips AS (
    SELECT subject, ref, source, area, began_at, ended_at FROM travel
    WHERE ended_at > {trips_after} AND area IN (SELECT place FROM touched_places)
),
stays AS (
    SELECT subject, 'travel' AS evidence_table, ref, source, area, began_at, ended_at FROM trips
    WHERE ended_at > {stays_after} AND began_at < ended_at
    UNION ALL
    SELECT subject, 'visits', ref, source, area, began_at, ended_at FROM visits
    WHERE ended_at > {stays_after} AND began_at < ended_at AND record IN ({presence})
),
exposures AS (
    SELECT s.subject, s.evidence_table, s.ref, s.source, w.level,
        MAX(CASE WHEN w.ended_at < s.ended_at THEN w.ended_at ELSE s.ended_at END) AS basis
    FROM stays s JOIN windows w ON w.place = s.area
    WHERE w.began_at < s.ended_at
        AND (w.ended_at IS NULL OR (s.began_at < w.ended_at AND w.began_at < w.ended_at))
    GROUP BY s.subject, s.evidence_table, s.ref, s.source, s.area, s.began_at, s.ended_at, w.level
),
leavings AS (SELECT subject, ref, source, area, ended_at FROM trips WHERE ended_at > {arrivals_after})"""
# Trips that lead to no place of a window or rule are left out first, so that travel is read once for both.
# An area code ending in 00 covers by its first pairs, so that the code of a place cut to two, four or six
# digits finds every area that covers it (domain.region.area_covers).

_MET: Final = """
SELECT DISTINCT subject, evidence_table, evidence_ref, source, rule_id, basis, limit_at
FROM (
    SELECT e.subject, e.evidence_table, e.ref AS evidence_ref, e.source, r.rule_id,
        e.happened_at AS basis, e.happened_at + r.lasts AS limit_at
    FROM events e JOIN rules r ON r.reason = e.reason
    WHERE r.type = 'event'
    UNION ALL
    SELECT x.subject, x.evidence_table, x.ref, x.source, r.rule_id, x.basis, x.basis + r.lasts
    FROM exposures x JOIN rules r ON r.level = x.level
    WHERE r.type = 'stay'
    UNION ALL
    SELECT l.subject, 'travel', l.ref, l.source, r.rule_id, l.ended_at, l.ended_at + r.lasts
    FROM leavings l JOIN origins o ON o.place = l.area JOIN rules r ON r.rule_id = o.rule_id
    UNION ALL
    SELECT g.subject, 'assignments', g.ref, g.source, r.rule_id, g.began_at,
        CASE WHEN g.began_at + r.lasts < g.ended_at THEN g.began_at + r.lasts ELSE g.ended_at END
    FROM assignments g JOIN rules r ON r.rule_id = g.rule_id
) each_met
WHERE limit_at IS NULL OR limit_at > {at}
"""

PLACE_CODE_COLUMNS: Final = (("source", "VARCHAR"), ("area", "VARCHAR"), ("subject", "VARCHAR"))
"""What the query for place codes gives, each row once."""
_PLACE_CODES: Final = """
WITH places AS (SELECT DISTINCT area FROM visits),
rated AS (SELECT area, began_at, ended_at FROM areas WHERE level <> 'low'),
windows AS (
    SELECT p.area AS place, a.area, a.began_at, a.ended_at FROM places p JOIN rated a ON p.area = a.area
    UNION
    SELECT p.area, a.area, a.began_at, a.ended_at
    FROM places p JOIN rated a ON SUBSTRING(p.area FROM 1 FOR 4) || '00' = a.area
    UNION
    SELECT p.area, a.area, a.began_at, a.ended_at
    FROM places p JOIN rated a ON SUBSTRING(p.area FROM 1 FOR 2) || '0000' = a.area
)
SELECT DISTINCT v.source, w.area, v.subject
FROM visits v JOIN windows w ON w.place = v.area
WHERE v.record = 'place_code' AND w.began_at < v.ended_at
    AND (w.ended_at IS NULL OR v.began_at < w.ended_at)
"""

_FINDING_STEPS: Final = """
cleared AS (
    SELECT m.subject, m.rule_id, m.evidence_table, m.evidence_ref, m.basis, MIN(c.reported_at) AS cleared_at
    FROM met m
        JOIN rules r ON r.rule_id = m.rule_id
        JOIN tests c ON c.subject = m.subject AND c.reason = r.reason
    WHERE r.reviewed IS NOT NULL AND c.result = 'negative' AND c.reported_at > m.basis
    GROUP BY m.subject, m.rule_id, m.evidence_table, m.evidence_ref, m.basis
),
ends AS (
    SELECT DISTINCT m.subject, m.evidence_table, m.evidence_ref, m.source, m.rule_id, m.basis,
        CASE
            WHEN c.cleared_at IS NULL THEN m.limit_at
            WHEN m.limit_at < c.cleared_at THEN m.limit_at
            ELSE c.cleared_at
        END AS ended_at
    FROM met m LEFT JOIN cleared c
        ON c.subject = m.subject AND c.rule_id = m.rule_id AND c.evidence_table = m.evidence_table
            AND c.evidence_ref = m.evidence_ref AND c.basis = m.basis
),
found AS (
    SELECT e.subject, p.division, e.evidence_table, e.evidence_ref, e.source, e.rule_id, e.basis,
        COALESCE(e.ended_at, {last}) AS ended_at, r.colour, r.reason, r.colour_place, r.reason_place,
        e.basis + ({at} - e.basis) - MOD({at} - e.basis, r.reviewed) + r.reviewed AS review_at
    FROM ends e
        JOIN rules r ON r.rule_id = e.rule_id
        JOIN people p ON p.subject = e.subject
    WHERE e.basis <= {at} AND (e.ended_at IS NULL OR e.ended_at > {at})
)"""

_FINDINGS: Final = """
SELECT subject, division,
    CAST(ROW_NUMBER() OVER (
        PARTITION BY subject
        ORDER BY colour_place, reason_place, ended_at DESC, basis DESC, rule_id, evidence_ref, evidence_table
    ) AS BIGINT) AS place,
    colour, reason, rule_id, CAST({version} AS BIGINT) AS rulebook_version, evidence_table, evidence_ref,
    source, basis AS since, CASE WHEN review_at < ended_at THEN review_at ELSE ended_at END AS until
FROM found
"""
