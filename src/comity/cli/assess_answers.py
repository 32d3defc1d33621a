"""`comity assess explain`, `diff` and `report`: one person's reasons; who changed; the page of a run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from comity.cli.region import AsJson
from comity.cli.screen import say
from comity.domain.instant import rfc3339

if TYPE_CHECKING:
    from comity.assessment.duckdb_engine import DuckdbEngine
    from comity.assessment.explanation import Explanation


def explain_command(subject: str, /, *, run: Path, as_json_text: AsJson = False) -> int:
    """Explain one person's colour from a run.

    Parameters
    ----------
    subject
        Keyed hash of the person, as in the tables of evidence.
    run
        Folder of the run.
    """
    from comity.assessment.explanation import explain
    from comity.assessment.run_manifest import read_run

    with _engine() as engine:
        found = explain(engine, read_run(run), subject)
    if as_json_text:
        print(json.dumps({"colour": found.colour, **asdict(found)}, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    return 0


def diff_command(
    before: Path,
    after: Path,
    /,
    *,
    subjects: Annotated[bool, Parameter(negative="")] = False,
    as_json_text: AsJson = False,
) -> int:
    """Tell who changed between two runs, and by which rule.

    Parameters
    ----------
    before
        Folder of the earlier run.
    after
        Folder of the later run.
    subjects
        List every subject, not only the numbers.
    """
    from comity.assessment.differences import DIFFERENCE_COLUMNS, difference_sql, turns_sql
    from comity.assessment.duckdb_engine import read_parquet
    from comity.assessment.run_manifest import read_run

    files = [read_parquet(read_run(path).findings) for path in (before, after)]
    text = f"({difference_sql(*files)})"
    with _engine() as engine:
        turns = list(engine.rows(turns_sql(text)))
        people = list(engine.rows(f"FROM {text} ORDER BY subject")) if subjects else []
    if as_json_text:
        names = ("colour_before", "rule_before", "colour_after", "rule_after", "people")
        told: dict[str, object] = {"turns": [dict(zip(names, row, strict=True)) for row in turns]}
        if subjects:
            told["people"] = [dict(zip(DIFFERENCE_COLUMNS, row, strict=True)) for row in people]
        print(json.dumps(told, indent=2))
        return 0
    say("No difference." if not turns else "Before -> after, by the decisive rule:")
    for colour, rule, colour_after, rule_after, count in turns:
        say(f"  {colour} ({rule or 'no rule'}) -> {colour_after} ({rule_after or 'no rule'}): {count:,}")
    for row in people:
        say(f"  {row[0]} {row[1]}: {row[2]} ({row[3] or 'no rule'}) -> {row[4]} ({row[6] or 'no rule'})")
    return 0


def report_command(run: Path, /, *, previous: tuple[Path, ...] = ()) -> int:
    """Write the report of a run again: after its release, or once the charts were built.

    Parameters
    ----------
    run
        Folder of the run.
    previous
        Runs before it that lie in other folders; those beside it are found.
    """
    from comity.assessment.report import write_report
    from comity.assessment.run_manifest import read_run

    say(f"The report of the run: {write_report(read_run(run), previous=previous)}")
    return 0


def _tell(found: Explanation) -> None:
    say(
        f"{found.colour} at {rfc3339(found.at)}, division {found.division}, rulebook {found.rulebook_version}"
    )
    if not found.findings:
        say("  No rule finds anything: green needs no reason.")
    for each in found.findings:
        say(
            f"  {each.colour}: {each.text.zh}\n    {each.text.en}\n"
            f"    rule {each.rule_id} ({each.reason}), evidence {each.evidence_table} {each.evidence_ref} "
            f"of {each.source}\n    since {rfc3339(each.since)}, until {rfc3339(each.until)}"
        )


@contextmanager
def _engine() -> Iterator[DuckdbEngine]:
    from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine

    with (
        tempfile.TemporaryDirectory(prefix="comity-") as spill,
        duckdb_engine(EngineBounds(memory_gib=2.0, threads=2, spill=Path(spill))) as engine,
    ):
        yield engine
