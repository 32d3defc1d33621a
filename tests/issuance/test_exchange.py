"""Evidence between regions: told, asked back, lapsing, contradicted, disputed (settled rules 11 and 17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.region import RegionCode
from comity.errors import StatementRefused, UnreadableStatement
from comity.issuance.application import GrantedPass, PassRequest, WaitingApplication
from comity.issuance.correction_decisions import Ruling, decide_correction
from comity.issuance.corrections import (
    Correction,
    CorrectionDecision,
    CorrectionKind,
    CorrectionState,
    Dispute,
    escalate_overdue,
    open_correction,
)
from comity.issuance.evidence import withdraw_evidence
from comity.issuance.exchange_records import ExchangedFact, FactState
from comity.issuance.exchanged_facts import LOOKED_AT
from comity.issuance.issuer import Issuer
from comity.issuance.messages import messages_of, words_of
from comity.issuance.records import HolderKey
from comity.issuance.standing import reassess
from comity.issuance.visitors import apply, continue_waiting
from comity.issuance.why import explain
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.trust.exchange import ExchangeKind
from tests.builders import AT, PHONE
from tests.issuance.holding import assess_now, contact, keep, standing_of
from tests.issuance.neighbours import (
    HENAN,
    SHANDONG,
    Neighbours,
    neighbours,
    outgoing,
    refused,
    register,
    told,
)


@pytest.fixture
def both() -> Neighbours:
    return neighbours()


def release(both: Neighbours, holder: HolderKey, *, at: Instant) -> None:
    """Henan finds that its evidence was wrong."""
    with both.henan.store.transaction() as transaction:
        withdraw_evidence(transaction, f"contact-{holder}", at=at)
        reassess(transaction, both.henan, [holder], at=at, actor="test")


def colour_of(issuer: Issuer, holder: HolderKey) -> Colour:
    standing = standing_of(issuer, holder)
    return Colour.GREEN if standing is None else standing.colour


def officer(region: RegionCode, *roles: Role) -> Officer:
    return Officer(
        officer_id="o" * 32,
        display_name="Officer",
        roles=tuple(map(str, roles)),
        division=region,
        is_active=True,
        added_at=AT,
    )


def decide(issuer: Issuer, correction: Correction, ruling: Ruling, *, at: Instant) -> None:
    """Let an officer of the region decide."""
    deciding = officer(issuer.region, Role.EPIDEMIOLOGIST, Role.SUPERVISOR)
    decide_correction(issuer, deciding, correction.correction_id, ruling, at=at)


def test_a_fact_counts_once_its_region_stands_by_it_rule_11(both: Neighbours) -> None:
    _, here = told(both)

    carried = both.carry()

    assert [message.kind for message in carried][:3] == [
        ExchangeKind.FACT,
        ExchangeKind.QUESTION,
        ExchangeKind.ANSWER,
    ]
    (fact,) = both.facts(here)
    standing = standing_of(both.shandong, here)
    assert fact.state is FactState.CONFIRMED
    assert standing is not None
    assert standing.colour is not Colour.GREEN
    assert standing.origin == HENAN


def test_the_person_sees_which_region_it_came_from_rule_11(both: Neighbours) -> None:
    _, here = told(both)
    both.carry()

    with both.shandong.store.reading() as transaction:
        why = explain(transaction, both.shandong, here, at=AT)

    assert "河南" in why.findings[0].evidence.zh
    assert "Henan" in why.findings[0].evidence.en
    assert why.until is not None


def test_before_its_region_stands_by_it_a_fact_is_nothing_rule_11(both: Neighbours) -> None:
    _, here = told(both)
    both.work(both.henan, at=AT)
    both.send(both.henan, at=AT)
    both.lost.add(HENAN)

    both.carry(at=AT + DAY)

    assert [fact.state for fact in both.facts(here)] == [FactState.ASKED]
    assert colour_of(both.shandong, here) is Colour.GREEN


def test_a_fact_lapses_at_its_end_rule_20(both: Neighbours) -> None:
    _, here = told(both)
    both.carry()
    (fact,) = both.facts(here)
    both.lost.add(HENAN)

    both.work(both.shandong, at=fact.until - 1)
    assert colour_of(both.shandong, here) is not Colour.GREEN
    both.work(both.shandong, at=fact.until)

    assert both.facts(here)[0].state is FactState.LAPSED
    assert colour_of(both.shandong, here) is Colour.GREEN


def test_a_fact_that_is_taken_back_lapses(both: Neighbours) -> None:
    there, here = told(both)
    both.carry()

    release(both, there, at=AT + HOUR)
    both.carry(at=AT + HOUR)

    assert both.facts(here)[0].state is FactState.LAPSED
    assert colour_of(both.shandong, here) is Colour.GREEN


def test_july_2022_a_fact_its_own_region_contradicts_colours_nobody_rule_11(both: Neighbours) -> None:
    """Pushed by Henan, green in Henan: it counts for nothing, and the person is told who has to explain."""
    there, here = told(both)
    both.work(both.henan, at=AT)
    (pushed,) = outgoing(both.henan)
    release(both, there, at=AT)
    both.deliver(both.sealed(both.henan, pushed, at=AT), SHANDONG, at=AT)

    (question,) = outgoing(both.shandong)
    assert question.kind is ExchangeKind.QUESTION
    both.send(both.shandong, at=AT)
    both.send(both.henan, at=AT)

    (fact,) = both.facts(here)
    assert fact.state is FactState.CONTRADICTED
    assert fact.due_at == AT + DAY
    assert colour_of(both.shandong, here) is Colour.GREEN
    with both.shandong.store.reading() as transaction:
        said = [words_of(message).en for message in messages_of(transaction, here)]
    assert any("Henan" in words and "24 hours" in words for words in said)


def test_july_2022_a_colour_that_counted_ends_when_its_region_turns_green_rule_11(both: Neighbours) -> None:
    there, here = told(both)
    both.carry()
    with both.henan.store.transaction() as transaction:
        withdraw_evidence(transaction, f"contact-{there}", at=AT + HOUR)

    both.work(both.shandong, at=AT + HOUR)
    both.send(both.shandong, at=AT + HOUR)
    both.send(both.henan, at=AT + HOUR)

    assert both.facts(here)[0].state is FactState.CONTRADICTED
    assert colour_of(both.shandong, here) is Colour.GREEN


def test_a_dispute_is_answered_by_the_region_that_told_rule_11(both: Neighbours) -> None:
    there, here = told(both)
    both.carry()
    said = Dispute(
        holder=here,
        kind=CorrectionKind.FOREIGN_COLOUR,
        statement="I was never there.",
        issuer=HENAN,
    )
    own = open_correction(both.shandong, here, said, at=AT)
    ruling = Ruling(decision=CorrectionDecision.REFERRED_TO_ISSUER, reasons="Henan has to answer.")
    decide_correction(
        both.shandong,
        officer(SHANDONG, Role.EPIDEMIOLOGIST, Role.SUPERVISOR),
        own.correction_id,
        ruling,
        at=AT,
    )
    both.carry()

    with both.henan.store.reading() as transaction:
        (asked,) = transaction.of(Correction).select()
    assert (asked.holder, asked.asked_by, asked.due_at) == (there, f"region:{SHANDONG}", AT + DAY)
    annulled = Ruling(
        decision=CorrectionDecision.EVIDENCE_ANNULLED,
        reasons="The list named somebody else.",
        evidence=[f"contact-{there}"],
    )
    decide_correction(
        both.henan,
        officer(HENAN, Role.EPIDEMIOLOGIST, Role.SUPERVISOR),
        asked.correction_id,
        annulled,
        at=AT + HOUR,
    )
    both.carry(at=AT + HOUR)

    with both.shandong.store.reading() as transaction:
        ended = transaction.of(Correction).find(own.correction_id)
    assert ended is not None
    assert ended.state is CorrectionState.DECIDED
    assert ended.decision is CorrectionDecision.EVIDENCE_ANNULLED
    assert ended.decided_by == f"region:{HENAN}"
    assert colour_of(both.shandong, here) is Colour.GREEN


def test_a_dispute_nobody_answers_goes_to_the_supervisor_of_both_regions_rule_11(both: Neighbours) -> None:
    _, here = told(both)
    both.carry()
    said = Dispute(
        holder=here, kind=CorrectionKind.FOREIGN_COLOUR, statement="I was never there.", issuer=HENAN
    )
    own = open_correction(both.shandong, here, said, at=AT)
    ruling = Ruling(decision=CorrectionDecision.REFERRED_TO_ISSUER, reasons="Henan has to answer.")
    decide_correction(
        both.shandong,
        officer(SHANDONG, Role.EPIDEMIOLOGIST, Role.SUPERVISOR),
        own.correction_id,
        ruling,
        at=AT,
    )
    both.carry()

    assert escalate_overdue(both.henan, at=AT + DAY) == 1
    assert escalate_overdue(both.shandong, at=AT + DAY) == 1


def test_the_home_region_of_a_visitor_is_asked_rule_17(both: Neighbours) -> None:
    """Henan is home and has a contact; Shandong is host, and knows before it issues."""
    at_home, away = register(both.henan, "410100"), register(both.shandong, "410100")
    keep(both.henan, contact(at_home))
    assess_now(both.henan, at_home)
    request = PassRequest(
        holder=away,
        carrier=away,
        pass_class=PassClass.DEVICE,
        device_key=PHONE.as_device_key(),
        request_id="r",
    )

    assert isinstance(apply(both.shandong, request, at=AT), WaitingApplication)
    both.carry()
    assert continue_waiting(both.shandong, at=AT + 60) == 1

    standing = standing_of(both.shandong, away)
    assert standing is not None
    assert standing.colour is not Colour.GREEN
    assert standing.origin == HENAN


def test_a_home_region_that_knows_nothing_ends_the_waiting_rule_17(
    both: Neighbours,
) -> None:
    register(both.henan, "410100")
    away = register(both.shandong, "410100")
    request = PassRequest(
        holder=away,
        carrier=away,
        pass_class=PassClass.DEVICE,
        device_key=PHONE.as_device_key(),
        request_id="r",
    )
    assert isinstance(apply(both.shandong, request, at=AT), WaitingApplication)
    both.carry()

    assert isinstance(apply(both.shandong, request, at=AT + 60), GrantedPass)


def test_people_who_live_here_are_told_of_to_nobody(both: Neighbours) -> None:
    who = register(both.henan, "410100")
    keep(both.henan, contact(who))
    assess_now(both.henan, who)

    assert both.carry() == []


def test_a_message_is_taken_in_once(both: Neighbours) -> None:
    told(both)
    both.work(both.henan, at=AT)
    (message,) = outgoing(both.henan)
    first, again = both.sealed(both.henan, message, at=AT), both.sealed(both.henan, message, at=AT)

    assert both.deliver(first, SHANDONG, at=AT)
    assert not both.deliver(first, SHANDONG, at=AT)
    assert not both.deliver(again, SHANDONG, at=AT)


def test_a_message_that_is_altered_late_or_for_another_is_refused(both: Neighbours) -> None:
    told(both)
    both.work(both.henan, at=AT)
    (message,) = outgoing(both.henan)
    text = both.sealed(both.henan, message, at=AT)
    middle = len(text) // 2
    flipped = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]

    assert refused(lambda: both.deliver(flipped, SHANDONG, at=AT)) is UnreadableStatement
    assert refused(lambda: both.deliver(text, HENAN, at=AT)) is UnreadableStatement
    assert refused(lambda: both.deliver("", SHANDONG, at=AT)) is UnreadableStatement
    assert refused(lambda: both.deliver(text, SHANDONG, at=AT + DAY + 1)) is StatementRefused
    assert refused(lambda: both.deliver(text, SHANDONG, at=AT - 61)) is StatementRefused


def test_a_stranger_is_not_heard(both: Neighbours) -> None:
    told(both)
    both.work(both.henan, at=AT)
    (message,) = outgoing(both.henan)
    posing = replace(both.henan, region=RegionCode("650000"))

    text = both.sealed(posing, message, at=AT)

    assert refused(lambda: both.deliver(text, SHANDONG, at=AT)) is StatementRefused


def test_a_region_that_cannot_be_reached_loses_nothing(both: Neighbours) -> None:
    _, here = told(both)
    both.lost.add(SHANDONG)
    assert both.carry() == []

    both.lost.clear()
    both.carry(at=AT + 3 * DAY)

    assert both.facts(here)[0].state is FactState.CONFIRMED


def test_every_step_is_in_the_audit_and_nothing_personal_is_kept_with_messages(both: Neighbours) -> None:
    there, _ = told(both)
    both.work(both.henan, at=AT)
    (message,) = outgoing(both.henan)
    both.carry()

    assert there not in message.body.decode("latin-1")
    assert b"number" not in message.body
    for issuer in (both.henan, both.shandong):
        with issuer.store.reading() as transaction:
            checked = verify_audit(transaction)
        assert checked.rows > 0
        assert not checked.faults


def test_a_fact_that_counts_is_not_moved_to_somebody_else_rule_11(both: Neighbours) -> None:
    _, here = told(both)
    both.work(both.henan, at=AT)
    (fact,) = outgoing(both.henan)
    both.carry()
    other = register(both.henan, "370200", 1)

    moved = both.sealed(both.henan, replace(fact, message_id=f"{7:032x}", holder=other), at=AT)

    assert refused(lambda: both.deliver(moved, SHANDONG, at=AT)) is StatementRefused
    assert [each.state for each in both.facts(here)] == [FactState.CONFIRMED]


def test_every_fact_is_asked_about_again_in_its_turn_rule_11(both: Neighbours) -> None:
    _, here = told(both)
    both.carry()
    (fact,) = both.facts(here)
    with both.shandong.store.transaction() as transaction:
        for number in range(LOOKED_AT):
            held = replace(fact, key=f"{HENAN}-0-{number}", fact_id=f"0-{number}", asked_at=AT + HOUR)
            transaction.of(ExchangedFact).add(held)

    both.work(both.shandong, at=AT + HOUR)

    (asked,) = [each for each in both.facts(here) if each.key == fact.key]
    assert asked.asked_at == AT + HOUR


def test_one_dispute_of_a_region_about_a_person_is_open_at_once_rule_11(both: Neighbours) -> None:
    there, here = told(both)
    both.carry()
    said = Dispute(holder=here, kind=CorrectionKind.FOREIGN_COLOUR, statement="Never there.", issuer=HENAN)
    own = open_correction(both.shandong, here, said, at=AT)
    ruling = Ruling(decision=CorrectionDecision.REFERRED_TO_ISSUER, reasons="Henan has to answer.")
    decide(both.shandong, own, ruling, at=AT)
    (dispute,) = outgoing(both.shandong)
    both.carry()

    again = both.sealed(both.shandong, replace(dispute, message_id=f"{9:032x}"), at=AT)

    assert refused(lambda: both.deliver(again, HENAN, at=AT)) is StatementRefused
    with both.henan.store.reading() as transaction:
        assert [each.holder for each in transaction.of(Correction).select()] == [there]
