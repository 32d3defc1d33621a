"""The findings of a run: found anew for everybody, or for those alone whom something touched (C1.2).

A subject is touched when evidence of theirs came or went since the previous run, or a test came, or time did
something: a finding came to its end or review, or something that was met begins to count. Everybody else has
the findings of the previous run, row by row, so that both ways give the same rows and the same checksum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.assessment.duckdb_engine import DuckdbEngine, read_parquet
from comity.assessment.evidence_folder import EvidenceFile, EvidenceFolder
from comity.assessment.evidence_tables import PEOPLE, TESTS
from comity.assessment.rules_engine import RulesEngine
from comity.assessment.rules_sql import FINDING_COLUMNS, MET_COLUMNS, findings_sql
from comity.assessment.run_counts import checksum, sum_on, sum_up
from comity.assessment.run_manifest import FINDINGS, MET, UNKNOWN, Partition, Run
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant

_NAMES: Final = ", ".join(name for name, _ in FINDING_COLUMNS)
_UNKNOWN_COLUMNS: Final = (("subject", "VARCHAR"),)
_ORDER: Final = "subject, place"


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFindings:
    """The checksum of the findings of a run, and how many subjects were touched; None where all were."""

    checksum: str
    touched: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsWork:
    """What the findings are found with; the engine sees `people`, `tests` and the Parquet files of `met`.

    `previous` is None where nothing may be taken over from it; `bad_rows` were left out of the evidence.
    """

    engine: DuckdbEngine
    rules: RulesEngine
    evidence: EvidenceFolder
    rulebook: AssessmentRulebook
    at: Instant
    partitions: tuple[Partition, ...]
    folder: Path
    spill: Path
    previous: Run | None
    bad_rows: int

    def find(self) -> TouchedFindings:
        """Write the findings in effect and who is unknown.

        The engine then sees `findings`, and as `before` and `after` those among which all changes are.
        """
        self._show("met", self._met_files(self.folder, self.partitions), MET_COLUMNS)
        self.engine.run(
            "CREATE TABLE met_subjects AS SELECT DISTINCT subject FROM met "
            f"WHERE limit_at IS NULL OR limit_at > {self.at}"
        )
        self.engine.run("ALTER VIEW people RENAME TO everybody")
        if self.previous is None or not self._may_take_over(self.previous):
            return self._find_all()
        return self._find_touched(self.previous)

    def _find_all(self) -> TouchedFindings:
        before = [] if self.previous is None else [self.previous.findings]
        self.engine.run(
            "CREATE TABLE people AS SELECT e.* FROM everybody e JOIN met_subjects m ON e.subject = m.subject"
        )
        files = {"met": self._met_files(self.folder, self.partitions)}
        self._write(self.folder / FINDINGS, files | {each.name: self._files(each.name) for each in (PEOPLE,)})
        self._show("findings", [self.folder / FINDINGS], FINDING_COLUMNS)
        self._show("before", before, FINDING_COLUMNS)
        self.engine.run("CREATE VIEW after AS SELECT * FROM findings")
        self._note_unknown("SELECT subject FROM met_subjects ANTI JOIN people USING (subject)")
        return TouchedFindings(checksum=checksum(self.engine))

    def _may_take_over(self, previous: Run) -> bool:
        """Say whether the previous run has found all from good rows, with these people and no other test."""
        if self.bad_rows or previous.manifest.counts.bad_rows or previous.manifest.at > self.at:
            return False
        before, now = previous.manifest.inputs, self.evidence.files
        wanted = [previous.findings, previous.path / MET / UNKNOWN]
        return (
            _digests(before, PEOPLE.name) == _digests(now, PEOPLE.name)
            and _digests(before, TESTS.name) <= _digests(now, TESTS.name)
            and all(
                path.is_file()
                for path in (*wanted, *self._met_files(previous.path, previous.manifest.partitions))
            )
        )

    def _find_touched(self, previous: Run) -> TouchedFindings:
        run = self.engine.run
        self._show("findings_before", [previous.findings], FINDING_COLUMNS)
        run(f"CREATE TABLE touched AS {self._touched_sql(previous)}")
        run("ALTER VIEW met RENAME TO everything_met")
        run("CREATE TABLE met AS SELECT * FROM everything_met SEMI JOIN touched USING (subject)")
        run("CREATE TABLE people AS SELECT e.* FROM everybody e JOIN touched t ON e.subject = t.subject")
        path = self.spill / FINDINGS
        self._write(path, {})
        self._show("after", [path], FINDING_COLUMNS)
        run("CREATE TABLE before AS SELECT * FROM findings_before SEMI JOIN touched USING (subject)")
        self.engine.count_copied(
            f"SELECT {_NAMES} FROM (SELECT {_NAMES} FROM findings_before ANTI JOIN touched USING (subject) "
            f"UNION ALL SELECT {_NAMES} FROM after) ORDER BY {_ORDER}",
            self.folder / FINDINGS,
        )
        self._show("findings", [self.folder / FINDINGS], FINDING_COLUMNS)
        self._show("unknown_before", [previous.path / MET / UNKNOWN], _UNKNOWN_COLUMNS)
        self._note_unknown(
            "SELECT subject FROM met_subjects SEMI JOIN (SELECT subject FROM unknown_before "
            "ANTI JOIN touched USING (subject) UNION ALL SELECT subject FROM touched "
            "ANTI JOIN people USING (subject)) USING (subject)"
        )
        columns = tuple(name for name, _ in FINDING_COLUMNS)
        gone, come = (sum_up(self.engine, table, columns) for table in ("before", "after"))
        return TouchedFindings(
            checksum=sum_on(previous.manifest.checksum, gone=gone, come=come),
            touched=self.engine.number("SELECT COUNT(*) FROM touched"),
        )

    def _touched_sql(self, previous: Run) -> str:
        """Write the query for who is touched since the previous run."""
        keys = {each.key for each in self.partitions}
        known = {each.key for each in previous.manifest.partitions}
        tests = _digests(previous.manifest.inputs, TESTS.name)
        files = [
            *self._met_files(self.folder, (each for each in self.partitions if each.key not in known)),
            *self._met_files(
                previous.path, (each for each in previous.manifest.partitions if each.key not in keys)
            ),
            *(self.evidence.path / each.name for each in self.evidence.of(TESTS) if each.digest not in tests),
        ]
        return " UNION ".join(
            (
                f"SELECT subject FROM findings_before WHERE until <= {self.at}",
                f"SELECT subject FROM met WHERE basis > {previous.manifest.at}",
                *(f"SELECT subject FROM {read_parquet(path)}" for path in files),
            )
        )

    def _write(self, path: Path, files: dict[str, list[Path]]) -> None:
        tests = {TESTS.name: self._files(TESTS.name)}
        self.rules.write(
            findings_sql(self.rulebook, at=self.at),
            path,
            tables=("met", PEOPLE.name, TESTS.name),
            files=files | tests,
            order=_ORDER,
        )

    def _note_unknown(self, text: str) -> None:
        """Write down who met a rule and is not among the people, and let the engine see them."""
        path = self.folder / MET / UNKNOWN
        self.engine.count_copied(text, path)
        self._show("unknown", [path], _UNKNOWN_COLUMNS)

    def _files(self, table: str) -> list[Path]:
        """Give the files of a table all rows of which count; none when some do not."""
        if self.bad_rows:
            return []
        return [self.evidence.path / file.name for file in self.evidence.files if file.table == table]

    def _met_files(self, folder: Path, partitions: Iterable[Partition]) -> list[Path]:
        return [folder / MET / f"{each.key}.parquet" for each in partitions if each.met]

    def _show(self, name: str, paths: list[Path], columns: tuple[tuple[str, str], ...]) -> None:
        show_parquet(self.engine, name, paths, columns)


def show_parquet(
    engine: DuckdbEngine, name: str, paths: list[Path], columns: tuple[tuple[str, str], ...]
) -> None:
    """Let the engine see Parquet files of ours under a name; with none it is empty."""
    if paths:
        engine.run(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {read_parquet(*paths)}")
    else:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in columns)
        engine.run(f"CREATE OR REPLACE VIEW {name} AS SELECT {nothing} WHERE FALSE")


def _digests(files: Iterable[EvidenceFile], table: str) -> set[str]:
    return {each.digest for each in files if each.table == table}
