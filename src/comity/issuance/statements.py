"""The signed statements a region keeps: its own, and those of the hub and of others that it took over.

A statement is kept as signed, byte for byte. What others signed is taken over only when the pinned hub
vouches for it (design section 3); what a region says about others it signs itself (settled rule 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from comity.domain.instant import Instant
from comity.domain.recognition import Recognition
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook, rulebook_in_force
from comity.errors import UnknownRecord
from comity.issuance.issuer import Issuer
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyList
from comity.trust.membership import read_key_list
from comity.trust.recognition_statements import (
    read_signed_rulebook,
    write_recognition,
    write_signed_rulebook,
)

KEY_LIST_LOCK: Final = "key-list"
OWN_WORD: Final = (
    StatementKind.RULEBOOK,
    StatementKind.RECOGNITION,
    StatementKind.REFERRAL,
    StatementKind.LOCATION,
)
"""What stays in force of a region's word: signed again when the key under it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One statement as signed; `region` is whose it is, `about` the region it speaks of, if any."""

    statement_id: str
    kind: StatementKind
    region: str
    about: str | None
    version: int
    data: bytes
    published_at: Instant

    TABLE: ClassVar[str] = "statement"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("kind", "region", "version"),)


def statement_row(
    kind: StatementKind, region: str, version: int, data: bytes, *, at: Instant, about: str | None = None
) -> StatementRow:
    """Make the row of a statement; kind, region and version are its key."""
    return StatementRow(
        statement_id=f"{kind}-{region}-{version}",
        kind=kind,
        region=region,
        about=about,
        version=version,
        data=data,
        published_at=at,
    )


def newest_statements(transaction: Transaction, kind: StatementKind) -> list[StatementRow]:
    """Give the newest statement of a kind for every region, or for every pair of regions."""
    found: dict[tuple[str, str | None], StatementRow] = {}
    for row in transaction.of(StatementRow).select(equal("kind", kind), order=("version",)):
        found[row.region, row.about] = row
    return [found[pair] for pair in sorted(found, key=str)]


def find_newest(transaction: Transaction, kind: StatementKind, region: str) -> StatementRow | None:
    """Find the newest statement of a kind that a region made."""
    rows = transaction.of(StatementRow).select(
        equal("kind", kind), equal("region", region), order=("version",), newest_first=True, limit=1
    )
    return rows[0] if rows else None


def get_key_list(transaction: Transaction, region: str, *, is_test: bool) -> KeyList:
    """Give the newest key list of a region. Raises: UnknownRecord."""
    row = find_newest(transaction, StatementKind.KEY_LIST, region)
    if row is None:
        raise UnknownRecord(f"there is no key list of {region}")
    return read_key_list(row.data, is_test=is_test)


def find_rulebook(
    transaction: Transaction, region: RegionCode, keys: KeyList, *, at: Instant, is_test: bool
) -> Rulebook | None:
    """Find a region's own rulebook in force. Raises: UnreadableStatement, StatementRefused."""
    rows = transaction.of(StatementRow).select(equal("kind", StatementKind.RULEBOOK), equal("region", region))
    books = tuple(read_signed_rulebook(row.data, keys, at=at, is_test=is_test) for row in rows)
    return rulebook_in_force(books, at)


def publish_rulebook(transaction: Transaction, issuer: Issuer, rulebook: Rulebook, *, at: Instant) -> None:
    """Sign and keep a rulebook that has passed `domain.publication`."""
    data = write_signed_rulebook(rulebook, issuer.keys.statements, is_test=issuer.is_test)
    row = statement_row(StatementKind.RULEBOOK, issuer.region, rulebook.version, data, at=at)
    transaction.of(StatementRow).add(row)
    act = Act(actor="region", act="publish_rulebook", subject=row.statement_id)
    record_acts(transaction, [act], at=at)


def publish_recognition(
    transaction: Transaction, issuer: Issuer, other: RegionCode, *, at: Instant
) -> Recognition:
    """Recognise another region from now on, in this region's own name (settled rule 4, C2.1)."""
    last = find_newest(transaction, StatementKind.RECOGNITION, issuer.region)
    recognition = Recognition(
        host=issuer.region,
        issuer=other,
        version=1 if last is None else last.version + 1,
        published_at=at,
        effective_from=at,
    )
    data = write_recognition(recognition, issuer.keys.statements, is_test=issuer.is_test)
    row = statement_row(
        StatementKind.RECOGNITION, issuer.region, recognition.version, data, at=at, about=other
    )
    transaction.of(StatementRow).add(row)
    act = Act(actor="region", act="publish_recognition", subject=row.statement_id)
    record_acts(transaction, [act], at=at)
    return recognition
