"""The nation as issuer: its membership and key list, without which no gate reads a national pass (ADR 0016).

The hub's root vouches for the root of the national code as for that of a region; the key list is under that
root of its own, so that neither key can be used in the other's place. A national pass key signs for a minute.
"""

from __future__ import annotations

from comity.domain.instant import Instant
from comity.domain.region import NATION
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import StatementRefused
from comity.hub.hub import Hub
from comity.hub.members import find_membership
from comity.hub.publication_checks import require_revocations_kept
from comity.hub.statements import HUB_SIGNED, AcceptedStatement, accepted_row, find_newest
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyList, Membership, Usage
from comity.trust.membership import read_key_list, write_membership

LOCK = "nation"


def list_national_keys(transaction: Transaction, hub: Hub, key_list: bytes, *, at: Instant) -> KeyList:
    """Keep a key list of the national code; the first one makes it a member.

    1. It is the nation's, has a pass key, and every pass key of it signs for one minute and all areas.
    2. It is under the root that the membership names, and newer than the one known.
    3. It takes back no revocation.

    Raises: UnreadableStatement, StatementRefused.
    """
    transaction.lock(LOCK)
    keys = read_key_list(key_list, is_test=hub.is_test)
    passes = [entry for entry in keys.entries if entry.usage is Usage.PASS]
    if keys.region != NATION or not passes:  # 1
        raise StatementRefused("this is no key list of the national code with a pass key")
    if any(entry.max_validity != ONLINE_LIFETIME or entry.areas for entry in passes):
        raise StatementRefused(f"a national pass key signs for {ONLINE_LIFETIME} s and for all areas")
    membership, known = find_membership(transaction, hub, NATION), find_national_keys(transaction, hub)
    if membership is not None and membership.root_thumbprint != keys.root.thumbprint:  # 2
        raise StatementRefused("the key list is not under the root of the national code")
    if known is not None and keys.version <= known.version:
        raise StatementRefused("a newer key list of the national code is known already")
    if known is not None:  # 3
        require_revocations_kept(keys, [known], at)
    rows = [accepted_row(StatementKind.KEY_LIST, NATION, keys.version, key_list, at=at)]
    if membership is None:
        rows.insert(0, _membership(hub, keys, at=at))
    transaction.of(AcceptedStatement).add(*rows)
    acts = [Act(actor="hub", act="publish_statement", subject=row.statement_id) for row in rows]
    record_acts(transaction, acts, at=at)
    return keys


def find_national_keys(transaction: Transaction, hub: Hub) -> KeyList | None:
    """Find the newest key list of the national code."""
    row = find_newest(transaction, StatementKind.KEY_LIST, NATION)
    return None if row is None else read_key_list(row.data, is_test=hub.is_test)


def _membership(hub: Hub, keys: KeyList, *, at: Instant) -> AcceptedStatement:
    membership = Membership(region=NATION, version=1, root_thumbprint=keys.root.thumbprint, member_from=at)
    data = write_membership(membership, hub.root, is_test=hub.is_test)
    return accepted_row(StatementKind.MEMBERSHIP, HUB_SIGNED, 1, data, at=at, about=NATION)
