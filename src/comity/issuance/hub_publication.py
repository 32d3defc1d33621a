"""What a region publishes through the hub: its own statements as files, signed as the next version (C2.1).

A publication is prepared and kept before it is sent, with the statements that it brings; they count in the
region's own records only once the hub has taken it in. One that was sent and not answered is sent again,
byte for byte, before anything else: the hub passes over what it has. What it refuses is withdrawn whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, Final

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.codec.cose import read_sign1
from comity.distribution.names import CURRENT, HISTORY
from comity.distribution.publication import sign_publication, write_publication
from comity.distribution.statement_file import (
    HistoryFile,
    StatementFile,
    write_history_file,
    write_statement_file,
)
from comity.domain.instant import DAY, Instant
from comity.domain.rulebook import living_rulebooks
from comity.errors import DuplicateRecord, FormatError, NotPossibleNow
from comity.issuance.issuer import Issuer
from comity.issuance.statements import KEY_LIST_LOCK, OWN_WORD, StatementRow, get_key_list
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import Usage
from comity.trust.recognition_statements import read_signed_rulebook
from comity.trust.signing import sign_message

SIGNED_EVERY: Final = DAY
"""Seconds after which a publication is signed again without any change; its metadata hold for 7 days."""
LOCK: Final = "hub-publication"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPublication:
    """One publication: as sent, the hash of what it says, statements it brings, when the hub took it in."""

    version: int
    body: bytes
    content: str
    brings: bytes
    signed_at: Instant
    confirmed_at: Instant | None = None

    TABLE: ClassVar[str] = "hub_publication"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


def find_publication(transaction: Transaction, *, is_confirmed: bool) -> HubPublication | None:
    """Find the newest publication that the hub has taken in, or the one of which that is not known yet."""
    rows = transaction.of(HubPublication).select(order=("version",), newest_first=True)
    return next((row for row in rows if (row.confirmed_at is not None) is is_confirmed), None)


def own_files(
    transaction: Transaction, issuer: Issuer, added: Sequence[StatementRow] = (), *, at: Instant
) -> Mapping[str, bytes]:
    """Write what the region says, with statements about to be published: in force or to come, and past."""
    rows = [*transaction.of(StatementRow).select(equal("region", issuer.region), order=("version",)), *added]
    of_kind = {kind: [row for row in rows if row.kind is kind] for kind in StatementKind}
    current: dict[StatementKind, list[StatementRow]] = {
        kind: _newest(of_kind[kind])
        for kind in (
            StatementKind.KEY_LIST,
            StatementKind.LOCATION,
            StatementKind.RECOGNITION,
            StatementKind.REFERRAL,
        )
    }
    current[StatementKind.RULEBOOK] = _living(of_kind[StatementKind.RULEBOOK], issuer, at=at)
    alive = {row.statement_id for kept in current.values() for row in kept}
    past = [row for row in rows if row.statement_id not in alive and row.kind is not StatementKind.MEMBERSHIP]
    past.sort(key=lambda row: (row.published_at, row.statement_id))
    location = current[StatementKind.LOCATION]

    def data(kind: StatementKind) -> tuple[bytes, ...]:
        return tuple(row.data for row in current[kind])

    file = StatementFile(
        region=issuer.region,
        key_list=current[StatementKind.KEY_LIST][0].data,
        location=location[0].data if location else None,
        recognitions=data(StatementKind.RECOGNITION),
        referrals=data(StatementKind.REFERRAL),
        rulebooks=data(StatementKind.RULEBOOK),
    )
    history = HistoryFile(region=issuer.region, statements=tuple(row.data for row in past))
    return {CURRENT: write_statement_file(file), HISTORY: write_history_file(history)}


def prepare_publication(
    transaction: Transaction,
    issuer: Issuer,
    added: Sequence[StatementRow] = (),
    *,
    hub_version: int,
    at: Instant,
) -> HubPublication | None:
    """Sign and keep the next publication, to be sent once this transaction has ended; None when none is due.

    `hub_version` is the version the hub was last seen to serve, 0 for none.

    Raises: NotPossibleNow while an earlier one is unanswered, KeyStoreError.
    """
    transaction.lock(LOCK)
    if find_publication(transaction, is_confirmed=False) is not None:
        raise NotPossibleNow(
            "an earlier publication has not been answered yet", next_step="Send that one again first."
        )
    last = find_publication(transaction, is_confirmed=True)
    files = own_files(transaction, issuer, added, at=at)
    content = sha256(b"".join(sha256(data).digest() for data in files.values())).hexdigest()
    if last is not None and last.content == content and at < last.signed_at + SIGNED_EVERY:
        return None
    version = max(0 if last is None else last.version, hub_version) + 1
    signed = sign_publication(issuer.region, version, files, issuer.keys.statements, at=at)
    publication = HubPublication(
        version=version,
        body=write_publication(signed),
        content=content,
        brings=_write_rows(added),
        signed_at=at,
    )
    transaction.of(HubPublication).add(publication)
    return publication


def confirm_publication(
    transaction: Transaction, issuer: Issuer, publication: HubPublication, *, at: Instant
) -> None:
    """Note that the hub has taken a publication in, and keep the statements it brought.

    What is in force is looked at again under the keys of now: a word under a statement key that was closed
    while the publication was on its way is signed again, unchanged, to be published with the new key list.

    Raises: NotPossibleNow where this process does not have the key of now yet, KeyStoreError.
    """
    transaction.lock(LOCK, KEY_LIST_LOCK)
    records = transaction.of(HubPublication)
    known = records.find(publication.version)
    if known is None or known.confirmed_at is not None:
        return
    records.replace(replace(known, confirmed_at=at, brings=b""))
    for row in records.select(order=("version",)):
        if row.version < publication.version and row.confirmed_at is not None:
            records.remove(equal("version", row.version))
    acts = [Act(actor="region", act="publish_to_hub", subject=f"{issuer.region}-{publication.version}")]
    for row_brought in _read_rows(publication.brings, issuer, at=known.signed_at):
        try:
            transaction.of(StatementRow).add(_under_keys_of_now(transaction, issuer, row_brought, at=at))
        except DuplicateRecord:
            continue
        acts.append(Act(actor="region", act="publish_statement", subject=row_brought.statement_id))
    record_acts(transaction, acts, at=at)


def _under_keys_of_now(
    transaction: Transaction, issuer: Issuer, row: StatementRow, *, at: Instant
) -> StatementRow:
    """Give a statement as it is, or signed again where its key has been closed since."""
    if row.kind not in OWN_WORD:
        return row
    signed, keys = read_sign1(row.data), get_key_list(transaction, issuer.region, is_test=issuer.is_test)
    if keys.find_unrevoked(signed.header.kid, Usage.STATEMENT, at) is not None:
        return row
    signer = issuer.keys.statements
    if keys.find_unrevoked(signer.kid, Usage.STATEMENT, at) is None:
        raise NotPossibleNow(
            f"the statement key {signer.kid.hex()} has been closed, and this process still has it",
            next_step="Ask again in a minute, or restart the node: it then signs with the key of now.",
        )
    return replace(row, data=sign_message(signed.payload, signer, typ=signed.header.typ))


def withdraw_publication(transaction: Transaction, publication: HubPublication) -> None:
    """Forget a publication that the hub refused, with the statements it would have brought."""
    transaction.lock(LOCK)
    known = transaction.of(HubPublication).find(publication.version)
    if known is not None and known.confirmed_at is None:
        transaction.of(HubPublication).remove(equal("version", publication.version))


def _newest(rows: list[StatementRow]) -> list[StatementRow]:
    found = {row.about: row for row in sorted(rows, key=lambda row: row.version)}
    return [found[about] for about in sorted(found, key=str)]


def _living(rows: list[StatementRow], issuer: Issuer, *, at: Instant) -> list[StatementRow]:
    """Give the rulebooks that hold now or may hold later."""
    read = {
        row.version: read_signed_rulebook(row.data, issuer.keys.key_list, at=at, is_test=issuer.is_test)
        for row in rows
    }
    living = {book.version for book in living_rulebooks(read.values(), at)}
    return [row for row in rows if row.version in living]


def _write_rows(rows: Sequence[StatementRow]) -> bytes:
    brought: list[Value] = [
        {
            "id": row.statement_id,
            "kind": str(row.kind),
            "about": row.about,
            "version": row.version,
            "data": row.data,
        }
        for row in rows
    ]
    return cbor.write(brought)


def _read_rows(data: bytes, issuer: Issuer, *, at: Instant) -> list[StatementRow]:
    rows: list[StatementRow] = []
    items = cbor.read(data)
    for item in items if type(items) is list else []:
        if type(item) is not dict:
            raise FormatError("a kept publication cannot be read")
        about, version, content = item["about"], item["version"], item["data"]
        if type(version) is not int or type(content) is not bytes:
            raise FormatError("a kept publication cannot be read")
        rows.append(
            StatementRow(
                statement_id=str(item["id"]),
                kind=StatementKind(str(item["kind"])),
                region=issuer.region,
                about=None if about is None else str(about),
                version=version,
                data=content,
                published_at=at,
            )
        )
    return rows
