"""Who takes part: asked by the region, decided by two officers, signed by the hub's root (C1.2, rule 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.instant import DAY, HOUR
from comity.domain.region import NATION
from comity.errors import (
    InvalidInput,
    NotPermitted,
    NotPossibleNow,
    PublicationRefused,
    StatementRefused,
    UnknownRecord,
)
from comity.hub.members import find_membership, memberships
from comity.hub.membership import (
    MembershipChange,
    MembershipState,
    Proposed,
    approve_membership,
    decline_membership,
    propose_membership,
)
from comity.hub.membership_applications import open_applications, submit_application
from comity.hub.statements import accepted
from comity.officers.permissions import Role
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import Membership, Usage
from comity.trust.membership import write_key_list
from tests.builders import AT, HOME, HOST, key, key_list, signed_key_list
from tests.hub_office import REASON, HubOffice, Pair, location


@pytest.fixture
def office() -> HubOffice:
    return HubOffice()


def membership(office: HubOffice, region: str = HOST) -> Membership | None:
    with office.hub.store.reading() as transaction:
        return find_membership(transaction, office.hub, region)


def test_an_application_whose_key_closes_while_it_waits_is_refused_with_what_to_do(
    office: HubOffice,
) -> None:
    entries = tuple(
        replace(entry, revoked_at=AT + HOUR) if entry.usage is Usage.STATEMENT else entry
        for entry in key_list(HOST).entries
    )
    application = office.apply(HOST, keys=replace(key_list(HOST), entries=entries))
    proposal = office.propose_admission(application)

    with pytest.raises(NotPossibleNow) as error:
        approve_membership(office.hub, office.second, proposal.proposal_id, root=proposal.root, at=AT + HOUR)

    assert "apply again" in error.value.next_step
    assert membership(office) is None


def test_a_region_that_comes_back_does_not_take_back_a_revocation(office: HubOffice) -> None:
    office.admit(HOST)
    pass_key, *rest = key_list(HOST).entries
    closed = replace(key_list(HOST), version=2, entries=(replace(pass_key, revoked_at=AT), *rest))
    office.publish(HOST, write_key_list(closed, key(HOST, "root"), is_test=True))
    office.change(HOST, MembershipChange.EXIT, effective_from=AT + DAY)
    office.at = AT + DAY
    again = office.apply(HOST, keys=replace(key_list(HOST), version=3))
    proposal = office.propose_admission(again)

    with pytest.raises(StatementRefused, match="takes back a revocation"):
        approve_membership(office.hub, office.second, proposal.proposal_id, root=proposal.root, at=office.at)


def test_an_application_by_itself_lets_nobody_in(office: HubOffice) -> None:
    office.apply(HOST)

    assert membership(office) is None


def test_two_officers_let_a_region_in_and_its_keys_and_place_stand_in_the_register(office: HubOffice) -> None:
    decided = office.change(HOST, MembershipChange.ADMISSION)

    found = membership(office)
    assert found is not None
    assert found.is_in_force(AT)
    assert found.root_thumbprint == key(HOST, "root").public.thumbprint
    assert decided.state is MembershipState.APPROVED
    assert decided.proposed_by != decided.decided_by
    with office.hub.store.reading() as transaction:
        assert [row.data for row in accepted(transaction, StatementKind.KEY_LIST)] == [signed_key_list(HOST)]
        assert [row.data for row in accepted(transaction, StatementKind.LOCATION)] == [location(HOST)]
        assert not open_applications(transaction)


def test_nobody_approves_their_own_proposal(office: HubOffice) -> None:
    proposal = office.propose(HOST, MembershipChange.ADMISSION)

    with pytest.raises(NotPermitted):
        approve_membership(office.hub, office.first, proposal.proposal_id, root=proposal.root, at=AT)
    assert membership(office) is None


def test_who_approves_names_the_thumbprint_that_was_compared(office: HubOffice) -> None:
    proposal = office.propose(HOST, MembershipChange.ADMISSION)

    with pytest.raises(NotPossibleNow, match="thumbprint"):
        approve_membership(office.hub, office.second, proposal.proposal_id, root="0" * 64, at=AT)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HUB_OFFICER])
def test_no_other_role_decides_who_takes_part(office: HubOffice, role: Role) -> None:
    asked = Proposed(
        region=HOST,
        change=MembershipChange.ADMISSION,
        effective_from=AT,
        application_id=office.apply(HOST).application_id,
    )
    with pytest.raises(NotPermitted):
        propose_membership(office.hub, office.officer(role), asked, at=AT)


def test_an_officer_of_a_region_decides_nothing_at_the_hub(office: HubOffice) -> None:
    of_region = replace(office.officer(Role.HUB_OFFICER), division=HOST)
    proposal = office.propose(HOST, MembershipChange.ADMISSION)

    with pytest.raises(NotPermitted):
        approve_membership(office.hub, of_region, proposal.proposal_id, root=proposal.root, at=AT)
    assert office.hub.division == NATION


def test_a_declined_application_lets_nobody_in_and_serves_no_more(office: HubOffice) -> None:
    proposal = office.propose(HOST, MembershipChange.ADMISSION)

    decline_membership(office.hub, office.second, proposal.proposal_id, at=AT)

    assert membership(office) is None
    asked = Proposed(
        region=HOST,
        change=MembershipChange.ADMISSION,
        effective_from=AT,
        application_id=proposal.application_id,
    )
    with pytest.raises(UnknownRecord):
        propose_membership(office.hub, office.first, asked, at=AT)


def test_the_same_application_again_is_the_one_that_waits(office: HubOffice) -> None:
    assert office.apply(HOST) == office.apply(HOST)


def test_no_more_than_five_applications_of_a_region_wait(office: HubOffice) -> None:
    def ask(number: int) -> None:
        submit_application(
            office.hub,
            key_list=signed_key_list(HOST),
            location=location(HOST),
            certificate=b"%d" % number,
            asked_by="Somebody",
            at=AT,
        )

    for number in range(5):
        ask(number)
    with pytest.raises(NotPossibleNow):
        ask(5)


def test_an_application_is_signed_by_the_root_it_names(office: HubOffice) -> None:
    with pytest.raises(StatementRefused):
        office.apply(HOST, root=key(HOME, "root"))


def test_an_application_has_a_key_of_each_usage(office: HubOffice) -> None:
    given = replace(key_list(HOST), entries=key_list(HOST).entries[:3])

    with pytest.raises(InvalidInput):
        office.apply(HOST, keys=given)


def test_a_member_needs_no_second_application(office: HubOffice) -> None:
    office.admit(HOST)

    with pytest.raises(NotPossibleNow):
        office.apply(HOST)


@pytest.mark.parametrize("change", [MembershipChange.EXIT, MembershipChange.SUSPENSION])
def test_settled_rule_5_a_part_ends_24_hours_ahead_and_holds_until_then(
    office: HubOffice, change: MembershipChange
) -> None:
    office.admit(HOST)

    with pytest.raises(PublicationRefused) as error:
        office.propose(HOST, change, effective_from=AT + DAY - 1)
    office.change(HOST, change, effective_from=AT + DAY)

    found = membership(office)
    assert error.value.clause == "settled rule 5"
    assert found is not None
    assert found.is_in_force(AT + DAY - 1)
    assert not found.is_in_force(AT + DAY)
    assert found.reason == REASON


def test_settled_rule_5_a_part_does_not_end_without_a_published_reason(office: HubOffice) -> None:
    office.admit(HOST)
    asked = Proposed(region=HOST, change=MembershipChange.EXIT, effective_from=AT + DAY)

    with pytest.raises(InvalidInput):
        propose_membership(office.hub, office.first, asked, at=AT)


def test_a_root_key_in_wrong_hands_ends_the_part_at_once(office: HubOffice) -> None:
    office.admit(HOST)
    asked = Proposed(
        region=HOST,
        change=MembershipChange.SUSPENSION,
        effective_from=AT,
        reason=REASON,
        is_compromised=True,
    )
    proposal = propose_membership(office.hub, office.first, asked, at=AT)
    approve_membership(office.hub, office.second, proposal.proposal_id, root=proposal.root, at=AT)

    found = membership(office)
    assert found is not None
    assert not found.is_in_force(AT)


def test_a_root_that_was_in_wrong_hands_comes_back_only_by_the_word_of_both_officers(
    office: HubOffice,
) -> None:
    office.admit(HOST)
    stolen = Proposed(
        region=HOST,
        change=MembershipChange.SUSPENSION,
        effective_from=AT,
        reason=REASON,
        is_compromised=True,
    )
    proposal = propose_membership(office.hub, office.first, stolen, at=AT)
    approve_membership(office.hub, office.second, proposal.proposal_id, root=proposal.root, at=AT)
    again = Proposed(region=HOST, change=MembershipChange.READMISSION, effective_from=AT)
    same = Proposed(
        region=HOST,
        change=MembershipChange.ADMISSION,
        effective_from=AT,
        application_id=office.apply(HOST).application_id,
    )

    for silent in (again, same):
        with pytest.raises(NotPossibleNow, match="wrong hands") as error:
            propose_membership(office.hub, office.first, silent, at=AT)
        assert "new root" in error.value.next_step
    said = propose_membership(office.hub, office.first, replace(again, keeps_root=True), at=AT)
    with pytest.raises(NotPossibleNow, match="wrong hands"):
        approve_membership(office.hub, office.second, said.proposal_id, root=said.root, at=AT)
    approve_membership(office.hub, office.second, said.proposal_id, root=said.root, at=AT, keeps_root=True)

    found = membership(office)
    assert found is not None
    assert found.is_in_force(AT)


def test_a_region_comes_back_under_a_new_root_without_further_words(office: HubOffice) -> None:
    office.admit(HOST)
    stolen = Proposed(
        region=HOST,
        change=MembershipChange.SUSPENSION,
        effective_from=AT,
        reason=REASON,
        is_compromised=True,
    )
    proposal = propose_membership(office.hub, office.first, stolen, at=AT)
    approve_membership(office.hub, office.second, proposal.proposal_id, root=proposal.root, at=AT)
    keys = replace(key_list(HOST), version=2, root=key("new root").public)
    application = office.apply(HOST, keys=keys, root=key("new root"), version=2)
    proposal = office.propose_admission(application)
    approve_membership(office.hub, office.second, proposal.proposal_id, root=proposal.root, at=AT)

    found = membership(office)
    assert found is not None
    assert found.root_thumbprint == key("new root").public.thumbprint


def test_a_region_whose_part_has_ended_publishes_nothing_and_may_come_back(office: HubOffice) -> None:
    office.admit(HOST, HOME)
    office.change(HOST, MembershipChange.SUSPENSION, effective_from=AT + DAY)
    office.at = AT + DAY
    with pytest.raises(PublicationRefused):
        office.publish(HOST, *Pair(at=office.at).until_confirmed())

    office.change(HOST, MembershipChange.READMISSION)

    assert office.publish(HOST, *Pair(at=office.at).until_confirmed())
    found = membership(office)
    assert found is not None
    assert found.reason is None
    assert found.version == 3


def test_two_proposals_about_one_region_do_not_wait_at_once(office: HubOffice) -> None:
    office.admit(HOST)
    office.propose(HOST, MembershipChange.EXIT, effective_from=AT + 2 * DAY)

    with pytest.raises(NotPossibleNow):
        office.propose(HOST, MembershipChange.SUSPENSION, effective_from=AT + 2 * DAY)


def test_the_newest_membership_of_each_region_is_given(office: HubOffice) -> None:
    office.admit(HOST, HOME)
    office.change(HOME, MembershipChange.EXIT, effective_from=AT + DAY)

    with office.hub.store.reading() as transaction:
        found = memberships(transaction, office.hub)

    assert {region: each.version for region, (each, _) in found.items()} == {HOST: 1, HOME: 2}
