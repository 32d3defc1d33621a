"""What an assessment run hands over to the region node: who changed, and the findings that now hold of them.

Between the two rooms stands nothing but these values: the assessment never sees a pass, the issuance reads
no table of evidence. A subject is the keyed hash by which evidence names a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant
from comity.domain.region import RegionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFinding:
    """One finding in effect: its rule, since when, and the row of evidence it rests on.

    `ended_at` is an end that the evidence itself set; None where the rule alone says when it ends.
    """

    rule_id: str
    since: Instant
    ended_at: Instant | None
    evidence_table: str
    evidence_ref: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedPerson:
    """Somebody who changed, with every finding that now holds; green has none."""

    subject: str
    findings: tuple[HandedFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedRun:
    """A whole and unaltered run: `digest` names it, `previous` the findings its changes build on.

    `checksum` names its findings, `people` counts who changed, `released_by` are the officers that
    the release of a held run names.
    """

    digest: str
    checksum: str
    previous: str | None
    region: RegionCode
    rulebook: AssessmentRulebook
    at: Instant
    people: int
    released_by: tuple[str, ...]
