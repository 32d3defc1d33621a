"""The tables that are seen whole: risk windows without overlaps, people without doubles, tests (C1.2).

What stands twice is told by file, row group and row; where good rows are accepted the first one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from comity.assessment.duckdb_engine import Cell, DuckdbEngine, read_parquet
from comity.assessment.evidence_checks import SUBJECT_TWICE, WINDOW_OVERLAPS, EvidenceFault, fault_sql
from comity.assessment.evidence_folder import EvidenceFile, EvidenceFolder
from comity.assessment.evidence_tables import AREAS, PEOPLE, EvidenceTable
from comity.assessment.partitions import check_rows, show_rows
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskWindows:
    """The risk windows that count are in the table `areas`: their digest, and what was wrong with others."""

    digest: str
    faults: tuple[EvidenceFault, ...]


def load_areas(
    engine: DuckdbEngine, evidence: EvidenceFolder, rulebook: AssessmentRulebook, *, at: Instant
) -> RiskWindows:
    """Make the table `areas` of the good risk windows. Raises: EvidenceRefused."""
    faults: list[EvidenceFault] = []
    for file in evidence.of(AREAS):
        faults += check_rows(engine, evidence, file, AREAS, rulebook, at=at)[1]
    text = _definition(evidence, AREAS, rulebook, at=at, is_clean=not faults)
    engine.run(f"CREATE TABLE areas_read AS {text}")
    engine.run(
        "CREATE TABLE areas_late AS SELECT DISTINCT b.filename, b.file_row_number "
        "FROM areas_read a JOIN areas_read b ON a.area = b.area "
        "AND (a.began_at, a.filename, a.file_row_number) < (b.began_at, b.filename, b.file_row_number) "
        "WHERE a.ended_at IS NULL OR b.began_at < a.ended_at"
    )
    faults += _told(engine, evidence, "areas_late", WINDOW_OVERLAPS)
    engine.run(
        f"CREATE TABLE areas AS SELECT {', '.join(AREAS.names)} FROM areas_read "
        "WHERE (filename, file_row_number) NOT IN (SELECT (filename, file_row_number) FROM areas_late)"
    )
    rows = engine.rows("SELECT * FROM areas ORDER BY ALL")
    digest = sha256("\n".join(str(row) for row in rows).encode()).hexdigest()
    return RiskWindows(digest=digest, faults=tuple(faults))


def show_people(
    engine: DuckdbEngine,
    evidence: EvidenceFolder,
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
    is_clean: bool,
    are_known: bool,
) -> tuple[EvidenceFault, ...]:
    """Let the engine see each person once; give the rows of those who were there already.

    People that the previous run has looked through (`are_known`) are not looked through again. Hashes all
    different tell that nobody is there twice, in a quarter of the memory; otherwise the subjects decide.
    """
    files = evidence.of(PEOPLE)
    show_rows(engine, PEOPLE, evidence, files, rulebook, at=at, is_clean=is_clean)
    if are_known or not engine.number("SELECT COUNT(*) - COUNT(DISTINCT HASH(subject)) FROM people"):
        return ()
    text = _definition(evidence, PEOPLE, rulebook, at=at, is_clean=is_clean)
    engine.run(
        f"CREATE TABLE people_twice AS SELECT filename, file_row_number FROM ({text}) "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY subject ORDER BY filename, file_row_number) > 1"
    )
    join = "WHERE" if is_clean else "AND"
    late = f"{join} (filename, file_row_number) NOT IN (SELECT (filename, file_row_number) FROM people_twice)"
    show_rows(engine, PEOPLE, evidence, files, rulebook, at=at, is_clean=is_clean, without=late)
    return tuple(_told(engine, evidence, "people_twice", SUBJECT_TWICE))


def _definition(
    evidence: EvidenceFolder,
    table: EvidenceTable,
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
    is_clean: bool,
) -> str:
    """Write the query for the good rows of a table with the places they stand at."""
    rows_of = read_parquet(*(evidence.path / file.name for file in evidence.of(table)), with_places=True)
    good = "" if is_clean else f"WHERE ({fault_sql(table, region=rulebook.region, at=at)}) IS NULL"
    return f"SELECT {', '.join(table.names)}, filename, file_row_number FROM {rows_of} {good}"


def _told(engine: DuckdbEngine, evidence: EvidenceFolder, table: str, what: str) -> list[EvidenceFault]:
    files = {str(evidence.path / file.name): file for file in evidence.files}
    rows = engine.rows(f"SELECT filename, file_row_number FROM {table} ORDER BY filename, file_row_number")
    return [_fault(files[str(name)], number, what) for name, number in rows]


def _fault(file: EvidenceFile, number: Cell, what: str) -> EvidenceFault:
    row = int(number or 0)
    return EvidenceFault(file=file.name, what=what, row_group=file.row_group_of(row), row=row)
