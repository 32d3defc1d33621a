"""Assessment rulebooks as a region keeps them: proposed by one officer, published by another (rule 10).

A version is a proposal until a second officer confirms it; only then does it count, from its own start on. A
region that has published none goes by the example rulebook, which counts as version 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, Final

from comity.domain.assessment_document import (
    check_assessment_publication,
    read_assessment_rulebook,
    write_assessment_rulebook,
)
from comity.domain.assessment_rules import (
    AssessmentRulebook,
    assessment_rulebook_in_force,
    default_assessment_rulebook,
)
from comity.domain.instant import Instant
from comity.errors import NotPermitted, NotPossibleNow, UnknownRecord
from comity.issuance.issuer import Issuer
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Search, Transaction
from comity.records.search import equal

LOCK = "assessment-rulebooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRulebookRow:
    """One version: its document as JSON, who proposed it, and who published it when."""

    version: int
    document: str
    valid_from: Instant
    proposed_by: str
    proposed_at: Instant
    published_by: str | None = None
    published_at: Instant | None = None

    TABLE: ClassVar[str] = "assessment_rulebook"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the document: who publishes it says by this what they have read."""
        return sha256(self.document.encode()).hexdigest()

    def rulebook(self) -> AssessmentRulebook:
        """Read the document."""
        return read_assessment_rulebook(json.loads(self.document))


EVERY_VERSION: Final = Search(AssessmentRulebookRow, (), ("version",))
"""Every version, proposed or published, oldest first."""


def published_rulebooks(transaction: Transaction, issuer: Issuer) -> tuple[AssessmentRulebook, ...]:
    """Give every published version, oldest first, the example rulebook at their head."""
    rows = EVERY_VERSION.of(transaction)
    published = tuple(row.rulebook() for row in rows if row.published_at is not None)
    return (default_assessment_rulebook(region=issuer.region), *published)


def rulebook_in_force(transaction: Transaction, issuer: Issuer, *, at: Instant) -> AssessmentRulebook:
    """Give the version that holds at `at`."""
    found = assessment_rulebook_in_force(published_rulebooks(transaction, issuer), at)
    return found or default_assessment_rulebook(region=issuer.region)


def waiting_proposals(transaction: Transaction) -> list[AssessmentRulebookRow]:
    """List what was proposed and not published."""
    return transaction.of(AssessmentRulebookRow).select(equal("published_at", None), order=("version",))


def propose_rulebook(
    issuer: Issuer, officer: Officer, document: Mapping[str, object], *, at: Instant
) -> AssessmentRulebookRow:
    """Propose the next version; a proposal of the same version that nobody confirmed gives way.

    Raises: NotPermitted, PublicationRefused.
    """
    require(officer, Permission.PUBLISH_ASSESSMENT_RULES, division=issuer.region)
    rulebook = read_assessment_rulebook(document)
    with issuer.store.transaction() as transaction:
        transaction.lock(LOCK)
        _check(transaction, issuer, rulebook, at=at)
        row = AssessmentRulebookRow(
            version=rulebook.version,
            document=json.dumps(
                write_assessment_rulebook(rulebook),
                ensure_ascii=False,
                sort_keys=True,
                separators=(",", ":"),
            ),
            valid_from=rulebook.valid_from,
            proposed_by=officer.officer_id,
            proposed_at=at,
        )
        rows = transaction.of(AssessmentRulebookRow)
        if rows.find(row.version) is None:
            rows.add(row)
        else:
            rows.replace(row)
        _record(transaction, officer, "assessment_rulebook.proposed", rulebook, at=at)
    return row


def publish_rulebook(
    issuer: Issuer, officer: Officer, version: int, *, digest: str, at: Instant
) -> AssessmentRulebookRow:
    """Publish a proposed version: another officer than who proposed it, who has read what has this digest.

    Raises: NotPermitted, UnknownRecord, NotPossibleNow when it is published already, PublicationRefused.
    """
    require(officer, Permission.CONFIRM_ASSIGNMENT, division=issuer.region)
    with issuer.store.transaction() as transaction:
        transaction.lock(LOCK)
        row = transaction.of(AssessmentRulebookRow).find(version)
        if row is None:
            raise UnknownRecord(f"no version {version} of the assessment rulebook was proposed")
        if row.published_at is not None:
            raise NotPossibleNow(f"version {version} of the assessment rulebook is published already")
        if row.proposed_by == officer.officer_id:
            raise NotPermitted(
                "a rulebook is published by another officer than the one who proposed it",
                next_step="Ask a second officer to read and publish it.",
                clause="settled rule 10",
            )
        if row.digest != digest:
            raise NotPossibleNow(
                f"version {version} was proposed anew since you read it",
                next_step="Read the proposal as it now is, and publish that.",
                clause="settled rule 10",
            )
        rulebook = row.rulebook()
        _check(transaction, issuer, rulebook, at=at)
        published = replace(row, published_by=officer.officer_id, published_at=at)
        transaction.of(AssessmentRulebookRow).replace(published)
        _record(transaction, officer, "assessment_rulebook.published", rulebook, at=at)
    return published


def _check(transaction: Transaction, issuer: Issuer, rulebook: AssessmentRulebook, *, at: Instant) -> None:
    previous = published_rulebooks(transaction, issuer)[-1]
    check_assessment_publication(rulebook, region=issuer.region, previous=previous, published_at=at)


def _record(
    transaction: Transaction, officer: Officer, act: str, rulebook: AssessmentRulebook, *, at: Instant
) -> None:
    actor = f"officer:{officer.officer_id}"
    subject = f"assessment-rulebook-{rulebook.version}"
    detail = {"version": rulebook.version, "valid_from": rulebook.valid_from}
    record_acts(transaction, [Act(actor=actor, act=act, subject=subject, detail=detail)], at=at)
