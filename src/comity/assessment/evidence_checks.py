"""What is wrong with a row of evidence, told by file, row group and row, and never by what stood in it.

Each row is checked by one SQL expression, which gives its first fault or null; that a subject stands twice or
that windows overlap is found among rows (`evidence_folder`). No message repeats a value (settled rule 15).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.assessment.evidence_tables import (
    LONGEST_NAME,
    ColumnKind,
    EvidenceColumn,
    EvidenceTable,
)
from comity.domain.instant import DAY, LAST_INSTANT, Instant
from comity.domain.region import INNER_MONGOLIA, REGION_CODES, RegionCode
from comity.domain.region_data import DIVISION_ROWS
from comity.domain.validity import CLOCK_LEEWAY

RISK_AHEAD: Final = 14 * DAY
"""Seconds that a risk window may begin after the run, as an import may list it."""
SUBJECT_TWICE: Final = "subject is there twice"
WINDOW_OVERLAPS: Final = "the window overlaps another one of the area"
_LISTED_KINDS: Final = (ColumnKind.AREA, ColumnKind.DIVISION, ColumnKind.WORD)
"""Kinds of columns with few different values."""
MOST_SEEN: Final = 1_000_000
"""Different areas and words of a file up to which they are looked at once each."""
MOST_FAULTS_KEPT: Final = 1_000
"""Faults told one by one; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFault:
    """One thing wrong; row groups and rows count from 0, and are None where the whole file is meant."""

    file: str
    what: str
    row_group: int | None = None
    row: int | None = None

    @property
    def told(self) -> str:
        """Where and what, for people."""
        group = "" if self.row_group is None else f", row group {self.row_group}"
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.file}{group}{row}: {self.what}"


def fault_sql(table: EvidenceTable, *, region: RegionCode, at: Instant) -> str:
    """Write the expression that gives the first fault of a row of a table, or null."""
    cases = [case for column in table.columns for case in _cases(column, region=region, at=at)]
    if table.name == "areas":
        cases.append((f"began_at > {at + RISK_AHEAD}", "began_at is more than 14 days ahead"))
    if table.has_window:
        cases.append(("ended_at <= began_at", "ended_at is not after began_at"))
    whens = "\n".join(f"WHEN {when} THEN '{what}'" for when, what in cases)
    return f"CASE {whens} ELSE NULL END"


def suspicion_sql(table: EvidenceTable, rows: str, *, region: RegionCode, at: Instant) -> tuple[str, str]:
    """Write two queries that count nothing when surely no row is bad, for a fraction of the cost.

    The first one looks at bounds of whole columns, the second one at each area and word once.
    """
    bounds = [bound for column in table.columns for bound in _bounds(column, at=at)]
    if table.name == "areas":
        bounds.append(f"MAX(began_at) > {at + RISK_AHEAD}")
    if table.has_window:
        bounds.append("BOOL_OR(ended_at <= began_at)")
    listed = [column for column in table.columns if column.kind in _LISTED_KINDS]
    cases = [case for column in listed for case in _cases(column, region=region, at=at)]
    names = ", ".join(column.name for column in listed) or "TRUE AS nothing"
    doubts = " OR ".join(f"({when})" for when, _ in cases) or "FALSE"
    seen = f"SELECT DISTINCT {names} FROM {rows} LIMIT {MOST_SEEN}"
    return (
        f"SELECT CASE WHEN {' OR '.join(bounds)} THEN 1 ELSE 0 END FROM {rows}",
        f"SELECT CASE WHEN COUNT(*) = {MOST_SEEN} THEN 1 ELSE COUNT(*) FILTER ({doubts}) END FROM ({seen})",
    )


def _bounds(column: EvidenceColumn, *, at: Instant) -> Iterator[str]:
    name = column.name
    if column.kind in _LISTED_KINDS:
        return
    if not column.is_optional:
        yield f"COUNT({name}) < COUNT(*)"
    if column.kind is ColumnKind.NAME:
        yield f"MIN(STRLEN({name})) < 1 OR MAX(STRLEN({name})) > {LONGEST_NAME}"
    else:
        latest = at + CLOCK_LEEWAY if column.kind is ColumnKind.PAST else LAST_INSTANT
        yield f"MIN({name}) < 0 OR MAX({name}) > {latest}"


def _cases(column: EvidenceColumn, *, region: RegionCode, at: Instant) -> Iterator[tuple[str, str]]:
    name = column.name
    if not column.is_optional:
        yield f"{name} IS NULL", f"{name} is missing"
    match column.kind:
        case ColumnKind.NAME:
            yield (
                f"LENGTH({name}) < 1 OR LENGTH({name}) > {LONGEST_NAME}",
                f"{name} is not 1 to {LONGEST_NAME} characters",
            )
        case ColumnKind.WORD:
            yield f"{name} NOT IN ({_texts(column.words)})", f"{name} is none of its words"
        case ColumnKind.AREA:
            yield f"NOT {_is_code(name)}", f"{name} is no code of six digits"
            yield f"NOT {_is_known_area(name)}", f"{name} is unknown"
        case ColumnKind.DIVISION:
            yield f"NOT {_is_code(name)}", f"{name} is no code of six digits"
            yield (
                f"NOT ({_is_known_area(name)} AND SUBSTRING({name} FROM 1 FOR 2) = '{region[:2]}')",
                f"{name} is none of the region",
            )
        case ColumnKind.PAST:
            yield f"{name} < 0", f"{name} is before 1970"
            yield f"{name} > {at + CLOCK_LEEWAY}", f"{name} lies ahead"
        case ColumnKind.INSTANT:
            yield f"{name} < 0 OR {name} > {LAST_INSTANT}", f"{name} is before 1970 or after 9998"


def _is_code(name: str) -> str:
    return f"(LENGTH({name}) = 6 AND TRANSLATE({name}, '0123456789', '') = '')"


def _is_known_area(name: str) -> str:
    """All of Inner Mongolia is listed; of the other regions only the region itself is known."""
    home = INNER_MONGOLIA[:2]
    listed = [INNER_MONGOLIA, *(row[0] for row in DIVISION_ROWS if row[0].startswith(home))]
    return (
        f"(SUBSTRING({name} FROM 1 FOR 2) IN ({_texts(sorted(code[:2] for code in REGION_CODES))})"
        f" AND (SUBSTRING({name} FROM 1 FOR 2) <> '{home}' OR {name} IN ({_texts(listed)})))"
    )


def _texts(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
