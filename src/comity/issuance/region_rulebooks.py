"""The region's own rulebook as its next version: checked as the hub will check it, then signed."""

from __future__ import annotations

from dataclasses import dataclass

from comity.domain.colour import Colour, ColourReason
from comity.domain.instant import Instant
from comity.domain.publication import Publication, check_publication, tightenings
from comity.domain.rulebook import Rulebook
from comity.issuance.issuer import Issuer
from comity.issuance.statements import StatementRow, statement_row
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.recognition_statements import read_signed_rulebook, write_signed_rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookCheck:
    """What a check found: the version it follows, and which (colour, reason) would meet more."""

    previous: Rulebook | None
    tighter: tuple[tuple[Colour, ColourReason], ...]


def own_rulebooks(transaction: Transaction, issuer: Issuer) -> tuple[Rulebook, ...]:
    """Give every rulebook of this region, oldest first."""
    rows = transaction.of(StatementRow).select(
        equal("kind", StatementKind.RULEBOOK), equal("region", issuer.region), order=("version",)
    )
    return tuple(
        read_signed_rulebook(row.data, issuer.keys.key_list, at=row.published_at, is_test=issuer.is_test)
        for row in rows
    )


def check_rulebook(
    transaction: Transaction, issuer: Issuer, rulebook: Rulebook, *, at: Instant
) -> RulebookCheck:
    """Check a rulebook as the next version. Raises: PublicationRefused with the clause."""
    before = own_rulebooks(transaction, issuer)
    previous = before[-1] if before else None
    standing = next((each for each in reversed(before) if each.emergency is None), None)
    publication = Publication(
        rulebook=rulebook,
        signer=issuer.region,
        published_at=at,
        emergency_reason=None if rulebook.emergency is None else rulebook.emergency.en,
    )
    check_publication(publication, previous=previous, standing=standing)
    base = standing or previous
    return RulebookCheck(previous=previous, tighter=() if base is None else tightenings(rulebook, base))


def next_rulebook(
    transaction: Transaction, issuer: Issuer, rulebook: Rulebook, *, at: Instant
) -> StatementRow:
    """Check and sign the next rulebook, to be published. Raises: PublicationRefused with the clause."""
    check_rulebook(transaction, issuer, rulebook, at=at)
    data = write_signed_rulebook(rulebook, issuer.keys.statements, is_test=issuer.is_test)
    return statement_row(StatementKind.RULEBOOK, issuer.region, rulebook.version, data, at=at)
