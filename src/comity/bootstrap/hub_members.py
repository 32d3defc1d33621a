"""TEST: a region let in by two officers of a test hub who are nobody, for demos and tests."""

from __future__ import annotations

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_publication import order_hub_statements
from comity.domain.region import NATION, RegionCode
from comity.errors import UnknownRecord, UsageError
from comity.hub.membership import MembershipChange, Proposed, approve_membership, propose_membership
from comity.hub.membership_applications import open_applications
from comity.officers.officers import Officer
from comity.officers.permissions import Role


def admit_for_test(opened: OpenHub, region: RegionCode) -> None:
    """TEST: propose and approve a region's waiting application. Raises: UsageError at a real hub."""
    if not opened.hub.is_test:
        raise UsageError("officers of a real hub decide with their passkeys, not by this command")
    hub, at = opened.hub, opened.clock()
    with hub.store.transaction() as transaction:
        waiting = open_applications(transaction, region)
        if not waiting:
            raise UnknownRecord(
                f"no application of {region} waits", next_step="Let it apply: comity region apply --hub URL."
            )
        first, second = (_officer(hub.new_id(), number, at) for number in (1, 2))
        transaction.of(Officer).add(first, second)
    asked = Proposed(
        region=region,
        change=MembershipChange.ADMISSION,
        effective_from=at,
        application_id=waiting[-1].application_id,
    )
    proposal = propose_membership(hub, first, asked, at=at)
    approve_membership(hub, second, proposal.proposal_id, root=proposal.root, at=at)
    order_hub_statements(opened)


def _officer(officer_id: str, number: int, at: int) -> Officer:
    return Officer(
        officer_id=officer_id,
        display_name=f"TEST 测试 {number}",
        roles=(str(Role.HUB_OFFICER),),
        division=NATION,
        is_active=True,
        added_at=at,
    )
