"""Guardians: up to ten dependants, with consent, and never somebody who signs in alone (settled rule 14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, UnknownRecord
from comity.issuance.guardians import (
    CONSENT_VERSION,
    MOST_DEPENDANTS,
    Dependant,
    allow_guardian,
    declare_dependant,
    end_guardianship,
    release_dependant,
)
from comity.issuance.issuer import Issuer
from comity.issuance.people import (
    Guardianship,
    Relation,
    dependants_of,
    find_guardianship,
    get_person,
    guardianships_of,
    holder_of,
    open_person,
    register_person,
    require_carrier,
)
from comity.issuance.records import HolderKey, Person
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.sessions import Session, SessionKind, begin_session
from tests.builders import AT
from tests.people import name, resident
from tests.region import make_issuer

DIVISION = "150102"
CLERK = Officer(
    officer_id="clerk",
    display_name="Clerk",
    roles=(Role.APPLICANT_CLERK,),
    division="150100",
    is_active=True,
    added_at=AT,
)


def child(order: int) -> Dependant:
    return Dependant(
        document=resident(order, born="20120101"),
        name=name(order),
        division=DIVISION,
        relation=Relation.PARENT,
        consent_version=CONSENT_VERSION,
    )


def region_with_guardian() -> tuple[Issuer, HolderKey]:
    region = make_issuer()
    with region.store.transaction() as transaction:
        person = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)
        transaction.of(Person).replace(replace(person, proved_at=AT))
    return region, person.holder


def declare(region: Issuer, guardian: HolderKey, dependant: Dependant) -> Guardianship:
    with region.store.transaction() as transaction:
        return declare_dependant(transaction, region, guardian, dependant, at=AT)[0]


def test_settled_rule_14_a_guardian_acts_for_a_dependant_from_the_consent_on() -> None:
    region, guardian = region_with_guardian()
    with region.store.transaction() as transaction:
        guardianship, acts = declare_dependant(transaction, region, guardian, child(2), at=AT)
        require_carrier(transaction, guardian, guardianship.dependant)
        with pytest.raises(UnknownRecord):
            require_carrier(transaction, guardianship.dependant, guardian)
        person = get_person(transaction, guardianship.dependant)

    assert (guardianship.consent_version, guardianship.consented_at) == (CONSENT_VERSION, AT)
    assert [(act.act, act.subject) for act in acts] == [("begin_guardianship", person.holder)]
    assert (person.division, person.proved_at, open_person(region, person).name) == (DIVISION, None, name(2))


def test_declaring_the_same_dependant_again_changes_nothing() -> None:
    region, guardian = region_with_guardian()
    first = declare(region, guardian, child(2))

    with region.store.transaction() as transaction:
        assert declare_dependant(transaction, region, guardian, child(2), at=AT + 9) == (first, ())


def test_a_guardian_has_ten_dependants_and_no_eleventh() -> None:
    region, guardian = region_with_guardian()
    holders = [declare(region, guardian, child(order)).dependant for order in range(2, 2 + MOST_DEPENDANTS)]

    with pytest.raises(NotPossibleNow, match="at most 10"):
        declare(region, guardian, child(90))
    with region.store.reading() as transaction:
        assert set(dependants_of(transaction, guardian)) == set(holders)
        ended = guardianships_of(transaction, guardian)[0]
    with region.store.transaction() as transaction:
        end_guardianship(transaction, guardian, ended.guardianship_id, at=AT)
    assert declare(region, guardian, child(90)).guardian == guardian


def test_consent_is_to_the_text_as_it_stands() -> None:
    region, guardian = region_with_guardian()
    for version in (CONSENT_VERSION - 1, CONSENT_VERSION + 1):
        with pytest.raises(InvalidInput) as refused:
            declare(region, guardian, replace(child(2), consent_version=version))
        assert refused.value.field == "consent_version"


def test_nobody_is_the_own_guardian() -> None:
    region, guardian = region_with_guardian()
    with pytest.raises(InvalidInput, match="guardian's own"):
        declare(region, guardian, replace(child(1), document=resident(1)))


def test_a_dependant_has_no_dependants_and_a_guardian_no_guardian() -> None:
    region, guardian = region_with_guardian()
    dependant = declare(region, guardian, child(2)).dependant

    with pytest.raises(NotPossibleNow):
        declare(region, dependant, child(3))
    with pytest.raises(NotPossibleNow):
        declare(region, holder_of(region, resident(4)), replace(child(1), document=resident(1), name=name(1)))


def test_a_dependant_has_one_guardian() -> None:
    region, guardian = region_with_guardian()
    declare(region, guardian, child(2))

    with pytest.raises(NotPossibleNow, match="another guardian"):
        declare(region, holder_of(region, resident(4)), child(2))


def test_who_has_signed_in_alone_is_nobodys_dependant_until_a_clerk_allows_it() -> None:
    region, guardian = region_with_guardian()
    elder = replace(child(5), relation=Relation.CHILD)
    with region.store.transaction() as transaction:
        person = register_person(transaction, region, elder.document, elder.name, DIVISION, at=AT)
        transaction.of(Person).replace(replace(person, proved_at=AT))
        begin_session(transaction, region, SessionKind.RESIDENT, person.holder, at=AT)
    with pytest.raises(NotPossibleNow, match="signs in alone"):
        declare(region, guardian, elder)

    with region.store.transaction() as transaction:
        act = allow_guardian(transaction, region, CLERK, elder.document, at=AT)
        assert transaction.of(Session).select() == []

    assert (act.actor, act.act, act.subject) == ("officer:clerk", "allow_guardian", person.holder)
    assert declare(region, guardian, elder).dependant == person.holder


def test_c0_a_clerk_allows_it_in_the_own_division_and_with_the_role_only() -> None:
    region, _ = region_with_guardian()
    far, other = replace(CLERK, division="150200"), replace(CLERK, roles=(Role.SUPERVISOR,))
    with region.store.transaction() as transaction, pytest.raises(UnknownRecord):
        allow_guardian(transaction, region, far, resident(1), at=AT)
    with region.store.transaction() as transaction, pytest.raises(NotPermitted):
        allow_guardian(transaction, region, other, resident(1), at=AT)
    with region.store.transaction() as transaction, pytest.raises(UnknownRecord):
        allow_guardian(transaction, region, CLERK, resident(77), at=AT)


def test_knowing_a_number_is_not_enough_the_name_must_be_the_persons() -> None:
    region, guardian = region_with_guardian()
    first = declare(region, guardian, child(2))
    with region.store.transaction() as transaction:
        end_guardianship(transaction, guardian, first.guardianship_id, at=AT)

    with pytest.raises(NotPossibleNow, match="another name"):
        declare(region, guardian, replace(child(2), name=name(3)))
    assert declare(region, guardian, child(2)).guardianship_id != first.guardianship_id


def test_a_guardianship_ends_by_its_guardian_and_once() -> None:
    region, guardian = region_with_guardian()
    standing = declare(region, guardian, child(2))
    stranger = holder_of(region, resident(4))
    with region.store.transaction() as transaction, pytest.raises(UnknownRecord):
        end_guardianship(transaction, stranger, standing.guardianship_id, at=AT)

    with region.store.transaction() as transaction:
        acts = end_guardianship(transaction, guardian, standing.guardianship_id, at=AT + 5)
        ended = transaction.of(Guardianship).find(standing.guardianship_id)
        assert find_guardianship(transaction, standing.dependant) is None
        with pytest.raises(UnknownRecord):
            end_guardianship(transaction, guardian, standing.guardianship_id, at=AT + 6)
        with pytest.raises(UnknownRecord):
            require_carrier(transaction, guardian, standing.dependant)
    assert (ended, acts[0].act) == (replace(standing, ended_at=AT + 5), "end_guardianship")


def test_a_dependant_who_is_released_has_no_guardian_any_more() -> None:
    region, guardian = region_with_guardian()
    standing = declare(region, guardian, child(2))
    with region.store.transaction() as transaction:
        released = release_dependant(transaction, standing.dependant, at=AT)
        assert [act.act for act in released] == ["end_guardianship"]
        assert find_guardianship(transaction, standing.dependant) is None
        assert release_dependant(transaction, standing.dependant, at=AT) == []
