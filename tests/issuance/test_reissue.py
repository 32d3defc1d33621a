"""Reissue: passes follow a change of colour, phones at once, paper when printed (settled rules 8 and 18)."""

from __future__ import annotations

from dataclasses import replace

from comity.codec.qrtext import UnverifiedPass, read_message
from comity.domain.claims import DeviceKey, PassClaims
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.instant import DAY
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.evidence import EvidenceRow
from comity.issuance.issuer import Issuer
from comity.issuance.messages import messages_of
from comity.issuance.records import HolderKey, IssuedPass, PassState, Person, Standing
from comity.issuance.reissue import follow_standing, withdraw_carried
from comity.issuance.standing import reassess
from comity.records.audit import record_acts, verify_audit
from comity.records.search import equal
from tests.builders import AT, key
from tests.pass_office import add_holder, make_issuer


def phone(number: int) -> DeviceKey:
    return key("phone", str(number)).as_device_key()


def apply(issuer: Issuer, holder: HolderKey, number: int = 1, *, deposits: bool = True) -> IssuedPass:
    request = PassRequest(
        holder=holder,
        carrier=holder,
        pass_class=PassClass.DEVICE,
        device_key=phone(number),
        next_device_key=phone(number + 1) if deposits else None,
        request_id=f"request-{number}",
    )
    return apply_for_pass(issuer, request, at=AT).issued


def print_paper(issuer: Issuer, holder: HolderKey) -> IssuedPass:
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id="paper")
    return apply_for_pass(issuer, request, at=AT).issued


def turn_yellow(issuer: Issuer, holder: HolderKey, *, at: int = AT + DAY) -> None:
    with issuer.store.transaction() as transaction:
        standing = transaction.of(Standing).find(holder)
        assert standing is not None
        yellow = replace(
            standing,
            colour=Colour.YELLOW,
            reason=ColourReason.CLOSE_CONTACT,
            rule="contact",
            basis=at,
            until=at + 14 * DAY,
        )
        acts = follow_standing(transaction, issuer, holder, yellow, at=at)
        record_acts(transaction, acts, at=at)


def passes(issuer: Issuer, holder: HolderKey) -> list[IssuedPass]:
    with issuer.store.reading() as transaction:
        return transaction.of(IssuedPass).select(equal("holder", holder), order=("issued_at",))


def claims_of(issued: IssuedPass) -> PassClaims:
    read = read_message(issued.data, is_test=True)
    assert isinstance(read, UnverifiedPass)
    return read.claims


def told(issuer: Issuer, holder: HolderKey) -> list[str]:
    with issuer.store.reading() as transaction:
        return [message.text_key for message in messages_of(transaction, holder)]


def test_a_phone_with_a_deposited_key_has_its_new_pass_at_once() -> None:
    issuer = make_issuer()
    holder = add_holder(issuer)
    apply(issuer, holder)

    turn_yellow(issuer, holder)

    old, new = passes(issuer, holder)
    assert (old.state, old.state_reason) == (PassState.SUPERSEDED, "colour")
    assert (new.state, claims_of(new).device_key) == (PassState.CURRENT, phone(2))
    assert (claims_of(new).colour, claims_of(new).reason) == (Colour.YELLOW, ColourReason.CLOSE_CONTACT)
    assert new.list_index != old.list_index
    assert told(issuer, holder) == ["message.pass_renewed_by_change"]


def test_a_phone_without_one_and_paper_are_told_to_refresh_and_to_print() -> None:
    issuer = make_issuer()
    holder = add_holder(issuer)
    apply(issuer, holder, deposits=False)
    print_paper(issuer, holder)

    turn_yellow(issuer, holder)

    assert [issued.state for issued in passes(issuer, holder)] == [PassState.SUPERSEDED] * 2
    assert sorted(told(issuer, holder)) == ["message.paper_to_be_printed", "message.pass_to_be_refreshed"]


def test_a_deposited_key_serves_one_pass_only() -> None:
    issuer = make_issuer()
    holder = add_holder(issuer)
    apply(issuer, holder)
    turn_yellow(issuer, holder)

    turn_yellow(issuer, holder, at=AT + 2 * DAY)

    assert [issued.state for issued in passes(issuer, holder)] == [PassState.SUPERSEDED] * 2


def test_every_step_is_in_the_audit() -> None:
    issuer = make_issuer()
    holder = add_holder(issuer)
    apply(issuer, holder)

    turn_yellow(issuer, holder)

    with issuer.store.reading() as transaction:
        check = verify_audit(transaction)
    assert (check.rows, check.faults) == (3, ())


def test_the_end_of_a_guardianship_takes_the_pass_off_the_guardians_phone() -> None:
    issuer = make_issuer()
    holder, guardian = add_holder(issuer), add_holder(issuer, 1)
    issued = replace(apply(issuer, holder), carrier=guardian)
    with issuer.store.transaction() as transaction:
        transaction.of(IssuedPass).replace(issued)

        withdraw_carried(transaction, guardian, holder, at=AT + DAY)

    assert [each.state_reason for each in passes(issuer, holder)] == ["phone"]


def test_an_altered_record_of_one_person_holds_up_nobody_elses_change_of_colour() -> None:
    issuer = make_issuer()
    altered, other = add_holder(issuer, 0), add_holder(issuer, 1)
    for holder in (altered, other):
        apply(issuer, holder)
    with issuer.store.transaction() as transaction:
        person = transaction.of(Person).find(altered)
        assert person is not None
        transaction.of(Person).replace(replace(person, sealed=person.sealed[:-1] + b"?"))
        rows = [
            EvidenceRow(
                ref=holder,
                holder=holder,
                kind=EvidenceKind.CLOSE_CONTACT,
                source=EvidenceSource.IMPORT,
                source_name="cdc",
                began_at=AT,
                added_at=AT,
            )
            for holder in (altered, other)
        ]
        transaction.of(EvidenceRow).add(*rows)
        reassess(transaction, issuer, [altered, other], at=AT, actor="region")

    assert [issued.state for issued in passes(issuer, altered)] == [PassState.SUPERSEDED]
    assert {issued.state for issued in passes(issuer, other)} == {PassState.SUPERSEDED, PassState.CURRENT}
    assert "message.pass_to_be_refreshed" in told(issuer, altered)
