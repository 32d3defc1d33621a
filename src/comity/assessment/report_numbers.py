"""The numbers of a run's report: over time, by league, by rule, changes, and what the evidence was like.

People are counted, nobody is named. Counts from 1 to 9 are hidden in whatever is broken down, and with them
as many others as keep a known total from telling them (C3.2).
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.assessment.differences import turns_sql
from comity.assessment.duckdb_engine import DuckdbEngine, EngineBounds, duckdb_engine, read_parquet
from comity.assessment.run_manifest import CHANGES, MANIFEST, Run
from comity.domain.instant import Instant
from comity.domain.region import divisions_of, path_of
from comity.domain.small_counts import hide_beside_total

LONGEST_TIME: Final = 60
"""Runs that the report looks back on."""
MOST_TURNS: Final = 20
"""Kinds of change that are listed one by one."""
COLOURED: Final = ("yellow", "red")

Shown = int | None
"""A number of people as the report shows it; None is hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTime:
    """One run on the line of time: as of when, and people by colour."""

    at: Instant
    colours: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionNumbers:
    """A league or city, or a county of one: its people, who is yellow or red, who changed colour."""

    code: str
    people: int
    yellow: Shown
    red: Shown
    turned: Shown = None
    counties: tuple[DivisionNumbers, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNumbers:
    """One rule: people whose colour it decides, and findings in all."""

    rule_id: str
    colour: str
    people: Shown
    findings: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnNumbers:
    """One kind of change: colour and rule before and after, and people."""

    before: str
    rule_before: str | None
    after: str
    rule_after: str | None
    people: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNumbers:
    """One table of evidence: files, rows, bad rows, and how often a row met a rule."""

    table: str
    files: int
    rows: int
    bad_rows: int
    met: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNumbers:
    """All numbers of a report."""

    run: Run
    times: tuple[RunTime, ...]
    divisions: tuple[DivisionNumbers, ...]
    rules: tuple[RuleNumbers, ...]
    turns: tuple[TurnNumbers, ...]
    tables: tuple[TableNumbers, ...]


def count_report(
    run: Run, *, previous: Iterable[Path] = (), engine: DuckdbEngine | None = None
) -> ReportNumbers:
    """Count what the report of a run shows, with the engine of the run where it is still open.

    Raises: EvidenceRefused for a run that is damaged.
    """
    if engine is None:
        with (
            tempfile.TemporaryDirectory(prefix="comity-") as spill,
            duckdb_engine(EngineBounds(memory_gib=1.0, threads=2, spill=Path(spill))) as opened,
        ):
            return count_report(run, previous=previous, engine=opened)
    changes = read_parquet(run.path / CHANGES)
    turned = {
        str(division): int(count or 0)
        for division, count in engine.rows(
            f"SELECT division, COUNT(*) FROM {changes} WHERE colour_before <> colour_after GROUP BY division"
        )
    }
    return ReportNumbers(
        run=run,
        times=_times(run, previous),
        divisions=_divisions(run, turned),
        rules=_rules(engine, run),
        turns=_turns(engine, changes),
        tables=tuple(_tables(run)),
    )


def _times(run: Run, previous: Iterable[Path]) -> tuple[RunTime, ...]:
    """Follow the chain of previous runs: those named, and those that lie beside this one or them."""
    folders = {run.path.absolute().parent, *(path.absolute().parent for path in previous)}
    known = [_read(path) for folder in folders for path in folder.glob(f"*/{MANIFEST}")]
    manifest = run.manifest
    found = [RunTime(at=manifest.at, colours=dict(manifest.counts.colours))]
    wanted = manifest.previous
    while wanted is not None and len(found) < LONGEST_TIME:
        before = [each for each in known if each[0] == wanted and each[2].at < found[-1].at]
        if not before:
            break
        _, wanted, time = max(before, key=lambda each: each[2].at)
        found.append(time)
    return tuple(reversed(found))


def _read(path: Path) -> tuple[str, str | None, RunTime]:
    """Read of another run's manifest what the line of time needs; one that is damaged is no part of it."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        colours = {str(name): int(count) for name, count in given["counts"]["colours"].items()}
        return str(given["checksum"]), given["previous"], RunTime(at=int(given["at"]), colours=colours)
    except (OSError, ValueError, KeyError, TypeError):
        return "", None, RunTime(at=0, colours={})


def _divisions(run: Run, turned: dict[str, int]) -> tuple[DivisionNumbers, ...]:
    """Add up counties to leagues, and hide what is small on both levels."""
    leagues: dict[str, list[str]] = {str(each.code): [] for each in divisions_of(run.manifest.region)}
    for county in run.manifest.counts.divisions:
        leagues.setdefault(_league(county), []).append(county)
    counts = run.manifest.counts.divisions
    people = {county: sum(each.values()) for county, each in counts.items()}
    columns = {
        "people": people,
        **{c: {county: each.get(c, 0) for county, each in counts.items()} for c in COLOURED},
        "turned": turned,
    }
    sums = {name: _by_league(column, leagues) for name, column in columns.items()}
    shown = {name: hide_beside_total(sums[name]) for name in (*COLOURED, "turned")}
    return tuple(
        DivisionNumbers(
            code=league,
            people=sums["people"][league],
            yellow=shown["yellow"][league],
            red=shown["red"][league],
            turned=shown["turned"][league],
            counties=_counties(counties, columns, {name: shown[name][league] for name in shown}),
        )
        for league, counties in leagues.items()
    )


def _counties(
    counties: list[str], columns: dict[str, dict[str, int]], above: dict[str, Shown]
) -> tuple[DivisionNumbers, ...]:
    shown: dict[str, dict[str, Shown]] = {}
    for name, total in above.items():
        column = {county: columns[name].get(county, 0) for county in counties}
        # a league that is hidden would be told by its counties
        shown[name] = dict.fromkeys(counties) if total is None else hide_beside_total(column)
    return tuple(
        DivisionNumbers(
            code=county,
            people=columns["people"][county],
            yellow=shown["yellow"][county],
            red=shown["red"][county],
            turned=shown["turned"][county],
        )
        for county in sorted(counties)
    )


def _league(county: str) -> str:
    path = path_of(county)
    return str(path[1].code) if len(path) > 1 else county


def _by_league(column: dict[str, int], leagues: dict[str, list[str]]) -> dict[str, int]:
    return {league: sum(column.get(each, 0) for each in counties) for league, counties in leagues.items()}


def _rules(engine: DuckdbEngine, run: Run) -> tuple[RuleNumbers, ...]:
    people: dict[str, dict[str, int]] = {colour: {} for colour in COLOURED}
    findings: dict[str, int] = {}
    colours = {rule.rule_id: str(rule.colour) for rule in run.rulebook.rules}
    for rule_id, colour in colours.items():
        people[colour][rule_id] = findings[rule_id] = 0
    for found_id, decided, found in engine.rows(
        "SELECT rule_id, COUNT(*) FILTER (place = 1), COUNT(*) "
        f"FROM {read_parquet(run.findings)} GROUP BY rule_id"
    ):
        name = str(found_id)
        people[colours[name]][name], findings[name] = int(decided or 0), int(found or 0)
    shown = {name: count for each in people.values() for name, count in hide_beside_total(each).items()}
    hidden = hide_beside_total(findings)
    return tuple(
        RuleNumbers(rule_id=name, colour=colour, people=shown[name], findings=hidden[name])
        for name, colour in colours.items()
    )


def _turns(engine: DuckdbEngine, changes: str) -> tuple[TurnNumbers, ...]:
    found = list(engine.rows(turns_sql(changes)))
    shown = hide_beside_total({str(place): int(row[4] or 0) for place, row in enumerate(found)})
    return tuple(
        TurnNumbers(
            before=str(before),
            rule_before=None if rule_before is None else str(rule_before),
            after=str(after),
            rule_after=None if rule_after is None else str(rule_after),
            people=shown[str(place)],
        )
        for place, (before, rule_before, after, rule_after, _) in enumerate(found[:MOST_TURNS])
    )


def _tables(run: Run) -> Iterator[TableNumbers]:
    files: Counter[str] = Counter(each.table for each in run.manifest.inputs)
    rows: Counter[str] = Counter()
    for each in run.manifest.inputs:
        rows[each.table] += sum(each.row_groups)
    bad, met = Counter[str](), Counter[str]()
    for part in run.manifest.partitions:
        bad[part.table] += part.bad_rows
        met[part.table] += part.met
    for table, count in files.items():
        yield TableNumbers(table=table, files=count, rows=rows[table], bad_rows=bad[table], met=met[table])
