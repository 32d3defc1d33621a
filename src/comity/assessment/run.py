"""One run over a region: evidence and a rulebook in, findings, changes and a manifest out (C1.2).

Full and incremental runs take the same way: what the previous run has found in a file that is still the same
is taken over, so that the results are equal by construction. A stop leaves the previous result as it is and
an unfinished folder beside the place of the new one, from which the same run goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from comity.assessment.differences import DIFFERENCE_COLUMNS
from comity.assessment.duckdb_engine import DuckdbEngine, EngineBounds, duckdb_engine
from comity.assessment.evidence_checks import EvidenceFault
from comity.assessment.evidence_folder import EvidenceFolder, open_evidence, refuse
from comity.assessment.evidence_tables import PEOPLE, TESTS, VISITS, EvidenceTable
from comity.assessment.partitions import CODES, Partitioning, Progress, show_rows
from comity.assessment.report import write_report
from comity.assessment.rules_engine import DuckdbRules, RulesEngine
from comity.assessment.rules_sql import PLACE_CODE_COLUMNS
from comity.assessment.run_counts import count_run, find_unusual, sum_up, write_changes
from comity.assessment.run_manifest import (
    CHANGES,
    FINDINGS,
    MANIFEST,
    MET,
    RULEBOOK,
    Partition,
    Run,
    RunManifest,
    RunState,
    digest_of,
    read_run,
    write_run,
)
from comity.assessment.run_release import require_released
from comity.assessment.safeguards import RunLimits, unusual_rules
from comity.assessment.spark_engine import spark_rules
from comity.assessment.touched_findings import FindingsWork, TouchedFindings, show_parquet
from comity.assessment.whole_tables import load_areas, show_people
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant
from comity.errors import EvidenceRefused, StoreUnavailable, UsageError

PARTIAL: Final = ".partial"
"""Ending of the folder of a run that is not finished; it lies beside the place of the finished one."""
_PLAN: Final = "plan"
_SPILL: Final = "spill"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run is asked to do."""

    evidence: Path
    rulebook: AssessmentRulebook
    at: Instant
    out: Path
    previous: Path | None = None
    published: tuple[AssessmentRulebook, ...] = ()
    accepts_good_rows: bool = False
    limits: RunLimits = field(default_factory=RunLimits)
    memory_gib: float = 4.0
    threads: int = 2
    master: str | None = None
    """Where Spark runs the rules; with None DuckDB does."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def assess_region(plan: RunPlan, *, progress: Progress = silent) -> Run:
    """Run over a region; the folder is there whole, or not at all.

    1. Neither overwrite a result nor build on one that is held; take up what an earlier try left.
    2. Open the evidence: every file, its schema and its hash.
    3. Risk windows, then every file: rows are checked, and what meets a rule is kept.
    4. Bad rows refuse the run, unless good rows are accepted.
    5. Clearances and time end what was met; what is in effect are the findings.
    6. Changes against the previous run; what is unusual stops before anything is published.
    7. Manifest and report; the folder is renamed into place.

    Raises: UsageError, EvidenceRefused, StoreUnavailable.
    """
    if plan.out.exists():  # 1
        raise UsageError(f"'{plan.out}' is there already", next_step="Name another folder for this run.")
    previous = None if plan.previous is None else _previous(plan, plan.previous)
    partial = plan.out.with_name(plan.out.name + PARTIAL)
    bounds = EngineBounds(memory_gib=plan.memory_gib, threads=plan.threads, spill=partial / _SPILL)
    with _room(partial), duckdb_engine(bounds) as engine:
        known = {} if previous is None else {each.name: each for each in previous.manifest.inputs}
        evidence = open_evidence(engine, plan.evidence, known=known, threads=plan.threads)  # 2
        _take_up(partial, plan, evidence)
        with _rules(plan, engine, partial) as rules:
            work = _RunWork(
                plan=plan, engine=engine, rules=rules, evidence=evidence, folder=partial, previous=previous
            )
            work.meet(progress)  # 3, 4
            work.find()  # 5
        manifest = work.manifest()  # 6
        write_run(partial, manifest, plan.rulebook)  # 7
        run = Run(path=partial, manifest=manifest, rulebook=plan.rulebook)
        write_report(run, previous=() if plan.previous is None else (plan.previous,), engine=engine)
    shutil.rmtree(partial / _SPILL, ignore_errors=True)
    for each in (partial / _PLAN, *(partial / MET).glob("*.json")):
        each.unlink()
    partial.rename(plan.out)
    return read_run(plan.out)


def _previous(plan: RunPlan, path: Path) -> Run:
    found = read_run(path)
    require_released(found)
    if found.manifest.region != plan.rulebook.region:
        raise UsageError("the previous run is one of another region")
    return found


@contextmanager
def _rules(plan: RunPlan, engine: DuckdbEngine, partial: Path) -> Iterator[RulesEngine]:
    """Give what the rules run on."""
    if plan.master is None:
        yield DuckdbRules(engine)
        return
    with spark_rules(engine, master=plan.master, folder=partial.absolute() / _SPILL / "spark") as rules:
        yield rules


@contextmanager
def _room(partial: Path) -> Iterator[None]:
    """Make the unfinished folder, and leave none of a run that is refused; what the disk refuses is told."""
    try:
        (partial / MET).mkdir(parents=True, exist_ok=True)
        yield
    except (EvidenceRefused, UsageError) as refused:
        if isinstance(refused, EvidenceRefused) or not any((partial / MET).iterdir()):
            _leave_nothing(partial)
        raise
    except OSError as error:
        raise StoreUnavailable(
            f"the run could not be written: {error.strerror}",
            next_step="Make room and run again: what is complete is taken up, and the last result stands.",
        ) from error


def _leave_nothing(partial: Path) -> None:
    """Remove what a run has in its unfinished folder, and the folder unless something else lies there."""
    for name in (MET, _SPILL):
        shutil.rmtree(partial / name, ignore_errors=True)
    for name in (_PLAN, FINDINGS, CHANGES, RULEBOOK, MANIFEST):
        (partial / name).unlink(missing_ok=True)
    if not any(partial.iterdir()):
        partial.rmdir()


def _take_up(partial: Path, plan: RunPlan, evidence: EvidenceFolder) -> None:
    """Keep what an earlier try of the same run left; clear what another run left."""
    said = "\0".join([str(plan.at), digest_of(plan.rulebook), *(file.digest for file in evidence.files)])
    digest, note = sha256(said.encode()).hexdigest(), partial / _PLAN
    if note.exists() and note.read_text() == digest:
        return
    for each in (partial / MET).iterdir():
        each.unlink()
    note.write_text(digest)


@dataclass(slots=True, kw_only=True)
class _RunWork:
    """A run on its way."""

    plan: RunPlan
    engine: DuckdbEngine
    rules: RulesEngine
    evidence: EvidenceFolder
    folder: Path
    previous: Run | None
    areas_digest: str = ""
    found: TouchedFindings = field(default_factory=lambda: TouchedFindings(checksum=""))
    partitions: tuple[Partition, ...] = ()
    faults: tuple[str, ...] = ()
    bad_rows: int = 0

    def meet(self, progress: Progress) -> None:
        """Check all rows, and find what meets a rule."""
        plan = self.plan
        windows = load_areas(self.engine, self.evidence, plan.rulebook, at=plan.at)
        self.areas_digest = windows.digest
        partitioning = Partitioning(
            engine=self.engine,
            rules=self.rules,
            evidence=self.evidence,
            rulebook=plan.rulebook,
            at=plan.at,
            areas_digest=windows.digest,
            folder=self.folder,
            previous=self.previous,
        )
        self.partitions = tuple(partitioning.work(progress))
        twice = show_people(
            self.engine,
            self.evidence,
            plan.rulebook,
            at=plan.at,
            is_clean=self._is_clean(PEOPLE),
            are_known=self._are_known(PEOPLE),
        )
        self._judge(windows.faults, twice)

    def _judge(self, windows: tuple[EvidenceFault, ...], twice: tuple[EvidenceFault, ...]) -> None:
        among = tuple(fault.told for fault in (*windows, *twice))
        self.faults = (*among, *(fault for each in self.partitions for fault in each.faults))
        self.bad_rows = len(among) + sum(each.bad_rows for each in self.partitions)
        if self.bad_rows and not self.plan.accepts_good_rows:
            refuse(self.faults, count=self.bad_rows)

    def find(self) -> None:
        """Write the findings in effect."""
        plan = self.plan
        files = self.evidence.of(TESTS)
        show_rows(
            self.engine,
            TESTS,
            self.evidence,
            files,
            plan.rulebook,
            at=plan.at,
            is_clean=self._is_clean(TESTS),
        )
        visits = [each for each in self.partitions if each.table == VISITS.name]
        codes = [self.folder / MET / f"{each.key}.{CODES}" for each in visits]
        show_parquet(self.engine, "place_codes", codes, PLACE_CODE_COLUMNS)
        self.found = FindingsWork(
            engine=self.engine,
            rules=self.rules,
            evidence=self.evidence,
            rulebook=plan.rulebook,
            at=plan.at,
            partitions=self.partitions,
            folder=self.folder,
            spill=self.folder / _SPILL,
            previous=self.previous,
            bad_rows=self.bad_rows,
        ).find()

    def manifest(self) -> RunManifest:
        """Compare with the previous run, count, look for what is unusual."""
        plan = self.plan
        write_changes(self.engine, self.folder)
        known = self.previous.manifest.counts if self.previous and self._are_known(PEOPLE) else None
        counts = count_run(self.engine, bad_rows=self.bad_rows, known=known, touched=self.found.touched)
        unusual = (
            *unusual_rules(plan.rulebook, plan.published),
            *find_unusual(self.engine, counts, plan.limits),
        )
        taken_over = self.previous is not None and any(
            self.previous.manifest.partition(each.key) for each in self.partitions
        )
        return RunManifest(
            at=plan.at,
            region=plan.rulebook.region,
            rulebook_version=plan.rulebook.version,
            rulebook_digest=digest_of(plan.rulebook),
            engine=self.rules.name,
            mode="incremental" if taken_over else "full",
            state=RunState.HELD if any(each.stops for each in unusual) else RunState.READY,
            evidence=str(plan.evidence.absolute()),
            previous=None if self.previous is None else self.previous.manifest.checksum,
            checksum=self.found.checksum,
            changes_checksum=sum_up(self.engine, "changes", DIFFERENCE_COLUMNS),
            areas_digest=self.areas_digest,
            inputs=self.evidence.files,
            partitions=tuple(replace(each, faults=each.faults[:10]) for each in self.partitions),
            counts=counts,
            unusual=unusual,
        )

    def _is_clean(self, table: EvidenceTable) -> bool:
        return not any(each.bad_rows for each in self.partitions if each.table == table.name)

    def _are_known(self, table: EvidenceTable) -> bool:
        """Say whether the previous run had exactly these files of a table, all of them good."""
        if self.previous is None or self.previous.manifest.counts.bad_rows:
            return False
        before = {each.digest for each in self.previous.manifest.inputs if each.table == table.name}
        return before == {file.digest for file in self.evidence.of(table)}
