"""Populations: rows of every evidence table, and the same evidence as `domain` knows it, by subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import duckdb
from hypothesis import strategies as st

from comity.assessment.evidence_tables import (
    EVIDENCE_TABLES,
    CaseStatus,
    ClearanceResult,
    EvidenceTable,
    TravelMode,
)
from comity.domain.assessment import assess
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.colour import COLOUR_REASONS, ColourReason
from comity.domain.evidence import (
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
from tests.builders import AT

Row = tuple[str | int | None, ...]
Found = tuple[str, int, str, str, str, str, int, int]
"""Subject, place, colour, reason, rule, reference, since, until."""
SUBJECTS: Final = ("p1", "p2", "p3")
LISTED: Final = EvidenceSource.IMPORT
CASES: Final = {"confirmed": ColourReason.CONFIRMED_CASE, "suspected": ColourReason.SUSPECTED_CASE}


@dataclass(slots=True)
class Population:
    """The rows of every table, in the order of its columns."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def tables(self) -> Iterator[tuple[EvidenceTable, list[Row]]]:
        """Each table with its rows, the empty ones too."""
        return ((table, self.rows.get(table.name, [])) for table in EVIDENCE_TABLES)

    def assess(self, rulebook: AssessmentRulebook, *, at: Instant) -> list[Found]:
        """What the specification finds, person by person."""
        return [
            (
                subject,
                place,
                str(finding.colour),
                str(finding.reason),
                finding.rule_id,
                finding.evidence_ref,
                finding.basis,
                finding.until,
            )
            for subject in sorted({str(row[0]) for row in self.rows["people"]})
            for place, finding in enumerate(
                assess(tuple(self.evidence(subject)), self.risk_areas(), rulebook, at=at).findings, start=1
            )
        ]

    def risk_areas(self) -> list[RiskArea]:
        """The risk windows."""
        return [
            RiskArea(area=str(area), level=RiskLevel(str(level)), began_at=_time(began), ended_at=_end(ended))
            for area, level, began, ended in self.rows.get("areas", [])
        ]

    def evidence(self, subject: str) -> Iterator[Evidence]:
        """What the tables hold of one person."""
        for name, rows in self.rows.items():
            for row in rows:
                if name not in ("people", "areas") and row[1] == subject:
                    yield from _evidence(name, row)


def _evidence(name: str, row: Row) -> Iterator[Evidence]:
    ref = str(row[0])
    match name, row[3:]:
        case "declarations", (reason, at):
            yield HealthEvent(ref=ref, source=LISTED, reason=ColourReason(str(reason)), happened_at=_time(at))
        case "cases", (status, at):
            yield HealthEvent(ref=ref, source=LISTED, reason=CASES[str(status)], happened_at=_time(at))
        case "contacts", (at,):
            yield HealthEvent(
                ref=ref, source=LISTED, reason=ColourReason.CLOSE_CONTACT, happened_at=_time(at)
            )
        case "travel", (area, began, ended, _):
            yield _stay(ref, area, began, ended, PresenceRecord.TRANSPORT)
            yield AreaArrival(ref=ref, source=LISTED, area=str(area), arrived_at=_time(ended))
        case "visits", (area, began, ended, record):
            yield _stay(ref, area, began, ended, PresenceRecord(str(record)))
        case "tests", (reason, "negative", at):
            yield Clearance(ref=ref, source=LISTED, reason=ColourReason(str(reason)), cleared_at=_time(at))
        case "assignments", (rule_id, began, ended):
            yield Assignment(
                ref=ref, source=LISTED, rule_id=str(rule_id), began_at=_time(began), ended_at=_time(ended)
            )


def _stay(ref: str, area: object, began: object, ended: object, record: PresenceRecord) -> AreaStay:
    return AreaStay(
        ref=ref,
        source=LISTED,
        area=str(area),
        record=record,
        began_at=_time(began),
        ended_at=_time(ended),
    )


def _time(value: object) -> Instant:
    assert isinstance(value, int)
    return value


def _end(value: object) -> Instant | None:
    return None if value is None else _time(value)


def fill(connection: duckdb.DuckDBPyConnection, population: Population) -> None:
    """Make the tables of a population in a database."""
    for table, rows in population.tables():
        columns = ", ".join(f'"{column.name}" {column.kind.sql_type}' for column in table.columns)
        connection.execute(f"CREATE OR REPLACE TABLE {table.name} ({columns})")
        if rows:
            marks = ", ".join("?" for _ in table.columns)
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", [list(r) for r in rows])


AREAS: Final = st.sampled_from(("150000", "150100", "150102", "420000", "420100", "420106", "110106"))
TIMES: Final = st.integers(-30 * 4, 4).map(lambda quarters: AT + quarters * DAY // 4)
"""A grid of six hours, so that windows touch, overlap, are reversed and of no length."""
REASONS: Final = st.sampled_from([reason.value for reason in COLOUR_REASONS])
_WHO: Final = st.sampled_from(SUBJECTS)
_ROWS: Final = {
    "declarations": (st.sampled_from(("symptoms", "close_contact")), TIMES),
    "cases": (st.sampled_from([each.value for each in CaseStatus]), TIMES),
    "contacts": (TIMES,),
    "travel": (AREAS, TIMES, TIMES, st.sampled_from([each.value for each in TravelMode])),
    "visits": (AREAS, TIMES, TIMES, st.sampled_from([each.value for each in PresenceRecord])),
    "tests": (REASONS, st.sampled_from([each.value for each in ClearanceResult]), TIMES),
    "assignments": (st.sampled_from(("r0", "r1", "r9")), TIMES, TIMES),
}


@st.composite
def populations(draw: st.DrawFn) -> Population:
    """Three people, each with whatever evidence there can be, and a few risk windows."""
    areas = st.tuples(AREAS, st.sampled_from([each.value for each in RiskLevel]), TIMES, st.none() | TIMES)
    rows: dict[str, list[Row]] = {
        "people": [(subject, "150102") for subject in SUBJECTS],
        "areas": draw(st.lists(areas, max_size=6)),
    }
    for name, fields in _ROWS.items():
        found = draw(st.lists(st.tuples(_WHO, *fields), max_size=6))
        rows[name] = [(f"{name}-{number}", who, "listed", *rest) for number, (who, *rest) in enumerate(found)]
    return Population(rows=rows)
