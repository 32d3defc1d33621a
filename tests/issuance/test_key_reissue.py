"""The mass reissue after a pass key was closed: everybody once, travellers first, and rule 18 kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from comity.codec.cose import read_sign1
from comity.domain.claims import DeviceKey
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, HOUR
from comity.domain.region import RegionCode
from comity.errors import NotPossibleNow
from comity.issuance.application import PassRequest, apply_for_pass, apply_for_passes
from comity.issuance.declarations import DeclaredArrival, TripDeclaration, declare
from comity.issuance.issuer import Issuer
from comity.issuance.key_reissue import (
    FOLLOWED_AFTER,
    KeyReissue,
    ReissuedPass,
    ReissueStage,
    go_on_with_reissues,
    reissue_passes,
)
from comity.issuance.key_ring import follow_keys
from comity.issuance.key_rotation import close_key
from comity.issuance.messages import messages_of
from comity.issuance.pass_life import SuspensionReason, claims_in, suspend_pass
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.records.audit import verify_audit
from comity.records.search import equal
from comity.storage.memory import MemoryKeyStore
from comity.trust.keys import Usage
from tests.builders import AT, HOST, key
from tests.issuance.holding import contact, keep
from tests.people import name, resident
from tests.region import list_keys, make_issuer, make_key_store

LATER = AT + FOLLOWED_AFTER
numbers = count()


@pytest.fixture
def keys() -> MemoryKeyStore:
    return make_key_store(HOST)


@pytest.fixture
def issuer(keys: MemoryKeyStore) -> Issuer:
    return list_keys(make_issuer(), keys)


def phone() -> DeviceKey:
    return key("phone", str(next(numbers))).as_device_key()


def person(issuer: Issuer, order: int, *, division: str = "150102") -> HolderKey:
    with issuer.store.transaction() as transaction:
        return register_person(transaction, issuer, resident(order), name(order), division, at=AT).holder


def on_phone(issuer: Issuer, holder: HolderKey, *, deposits: bool = True, at: int = AT) -> IssuedPass:
    request = PassRequest(
        holder=holder,
        carrier=holder,
        pass_class=PassClass.DEVICE,
        device_key=phone(),
        next_device_key=phone() if deposits else None,
        request_id=issuer.new_id(),
    )
    return apply_for_pass(issuer, request, at=at).issued


def on_paper(issuer: Issuer, holder: HolderKey, *, at: int = AT) -> IssuedPass:
    request = PassRequest(
        holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=issuer.new_id()
    )
    return apply_for_pass(issuer, request, at=at).issued


def close(issuer: Issuer, keys: MemoryKeyStore, *, at: int = AT) -> Issuer:
    close_key(issuer, keys, Usage.PASS, issuer.keys.pass_entry.kid, at=at, actor="region")
    return follow_keys(issuer, keys, at=at)


def passes(issuer: Issuer, holder: HolderKey) -> list[IssuedPass]:
    with issuer.store.reading() as transaction:
        return transaction.of(IssuedPass).select(equal("holder", holder), order=("issued_at",))


def told(issuer: Issuer, holder: HolderKey) -> list[str]:
    with issuer.store.reading() as transaction:
        return [message.text_key for message in messages_of(transaction, holder)]


def works(issuer: Issuer) -> list[KeyReissue]:
    with issuer.store.reading() as transaction:
        return transaction.of(KeyReissue).select()


def test_a_phone_has_its_pass_again_under_the_new_key_and_rule_18_the_old_one_is_not_superseded(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    holder = person(issuer, 1)
    on_phone(issuer, holder)

    issuer = close(issuer, keys, at=AT + HOUR)
    go_on_with_reissues(issuer, at=AT + 2 * HOUR)

    old, new = passes(issuer, holder)
    assert read_sign1(new.data).header.kid == issuer.keys.passes.kid
    assert (old.state, new.state) == (PassState.CURRENT, PassState.CURRENT)
    assert claims_in(new).colour is claims_in(old).colour
    assert told(issuer, holder) == ["message.pass_signed_again"]
    (work,) = works(issuer)
    assert (work.stage, work.issued, work.told) == (ReissueStage.DONE, 1, 0)


def test_paper_and_a_phone_without_a_deposited_key_are_told_and_may_apply_at_once(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    printed, bare = person(issuer, 1), person(issuer, 2)
    on_paper(issuer, printed)
    on_phone(issuer, bare, deposits=False)
    with pytest.raises(NotPossibleNow):
        on_paper(issuer, printed)

    issuer = close(issuer, keys)
    go_on_with_reissues(issuer, at=LATER)

    assert told(issuer, printed) == ["message.paper_to_be_signed"]
    assert told(issuer, bare) == ["message.pass_to_be_signed"]
    assert on_paper(issuer, printed, at=LATER).kid == issuer.keys.passes.kid.hex()
    assert on_phone(issuer, bare, at=LATER).kid == issuer.keys.passes.kid.hex()
    assert {each.state for each in passes(issuer, printed)} == {PassState.CURRENT}


def test_travellers_come_first(issuer: Issuer, keys: MemoryKeyStore) -> None:
    everybody = [person(issuer, order) for order in range(40)]
    for holder in everybody:
        on_phone(issuer, holder)
    traveller = everybody[17]
    trip = TripDeclaration(arrivals=(DeclaredArrival(area="440100", arrived_at=AT - DAY),))
    declare(issuer, trip, holder=traveller, carrier=traveller, at=AT)
    issuer = close(issuer, keys)
    (work,) = works(issuer)

    reissue_passes(issuer, work.kid, clock=lambda: LATER, batches=1, size=5)

    again = [holder for holder in everybody if len(passes(issuer, holder)) == 2]
    assert again == [traveller]
    go_on_with_reissues(issuer, at=LATER)
    assert {len(passes(issuer, holder)) for holder in everybody} == {2}
    assert told(issuer, traveller).count("message.pass_signed_again") == 1


def test_yellow_stays_yellow_with_its_grounds(issuer: Issuer, keys: MemoryKeyStore) -> None:
    holder = person(issuer, 1)
    keep(issuer, contact(holder))
    on_phone(issuer, holder)

    issuer = close(issuer, keys, at=AT + HOUR)
    go_on_with_reissues(issuer, at=AT + 2 * HOUR)

    old, new = (claims_in(each) for each in passes(issuer, holder))
    assert new.colour is old.colour is Colour.YELLOW
    assert (new.reason, new.basis, new.until) == (old.reason, old.basis, old.until)
    with issuer.store.reading() as transaction:
        assert verify_audit(transaction).faults == ()


def test_expired_superseded_and_void_passes_are_left_and_suspended_ones_only_told(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    holder, gone = person(issuer, 1), person(issuer, 2)
    on_paper(issuer, gone, at=AT - 20 * DAY)
    issued = on_phone(issuer, holder)
    with issuer.store.transaction() as transaction:
        reason = SuspensionReason.SUSPECTED_THEFT
        suspend_pass(transaction, issuer, issued.pass_id, reason, at=AT, actor="region")

    issuer = close(issuer, keys)
    go_on_with_reissues(issuer, at=LATER)

    (work,) = works(issuer)
    assert (work.issued, work.told) == (0, 1)
    assert len(passes(issuer, gone)) == 1


def test_a_pass_that_a_late_worker_signed_is_found_at_the_end(issuer: Issuer, keys: MemoryKeyStore) -> None:
    late_worker = issuer
    early, late = person(issuer, 1), person(issuer, 2)
    on_phone(issuer, early)
    issuer = close(issuer, keys)
    (work,) = works(issuer)

    assert reissue_passes(issuer, work.kid, clock=lambda: AT + 2).stage is ReissueStage.LATE
    on_phone(late_worker, late, at=AT + 3)
    assert reissue_passes(issuer, work.kid, clock=lambda: AT + 4).ended_at is None
    go_on_with_reissues(issuer, at=LATER)

    assert len(passes(issuer, late)) == 2
    assert works(issuer)[0].ended_at == LATER


def test_two_passes_of_one_phone_never_come_under_one_key(issuer: Issuer, keys: MemoryKeyStore) -> None:
    holder, first, second, third = person(issuer, 1), phone(), phone(), phone()
    for mine, following, at in ((first, second, AT - 11 * DAY), (second, third, AT)):
        request = PassRequest(
            holder=holder,
            carrier=holder,
            pass_class=PassClass.DEVICE,
            device_key=mine,
            next_device_key=following,
            request_id=issuer.new_id(),
        )
        apply_for_pass(issuer, request, at=at)

    issuer = close(issuer, keys)
    (work,) = works(issuer)
    reissue_passes(issuer, work.kid, clock=lambda: LATER, size=1)

    bound = [claims_in(each).device_key for each in passes(issuer, holder)]
    assert sorted(map(repr, bound)) == sorted(map(repr, {first, second, third}))


def test_cut_off_after_any_batch_it_goes_on_and_does_nobody_twice(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    holders = [person(issuer, order) for order in range(30)]
    for holder in holders:
        on_phone(issuer, holder)
    issuer = close(issuer, keys)
    (work,) = works(issuer)

    for _ in range(100):
        fresh = replace(issuer)  # as a process that was started again
        work = reissue_passes(fresh, work.kid, clock=lambda: LATER, batches=1, size=3)
        if work.stage is ReissueStage.DONE:
            break

    assert (work.stage, work.issued) == (ReissueStage.DONE, 30)
    assert {len(passes(issuer, holder)) for holder in holders} == {2}
    with issuer.store.reading() as transaction:
        assert len(transaction.of(ReissuedPass).select()) == 30
        assert verify_audit(transaction).faults == ()


def test_the_share_that_is_done_rises_from_none_to_all(issuer: Issuer, keys: MemoryKeyStore) -> None:
    holders = [person(issuer, order) for order in range(60)]
    apply_for_passes(
        issuer,
        [
            PassRequest(holder=h, carrier=h, pass_class=PassClass.PAPER, request_id=f"r{n}")
            for n, h in enumerate(holders)
        ],
        at=AT,
    )
    issuer = close(issuer, keys)
    (work,) = works(issuer)
    shares: list[float] = []

    reissue_passes(issuer, work.kid, clock=lambda: LATER, size=6, tell=lambda each: shares.append(each.share))

    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0


def test_a_closed_key_of_one_region_is_no_matter_of_another(issuer: Issuer) -> None:
    other = make_issuer(RegionCode("440000"))

    assert go_on_with_reissues(other, at=AT) == 0
