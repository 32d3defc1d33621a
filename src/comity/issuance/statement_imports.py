"""Taking over what the hub and other regions signed: memberships and key lists (design section 3).

Until a node fetches from the hub by itself, files are brought to it. The hub's root key is pinned with the
first import; later ones must be under it. Nothing is taken over unless everything in the files holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from comity.domain.instant import Instant
from comity.errors import FormatError, InvalidInput, StatementRefused, UnreadableStatement
from comity.issuance.issuer import Issuer
from comity.issuance.statements import StatementRow, newest_statements, statement_row
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyList, Membership
from comity.trust.membership import (
    read_hub_root,
    read_key_list,
    read_membership,
    vouched_for,
    write_hub_root,
)

T = TypeVar("T", Membership, KeyList)

_ONE_HUB: Final = (
    "A node follows one hub for good: check the address and the root you were given. A test region that was "
    "made without COMITY_HUB_URL has a hub of its own; make it anew with that set."
)
MAX_FILES: Final = 200
MAX_FILE: Final = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What an import brought: how many statements were new, and the regions that take part now."""

    new: int
    members: tuple[str, ...]


_Statements = dict[str, tuple[T, bytes]]
"""By region: a statement as read, and its bytes."""


def import_statements(
    transaction: Transaction,
    issuer: Issuer,
    files: Mapping[str, bytes],
    *,
    at: Instant,
    hub_as_of: Instant | None = None,
) -> TakenOver:
    """Take over the statements in these files, by name; the hub had signed them as of `hub_as_of`, else now.

    1. The hub's root is the pinned one, or becomes it.
    2. Every file is a membership signed by the hub, or a key list signed by the root it names.
    3. Every key list is under the root of its member, the region's own under its own root.
    4. No version is lower than the one known; an equal one is passed over.

    Raises: InvalidInput for a file that is none of these, StatementRefused.
    """
    if len(files) > MAX_FILES or any(len(data) > MAX_FILE for data in files.values()):
        raise InvalidInput(
            f"at most {MAX_FILES} files of {MAX_FILE} bytes are taken over at once", field="files"
        )
    pinned = _pinned(transaction)
    hub = _hub_of(files.values(), pinned)  # 1
    memberships, key_lists = _read_all(files, hub, is_test=issuer.is_test)  # 2
    known_memberships, known_key_lists = _known(transaction, hub, is_test=issuer.is_test)
    all_memberships = known_memberships | memberships
    all_key_lists = known_key_lists | key_lists
    if issuer.region not in all_memberships:
        all_key_lists.pop(issuer.region, None)
    members = vouched_for(  # 3
        tuple(key_list for key_list, _ in all_key_lists.values()),
        tuple(membership for membership, _ in all_memberships.values()),
        at=at,
    )
    rows = [  # 4
        *_newer(StatementKind.MEMBERSHIP, memberships, known_memberships, at),
        *_newer(StatementKind.KEY_LIST, key_lists, known_key_lists, at),
    ]
    _keep_hub(transaction, hub, pinned, at if hub_as_of is None else hub_as_of)
    transaction.of(StatementRow).add(*rows)
    acts = [Act(actor="region", act="take_over_statement", subject=row.statement_id) for row in rows]
    record_acts(transaction, acts, at=at)
    return TakenOver(new=len(rows), members=tuple(sorted(key_list.region for key_list in members)))


def find_hub_root(transaction: Transaction) -> tuple[PublicKey, Instant] | None:
    """Find the pinned root of the hub, and when something of the hub was last taken over."""
    row = _pinned(transaction)
    return None if row is None else (read_hub_root(row.data), row.published_at)


def _pinned(transaction: Transaction) -> StatementRow | None:
    rows = transaction.of(StatementRow).select(equal("kind", StatementKind.HUB))
    return rows[0] if rows else None


def _hub_of(files: Iterable[bytes], pinned: StatementRow | None) -> PublicKey:
    given: list[PublicKey] = []
    for data in files:
        with suppress(FormatError):
            given.append(read_hub_root(data))
    known = None if pinned is None else read_hub_root(pinned.data)
    if known is not None and any(key.point != known.point for key in given):
        raise StatementRefused(
            "the files are of another hub than the one that is pinned",
            next_step=_ONE_HUB,
        )
    if known is None and not given:
        raise InvalidInput(
            "no file holds the root key of the hub, and none is pinned yet",
            field="files",
            next_step="Put the hub's root file (hub.cbor) beside the statements for the first import.",
        )
    return known or given[0]


def _read_all(
    files: Mapping[str, bytes], hub: PublicKey, *, is_test: bool
) -> tuple[_Statements[Membership], _Statements[KeyList]]:
    memberships: _Statements[Membership] = {}
    key_lists: _Statements[KeyList] = {}
    for name, data in files.items():
        if data == write_hub_root(hub):
            continue
        try:
            membership = read_membership(data, hub, is_test=is_test)
            memberships[membership.region] = (membership, data)
            continue
        except UnreadableStatement:
            pass
        try:
            key_list = read_key_list(data, is_test=is_test)
        except UnreadableStatement as error:
            raise InvalidInput(
                f"'{name}' is neither a membership nor a key list: {error}", field="files"
            ) from error
        key_lists[key_list.region] = (key_list, data)
    return memberships, key_lists


def _known(
    transaction: Transaction, hub: PublicKey, *, is_test: bool
) -> tuple[_Statements[Membership], _Statements[KeyList]]:
    rows = [
        row
        for kind in (StatementKind.MEMBERSHIP, StatementKind.KEY_LIST)
        for row in newest_statements(transaction, kind)
    ]
    return _read_all({row.statement_id: row.data for row in rows}, hub, is_test=is_test)


def _newer(
    kind: StatementKind, brought: _Statements[T], known: _Statements[T], at: Instant
) -> Iterable[StatementRow]:
    for region, (statement, data) in brought.items():
        before = known.get(region)
        if before is not None and statement.version < before[0].version:
            raise StatementRefused(f"a newer {kind.replace('_', ' ')} of {region} is known already")
        if before is not None and statement.version == before[0].version:
            if statement != before[0]:
                raise StatementRefused(f"two statements of {region} have one version")
            continue
        yield statement_row(kind, region, statement.version, data, at=at)


def _keep_hub(transaction: Transaction, hub: PublicKey, pinned: StatementRow | None, at: Instant) -> None:
    row = statement_row(StatementKind.HUB, "hub", 1, write_hub_root(hub), at=at)
    if pinned is None:
        transaction.of(StatementRow).add(row)
    else:
        transaction.of(StatementRow).replace(row)
