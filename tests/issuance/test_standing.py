"""The standing of people: assessed when evidence or time says so, told, recorded, and nobody else touched."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from comity.domain.assessment_document import write_assessment_rulebook
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import EvidenceKind, EvidenceSource, RiskLevel
from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import NotPermitted, NotPossibleNow, PublicationRefused, UnknownRecord
from comity.issuance.assessment_rulebooks import (
    AssessmentRulebookRow,
    propose_rulebook,
    publish_rulebook,
    rulebook_in_force,
)
from comity.issuance.due_standings import BATCH, reassess_due, sweep_rulebook
from comity.issuance.evidence import EvidenceRow, holders_by_stay, withdraw_evidence
from comity.issuance.issuer import Issuer
from comity.issuance.records import Change, HolderKey, Message, Standing
from comity.issuance.standing import find_or_assess, reassess
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from tests.builders import AT
from tests.issuance.holding import assess_now, case, contact, high_risk, holder, keep, standing_of, stay
from tests.region import make_issuer


def test_settled_rule_10_an_applicant_without_evidence_is_green() -> None:
    issuer = make_issuer()
    with issuer.store.transaction() as transaction:
        standing = find_or_assess(transaction, issuer, holder(issuer), at=AT)

    assert (standing.colour, standing.until, standing.next_at) == (Colour.GREEN, None, None)
    assert standing_of(issuer, holder(issuer)) == standing


def test_a_contact_turns_yellow_with_message_change_and_act_in_one_transaction() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who))
    assess_now(issuer, who)

    standing = standing_of(issuer, who)
    assert standing is not None
    assert (standing.colour, standing.reason, standing.rule) == (
        Colour.YELLOW,
        ColourReason.CLOSE_CONTACT,
        "close-contact",
    )
    assert (standing.basis, standing.until, standing.since) == (AT, AT + 14 * DAY, AT)
    with issuer.store.reading() as transaction:
        (message,) = transaction.of(Message).select(equal("holder", who))
        (act,) = transaction.of(AuditRow).select(equal("subject", who))
        (change,) = transaction.of(Change).select()
        assert verify_audit(transaction).faults == ()
    assert message.text_key == "message.turned"
    assert (act.act, json.loads(act.detail)["to"]) == ("standing.changed", "yellow")
    assert change.holder == who


def test_settled_rule_20_the_colour_comes_back_to_green_by_itself_on_time() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who))
    assess_now(issuer, who)

    assert reassess_due(issuer, at=AT + 14 * DAY - 1) == 0
    assert reassess_due(issuer, at=AT + 14 * DAY) == 1
    assert reassess_due(issuer, at=AT + 14 * DAY) == 0

    standing = standing_of(issuer, who)
    assert standing is not None
    assert (standing.colour, standing.since, standing.next_at) == (Colour.GREEN, AT + 14 * DAY, None)
    with issuer.store.reading() as transaction:
        keys = [each.text_key for each in transaction.of(Message).select(order=("made_at",))]
    assert keys == ["message.turned", "message.turned_green"]


def test_a_review_keeps_the_colour_and_its_since_and_tells_the_next_date() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, case(who))
    assess_now(issuer, who)
    reassess_due(issuer, at=AT + 14 * DAY)

    standing = standing_of(issuer, who)
    assert standing is not None
    assert (standing.colour, standing.since, standing.until) == (Colour.RED, AT, AT + 28 * DAY)
    with issuer.store.reading() as transaction:
        assert {each.text_key for each in transaction.of(Message).select()} == {
            "message.turned",
            "message.reviewed",
        }


def test_assessing_again_without_anything_new_writes_no_act_and_no_message() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who))
    assess_now(issuer, who)
    assess_now(issuer, who, at=AT + HOUR)

    with issuer.store.reading() as transaction:
        assert len(transaction.of(Message).select()) == 1
        assert len(transaction.of(AuditRow).select()) == 1


def test_nobody_is_written_down_for_being_green() -> None:
    issuer = make_issuer()
    assess_now(issuer, holder(issuer))

    assert standing_of(issuer, holder(issuer)) is None


def test_evidence_that_begins_later_is_looked_at_when_it_begins() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who, at=AT + HOUR))
    assess_now(issuer, who)

    assert reassess_due(issuer, at=AT + HOUR) == 1
    standing = standing_of(issuer, who)
    assert standing is not None
    assert standing.colour is Colour.YELLOW


def test_an_applicant_whose_time_has_come_is_assessed_before_the_duty_ran() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who))
    assess_now(issuer, who)
    with issuer.store.transaction() as transaction:
        standing = find_or_assess(transaction, issuer, who, at=AT + 14 * DAY)

    assert standing.colour is Colour.GREEN


def test_withdrawn_evidence_counts_no_more() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who))
    assess_now(issuer, who)
    with issuer.store.transaction() as transaction:
        withdraw_evidence(transaction, f"contact-{who}", at=AT + HOUR)
        (change,) = reassess(transaction, issuer, [who], at=AT + HOUR, actor="officer:x")

    assert (change.after.colour, change.is_of_colour) == (Colour.GREEN, True)
    with pytest.raises(UnknownRecord), issuer.store.transaction() as transaction:
        withdraw_evidence(transaction, "no such reference", at=AT)


def test_exactly_the_people_with_a_stay_in_a_risk_area_are_found() -> None:
    issuer = make_issuer()
    inside, beside, before = (holder(issuer, order) for order in range(3))
    keep(
        issuer,
        stay(inside),
        stay(inside, "110107", ref="again"),
        stay(beside, "120101"),
        stay(before, until=AT - 30 * DAY),
    )

    def found(area: str) -> list[HolderKey]:
        with issuer.store.reading() as transaction:
            return list(holders_by_stay(transaction, high_risk(area).as_risk_area()))

    assert found("110106") == [inside]
    assert found("110100") == [inside, inside]
    assert found("110000") == [inside, inside]
    assert found("110108") == []


def test_a_stay_in_a_high_risk_area_is_red_and_a_lower_level_is_looked_up_by_area() -> None:
    issuer = make_issuer()
    one, other = holder(issuer), holder(issuer, 1)
    low = replace(high_risk("120101", ref="low"), level=RiskLevel.LOW)
    keep(issuer, stay(one), stay(other, "120101"), high_risk("110100"), low)
    assess_now(issuer, one, other)

    standing = standing_of(issuer, one)
    assert standing is not None
    assert (standing.colour, standing.reason) == (Colour.RED, ColourReason.RISK_AREA_STAY)
    assert standing_of(issuer, other) is None


def test_many_people_due_at_once_are_done_in_batches() -> None:
    issuer = make_issuer()
    rows = [
        EvidenceRow(
            ref=f"e{number}",
            holder=HolderKey(f"{number:032x}"),
            kind=EvidenceKind.CLOSE_CONTACT,
            source=EvidenceSource.IMPORT,
            source_name="list",
            began_at=AT,
            added_at=AT,
        )
        for number in range(BATCH + 3)
    ]
    keep(issuer, *rows)
    assess_now(issuer, *(row.holder for row in rows))

    assert reassess_due(issuer, at=AT + 14 * DAY) == BATCH + 3
    with issuer.store.reading() as transaction:
        assert transaction.of(Standing).select(equal("colour", Colour.YELLOW)) == []
        assert verify_audit(transaction).faults == ()


def officer(name: str, role: Role) -> Officer:
    return Officer(
        officer_id=name, display_name=name, roles=(role,), division="150000", is_active=True, added_at=AT
    )


EPIDEMIOLOGIST = officer("ep", Role.EPIDEMIOLOGIST)
SECOND = officer("second", Role.SECOND_OFFICER)
BOTH = replace(EPIDEMIOLOGIST, roles=(Role.EPIDEMIOLOGIST, Role.SECOND_OFFICER))


def publish(issuer: Issuer, officer: Officer, version: int, *, at: Instant) -> None:
    """Publish a proposal as it lies there."""
    with issuer.store.reading() as transaction:
        row = transaction.of(AssessmentRulebookRow).find(version)
    publish_rulebook(issuer, officer, version, digest="" if row is None else row.digest, at=at)


NEXT = write_assessment_rulebook(replace(default_assessment_rulebook(valid_from=AT + DAY), version=2))


def test_settled_rule_10_a_rulebook_is_proposed_by_one_officer_and_published_by_another() -> None:
    issuer = make_issuer()
    propose_rulebook(issuer, EPIDEMIOLOGIST, NEXT, at=AT)
    with issuer.store.reading() as transaction:
        assert rulebook_in_force(transaction, issuer, at=AT + DAY).version == 1

    publish(issuer, SECOND, 2, at=AT)

    with issuer.store.reading() as transaction:
        assert rulebook_in_force(transaction, issuer, at=AT + DAY - 1).version == 1
        assert rulebook_in_force(transaction, issuer, at=AT + DAY).version == 2
        assert len(transaction.of(AuditRow).select()) == 2


def test_settled_rule_10_nobody_publishes_the_own_proposal_or_without_the_role() -> None:
    issuer = make_issuer()
    propose_rulebook(issuer, BOTH, NEXT, at=AT)

    with pytest.raises(NotPermitted):
        publish(issuer, BOTH, 2, at=AT)
    with pytest.raises(NotPermitted):
        publish(issuer, EPIDEMIOLOGIST, 2, at=AT)
    with pytest.raises(NotPermitted):
        propose_rulebook(issuer, SECOND, NEXT, at=AT)
    with pytest.raises(UnknownRecord):
        publish(issuer, SECOND, 3, at=AT)


def test_a_published_version_stays_as_it_is_and_a_late_one_is_refused() -> None:
    issuer = make_issuer()
    propose_rulebook(issuer, EPIDEMIOLOGIST, NEXT, at=AT)
    with pytest.raises(PublicationRefused):
        publish(issuer, SECOND, 2, at=AT + 2 * DAY)
    publish(issuer, SECOND, 2, at=AT)

    with pytest.raises(NotPossibleNow):
        publish(issuer, SECOND, 2, at=AT)
    with pytest.raises(PublicationRefused):
        propose_rulebook(issuer, EPIDEMIOLOGIST, NEXT, at=AT)


def test_a_new_version_is_applied_once_to_everybody_with_evidence() -> None:
    issuer = make_issuer()
    who = holder(issuer)
    keep(issuer, contact(who))
    assess_now(issuer, who)
    assert sweep_rulebook(issuer, at=AT) == 1
    only = {**NEXT, "rules": [rule for rule in NEXT["rules"] if rule["id"] != "close-contact"]}  # type: ignore[attr-defined]
    propose_rulebook(issuer, EPIDEMIOLOGIST, only, at=AT)
    publish(issuer, SECOND, 2, at=AT)

    assert sweep_rulebook(issuer, at=AT + DAY - 1) == 0
    assert sweep_rulebook(issuer, at=AT + DAY) == 1
    assert sweep_rulebook(issuer, at=AT + DAY) == 0
    standing = standing_of(issuer, who)
    assert standing is not None
    assert (standing.colour, standing.rulebook_version) == (Colour.GREEN, 2)


def test_settled_rule_10_what_was_proposed_anew_after_the_second_officer_read_it_is_not_published() -> None:
    issuer = make_issuer()
    read = propose_rulebook(issuer, EPIDEMIOLOGIST, NEXT, at=AT)
    fewer = {**NEXT, "rules": NEXT["rules"][:1]}  # type: ignore[index]
    propose_rulebook(issuer, EPIDEMIOLOGIST, fewer, at=AT)

    with pytest.raises(NotPossibleNow):
        publish_rulebook(issuer, SECOND, 2, digest=read.digest, at=AT)
