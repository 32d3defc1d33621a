"""Applying and renewing: one short application, one pass, whatever the colour (C1.1, C2.4, rule 18)."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from comity.codec.qrtext import UnverifiedPass, read_message
from comity.domain.claims import DeviceKey, PassClaims
from comity.domain.colour import Colour, PassClass
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.instant import DAY
from comity.errors import InvalidInput, NotPossibleNow, RequestRefused, UnknownRecord
from comity.issuance.application import (
    BATCH_LIMIT,
    GrantedPass,
    PassRequest,
    apply_for_pass,
    apply_for_passes,
)
from comity.issuance.evidence import EvidenceRow
from comity.issuance.issuer import Issuer
from comity.issuance.messages import messages_of
from comity.issuance.pass_life import SuspensionReason, VoidReason, suspend_pass, void_pass
from comity.issuance.people import Guardianship, Relation
from comity.issuance.phone_keys import deposit_phone_key
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.issuance.standing import reassess
from comity.records.audit import verify_audit
from comity.records.search import equal
from tests.builders import AT, key
from tests.issuance.holding import assess_now, contact, keep
from tests.pass_office import add_holder, add_holders, make_issuer


def phone(number: int) -> DeviceKey:
    return key("phone", str(number)).as_device_key()


def on_phone(holder: HolderKey, number: int = 1, *, carrier: HolderKey | None = None) -> PassRequest:
    """The request of a phone for its `number`-th pass, the next key deposited."""
    return PassRequest(
        holder=holder,
        carrier=carrier or holder,
        pass_class=PassClass.DEVICE,
        device_key=phone(number),
        next_device_key=phone(number + 1),
        request_id=f"request-{number}",
    )


def let_carry(issuer: Issuer, guardian: HolderKey, holder: HolderKey) -> None:
    """Record a guardian's consent to carry somebody's passes."""
    guardianship = Guardianship(
        guardianship_id=issuer.new_id(),
        guardian=guardian,
        dependant=holder,
        relation=Relation.CHILD,
        consent_version=1,
        consented_at=AT,
    )
    with issuer.store.transaction() as transaction:
        transaction.of(Guardianship).add(guardianship)


def on_paper(holder: HolderKey, request_id: str = "paper") -> PassRequest:
    return PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=request_id)


def claims_of(issued: IssuedPass) -> PassClaims:
    read = read_message(issued.data, is_test=True)
    assert isinstance(read, UnverifiedPass)
    return read.claims


def states(issuer: Issuer, holder: HolderKey) -> list[PassState]:
    with issuer.store.reading() as transaction:
        found = transaction.of(IssuedPass).select(equal("holder", holder), order=("issued_at",))
    return [issued.state for issued in found]


def fall_ill(issuer: Issuer, holder: HolderKey, *, at: int) -> None:
    """Bring evidence of symptoms, and let the assessment follow."""
    row = EvidenceRow(
        ref=f"symptoms-{at}",
        holder=holder,
        kind=EvidenceKind.SYMPTOMS,
        source=EvidenceSource.DECLARATION,
        source_name="holder",
        began_at=at,
        added_at=at,
    )
    with issuer.store.transaction() as transaction:
        transaction.of(EvidenceRow).add(row)
        reassess(transaction, issuer, [holder], at=at, actor="holder")


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture
def holder(issuer: Issuer) -> HolderKey:
    return add_holder(issuer)


def test_c1_1_who_has_nothing_against_them_gets_a_green_pass_of_14_days_at_once(
    issuer: Issuer, holder: HolderKey
) -> None:
    found = claims_of(apply_for_pass(issuer, on_phone(holder), at=AT).issued)

    assert (found.colour, found.expires_at - found.issued_at) == (Colour.GREEN, 14 * DAY)
    assert (found.device_key, found.is_guardian_held) == (phone(1), False)


def test_yellow_gets_its_pass_too_with_the_grounds_inside(issuer: Issuer, holder: HolderKey) -> None:
    fall_ill(issuer, holder, at=AT)

    found = claims_of(apply_for_pass(issuer, on_paper(holder), at=AT + 1).issued)

    assert found.colour is not Colour.GREEN
    assert None not in (found.reason, found.basis, found.until)


def test_the_same_request_gets_the_same_bytes_and_takes_no_second_place(
    issuer: Issuer, holder: HolderKey
) -> None:
    first = apply_for_pass(issuer, on_phone(holder), at=AT)
    again = apply_for_pass(issuer, on_phone(holder), at=AT + 20 * DAY)

    assert (first.is_new, again.is_new) == (True, False)
    assert again.issued == first.issued


def test_rule_18_a_renewal_on_the_same_phone_leaves_the_old_pass_to_expire(
    issuer: Issuer, holder: HolderKey
) -> None:
    apply_for_pass(issuer, on_phone(holder, 1), at=AT)
    with pytest.raises(NotPossibleNow):
        apply_for_pass(issuer, on_phone(holder, 2), at=AT + 10 * DAY - 1)

    apply_for_pass(issuer, on_phone(holder, 2), at=AT + 10 * DAY)

    assert states(issuer, holder) == [PassState.CURRENT] * 2


def test_rule_18_another_phone_replaces_the_first_and_the_holder_is_told(
    issuer: Issuer, holder: HolderKey
) -> None:
    apply_for_pass(issuer, on_phone(holder, 1), at=AT)

    apply_for_pass(issuer, on_phone(holder, 7), at=AT + 60)

    assert states(issuer, holder) == [PassState.SUPERSEDED, PassState.CURRENT]
    with issuer.store.reading() as transaction:
        (message,) = messages_of(transaction, holder)
    assert message.text_key == "message.pass_on_another_phone"


def test_paper_and_phone_stand_beside_each_other(issuer: Issuer, holder: HolderKey) -> None:
    apply_for_pass(issuer, on_phone(holder), at=AT)
    apply_for_pass(issuer, on_paper(holder), at=AT)

    assert states(issuer, holder) == [PassState.CURRENT] * 2


def test_rule_9_a_renewal_clears_no_colour_by_itself(issuer: Issuer, holder: HolderKey) -> None:
    apply_for_pass(issuer, on_phone(holder, 1), at=AT)
    fall_ill(issuer, holder, at=AT + 9 * DAY)
    late = AT + 10 * DAY

    renewed = apply_for_pass(issuer, on_phone(holder, 9), at=late)

    assert renewed.issued.colour is not Colour.GREEN


def test_after_a_loss_the_holder_applies_again_at_once(issuer: Issuer, holder: HolderKey) -> None:
    first = apply_for_pass(issuer, on_paper(holder), at=AT).issued
    with issuer.store.transaction() as transaction:
        void_pass(transaction, issuer, first.pass_id, VoidReason.LOST, at=AT + 1, actor="holder")

    apply_for_pass(issuer, on_paper(holder, "another"), at=AT + 2)

    assert states(issuer, holder) == [PassState.VOID, PassState.CURRENT]


def test_a_suspension_is_not_got_round_by_another_application(issuer: Issuer, holder: HolderKey) -> None:
    first = apply_for_pass(issuer, on_phone(holder), at=AT).issued
    with issuer.store.transaction() as transaction:
        reason = SuspensionReason.OPEN_CORRECTION
        suspend_pass(transaction, issuer, first.pass_id, reason, at=AT + 1, actor="officer:1")

    with pytest.raises(NotPossibleNow):
        apply_for_pass(issuer, on_phone(holder, 7), at=AT + 2)


def test_rule_14_a_guardian_carries_the_pass_of_a_dependant_and_it_says_so(
    issuer: Issuer, holder: HolderKey
) -> None:
    guardian = add_holder(issuer, 1)
    with pytest.raises(UnknownRecord):
        apply_for_pass(issuer, on_phone(holder, carrier=guardian), at=AT)
    let_carry(issuer, guardian, holder)

    issued = apply_for_pass(issuer, on_phone(holder, carrier=guardian), at=AT).issued

    assert (issued.carrier, claims_of(issued).is_guardian_held) == (guardian, True)


def test_a_guardians_phone_makes_a_fresh_key_for_every_dependant_too(
    issuer: Issuer, holder: HolderKey
) -> None:
    guardian, other = add_holder(issuer, 1), add_holder(issuer, 2)
    let_carry(issuer, guardian, holder)
    let_carry(issuer, guardian, other)
    apply_for_pass(issuer, on_phone(holder, carrier=guardian), at=AT)

    with pytest.raises(InvalidInput, match="fresh key"):
        apply_for_pass(issuer, on_phone(other, carrier=guardian), at=AT)
    assert apply_for_pass(issuer, on_phone(other, 3, carrier=guardian), at=AT).is_new


def test_rule_20_a_yellow_pass_is_renewed_from_its_review_on_so_that_nobody_waits_for_day_10(
    issuer: Issuer, holder: HolderKey
) -> None:
    keep(issuer, replace(contact(holder), kind=EvidenceKind.SYMPTOMS))
    assess_now(issuer, holder)
    old = apply_for_pass(issuer, on_paper(holder, "1"), at=AT).issued
    assert claims_of(old).until == AT + 7 * DAY
    with pytest.raises(NotPossibleNow):
        apply_for_pass(issuer, on_paper(holder, "2"), at=AT + 7 * DAY - 1)

    new = apply_for_pass(issuer, on_paper(holder, "2"), at=AT + 7 * DAY).issued

    assert (claims_of(new).colour, claims_of(new).until) == (Colour.YELLOW, AT + 14 * DAY)
    with pytest.raises(NotPossibleNow):
        apply_for_pass(issuer, on_paper(holder, "3"), at=AT + 7 * DAY + 1)


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("online", {"pass_class": PassClass.ONLINE}, "pass_class"),
    ("a phone without its key", {"device_key": None}, "device_key"),
    ("paper with a key", {"pass_class": PassClass.PAPER}, "device_key"),
    ("the same key twice", {"next_device_key": phone(1)}, "next_device_key"),
    ("no request id", {"request_id": ""}, "request_id"),
    ("a request id too long", {"request_id": "x" * 65}, "request_id"),
]


@pytest.mark.parametrize(("changes", "field"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_request_of_another_form_is_refused(
    issuer: Issuer, holder: HolderKey, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        apply_for_pass(issuer, replace(on_phone(holder), **changes), at=AT)  # type: ignore[arg-type]

    assert refused.value.field == field


def test_a_key_that_a_pass_has_already_is_no_fresh_key(issuer: Issuer, holder: HolderKey) -> None:
    apply_for_pass(issuer, on_phone(holder, 1), at=AT)

    with pytest.raises(InvalidInput):
        apply_for_pass(issuer, replace(on_phone(holder, 1), request_id="other"), at=AT + 11 * DAY)


def test_a_batch_gives_each_its_own_answer_and_every_pass_its_own_place(issuer: Issuer) -> None:
    holders = add_holders(issuer, 99)
    requests = [on_phone(each) for each in holders] + [on_phone(HolderKey("0" * 32))]

    answers = apply_for_passes(issuer, requests, at=AT)

    granted = [answer.issued for answer in answers if isinstance(answer, GrantedPass)]
    assert isinstance(answers[-1], RequestRefused)
    assert len({(issued.list_number, issued.list_index) for issued in granted}) == 99
    assert len({issued.pass_id for issued in granted}) == 99
    with issuer.store.reading() as transaction:
        check = verify_audit(transaction)
    assert (check.rows, check.faults) == (99, ())


def test_two_requests_of_one_holder_in_a_batch_see_each_other(issuer: Issuer, holder: HolderKey) -> None:
    first, second = apply_for_passes(issuer, [on_phone(holder, 1), on_phone(holder, 7)], at=AT)

    assert isinstance(first, GrantedPass)
    assert isinstance(second, RequestRefused | GrantedPass)
    assert states(issuer, holder).count(PassState.CURRENT) == 1


def test_a_batch_has_a_limit(issuer: Issuer, holder: HolderKey) -> None:
    with pytest.raises(InvalidInput):
        apply_for_passes(issuer, [on_paper(holder)] * (BATCH_LIMIT + 1), at=AT)


def test_one_request_sent_many_times_at_once_makes_one_pass(issuer: Issuer, holder: HolderKey) -> None:
    threads = [
        threading.Thread(target=apply_for_pass, args=(issuer, on_phone(holder)), kwargs={"at": AT})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert states(issuer, holder) == [PassState.CURRENT]


def test_c2_4_a_pass_is_valid_as_long_as_its_regions_rulebook_says(issuer: Issuer, holder: HolderKey) -> None:
    elsewhere = replace(issuer, validity_days=7)

    found = claims_of(apply_for_pass(elsewhere, on_phone(holder), at=AT).issued)

    assert found.expires_at - found.issued_at == 7 * DAY


def test_a_guardians_own_pass_and_a_dependants_never_share_a_key(issuer: Issuer, holder: HolderKey) -> None:
    guardian = add_holder(issuer, 1)
    let_carry(issuer, guardian, holder)
    apply_for_pass(issuer, on_phone(holder, carrier=guardian), at=AT)

    for number in (1, 2):  # the key of the dependant's pass, and the one deposited for the next
        with pytest.raises(InvalidInput, match="fresh key"):
            apply_for_pass(issuer, on_phone(guardian, number), at=AT)
    with pytest.raises(InvalidInput, match="fresh key"):
        apply_for_pass(issuer, replace(on_phone(guardian, 8), next_device_key=phone(2)), at=AT)
    assert apply_for_pass(issuer, on_phone(guardian, 3), at=AT).is_new


def test_a_key_is_not_deposited_twice_on_a_guardians_phone(issuer: Issuer, holder: HolderKey) -> None:
    guardian = add_holder(issuer, 1)
    let_carry(issuer, guardian, holder)
    apply_for_pass(issuer, on_phone(holder, carrier=guardian), at=AT)
    own = apply_for_pass(issuer, replace(on_phone(guardian, 5), next_device_key=None), at=AT).issued

    for number in (1, 2):
        with issuer.store.transaction() as transaction, pytest.raises(InvalidInput, match="fresh key"):
            deposit_phone_key(transaction, guardian, own.pass_id, phone(number), at=AT)
    with issuer.store.transaction() as transaction:
        deposit_phone_key(transaction, guardian, own.pass_id, phone(6), at=AT)
