"""A rulebook tried on the evidence of a region: numbers alone, and no colour of anybody is written.

Numbers from 1 to 9 are hidden, as wherever people are counted by division (C3.2).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from comity.assessment.duckdb_engine import DuckdbEngine
from comity.assessment.evidence_folder import open_evidence, refuse
from comity.assessment.evidence_tables import AREAS, EVIDENCE_TABLES, PEOPLE
from comity.assessment.partitions import check_rows, show_rows
from comity.assessment.rules_sql import rulebook_sql
from comity.assessment.whole_tables import load_areas, show_people
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant
from comity.domain.small_counts import SmallCounts, hide_small


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """People by division for each colour and reason, under the present rules and under others."""

    present: dict[str, SmallCounts]
    tried: dict[str, SmallCounts]


def try_rules(
    engine: DuckdbEngine,
    evidence: Path,
    *,
    present: AssessmentRulebook,
    tried: AssessmentRulebook,
    at: Instant,
    accepts_good_rows: bool = False,
) -> WhatIf:
    """Count what two rulebooks give on the same evidence. Raises: EvidenceRefused, UsageError."""
    folder = open_evidence(engine, evidence)
    faults = list(load_areas(engine, folder, present, at=at).faults)
    for table in EVIDENCE_TABLES:
        if table is AREAS:
            continue
        found = [
            fault
            for file in folder.of(table)
            for fault in check_rows(engine, folder, file, table, present, at=at)[1]
        ]
        faults += found
        if table is PEOPLE:
            faults += show_people(engine, folder, present, at=at, is_clean=not found, are_known=False)
        else:
            show_rows(engine, table, folder, folder.of(table), present, at=at, is_clean=not found)
    if not accepts_good_rows:
        refuse(faults)
    return WhatIf(present=_count(engine, present, at=at), tried=_count(engine, tried, at=at))


def _count(engine: DuckdbEngine, rulebook: AssessmentRulebook, *, at: Instant) -> dict[str, SmallCounts]:
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for division, colour, reason, people in engine.rows(
        f"SELECT division, colour, reason, COUNT(*) FROM ({rulebook_sql(rulebook, at=at)}) "
        "WHERE place = 1 GROUP BY division, colour, reason"
    ):
        counts[f"{colour} {reason}"][str(division)] = int(people or 0)
    return {name: hide_small(each) for name, each in sorted(counts.items())}
