"""Export and deletion: everything held about one person, for that person; and its end at their wish."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY
from comity.errors import NotPossibleNow, UnknownRecord
from comity.issuance.application import apply_for_pass
from comity.issuance.corrections import CorrectionEvent
from comity.issuance.deletion import delete_person
from comity.issuance.destruction import DestructionRecord
from comity.issuance.guardians import declare_dependant, end_guardianship
from comity.issuance.pass_request import PassRequest
from comity.issuance.people import dependants_of, find_guardianship
from comity.issuance.person_export import (
    ABOUT_DEPENDANTS,
    Exported,
    export_person,
    holder_fields,
    record_kinds,
)
from comity.issuance.records import Change, HolderKey, IssuedPass, Message, PassState, Person, Standing
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from comity.records.sessions import Session
from tests.builders import AT, HOST
from tests.issuance.holding import contact, keep
from tests.issuance.test_retention import add, child, correction, event, standing
from tests.people import name, resident
from tests.region import RegionNode


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path)


def known(region: RegionNode) -> HolderKey:
    """Somebody with a bit of everything."""
    holder = region.person(1)
    region.token(holder)
    region.paper_pass(holder)
    keep(region.issuer, contact(holder))
    said = region.issuer.vault.seal(
        {"statement": "I was not there"}, of=f"{CorrectionEvent.TABLE}:{event('c').event_id}"
    )
    add(
        region.issuer,
        Message(message_id="m", holder=holder, text_key="k", values="{}", made_at=AT),
        correction("c", holder, decided_at=AT),
        replace(event("c"), sealed=said, vault_key=region.issuer.vault.current),
    )
    return holder


def test_an_export_has_the_person_in_the_clear_and_every_record_that_names_them(region: RegionNode) -> None:
    held = export_person(region.issuer, known(region), actor="holder", at=AT)

    text = json.dumps(held, ensure_ascii=False)
    person = held["person"]
    assert isinstance(person, dict)
    assert (person["name"], person["document_number"]) == (name(1), resident(1).number)
    assert (held["region"], held["made_at"]) == (HOST, "2020-03-20T12:00:00+08:00")
    records = held["records"]
    assert isinstance(records, dict)
    assert {"issued_pass", "session", "evidence", "message", "correction", "correction_event"} <= set(records)
    assert "I was not there" in text
    assert '"act": "export_person"' in text
    assert '"act": "pass_issued"' in text


def test_settled_rule_15_an_export_has_no_token_no_wrapped_key_and_nobody_else(region: RegionNode) -> None:
    holder = known(region)
    other = region.person(2)
    region.paper_pass(other)
    with region.issuer.store.reading() as transaction:
        session = transaction.of(Session).select()[0]
        sealed = transaction.of(Person).find(holder)
    text = json.dumps(export_person(region.issuer, holder, actor="holder", at=AT))

    assert sealed is not None
    for secret in (session.token_hash, sealed.sealed.hex(), "vault_key", other):
        assert secret not in text


def test_an_export_is_audited_before_it_is_given(region: RegionNode) -> None:
    holder = region.person(1)
    export_person(region.issuer, holder, actor="officer:desk", at=AT)

    with region.issuer.store.reading() as transaction:
        acts = transaction.of(AuditRow).select(equal("act", "export_person"))
    assert [(act.actor, act.subject) for act in acts] == [("officer:desk", holder)]


def test_nothing_is_exported_of_somebody_unknown(region: RegionNode) -> None:
    with pytest.raises(UnknownRecord):
        export_person(region.issuer, HolderKey("0" * 32), actor="holder", at=AT)
    with region.issuer.store.reading() as transaction:
        assert transaction.of(AuditRow).select() == []


def test_every_field_that_names_a_holder_is_found() -> None:
    named = {kind.__name__: holder_fields(kind) for kind in record_kinds() if holder_fields(kind)}

    assert named["IssuedPass"] == ("holder", "carrier")
    assert named["Session"] == ("who",)
    assert named["Guardianship"] == ("guardian", "dependant")
    assert "Officer" not in named
    assert len(named) >= 15


def test_a_deletion_takes_what_is_the_persons_and_keeps_what_others_need(region: RegionNode) -> None:
    holder = known(region)

    record = delete_person(region.issuer, holder, at=AT + 1)

    assert record.counted() == {"message": 1, "person": 1, "session": 1, "standing": 1}
    with region.issuer.store.reading() as transaction:
        assert transaction.of(Person).find(holder) is None
        assert transaction.of(Session).select() == []
        issued = transaction.of(IssuedPass).select()
        assert [(each.state, each.state_reason, each.data) for each in issued] == [
            (PassState.VOID, "holders_wish", b"")
        ]
        assert len(transaction.of(CorrectionEvent).select()) == 1
        assert transaction.of(Change).select(equal("holder", holder))
        assert transaction.of(DestructionRecord).find(record.destruction_id) == record
        acts = [row.act for row in transaction.of(AuditRow).select(order=("at",))]
        assert verify_audit(transaction).faults == ()
    assert {"pass_void", "destroy"} <= set(acts)


def test_after_a_deletion_there_is_nobody_to_export_or_delete(region: RegionNode) -> None:
    holder = known(region)
    delete_person(region.issuer, holder, at=AT)

    with pytest.raises(UnknownRecord):
        export_person(region.issuer, holder, actor="holder", at=AT)
    with pytest.raises(UnknownRecord):
        delete_person(region.issuer, holder, at=AT)


def test_an_expired_pass_says_nothing_any_more_either(region: RegionNode) -> None:
    holder = region.person(1)
    issued = region.paper_pass(holder)
    delete_person(region.issuer, holder, at=issued.expires_at)

    assert region.find(IssuedPass, issued.pass_id) == replace(issued, data=b"", request=None)


@pytest.mark.parametrize("what", ["yellow", "red", "something to come", "an open correction"])
def test_nothing_is_deleted_while_a_colour_or_a_case_is_open(region: RegionNode, what: str) -> None:
    holder = region.person(1)
    match what:
        case "an open correction":
            add(region.issuer, correction("c", holder, decided_at=None))
        case "something to come":
            add(region.issuer, standing(holder, Colour.GREEN, next_at=AT + DAY))
        case _:
            add(region.issuer, standing(holder, Colour(what)))

    with pytest.raises(NotPossibleNow):
        delete_person(region.issuer, holder, at=AT)
    assert region.find(Person, holder).holder == holder


def test_a_green_standing_goes_with_the_person(region: RegionNode) -> None:
    holder = region.person(1)
    add(region.issuer, standing(holder, Colour.GREEN))

    assert delete_person(region.issuer, holder, at=AT).counted() == {"person": 1, "standing": 1}
    with region.issuer.store.reading() as transaction:
        assert transaction.of(Standing).select() == []


def test_a_deletion_ends_guardianships_on_either_side(region: RegionNode) -> None:
    guardian = region.person(1)
    with region.issuer.store.transaction() as transaction:
        first, _ = declare_dependant(transaction, region.issuer, guardian, child(), at=AT)
    delete_person(region.issuer, first.dependant, at=AT)
    with region.issuer.store.transaction() as transaction:
        assert dependants_of(transaction, guardian) == []
        second, _ = declare_dependant(transaction, region.issuer, guardian, child(), at=AT)
    delete_person(region.issuer, guardian, at=AT)

    with region.issuer.store.reading() as transaction:
        assert find_guardianship(transaction, second.dependant) is None
        assert transaction.of(Person).find(second.dependant) is not None


def passes_in(held: dict[str, Exported]) -> list[str]:
    """The holders of the passes in an export."""
    records = held["records"]
    assert isinstance(records, dict)
    passes = records.get("issued_pass", [])
    assert isinstance(passes, list)
    return [str(each["holder"]) for each in passes if isinstance(each, dict)]


def test_settled_rule_15_a_guardian_has_a_dependants_passes_as_long_as_the_consent_stands(
    region: RegionNode,
) -> None:
    guardian = region.person(1)
    with region.issuer.store.transaction() as transaction:
        guardianship, _ = declare_dependant(transaction, region.issuer, guardian, child(), at=AT)
    dependant = guardianship.dependant
    request = PassRequest(
        holder=dependant, carrier=guardian, pass_class=PassClass.PAPER, request_id=region.issuer.new_id()
    )
    issued = apply_for_pass(region.issuer, request, at=AT).issued
    standing = export_person(region.issuer, guardian, actor="holder", at=AT)
    with region.issuer.store.transaction() as transaction:
        end_guardianship(transaction, guardian, guardianship.guardianship_id, at=AT + 1)

    ended = export_person(region.issuer, guardian, actor="holder", at=AT + 1)

    assert passes_in(standing) == [dependant]
    assert passes_in(ended) == []
    assert issued.pass_id not in json.dumps(ended)
    with region.issuer.store.transaction() as transaction:
        declare_dependant(transaction, region.issuer, guardian, child(), at=AT + 2)
    assert passes_in(export_person(region.issuer, guardian, actor="holder", at=AT + 2)) == []
    assert passes_in(export_person(region.issuer, dependant, actor="holder", at=AT + 2)) == [dependant]


def test_every_kind_that_names_a_guardian_beside_its_holder_is_held_to_the_consent() -> None:
    both = {
        kind for kind in record_kinds() if "holder" in holder_fields(kind) and len(holder_fields(kind)) > 1
    }

    assert both == set(ABOUT_DEPENDANTS)
