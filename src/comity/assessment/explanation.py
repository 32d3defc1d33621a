"""One person's colour from a run: every finding with the words of its rule, its evidence and its times."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from comity.assessment.duckdb_engine import DuckdbEngine, read_parquet
from comity.assessment.run_manifest import Run
from comity.domain.colour import Colour
from comity.domain.instant import Instant
from comity.domain.texts import Text
from comity.errors import EvidenceRefused, UnknownRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedFinding:
    """One finding in effect: rule and words, the row of evidence behind it, since and until."""

    colour: Colour
    reason: str
    rule_id: str
    text: Text
    evidence_table: str
    evidence_ref: str
    source: str
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A person's colour as a run found it, the decisive finding first; green has none."""

    at: Instant
    division: str
    rulebook_version: int
    findings: tuple[ExplainedFinding, ...]

    @property
    def colour(self) -> Colour:
        """The colour: that of the first finding."""
        return self.findings[0].colour if self.findings else Colour.GREEN


def explain(engine: DuckdbEngine, run: Run, subject: str) -> Explanation:
    """Explain the colour of one person. Raises: UnknownRecord for somebody the run did not assess."""
    words = {rule.rule_id: rule.text for rule in run.rulebook.rules}
    who = "'" + subject.replace("'", "''") + "'"
    rows = list(
        engine.rows(
            "SELECT division, colour, reason, rule_id, evidence_table, evidence_ref, source, since, until "
            f"FROM {read_parquet(run.findings)} WHERE subject = {who} ORDER BY place"
        )
    )
    findings = tuple(
        ExplainedFinding(
            colour=Colour(str(colour)),
            reason=str(reason),
            rule_id=str(rule_id),
            text=words[str(rule_id)],
            evidence_table=str(table),
            evidence_ref=str(ref),
            source=str(source),
            since=int(since or 0),
            until=int(until or 0),
        )
        for _, colour, reason, rule_id, table, ref, source, since, until in rows
    )
    return Explanation(
        at=run.manifest.at,
        division=str(rows[0][0]) if rows else _division(engine, run, who),
        rulebook_version=run.manifest.rulebook_version,
        findings=findings,
    )


def _division(engine: DuckdbEngine, run: Run, who: str) -> str:
    """Find somebody without findings among the people of the run. Raises: UnknownRecord."""
    folder = Path(run.manifest.evidence)
    paths = [folder / file.name for file in run.manifest.inputs if file.table == "people"]
    try:
        rows = list(engine.rows(f"SELECT division FROM {read_parquet(*paths)} WHERE subject = {who} LIMIT 1"))
    except EvidenceRefused as refused:
        raise UnknownRecord(
            "the run has no finding for this subject, and its table of people is no longer there",
            next_step="Without a finding somebody is green, if they were assessed at all.",
        ) from refused
    if not rows:
        raise UnknownRecord(
            "the run did not assess this subject",
            next_step="Give a subject as it stands in the table people of the run's evidence.",
        )
    return str(rows[0][0])
