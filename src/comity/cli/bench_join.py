"""The yardstick of `comity bench assess`: one DuckDB statement written by hand for the example rulebook.

It reads the same files, with as many threads and as much memory, and writes every row of evidence that meets
a rule, with the division of its subject and the first test that clears it, into one Parquet file. It knows
the example rules by heart. It leaves out what a run does beside: checks of rows, hashes, the order of
findings, changes, counts, the checksum.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter, process_time

from comity.assessment.duckdb_engine import DuckdbEngine, EngineBounds, duckdb_engine, quoted
from comity.assessment.evidence_tables import EVIDENCE_TABLES
from comity.domain.instant import DAY, Instant

_JOIN = """
WITH stays AS (
    SELECT subject, 'travel' AS evidence_table, ref, source, area, began_at, ended_at FROM {travel}
    WHERE ended_at > {at} - 14 * {day}
    UNION ALL
    SELECT subject, 'visits', ref, source, area, began_at, ended_at FROM {visits}
    WHERE ended_at > {at} - 14 * {day} AND record <> 'place_code'
),
met AS (
    SELECT subject, evidence_table, ref, source,
        CASE level WHEN 'high' THEN 'high-risk-stay' ELSE 'medium-risk-stay' END AS rule_id,
        MAX(LEAST(s.ended_at, w.ended_at)) AS basis, basis + 14 * {day} AS limit_at
    FROM (SELECT *, UNNEST([area, area[:4] || '00', area[:2] || '0000']) AS code FROM stays) s
        JOIN {areas} w ON w.area = s.code AND w.began_at < s.ended_at
            AND (w.ended_at IS NULL OR s.began_at < w.ended_at)
    WHERE level IN ('high', 'medium')
    GROUP BY subject, evidence_table, ref, source, level
    UNION ALL
    SELECT subject, 'travel', ref, source, 'hubei-arrival', ended_at, ended_at + 14 * {day}
    FROM {travel} WHERE area[:2] = '42' AND ended_at > {at} - 14 * {day}
    UNION ALL
    SELECT subject, 'cases', ref, source, status || '-case', reported_at,
        CASE status WHEN 'suspected' THEN reported_at + 21 * {day} END
    FROM {cases}
    UNION ALL
    SELECT subject, 'contacts', ref, source, 'close-contact', last_contact_at, last_contact_at + 14 * {day}
    FROM {contacts}
    UNION ALL
    SELECT subject, 'declarations', ref, source, replace(reason, '_', '-'), happened_at,
        happened_at + 14 * {day}
    FROM {declarations}
    UNION ALL
    SELECT subject, 'assignments', ref, source, rule_id, began_at, LEAST(ended_at, began_at + 14 * {day})
    FROM {assignments}
)
SELECT m.*, p.division, t.reported_at AS cleared_at
FROM met m
    LEFT JOIN {people} p ON p.subject = m.subject
    LEFT JOIN {tests} t ON t.subject = m.subject AND t.result = 'negative' AND t.reported_at > m.basis
        AND t.reason || m.rule_id IN ('symptomssymptoms', 'suspected_casesuspected-case',
            'confirmed_caseconfirmed-case')
WHERE limit_at IS NULL OR limit_at > {at}
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY m.subject, m.evidence_table, m.ref, m.rule_id ORDER BY t.reported_at) = 1
"""


def join_by_hand(
    evidence: Path, out: Path, *, at: Instant, threads: int, memory_gib: float
) -> tuple[float, float, int]:
    """Run the statement, engine opened before; give seconds, seconds of processor, rows that met a rule."""
    text = _JOIN.format(
        at=at, day=DAY, **{table.name: _files(evidence, table.name) for table in EVIDENCE_TABLES}
    )
    bounds = EngineBounds(memory_gib=memory_gib, threads=threads, spill=out.with_suffix(".spill"))
    with duckdb_engine(bounds) as engine:
        began, busy = perf_counter(), process_time()
        count = _copy(engine, text, out)
        return perf_counter() - began, process_time() - busy, count


def _copy(engine: DuckdbEngine, text: str, out: Path) -> int:
    out.unlink(missing_ok=True)
    return engine.count_copied(text, out)


def _files(evidence: Path, table: str) -> str:
    folder = evidence / table
    path = folder / "*.parquet" if folder.is_dir() else evidence / f"{table}.parquet"
    return f"read_parquet({quoted(path)})"
