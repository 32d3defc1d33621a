"""Why: a colour told to its holder in plain words: rule, evidence, since when, until when, what to do.

The answer is found anew from the evidence on record, so that it never tells less than the colour rests on
(settled rule 10). It is for the holder and the guardian alone; a gate sees grounds, never evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.domain.assessment import Finding
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.instant import Instant, plain_time
from comity.domain.region import get_region, path_of
from comity.domain.texts import Text, text
from comity.issuance.evidence import REGION_SOURCE, EvidenceRow
from comity.issuance.home_inquiries import answered_until
from comity.issuance.issuer import Issuer
from comity.issuance.people import home_of
from comity.issuance.records import HolderKey, Person, Standing
from comity.issuance.standing import assess_all
from comity.issuance.way_back import way_back
from comity.records.ports import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingWords:
    """One finding in words; `evidence_ref` is what a correction can cite."""

    rule_id: str
    colour: Colour
    reason: ColourReason
    rule: Text
    evidence: Text
    evidence_ref: str
    basis: Instant
    until: Instant
    way_back: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A colour and all it rests on, the decisive finding first; `since` is when it became this colour."""

    holder: HolderKey
    colour: Colour
    since: Instant | None
    until: Instant | None
    rulebook_version: int
    findings: tuple[FindingWords, ...]
    what_to_do: Text


def explain(transaction: Transaction, issuer: Issuer, holder: HolderKey, *, at: Instant) -> Explanation:
    """Tell a holder the own colour as of now. Raises: StoreUnavailable."""
    found = assess_all(transaction, issuer, [holder], at=at)
    assessment = found.assessments[holder]
    rows = {row.ref: row for row in found.rows[holder]}
    standing = transaction.of(Standing).find(holder)
    is_told = standing is not None and standing.colour is assessment.colour
    first = assessment.decisive
    return Explanation(
        holder=holder,
        colour=assessment.colour,
        since=standing.since if standing is not None and is_told else first.basis if first else None,
        until=first.until if first else None,
        rulebook_version=assessment.rulebook_version,
        findings=tuple(
            _words(finding, found.rulebook, rows[finding.evidence_ref]) for finding in assessment.findings
        ),
        what_to_do=_what_to_do(transaction, issuer, holder, assessment.colour, at=at),
    )


def _what_to_do(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, colour: Colour, *, at: Instant
) -> Text:
    """Send nobody off with a green that cannot be shown yet: a visitor's home is asked first (rule 17)."""
    person = transaction.of(Person).find(holder)
    home = issuer.region if person is None else home_of(person)
    is_asked = answered_until(transaction, issuer, holder, home, at=at) is not None
    return text(f"what_to_do.{colour}" if is_asked or colour is not Colour.GREEN else "what_to_do.visitor")


def _words(finding: Finding, rulebook: AssessmentRulebook, row: EvidenceRow) -> FindingWords:
    rule = rulebook.find_rule(finding.rule_id)
    assert rule is not None  # noqa: S101 - the finding is by this rulebook
    return FindingWords(
        rule_id=finding.rule_id,
        colour=finding.colour,
        reason=finding.reason,
        rule=rule.text,
        evidence=evidence_words(row),
        evidence_ref=finding.evidence_ref,
        basis=finding.basis,
        until=finding.until,
        way_back=way_back(rule, finding.until),
    )


def evidence_words(row: EvidenceRow) -> Text:
    """Tell a piece of evidence in plain words, with its time, place and source."""
    values: dict[str, str | Text] = {"at": plain_time(row.began_at), "source": source_words(row)}
    if row.kind in (EvidenceKind.STAY, EvidenceKind.ARRIVAL):
        values["area"] = area_words(row.area or "")
    if row.kind in (EvidenceKind.STAY, EvidenceKind.ASSIGNMENT):
        values["ended"] = plain_time(row.began_at if row.ended_at is None else row.ended_at)
    if row.kind is EvidenceKind.STAY and row.record is not None:
        values["record"] = text(f"presence.{row.record}")
    return text(f"evidence.{row.kind}", **values)


def source_words(row: EvidenceRow) -> Text:
    """Say who said it."""
    if row.source_name.startswith(REGION_SOURCE):
        region = get_region(row.source_name.removeprefix(REGION_SOURCE))
        return text("evidence_source.region", name=Text(zh=region.name_zh, en=region.name_en))
    if row.source is EvidenceSource.IMPORT:
        return text("evidence_source.import", name=row.source_name)
    return text(f"evidence_source.{row.source}")


def area_words(code: str) -> Text:
    """Give the names that lead to an area, or its code where it is not listed."""
    path = path_of(code)
    if not path:
        return text("area.unlisted", code=code)
    return Text(
        zh="".join(each.name_zh for each in path), en=", ".join(each.name_en for each in reversed(path))
    )
