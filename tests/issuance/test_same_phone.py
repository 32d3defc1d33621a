"""The same phone at a renewal: by the key it deposited, or by the key of its pass (settled rule 18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.colour import PassClass
from comity.domain.instant import DAY, Instant
from comity.errors import InvalidInput, NotPossibleNow
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.home_region import HomeAnswer
from comity.issuance.issuer import Issuer
from comity.issuance.phone_keys import RenewalProof, renewal_message
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.issuance.visitors import apply, continue_waiting
from tests.builders import AT, key
from tests.issuance.holding import assess_now, contact, keep
from tests.issuance.test_application import claims_of, let_carry, on_paper, states
from tests.issuance.test_visitors import Home
from tests.pass_office import add_holder, make_issuer

LATE = AT + 10 * DAY
CURRENT, SUPERSEDED = PassState.CURRENT, PassState.SUPERSEDED


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture
def holder(issuer: Issuer) -> HolderKey:
    return add_holder(issuer)


def asked(
    holder: HolderKey, number: int, *, next_number: int | None = None, carrier: HolderKey | None = None
) -> PassRequest:
    """The request of a phone under its `number`-th key, which deposits no next one unless told to."""
    return PassRequest(
        holder=holder,
        carrier=carrier or holder,
        pass_class=PassClass.DEVICE,
        device_key=key("phone", str(number)).as_device_key(),
        next_device_key=None if next_number is None else key("phone", str(next_number)).as_device_key(),
        request_id=f"request-{number}",
    )


def proved(issuer: Issuer, request: PassRequest, issued: IssuedPass, number: int) -> PassRequest:
    """The request signed with the `number`-th key as that of a pass."""
    assert request.device_key is not None
    message = renewal_message(issuer.region, issued.pass_id, request.device_key, request.request_id)
    signature = key("phone", str(number)).sign(message)
    return replace(request, renewal=RenewalProof(pass_id=issued.pass_id, signature=signature))


def given(issuer: Issuer, request: PassRequest, *, at: Instant = AT) -> IssuedPass:
    return apply_for_pass(issuer, request, at=at).issued


def test_rule_18_a_phone_that_deposited_no_key_renews_by_signing_with_the_key_of_its_pass(
    issuer: Issuer, holder: HolderKey
) -> None:
    old = given(issuer, asked(holder, 1))

    new = given(issuer, proved(issuer, asked(holder, 2), old, 1), at=LATE)

    assert states(issuer, holder) == [CURRENT, CURRENT]
    assert claims_of(new).device_key == key("phone", "2").as_device_key()


def test_rule_18_without_the_signature_it_is_another_phone(issuer: Issuer, holder: HolderKey) -> None:
    given(issuer, asked(holder, 1))

    given(issuer, asked(holder, 2), at=LATE)

    assert states(issuer, holder) == [SUPERSEDED, CURRENT]


def test_the_same_phone_is_told_to_wait_for_day_10(issuer: Issuer, holder: HolderKey) -> None:
    old = given(issuer, asked(holder, 1))

    with pytest.raises(NotPossibleNow, match="renewed from"):
        given(issuer, proved(issuer, asked(holder, 2), old, 1), at=LATE - 1)
    assert states(issuer, holder) == [CURRENT]


def test_a_phone_that_lost_the_key_it_deposited_proves_itself_by_that_of_its_pass(
    issuer: Issuer, holder: HolderKey
) -> None:
    old = given(issuer, asked(holder, 1, next_number=2))

    given(issuer, proved(issuer, asked(holder, 3), old, 1), at=LATE)

    assert states(issuer, holder) == [CURRENT, CURRENT]


@pytest.mark.parametrize("next_number", [None, 3])
def test_a_phone_renewed_twice_leaves_both_passes_to_expire(
    issuer: Issuer, holder: HolderKey, next_number: int | None
) -> None:
    keep(issuer, contact(holder))
    assess_now(issuer, holder)
    first = given(issuer, asked(holder, 1))
    keep(issuer, contact(holder, at=AT + DAY, ref="again"))
    assess_now(issuer, holder, at=AT + DAY)
    second_asked = proved(issuer, asked(holder, 2, next_number=next_number), first, 1)
    second = given(issuer, second_asked, at=AT + DAY)
    keep(issuer, contact(holder, at=AT + 2 * DAY, ref="third"))
    assess_now(issuer, holder, at=AT + 2 * DAY)

    third = asked(holder, 3) if next_number else proved(issuer, asked(holder, 3), second, 2)
    given(issuer, third, at=AT + 2 * DAY)

    assert states(issuer, holder) == [CURRENT] * 3


def test_the_key_of_an_older_pass_of_the_phone_will_do(issuer: Issuer, holder: HolderKey) -> None:
    old = given(issuer, asked(holder, 1, next_number=2))
    given(issuer, asked(holder, 2), at=LATE)

    with pytest.raises(NotPossibleNow, match="renewed from"):
        given(issuer, proved(issuer, asked(holder, 3), old, 1), at=LATE + DAY)
    assert states(issuer, holder) == [CURRENT, CURRENT]


def test_a_really_different_phone_replaces_whatever_the_first_has(issuer: Issuer, holder: HolderKey) -> None:
    old = given(issuer, asked(holder, 1))
    given(issuer, proved(issuer, asked(holder, 2), old, 1), at=LATE)

    given(issuer, asked(holder, 7), at=LATE + DAY)

    assert states(issuer, holder) == [SUPERSEDED, SUPERSEDED, CURRENT]


def test_a_proof_that_does_not_hold_is_refused_and_supersedes_nothing(
    issuer: Issuer, holder: HolderKey
) -> None:
    old = given(issuer, asked(holder, 1))
    good = proved(issuer, asked(holder, 2), old, 1)
    assert good.renewal is not None
    hostile = {
        "another key": proved(issuer, asked(holder, 2), old, 7),
        "for another fresh key": replace(asked(holder, 3), renewal=good.renewal),
        "for another request": replace(good, request_id="another"),
        "of another pass": replace(good, renewal=replace(good.renewal, pass_id="0" * 16)),
        "cut off": replace(good, renewal=replace(good.renewal, signature=good.renewal.signature[:63])),
        "of nothing": replace(good, renewal=replace(good.renewal, signature=bytes(64))),
    }

    for title, request in hostile.items():
        with pytest.raises(InvalidInput) as refused:
            given(issuer, request, at=LATE)
        assert refused.value.field == "renewal", title
    assert states(issuer, holder) == [CURRENT]


def test_the_key_stays_fresh_for_every_renewal(issuer: Issuer, holder: HolderKey) -> None:
    old = given(issuer, asked(holder, 1))

    with pytest.raises(InvalidInput, match="fresh key"):
        given(issuer, proved(issuer, replace(asked(holder, 1), request_id="again"), old, 1), at=LATE)


def test_a_guardian_does_not_take_over_the_pass_on_the_holders_own_phone(
    issuer: Issuer, holder: HolderKey
) -> None:
    guardian = add_holder(issuer, 1)
    old = given(issuer, asked(holder, 1))
    let_carry(issuer, guardian, holder)

    with pytest.raises(InvalidInput, match="on this phone"):
        given(issuer, proved(issuer, asked(holder, 2, carrier=guardian), old, 1), at=LATE)


def test_paper_is_renewed_without_a_phone(issuer: Issuer, holder: HolderKey) -> None:
    proof = RenewalProof(pass_id="0" * 16, signature=bytes(64))
    with pytest.raises(InvalidInput):
        given(issuer, replace(on_paper(holder), renewal=proof))


def test_rule_17_a_visitors_renewal_that_waits_is_still_that_of_the_same_phone() -> None:
    home = Home(HomeAnswer())
    issuer = replace(make_issuer(), home=home)
    holder = add_holder(issuer, division="420100")
    apply(issuer, asked(holder, 1), at=AT)
    with issuer.store.reading() as transaction:
        (old,) = transaction.of(IssuedPass).select()
    continue_waiting(issuer, at=AT)
    home.answer = None
    apply(issuer, proved(issuer, asked(holder, 2), old, 1), at=LATE)

    assert continue_waiting(issuer, at=LATE + DAY) == 1
    assert states(issuer, holder) == [CURRENT, CURRENT]
