"""Nothing in force may be left out of what a region publishes (settled rule 5).

A recognition that simply vanished from a region's file would be a suspension without report or notice. The
hub compares each publication with what it has accepted.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.rulebook import living_rulebooks
from comity.domain.rulebook_document import refuse
from comity.errors import StatementRefused
from comity.hub.hub import Hub
from comity.hub.statements import AcceptedStatement, accepted, content_of
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.membership import read_key_list
from comity.trust.recognition_statements import read_signed_rulebook

_NEWEST_ONLY = (
    StatementKind.KEY_LIST,
    StatementKind.LOCATION,
    StatementKind.RECOGNITION,
    StatementKind.REFERRAL,
)


def statements_in_force(
    transaction: Transaction, hub: Hub, region: RegionCode, *, at: Instant
) -> list[AcceptedStatement]:
    """Give what of a region is in force or to come: the newest of each, and rulebooks that may still hold."""
    found: dict[tuple[str, str | None], AcceptedStatement] = {}
    for kind in _NEWEST_ONLY:
        for row in accepted(transaction, kind, region=region):
            found[kind, row.about] = row
    return [*found.values(), *_rulebooks(transaction, hub, region, at=at)]


def check_whole(
    transaction: Transaction, hub: Hub, region: RegionCode, present: Iterable[bytes], *, at: Instant
) -> None:
    """Refuse present statements that leave out something in force, as accepted or signed again.

    Raises: PublicationRefused, FormatError.
    """
    given = {content_of(data) for data in present}
    for row in statements_in_force(transaction, hub, region, at=at):
        if content_of(row.data) not in given:
            refuse("left_out", "settled rule 5", what=row.statement_id)


def _rulebooks(
    transaction: Transaction, hub: Hub, region: RegionCode, *, at: Instant
) -> list[AcceptedStatement]:
    """Give the newest lasting rulebook in force and all after it: an emergency gives way to it again."""
    rows = accepted(transaction, StatementKind.RULEBOOK, region=region)
    lists = [
        read_key_list(row.data, is_test=hub.is_test)
        for row in reversed(accepted(transaction, StatementKind.KEY_LIST, region=region))
    ]
    books = []
    for row in rows:
        for keys in lists:
            try:
                book = read_signed_rulebook(row.data, keys, at=row.accepted_at, is_test=hub.is_test)
            except StatementRefused:
                continue
            books.append((row, book))
            break
    living = {book.version for book in living_rulebooks((book for _, book in books), at)}
    return [row for row, book in books if book.version in living]
