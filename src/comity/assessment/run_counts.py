"""The numbers of a run, its checksum, its changes, and what in them is unusual."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from comity.assessment.differences import difference_sql
from comity.assessment.duckdb_engine import Cell, DuckdbEngine
from comity.assessment.rules_sql import FINDING_COLUMNS
from comity.assessment.run_manifest import CHANGES, RunCounts, Unusual
from comity.assessment.safeguards import (
    RunLimits,
    unusual_divisions,
    unusual_place_codes,
    unusual_sources,
)

_MODULUS: Final = 2**256


def write_changes(engine: DuckdbEngine, folder: Path) -> None:
    """Write who differs from the run before, and let the engine see it as `changes`."""
    path = folder / CHANGES
    engine.count_copied(
        f"SELECT * FROM ({difference_sql('before', 'after')}) ORDER BY subject",
        path,
    )
    engine.run(f"CREATE OR REPLACE TABLE changes AS SELECT * FROM read_parquet('{_text(path)}')")


def checksum(engine: DuckdbEngine) -> str:
    """Sum up the findings."""
    return sum_up(engine, "findings", tuple(name for name, _ in FINDING_COLUMNS))


def sum_up(engine: DuckdbEngine, table: str, columns: tuple[str, ...]) -> str:
    """Count the rows and add up their hashes: the same for every order of rows and every engine.

    The engine hashes: each row is its values as text, a null as `None`, with a zero byte between them.
    """
    values = ", ".join(f"COALESCE(CAST({column} AS VARCHAR), 'None')" for column in columns)
    total = count = 0
    for (digest,) in engine.rows(f"SELECT SHA256(CONCAT_WS(CHR(0), {values})) FROM {table}"):
        total += int(str(digest), 16)
        count += 1
    return f"{count}-{total % _MODULUS:064x}"


def sum_on(before: str, *, gone: str, come: str) -> str:
    """Take the sum of rows that are gone off a checksum, and add that of rows that came."""
    sums = [each.split("-") for each in (before, gone, come)]
    counts, totals = [int(count) for count, _ in sums], [int(total, 16) for _, total in sums]
    total = (totals[0] - totals[1] + totals[2]) % _MODULUS
    return f"{counts[0] - counts[1] + counts[2]}-{total:064x}"


def count_run(
    engine: DuckdbEngine, *, bad_rows: int, known: RunCounts | None, touched: int | None
) -> RunCounts:
    """Count people, findings, colours, changes, and who is unknown.

    With the counts of a run over the same people (`known`) these are not counted again.
    """
    if known is None:
        people = _counts(engine, "SELECT division, COUNT(*) FROM everybody GROUP BY division")
    else:
        people = {division: sum(each.values()) for division, each in known.divisions.items()}
    divisions = {division: {"green": count} for division, count in people.items()}
    for division, colour, count in engine.rows(
        "SELECT division, colour, COUNT(*) FROM findings WHERE place = 1 GROUP BY division, colour"
    ):
        divisions[str(division)][str(colour)] = int(count or 0)
        divisions[str(division)]["green"] -= int(count or 0)
    colours: Counter[str] = Counter()
    for each in divisions.values():
        colours.update(each)
    return RunCounts(
        people=sum(people.values()),
        findings=engine.number("SELECT COUNT(*) FROM findings"),
        bad_rows=bad_rows,
        unknown_subjects=engine.number("SELECT COUNT(*) FROM unknown"),
        changes=engine.number("SELECT COUNT(*) FROM changes"),
        turned=engine.number("SELECT COUNT(*) FROM changes WHERE colour_before <> colour_after"),
        colours=dict(sorted(colours.items())),
        rules=_counts(engine, "SELECT rule_id, COUNT(*) FROM findings GROUP BY rule_id"),
        divisions=dict(sorted(divisions.items())),
        touched=touched,
    )


def find_unusual(engine: DuckdbEngine, counts: RunCounts, limits: RunLimits) -> tuple[Unusual, ...]:
    """Look for what asks for two officers, and for place codes that are shown around."""
    turned = _counts(
        engine,
        "SELECT division, COUNT(*) FROM changes WHERE colour_before <> colour_after GROUP BY division",
    )
    people = {division: sum(each.values()) for division, each in counts.divisions.items()}
    sources = _counts(
        engine,
        "SELECT source, COUNT(*) FROM (SELECT f.subject, MIN(f.source) AS source FROM findings f "
        "JOIN changes c ON c.subject = f.subject WHERE c.colour_before = 'green' "
        "GROUP BY f.subject HAVING MIN(f.source) = MAX(f.source)) GROUP BY source",
    )
    return (
        *unusual_divisions(turned, people, limits),
        *unusual_sources(sources, limits),
        *unusual_place_codes(_place_codes(engine), limits),
    )


def _place_codes(engine: DuckdbEngine) -> dict[tuple[str, str], int]:
    """Count the people who show a scanned place code of a risk area, by source and area."""
    rows = engine.rows("SELECT source, area, COUNT(DISTINCT subject) FROM place_codes GROUP BY source, area")
    return {(str(source), str(area)): int(count or 0) for source, area, count in rows}


def _counts(engine: DuckdbEngine, text: str) -> dict[str, int]:
    rows: list[tuple[Cell, ...]] = sorted(engine.rows(text), key=lambda row: str(row[0]))
    return {str(name): int(count or 0) for name, count in rows}


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
