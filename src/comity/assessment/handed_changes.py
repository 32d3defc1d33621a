"""The changes of a run made ready for the region node: the run is checked, then people are given in order.

Nothing is taken on the word of the manifest: findings, changes and rulebook are summed up again. Against
somebody who writes a whole run folder anew this is no protection; the officers of the node are.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Final

from comity.assessment.differences import DIFFERENCE_COLUMNS
from comity.assessment.duckdb_engine import Cell, DuckdbEngine, read_parquet
from comity.assessment.rules_sql import FINDING_COLUMNS
from comity.assessment.run_counts import sum_up
from comity.assessment.run_manifest import CHANGES, MANIFEST, Run, RunState, digest_of
from comity.assessment.run_release import released_by, require_released
from comity.domain.handed_run import HandedFinding, HandedPerson, HandedRun
from comity.domain.region import RegionCode
from comity.errors import EvidenceRefused

_ASSIGNMENTS: Final = "assignments"


def check_run(engine: DuckdbEngine, run: Run) -> HandedRun:
    """Check a run from its own files, and give what the node has to know of it.

    1. It is not held, and says so only if nothing about it stops.
    2. Rulebook, findings and changes are those that the manifest sums up.
    3. The changes say what the findings say.

    Raises: NotPossibleNow for a held run, EvidenceRefused for a partial or altered one.
    """
    manifest = run.manifest
    if (manifest.state is RunState.HELD) != any(each.stops for each in manifest.unusual):  # 1
        raise _altered("its state is not the one that its manifest gives reasons for")
    require_released(run)
    if digest_of(run.rulebook) != manifest.rulebook_digest:  # 2
        raise _altered("its rulebook is another one")
    for path in (run.findings, run.path / CHANGES):
        if not path.is_file():
            raise _altered(f"{path.name} is missing")
    findings, changes = (read_parquet(each) for each in (run.findings, run.path / CHANGES))
    if sum_up(engine, findings, tuple(name for name, _ in FINDING_COLUMNS)) != manifest.checksum:
        raise _altered("its findings do not give its checksum")
    if sum_up(engine, changes, DIFFERENCE_COLUMNS) != manifest.changes_checksum:
        raise _altered("its changes do not give their checksum")
    if engine.number(_strange_sql(findings, changes)):  # 3
        raise _altered("its changes do not rest on its findings")
    return HandedRun(
        digest=sha256((run.path / MANIFEST).read_bytes()).hexdigest(),
        checksum=manifest.checksum,
        previous=manifest.previous,
        region=RegionCode(manifest.region),
        rulebook=run.rulebook,
        at=manifest.at,
        people=manifest.counts.changes,
        released_by=released_by(run) if manifest.state is RunState.HELD else (),
    )


def handed_people(engine: DuckdbEngine, run: Run) -> Iterator[HandedPerson]:
    """Give who changed, in order of subject: the same every time, so that a stop can be gone on from."""
    rows = engine.rows(
        "SELECT c.subject, f.rule_id, f.since, f.until, f.evidence_table, f.evidence_ref, f.source "
        f"FROM {read_parquet(run.path / CHANGES)} c "
        f"LEFT JOIN {read_parquet(run.findings)} f ON f.subject = c.subject "
        "ORDER BY c.subject, f.place"
    )
    for subject, own in groupby(rows, key=lambda row: str(row[0])):
        findings = tuple(_finding(row) for row in own if row[1] is not None)
        yield HandedPerson(subject=subject, findings=findings)


def _finding(row: tuple[Cell, ...]) -> HandedFinding:
    """Give a finding; an assignment ends by itself, and is handed over until its end or review."""
    _, rule_id, since, until, table, ref, source = row
    return HandedFinding(
        rule_id=str(rule_id),
        since=int(since or 0),
        ended_at=int(until or 0) if table == _ASSIGNMENTS else None,
        evidence_table=str(table),
        evidence_ref=str(ref),
        source=str(source),
    )


def _strange_sql(findings: str, changes: str) -> str:
    return f"""
    SELECT COUNT(*) FROM {changes} c
        LEFT JOIN (SELECT * FROM {findings} WHERE place = 1) f ON f.subject = c.subject
    WHERE c.colour_after <> COALESCE(f.colour, 'green')
        OR COALESCE(c.rule_after, '') <> COALESCE(f.rule_id, '')
        OR COALESCE(c.since_after, -1) <> COALESCE(f.since, -1)
        OR COALESCE(c.until_after, -1) <> COALESCE(f.until, -1)
    """


def _altered(words: str) -> EvidenceRefused:
    return EvidenceRefused(
        f"this run is partial or was altered: {words}",
        next_step="Assess again with comity assess run; nothing of this run was handed over.",
    )
