"""A run works through the evidence file by file: a file is checked, and what in it meets a rule is kept.

What a file meets depends on the file, the rulebook and, for stays, the risk windows alone. So a file that is
done is taken up after a stop, and taken over by the next run, under a key that names all three.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

from comity.assessment.duckdb_engine import DuckdbEngine, quoted
from comity.assessment.evidence_checks import MOST_FAULTS_KEPT, EvidenceFault, fault_sql, suspicion_sql
from comity.assessment.evidence_folder import EvidenceFile, EvidenceFolder, find_broken_group
from comity.assessment.evidence_tables import (
    AREAS,
    EVIDENCE_TABLES,
    MEETING_TABLES,
    TRAVEL,
    VISITS,
    EvidenceTable,
)
from comity.assessment.rules_engine import RulesEngine
from comity.assessment.rules_sql import met_sql, place_codes_sql
from comity.assessment.run_manifest import MET, Partition, Run, digest_of, write_json
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant
from comity.errors import EvidenceRefused

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is worked on, how many rows are done, and how many there are."""
CODES: Final = "codes.parquet"
"""Ending of what a file of visits shows of scanned place codes."""
_KEY_LENGTH: Final = 32
_TABLES: Final = {table.name: table for table in EVIDENCE_TABLES}
_MEETING: Final = frozenset(table.name for table in MEETING_TABLES)
_STAYS: Final = frozenset((TRAVEL.name, VISITS.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning:
    """What the files of a run are worked through with; `previous` may have some of them already."""

    engine: DuckdbEngine
    rules: RulesEngine
    evidence: EvidenceFolder
    rulebook: AssessmentRulebook
    at: Instant
    areas_digest: str
    folder: Path
    previous: Run | None

    def work(self, progress: Progress) -> Iterator[Partition]:
        """Work through every file but those of the risk windows, the smallest tables first."""
        files = [file for file in self.evidence.files if file.table != AREAS.name]
        total, done = sum(file.rows for file in files), 0
        for name in _TABLES:
            self._hide(_TABLES[name])
        for file in files:
            progress(file.name, done, total)
            yield self._found(file) or self._make(file)
            done += file.rows
        progress("", total, total)

    def key(self, file: EvidenceFile) -> str:
        """Name what a file meets under these rules and risk windows."""
        areas = self.areas_digest if file.table in _STAYS else ""
        rules = digest_of(self.rulebook) if file.table in _MEETING else ""
        said = "\0".join((file.table, file.digest, rules, areas, self.rulebook.region))
        return sha256(said.encode()).hexdigest()[:_KEY_LENGTH]

    def _found(self, file: EvidenceFile) -> Partition | None:
        """Find what was done already: by this run before it was stopped, or by the previous one."""
        note = self._path(file, "json")
        if note.exists():
            given = json.loads(note.read_text(encoding="utf-8"))
            return Partition(**given | {"faults": tuple(given["faults"])})
        if self.previous is None or self.previous.manifest.at > self.at:
            return None
        known = self.previous.manifest.partition(self.key(file))
        if known is None or known.bad_rows:
            return None
        if file.table == VISITS.name:
            codes = self.previous.path / MET / f"{known.key}.{CODES}"
            if not codes.exists():
                return None
            self._take_over(codes)
        if known.met:
            self._take_over(self.previous.path / MET / f"{known.key}.parquet")
        return replace(known, file=file.name)

    def _take_over(self, path: Path) -> None:
        """Link a file of the previous run, or copy it where the disk has no links."""
        into = self.folder / MET / path.name
        if into.exists():
            return
        try:
            into.hardlink_to(path)
        except OSError:
            into.write_bytes(path.read_bytes())

    def _make(self, file: EvidenceFile) -> Partition:
        table = _TABLES[file.table]
        try:
            bad_rows, faults = check_rows(self.engine, self.evidence, file, table, self.rulebook, at=self.at)
            met = self._meet(file, table, is_clean=not bad_rows) if table in MEETING_TABLES else 0
        except EvidenceRefused as refused:
            broken = find_broken_group(self.engine, self.evidence, file)
            raise EvidenceRefused(broken.told, faults=(broken.told,)) from refused
        made = Partition(
            key=self.key(file),
            table=file.table,
            file=file.name,
            rows=file.rows,
            bad_rows=bad_rows,
            met=met,
            faults=tuple(fault.told for fault in faults),
        )
        write_json(self._path(file, "json"), asdict(made))
        return made

    def _meet(self, file: EvidenceFile, table: EvidenceTable, *, is_clean: bool) -> int:
        """Write what in a file meets a rule; give how many rows that are."""
        show_rows(self.engine, table, self.evidence, (file,), self.rulebook, at=self.at, is_clean=is_clean)
        beside = self._path(file, "new")
        met = self.rules.write(
            met_sql(self.rulebook, at=self.at),
            beside,
            tables=(AREAS.name, *(each.name for each in MEETING_TABLES)),
            files={table.name: [self.evidence.path / file.name]} if is_clean else {},
        )
        beside.rename(self._path(file, "parquet"))
        if table is VISITS:
            self.engine.count_copied(place_codes_sql(), self._path(file, CODES))
        self._hide(table)
        return met

    def _hide(self, table: EvidenceTable) -> None:
        if table is not AREAS:
            show_rows(self.engine, table, self.evidence, (), self.rulebook, at=self.at)

    def _path(self, file: EvidenceFile, ending: str) -> Path:
        return self.folder / MET / f"{self.key(file)}.{ending}"


def check_rows(
    engine: DuckdbEngine,
    evidence: EvidenceFolder,
    file: EvidenceFile,
    table: EvidenceTable,
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
) -> tuple[int, list[EvidenceFault]]:
    """Check every row of a file; give how many are bad, and the first of them. Raises: EvidenceRefused."""
    fault = fault_sql(table, region=rulebook.region, at=at)
    path = quoted(evidence.path / file.name)
    queries = suspicion_sql(table, f"read_parquet({path})", region=rulebook.region, at=at)
    if not any(engine.number(query) for query in queries):
        return 0, []
    count = engine.number(f"SELECT COUNT({fault}) FROM read_parquet({path})")
    rows = engine.rows(
        f"SELECT file_row_number, fault FROM (SELECT file_row_number, {fault} AS fault "
        f"FROM read_parquet({path}, file_row_number = true)) WHERE fault IS NOT NULL "
        f"ORDER BY file_row_number LIMIT {MOST_FAULTS_KEPT}"
    )
    return count, [
        EvidenceFault(
            file=file.name, what=str(what), row_group=file.row_group_of(int(row or 0)), row=int(row or 0)
        )
        for row, what in rows
    ]


def show_rows(
    engine: DuckdbEngine,
    table: EvidenceTable,
    evidence: EvidenceFolder,
    files: tuple[EvidenceFile, ...],
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
    is_clean: bool = True,
    without: str = "",
) -> None:
    """Let the engine see the good rows of files under the name of their table; with no files it is empty."""
    if not files:
        columns = ", ".join(f"CAST(NULL AS {c.kind.sql_type}) AS {c.name}" for c in table.columns)
        engine.run(f"CREATE OR REPLACE VIEW {table.name} AS SELECT {columns} WHERE FALSE")
        return
    paths = ", ".join(quoted(evidence.path / file.name) for file in files)
    good = "" if is_clean else f"WHERE ({fault_sql(table, region=rulebook.region, at=at)}) IS NULL"
    engine.run(
        f"CREATE OR REPLACE VIEW {table.name} AS SELECT {', '.join(table.names)} FROM "
        f"read_parquet([{paths}], filename = true, file_row_number = true) {good} {without}"
    )
