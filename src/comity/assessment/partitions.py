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
from shutil import copyfile
from typing import Final, TypeAlias

from comity.assessment.duckdb_engine import DuckdbEngine, read_parquet
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
from comity.assessment.rules_engine import Part, RulesEngine
from comity.assessment.rules_sql import met_sql, place_codes_sql, rulebook_sql
from comity.assessment.run_manifest import MET, Partition, Run, write_json
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant
from comity.errors import ComityError, EvidenceRefused, UsageError

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
        for group in _grouped(files, self.rules.rows_at_once):
            progress(group[0].name, done, total)
            yield from self._work_group(group)
            done += sum(file.rows for file in group)
        progress("", total, total)

    def key(self, file: EvidenceFile) -> str:
        """Name what a file meets under these rules and risk windows."""
        areas = self.areas_digest if file.table in _STAYS else ""
        rules = rulebook_sql(self.rulebook, at=0) if file.table in _MEETING else ""
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
            beside = into.with_name(f"{into.name}.new")
            copyfile(path, beside)
            beside.rename(into)

    def _work_group(self, group: list[EvidenceFile]) -> Iterator[Partition]:
        """Take over what was done, check the rest, and let the rules meet it together."""
        found = {file.name: self._found(file) for file in group}
        rest = [file for file in group if found[file.name] is None]
        checked = {file.name: self._check(file) for file in rest}
        met = self._meet(
            [file for file in rest if file.table in _MEETING],
            clean=[n for n, (b, _) in checked.items() if not b],
        )
        for file in group:
            yield found[file.name] or self._note(file, *checked[file.name], met.get(file.name, 0))

    def _check(self, file: EvidenceFile) -> tuple[int, list[EvidenceFault]]:
        try:
            return check_rows(
                self.engine, self.evidence, file, _TABLES[file.table], self.rulebook, at=self.at
            )
        except (EvidenceRefused, UsageError) as refused:
            raise self._broken([file], refused) from refused

    def _note(self, file: EvidenceFile, bad_rows: int, faults: list[EvidenceFault], met: int) -> Partition:
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

    def _meet(self, files: list[EvidenceFile], *, clean: list[str]) -> dict[str, int]:
        """Write what in each file meets a rule; give how many rows that are, by name of the file."""
        if not files:
            return {}
        try:
            met = self.rules.write_each(
                met_sql(self.rulebook, at=self.at),
                self._parts(files, clean),
                tables=[table.name for table in MEETING_TABLES],
                whole=[AREAS.name],
            )
        except (EvidenceRefused, UsageError) as refused:
            raise self._broken(files, refused) from refused
        for key in {self.key(file) for file in files}:
            (self.folder / MET / f"{key}.new").rename(self.folder / MET / f"{key}.parquet")
        return {file.name: count for file, count in zip(files, met, strict=True)}

    def _parts(self, files: list[EvidenceFile], clean: list[str]) -> Iterator[Part]:
        """Show the engine one file after the other."""
        for file in files:
            table, is_clean = _TABLES[file.table], file.name in clean
            show_rows(
                self.engine, table, self.evidence, (file,), self.rulebook, at=self.at, is_clean=is_clean
            )
            path = self.evidence.path / file.name if is_clean else None
            yield Part(table=table.name, file=path, into=self._path(file, "new"))
            if table is VISITS:
                self.engine.count_copied(place_codes_sql(), self._path(file, CODES))
            self._hide(table)

    def _broken(self, files: list[EvidenceFile], refused: ComityError) -> ComityError:
        """Tell which file cannot be read, and from where; what is broken can ask for any memory."""
        found = [find_broken_group(self.engine, self.evidence, file) for file in files]
        broken = next((fault for fault in found if fault.row_group is not None), found[-1])
        if broken.row_group is None and isinstance(refused, UsageError):
            return refused
        return EvidenceRefused(broken.told, faults=(broken.told,))

    def _hide(self, table: EvidenceTable) -> None:
        if table is not AREAS:
            show_rows(self.engine, table, self.evidence, (), self.rulebook, at=self.at)

    def _path(self, file: EvidenceFile, ending: str) -> Path:
        return self.folder / MET / f"{self.key(file)}.{ending}"


def _grouped(files: list[EvidenceFile], rows: int) -> Iterator[list[EvidenceFile]]:
    """Put files together until they have so many rows; with 0 each is alone."""
    group: list[EvidenceFile] = []
    for file in files:
        group.append(file)
        if sum(each.rows for each in group) >= rows:
            yield group
            group = []
    if group:
        yield group


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
    rows_of = read_parquet(evidence.path / file.name, with_places=True)
    queries = suspicion_sql(table, rows_of, region=rulebook.region, at=at)
    if not any(engine.number(query) for query in queries):
        return 0, []
    count = engine.number(f"SELECT COUNT({fault}) FROM {rows_of}")
    rows = engine.rows(
        f"SELECT file_row_number, fault FROM (SELECT file_row_number, {fault} AS fault "
        f"FROM {rows_of}) WHERE fault IS NOT NULL "
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
    rows_of = read_parquet(*(evidence.path / file.name for file in files), with_places=True)
    good = "" if is_clean else f"WHERE ({fault_sql(table, region=rulebook.region, at=at)}) IS NULL"
    engine.run(
        f"CREATE OR REPLACE VIEW {table.name} AS SELECT {', '.join(table.names)} FROM "
        f"{rows_of} {good} {without}"
    )
