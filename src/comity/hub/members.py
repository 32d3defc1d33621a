"""Who takes part, as the hub's root signed it, newest version of each region (design section 3)."""

from __future__ import annotations

from comity.domain.region import RegionCode
from comity.hub.hub import Hub
from comity.hub.statements import HUB_SIGNED, accepted, find_newest
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import Membership
from comity.trust.membership import read_membership


def find_membership(transaction: Transaction, hub: Hub, region: str) -> Membership | None:
    """Find the newest membership of a region, whether it is in force or not."""
    row = find_newest(transaction, StatementKind.MEMBERSHIP, HUB_SIGNED, region)
    return None if row is None else read_membership(row.data, hub.root.public, is_test=hub.is_test)


def memberships(transaction: Transaction, hub: Hub) -> dict[RegionCode, tuple[Membership, bytes]]:
    """Give the newest membership of every region that ever took part, as read and as signed."""
    found: dict[RegionCode, tuple[Membership, bytes]] = {}
    for row in accepted(transaction, StatementKind.MEMBERSHIP):
        membership = read_membership(row.data, hub.root.public, is_test=hub.is_test)
        found[RegionCode(membership.region)] = (membership, row.data)
    return {region: found[region] for region in sorted(found)}
