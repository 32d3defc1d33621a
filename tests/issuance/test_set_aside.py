"""One record that cannot be assessed holds up nobody else, and its holder is shown no old colour (rule 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.colour import Colour, PassClass
from comity.domain.evidence import EvidenceKind
from comity.domain.instant import DAY, HOUR
from comity.errors import NotPossibleNow, StoreUnavailable
from comity.issuance.application import GrantedPass, apply_for_passes
from comity.issuance.due_standings import reassess_due, sweep_rulebook
from comity.issuance.evidence import EvidenceRow
from comity.issuance.id_cards import find_online_pass
from comity.issuance.import_records import ImportState
from comity.issuance.import_release import apply_import, release_import
from comity.issuance.issuer import Issuer
from comity.issuance.online import OnlineDesk
from comity.issuance.pass_request import PassRequest
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey, SetAside, Standing
from comity.issuance.set_aside import MOST_FAILING, assess_apart, count_set_aside
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from comity.records.sessions import SessionKind, begin_session
from tests.builders import AT
from tests.issuance.holding import assess_now, contact, holder, keep, standing_of
from tests.issuance.test_imports import SECOND, colour_of, prepare
from tests.issuance.test_imports import contact as contact_line
from tests.people import name, resident
from tests.region import make_issuer


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


def broken(who: HolderKey) -> EvidenceRow:
    """A clearance that does not say what it clears: what no import writes, and no assessment can read."""
    return replace(contact(who), ref=f"broken-{who}", kind=EvidenceKind.CLEARANCE, reason=None)


def repair(issuer: Issuer, who: HolderKey) -> None:
    with issuer.store.transaction() as transaction:
        transaction.of(EvidenceRow).remove(equal("ref", f"broken-{who}"))


def aside(issuer: Issuer) -> list[SetAside]:
    with issuer.store.reading() as transaction:
        return transaction.of(SetAside).select()


def test_an_import_goes_on_for_everybody_but_the_one_whose_records_are_broken(issuer: Issuer) -> None:
    told = prepare(issuer, [contact_line(order) for order in range(7)])
    keep(issuer, broken(holder(issuer, 3)))
    release_import(issuer, SECOND, told.import_id, at=AT)

    done = apply_import(issuer, told.import_id, at=AT)

    assert done.state is ImportState.DONE
    assert [order for order in range(7) if colour_of(issuer, order) is Colour.GREEN] == [3]
    assert [(each.holder, each.kind) for each in aside(issuer)] == [(holder(issuer, 3), "AssertionError")]
    assert count_set_aside(issuer.store) == 1
    with issuer.store.reading() as transaction:
        acts = transaction.of(AuditRow).select(equal("act", "standing.set_aside"))
        assert verify_audit(transaction).faults == ()
    assert [(act.actor, act.subject) for act in acts] == [
        (f"import:{told.import_id}", holder(issuer, 3)),
    ]


def test_rule_20_colours_end_on_time_beside_a_broken_record_tried_every_hour(
    issuer: Issuer,
) -> None:
    people = [holder(issuer, order) for order in range(5)]
    keep(issuer, *(contact(each) for each in people))
    assess_now(issuer, *people)
    keep(issuer, broken(people[2]))
    ended = AT + 14 * DAY

    assert reassess_due(issuer, at=ended) == 5
    assert reassess_due(issuer, at=ended) == 0
    assert [colour_of(issuer, order) for order in range(5)].count(Colour.GREEN) == 4
    assert reassess_due(issuer, at=ended + HOUR) == 1
    assert [(each.since, each.tried_at) for each in aside(issuer)] == [(ended, ended + HOUR)]

    repair(issuer, people[2])
    reassess_due(issuer, at=ended + 2 * HOUR)

    assert aside(issuer) == []
    standing = standing_of(issuer, people[2])
    assert standing is not None
    assert (standing.colour, standing.set_aside_at) == (Colour.GREEN, None)


def test_a_new_version_of_the_rules_goes_round_beside_a_broken_record(issuer: Issuer) -> None:
    people = [holder(issuer, order) for order in range(3)]
    keep(issuer, *(contact(each) for each in people), broken(people[1]))

    assert sweep_rulebook(issuer, at=AT) == 3
    assert sweep_rulebook(issuer, at=AT) == 0
    assert [colour_of(issuer, order) for order in range(3)].count(Colour.YELLOW) == 2


def test_rule_7_who_is_set_aside_is_shown_no_colour_and_others_get_theirs(
    issuer: Issuer,
) -> None:
    with issuer.store.transaction() as transaction:
        one, other = (
            register_person(transaction, issuer, resident(order), name(order), "150102", at=AT).holder
            for order in range(2)
        )
        token = begin_session(transaction, issuer, SessionKind.RESIDENT, one, at=AT).encode()
    desk = OnlineDesk(issuer)
    desk.open(token, b"", at=AT)
    told = prepare(issuer, [contact_line(0), contact_line(9)])
    keep(issuer, broken(one))
    release_import(issuer, SECOND, told.import_id, at=AT)
    apply_import(issuer, told.import_id, at=AT)
    desk.follow()

    assert desk.find(token, b"", at=AT + 1) is None
    with pytest.raises(NotPossibleNow, match="cannot be assessed"):
        desk.open(token, b"", at=AT + 1)
    assert find_online_pass(issuer, resident(0), at=AT + 1) is None
    requests = [
        PassRequest(holder=each, carrier=each, pass_class=PassClass.PAPER, request_id="1")
        for each in (one, other)
    ]
    refused, granted = apply_for_passes(issuer, requests, at=AT + 1)
    assert isinstance(refused, NotPossibleNow)
    assert isinstance(granted, GrantedPass)


def test_what_fails_for_everybody_sets_nobody_aside(issuer: Issuer) -> None:
    people = [holder(issuer, order) for order in range(3 * MOST_FAILING)]

    def fail(some: object) -> None:
        raise RuntimeError("no key opens anything")

    with pytest.raises(RuntimeError):
        assess_apart(issuer, people, fail, at=AT, actor="region")
    assert aside(issuer) == []


def test_records_out_of_reach_set_nobody_aside_either(issuer: Issuer) -> None:
    def fail(some: object) -> None:
        raise StoreUnavailable("gone")

    with pytest.raises(StoreUnavailable):
        assess_apart(issuer, [holder(issuer)], fail, at=AT, actor="region")
    assert aside(issuer) == []


def test_the_broken_one_never_assessed_has_a_record_that_shows_nothing(issuer: Issuer) -> None:
    who = holder(issuer)
    keep(issuer, broken(who))
    sweep_rulebook(issuer, at=AT)

    standing = standing_of(issuer, who)
    assert standing is not None
    assert (standing.set_aside_at, standing.next_at) == (AT, AT + HOUR)
    with issuer.store.reading() as transaction:
        assert len(transaction.of(Standing).select()) == 1
