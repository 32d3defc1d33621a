"""The national rulebook at the hub: who may sign it, and every version that was accepted (C3.3).

The hub's root names the authority's key; a rulebook is accepted only under the newest key named. The hub
cannot write one.
"""

from __future__ import annotations

from dataclasses import replace

from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRulebook, national_in_force
from comity.domain.recognition_life import RECEIPT_WINDOW
from comity.domain.rulebook_document import refuse
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import NotPossibleNow, StatementRefused
from comity.hub.hub import Hub
from comity.hub.statements import (
    AUTHORITY_SIGNED,
    HUB_SIGNED,
    AcceptedStatement,
    accepted,
    accepted_row,
    find_newest,
)
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.algorithm import PublicKey
from comity.trust.national_statements import (
    NationalAuthority,
    read_national_authority,
    read_national_rulebook,
    write_national_authority,
    write_national_rulebook,
)
from comity.trust.ports import Signer

LOCK = "national"


def name_authority(
    transaction: Transaction, hub: Hub, key: PublicKey, *, actor: str, at: Instant
) -> NationalAuthority:
    """Name with the hub's root the key that signs the national rulebook from now on."""
    transaction.lock(LOCK)
    before = accepted(transaction, StatementKind.NATIONAL_AUTHORITY)
    version = before[-1].version + 1 if before else 1
    authority = NationalAuthority(version=version, key=key, valid_from=at)
    row = accepted_row(
        StatementKind.NATIONAL_AUTHORITY,
        HUB_SIGNED,
        version,
        write_national_authority(authority, hub.root, is_test=hub.is_test),
        at=at,
    )
    transaction.of(AcceptedStatement).add(row)
    act = Act(actor=actor, act="name_national_authority", subject=row.statement_id)
    record_acts(transaction, [act], at=at)
    return authority


def rotate_authority(
    transaction: Transaction, hub: Hub, signer: Signer, *, actor: str, at: Instant
) -> tuple[NationalAuthority, list[NationalRulebook]]:
    """Name another key of the authority, and sign with it again what holds or is to come, unchanged.

    Both at once: whoever follows the hub reads rulebooks under the newest key named, and none may be missing.
    The key before is not needed: it may be lost, or in wrong hands.

    Raises: NotPossibleNow where no other key is named yet, PublicationRefused, KeyStoreError.
    """
    transaction.lock(LOCK)
    known = find_authority(transaction, hub)
    if known is None or known[0].key == signer.public:
        raise NotPossibleNow(
            "there is no other key of the authority to be replaced by this one",
            next_step="Name the first key: comity hub national name FILE.pub.",
            clause="C3.3",
        )
    books = national_rulebooks(transaction, hub)
    now = national_in_force(books, at)
    standing = [book for book in books if now is None or book.version >= now.version]
    authority = name_authority(transaction, hub, signer.public, actor=actor, at=at)
    signed = []
    for number, book in enumerate(standing, start=1):
        again = replace(
            book,
            version=books[-1].version + number,
            published_at=at,
            valid_from=max(at, book.valid_from),
        )
        data = write_national_rulebook(again, signer, is_test=hub.is_test)
        signed.append(accept_national_rulebook(transaction, hub, data, actor=actor, at=at))
    return authority, signed


def find_authority(transaction: Transaction, hub: Hub) -> tuple[NationalAuthority, bytes] | None:
    """Find who may sign the national rulebook, as read and as signed."""
    row = find_newest(transaction, StatementKind.NATIONAL_AUTHORITY, HUB_SIGNED)
    if row is None:
        return None
    return read_national_authority(row.data, hub.root.public, is_test=hub.is_test), row.data


def national_rulebooks(transaction: Transaction, hub: Hub) -> tuple[NationalRulebook, ...]:
    """Give every version that was accepted, each read under a key the hub's root has named."""
    named = [
        read_national_authority(row.data, hub.root.public, is_test=hub.is_test).key
        for row in accepted(transaction, StatementKind.NATIONAL_AUTHORITY)
    ]
    return tuple(
        _read_under(row.data, named, is_test=hub.is_test)
        for row in accepted(transaction, StatementKind.NATIONAL_RULEBOOK)
    )


def current_national(transaction: Transaction, hub: Hub, *, at: Instant) -> tuple[bytes, ...]:
    """Give the national rulebook in force and those to come, as signed."""
    rows = accepted(transaction, StatementKind.NATIONAL_RULEBOOK)
    books = national_rulebooks(transaction, hub)
    now = national_in_force(books, at)
    oldest = 0 if now is None else now.version
    return tuple(row.data for row, book in zip(rows, books, strict=True) if book.version >= oldest)


def accept_national_rulebook(
    transaction: Transaction, hub: Hub, data: bytes, *, actor: str, at: Instant
) -> NationalRulebook:
    """Check and keep the next version of the national rulebook.

    1. The authority named last signed it.
    2. Its version is higher than the one known; the same bytes again change nothing.
    3. It is published now and begins at its publication or later.
    4. No region loses its row: what ends is written as a release.
    5. Areas are excepted only where passes name areas.

    Raises: PublicationRefused with the clause, UnreadableStatement, StatementRefused, NotPossibleNow.
    """
    transaction.lock(LOCK)
    authority = find_authority(transaction, hub)
    if authority is None:
        raise NotPossibleNow(
            "no national authority is named yet",
            next_step="Name its key first: comity hub national name FILE.pub.",
            clause="C3.3",
        )
    rulebook = read_national_rulebook(data, authority[0].key, is_test=hub.is_test)  # 1
    known = accepted(transaction, StatementKind.NATIONAL_RULEBOOK)
    if any(row.data == data for row in known):
        return rulebook
    before = national_rulebooks(transaction, hub)
    _check(rulebook, before[-1] if before else None, at)
    row = accepted_row(
        StatementKind.NATIONAL_RULEBOOK,
        AUTHORITY_SIGNED,
        rulebook.version,
        data,
        at=at,
        effective_from=max(at, rulebook.valid_from),
    )
    transaction.of(AcceptedStatement).add(row)
    act = Act(actor=actor, act="accept_national_rulebook", subject=row.statement_id)
    record_acts(transaction, [act], at=at)
    return rulebook


def _check(new: NationalRulebook, previous: NationalRulebook | None, at: Instant) -> None:
    if previous is not None and new.version <= previous.version:  # 2
        refuse("version_not_rising", "C2.1")
    if not -RECEIPT_WINDOW <= new.published_at - at <= CLOCK_LEEWAY:  # 3
        refuse("back_dated", "settled rule 3")
    if new.valid_from < new.published_at:
        refuse("national_too_late", "C3.3")
    if previous is not None and not {r.issuer for r in previous.rows} <= {r.issuer for r in new.rows}:  # 4
        refuse("national_row_dropped", "C3.3")
    for row in new.rows:  # 5
        if not row.names_areas and any(release.areas_except for release in row.releases):
            refuse("areas_not_named", "C3.3")


def _read_under(data: bytes, keys: list[PublicKey], *, is_test: bool) -> NationalRulebook:
    for key in keys:
        try:
            return read_national_rulebook(data, key, is_test=is_test)
        except StatementRefused:
            continue
    raise StatementRefused("a national rulebook in the records is signed by nobody the hub has named")
