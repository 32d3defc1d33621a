"""`comity assess run`, `release` and `sql`: colours for the people of a whole region from tables of evidence.

A run writes no pass and changes nobody's colour: its changes are handed to the region node, and while
something about them is unusual, to nobody before two officers released it (docs/assessment-runs.md).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from comity.cli.region import AsJson
from comity.cli.region_words import read_time
from comity.cli.screen import say, warn
from comity.errors import UsageError

if TYPE_CHECKING:
    from comity.assessment.partitions import Progress
    from comity.assessment.run_manifest import RunManifest
    from comity.assessment.what_if import WhatIf
    from comity.domain.assessment_rules import AssessmentRulebook

HELD: Final = 1
"""Exit code of a run that waits for two officers."""
_EVERY: Final = 1.0
"""Seconds between two lines of progress."""

Evidence = Annotated[Path, Parameter(help="Folder of the tables of evidence (docs/evidence-data.md).")]
Memory = Annotated[float, Parameter(help="GiB of memory that may be used; the rest goes to the disk.")]
Threads = Annotated[int, Parameter(help="Threads that may be used.")]


def run_command(
    *,
    evidence: Evidence,
    rulebook: Path,
    on: str,
    out: Path | None = None,
    previous: Path | None = None,
    published: tuple[Path, ...] = (),
    what_if: Path | None = None,
    engine: Literal["duckdb", "spark"] = "duckdb",
    master: str = "local[2]",
    accept_good_rows: Annotated[bool, Parameter(negative="")] = False,
    most_changed: float = 0.05,
    most_by_source: int = 200,
    memory_gib: Memory = 4.0,
    threads: Threads = 2,
    as_json_text: AsJson = False,
) -> int:
    """Assess a region. Exit code: 0 done, 1 held until two officers release it.

    Parameters
    ----------
    rulebook
        The assessment rulebook, JSON.
    on
        As of when, with offset, such as 2020-03-20T02:00:00+08:00.
    out
        Folder of the result; there whole or not at all. A run that was stopped goes on.
    previous
        Result of the run before: what has not changed is taken over, and changes are told against it.
    published
        Published rulebooks, JSON; a run by rules that are none of them is held.
    what_if
        Another rulebook, to be tried: numbers by division, colour and reason, and no colour is written.
    engine
        What the rules run on; the rows are the same.
    master
        Address of the Spark cluster, or local[2] for this machine.
    accept_good_rows
        Leave bad rows out; otherwise one bad row refuses the run.
    most_changed
        Share of a division's people that may change colour unasked.
    most_by_source
        People who may turn yellow or red on the word of one source alone, unasked.
    """
    from comity.assessment.run import RunPlan, assess_region
    from comity.assessment.run_manifest import read_rulebook
    from comity.assessment.safeguards import RunLimits

    rules, at = read_rulebook(rulebook), read_time(on)
    if what_if is not None:
        tried = _tried(evidence, rules, read_rulebook(what_if), at, accept_good_rows, memory_gib, threads)
        return _tell_tried(tried, as_json_text=as_json_text)
    plan = RunPlan(
        evidence=evidence,
        rulebook=rules,
        at=at,
        out=_needed(out),
        previous=previous,
        published=tuple(read_rulebook(each) for each in published),
        accepts_good_rows=accept_good_rows,
        limits=RunLimits(most_changed=most_changed, most_by_source=most_by_source),
        memory_gib=memory_gib,
        threads=threads,
        master=None if engine == "duckdb" else master,
    )
    return _tell(assess_region(plan, progress=make_progress()).manifest, plan.out, as_json_text=as_json_text)


def release_command(run: Path, /, *, officer: str) -> int:
    """Release a held run as one of two officers. Exit code: 0 released, 1 the second officer is needed.

    It is a note in the run's folder: the node holds the accounts named against its own, and asks officers who
    are signed in before anybody's colour changes (docs/assessment-runs.md).

    Parameters
    ----------
    run
        Folder of the run.
    officer
        Account of an officer who has read what is unusual about it.
    """
    from comity.assessment.run_manifest import read_run
    from comity.assessment.run_release import is_released, release_run

    found = read_run(run)
    officers = release_run(found, officer=officer, at=int(time.time()))
    if is_released(found):
        say(
            f"Released by {officers[0]} and {officers[1]}: the changes may be handed over.\n"
            "The node holds both against its own accounts, and asks officers who are signed in."
        )
        return 0
    say(f"Noted for {officers[0]}. A second officer is needed.")
    return HELD


def sql_command(*, rulebook: Path, on: str) -> int:
    """Print the one SQL text a rulebook is compiled to.

    Parameters
    ----------
    rulebook
        The assessment rulebook, JSON.
    on
        As of when, with offset.
    """
    from comity.assessment.rules_sql import rulebook_sql
    from comity.assessment.run_manifest import read_rulebook

    say(rulebook_sql(read_rulebook(rulebook), at=read_time(on)))
    return 0


def rulebook_command(*, region: str = "150000") -> int:
    """Print the example rulebook that a region without one goes by, as JSON.

    Parameters
    ----------
    region
        Code of the region.
    """
    from comity.domain.assessment_document import write_assessment_rulebook
    from comity.domain.assessment_rules import default_assessment_rulebook
    from comity.domain.region import get_region

    document = write_assessment_rulebook(default_assessment_rulebook(region=get_region(region).code))
    say(json.dumps(document, ensure_ascii=False, indent=2))
    return 0


def make_progress() -> Progress:
    """Make a progress that tells rows and time left on standard error, at most once a second."""
    began = told = time.monotonic()

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < _EVERY or not what or not total:
            return
        told = now
        left = f", about {(now - began) * (total - done) / done:.0f} s left" if done else ""
        print(f"comity: {what}: {done:,} of {total:,}{left}", file=sys.stderr)

    return tell


def _needed(out: Path | None) -> Path:
    """Give the folder for the result. Raises: UsageError."""
    if out is None:
        raise UsageError("a run needs a folder for its result; name one with --out")
    return out


def _tried(
    evidence: Path,
    present: AssessmentRulebook,
    tried: AssessmentRulebook,
    at: int,
    accepts: bool,
    memory_gib: float,
    threads: int,
) -> WhatIf:
    from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
    from comity.assessment.what_if import try_rules

    with tempfile.TemporaryDirectory(prefix="comity-") as spill:
        bounds = EngineBounds(memory_gib=memory_gib, threads=threads, spill=Path(spill))
        with duckdb_engine(bounds) as opened:
            return try_rules(opened, evidence, present=present, tried=tried, at=at, accepts_good_rows=accepts)


def _tell_tried(tried: WhatIf, *, as_json_text: bool) -> int:
    if as_json_text:
        print(json.dumps(asdict(tried), ensure_ascii=False, indent=2))
        return 0
    say("People by colour and reason: now, and under the rules tried (numbers below 10 are hidden)")
    for name in sorted({*tried.present, *tried.tried}):
        now, then = tried.present.get(name), tried.tried.get(name)
        say(f"  {name}: {_shown(now.total if now else 0)} -> {_shown(then.total if then else 0)}")
        before, after = (now.counts if now else {}), (then.counts if then else {})
        for division in sorted({*before, *after}):
            say(f"    {division}: {_shown(before.get(division, 0))} -> {_shown(after.get(division, 0))}")
    return 0


def _shown(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"


def _tell(manifest: RunManifest, out: Path, *, as_json_text: bool) -> int:
    counts = manifest.counts
    if as_json_text:
        told = {key: value for key, value in asdict(manifest).items() if key not in ("inputs", "partitions")}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        say(
            f"{counts.people:,} people assessed ({manifest.mode}), rulebook version "
            f"{manifest.rulebook_version}, {manifest.engine}\n"
            f"  {', '.join(f'{count:,} {colour}' for colour, count in counts.colours.items())}\n"
            f"  {counts.findings:,} findings; {counts.changes:,} changes, {counts.turned:,} of colour\n"
            f"  {counts.bad_rows:,} bad rows left out, {counts.unknown_subjects:,} subjects of elsewhere\n"
            f"  checksum {manifest.checksum}\n  written to {out}"
        )
    for each in manifest.unusual:
        mark = "stops" if each.stops else "note"
        warn(f"{mark}: {each.kind}, {each.about}: {each.count:,} of {each.of:,}: {each.words}")
    if manifest.state != "held":
        return 0
    warn(f"nothing is published before two officers release it: comity assess release {out} --officer ID")
    return HELD
