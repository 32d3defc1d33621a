"""Populations: rows of every evidence table, and the same evidence as `domain` knows it, by subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
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
SUBJECTS: Final = ("p1", "p2")
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
            lists = ", ".join(f"UNNEST(CAST(? AS {column.kind.sql_type}[]))" for column in table.columns)
            connection.execute(
                f"INSERT INTO {table.name} SELECT {lists}", [list(each) for each in zip(*rows, strict=True)]
            )


AREAS: Final = st.sampled_from(("150000", "150100", "150102", "420106"))
TIMES: Final = st.sampled_from((-21, -15, -14, -7, -2, -1, 0)).map(lambda days: AT + days * DAY)
"""A few instants alone, so that windows, tests and rules touch, overlap, are reversed and of no length."""
REASONS: Final = st.sampled_from([reason.value for reason in COLOUR_REASONS])
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
def populations(draw: st.DrawFn, *, subjects: tuple[str, ...] = SUBJECTS, most: int = 6) -> Population:
    """A few people, each with whatever evidence there can be, and a few risk windows."""
    areas = st.tuples(AREAS, st.sampled_from([each.value for each in RiskLevel]), TIMES, st.none() | TIMES)
    rows: dict[str, list[Row]] = {
        "people": [(subject, "150102") for subject in subjects],
        "areas": draw(st.lists(areas, max_size=most)),
    }
    for name, fields in _ROWS.items():
        found = draw(st.lists(st.tuples(st.sampled_from(subjects), *fields), max_size=most))
        rows[name] = [(f"{name}-{number}", who, "listed", *rest) for number, (who, *rest) in enumerate(found)]
    return Population(rows=rows)


def write_evidence(folder: Path, population: Population) -> Path:
    """Write a population as an evidence folder, one file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        fill(connection, population)
        for table, _ in population.tables():
            path = folder / f"{table.name}.parquet"
            connection.execute(f"COPY {table.name} TO '{path}' (FORMAT parquet)")
    return folder


def write_rows(path: Path, table: EvidenceTable, rows: list[Row], *, row_group_size: int = 2_048) -> Path:
    """Write one more file of a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        fill(connection, Population(rows={table.name: rows}))
        connection.execute(f"COPY {table.name} TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {row_group_size})")
    return path


def town(people: int = 60) -> Population:
    """A small town with something of everything, and nothing wrong in it."""
    subjects = [f"p{number:04}" for number in range(people)]
    return Population(
        rows={
            "people": [(who, "150102" if place % 3 else "150103") for place, who in enumerate(subjects)],
            "declarations": [("d1", subjects[1], "health-app", "symptoms", AT - 2 * DAY)],
            "cases": [("c1", subjects[2], "hospital-1", "confirmed", AT - 3 * DAY)],
            "contacts": [
                ("k1", subjects[3], "cdc-1", AT - 4 * DAY),
                ("k2", subjects[2], "cdc-1", AT - 5 * DAY),
            ],
            "areas": [
                ("420106", "high", AT - 20 * DAY, AT - 6 * DAY),
                ("420106", "medium", AT - 6 * DAY, None),
                ("110100", "medium", AT - 9 * DAY, None),
            ],
            "travel": [
                ("t1", subjects[4], "railway", "420106", AT - 9 * DAY, AT - 5 * DAY, "train"),
                ("t2", subjects[5], "railway", "110105", AT - 3 * DAY, AT - 2 * DAY, "train"),
            ],
            "visits": [
                ("v1", subjects[6], "place-codes", "420106", AT - 9 * DAY, AT - 8 * DAY, "place_code"),
                ("v2", subjects[7], "hotels", "420106", AT - 9 * DAY, AT - 8 * DAY, "lodging"),
            ],
            "tests": [("x1", subjects[1], "laboratory", "symptoms", "negative", AT - DAY)],
            "assignments": [("m1", subjects[8], "officers", "close-contact", AT - DAY, AT + DAY)],
        }
    )
