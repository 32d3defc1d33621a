"""Manual assignment over HTTP: two officers, a published rule, evidence, an end; a third after twenty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.colour import Colour, ColourReason
from comity.domain.instant import DAY, HOUR, rfc3339
from comity.issuance.assignments import PROPOSAL_LIFETIME
from comity.issuance.due_standings import reassess_due
from comity.issuance.evidence import EvidenceRow
from comity.issuance.messages import messages_of
from comity.issuance.records import HolderKey, Standing
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from tests import people
from tests.builders import AT
from tests.region import RegionNode, headers
from tests.server.desks import Desks


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path)


@pytest.fixture
def client(region: RegionNode) -> Iterator[TestClient]:
    with TestClient(region.app()) as client:
        yield client


@pytest.fixture
def desks(region: RegionNode, client: TestClient) -> Desks:
    return Desks(region, client)


def standing(region: RegionNode, holder: HolderKey) -> Standing | None:
    with region.issuer.store.reading() as transaction:
        return transaction.of(Standing).find(holder)


def test_rule_10_a_confirmed_assignment_gives_the_colour_of_its_rule_and_ends_by_itself(
    region: RegionNode, desks: Desks
) -> None:
    holder = region.person()

    proposed = desks.propose()
    before = standing(region, holder)
    confirmed = desks.confirm(proposed)
    during = standing(region, holder)
    region.at = AT + 7 * DAY
    reassess_due(region.issuer, at=region.at)
    after = standing(region, holder)

    assert (proposed.status_code, confirmed.status_code) == (201, 200)
    assert before is None
    assert during is not None
    assert (during.colour, during.reason) == (Colour.YELLOW, ColourReason.CLOSE_CONTACT)
    assert (during.rule, during.until) == ("close-contact", AT + 7 * DAY)
    assert after is not None
    assert after.colour is Colour.GREEN
    with region.issuer.store.reading() as transaction:
        acts = {row.act for row in transaction.of(AuditRow).select()}
        assert len(messages_of(transaction, holder)) == 2
        assert verify_audit(transaction).faults == ()
    assert {"assignment.proposed", "assignment.confirmed", "standing.changed"} <= acts


def test_the_audit_keeps_a_digest_of_free_words_and_not_the_words(region: RegionNode, desks: Desks) -> None:
    region.person()

    desks.propose(source_name="Ward of Dr Example", reference="file of Mr Example")

    with region.issuer.store.reading() as transaction:
        (row,) = transaction.of(AuditRow).select(equal("act", "assignment.proposed"))
    assert "Example" not in row.detail
    assert sha256(b"file of Mr Example").hexdigest()[:16] in row.detail


def test_rule_10_nobody_confirms_alone(region: RegionNode, desks: Desks) -> None:
    holder = region.person()
    both = region.officer(Role.EPIDEMIOLOGIST, Role.SECOND_OFFICER, division="150100")
    proposed = desks.propose(by=both)

    refused = desks.confirm(proposed, by=both)

    assert refused.status_code == 403
    assert standing(region, holder) is None


def test_rule_10_no_request_has_a_field_for_a_colour(region: RegionNode, desks: Desks) -> None:
    described = json.dumps(region.app().openapi()["components"]["schemas"]["AssignmentRequest"])

    assert "colour" not in described
    assert desks.propose(colour="red").status_code == 422


@pytest.mark.parametrize(
    ("flaw", "field"),
    [
        ({"rule_id": "officer"}, "rule_id"),
        ({"rulebook_version": 2}, "rulebook_version"),
        ({"ended_at": rfc3339(AT)}, "ended_at"),
        ({"ended_at": rfc3339(AT + 13 * DAY + 1)}, "ended_at"),
        ({"began_at": rfc3339(AT + 1)}, "began_at"),
        ({"reference": "<script>"}, "reference"),
        ({"source_name": "  "}, "source_name"),
        ({"reference": f"file {people.resident_number(1)}"}, "reference"),
        ({"ended_at": "2020-03-21T00:00:00"}, "ended_at"),
        ({"person": {"kind": "resident_id", "number": "990000198206170000"}}, "number"),
    ],
)
def test_rule_10_an_assignment_needs_rule_evidence_and_end(
    region: RegionNode, desks: Desks, flaw: dict[str, Any], field: str
) -> None:
    region.person()

    refused = desks.propose(**flaw)

    assert refused.status_code == 422
    assert refused.json()["field"] == field


def test_a_rule_that_only_a_clearance_ends_still_needs_an_end_within_21_days(
    region: RegionNode, desks: Desks
) -> None:
    region.person()

    late = desks.propose(rule_id="confirmed-case", ended_at=rfc3339(AT + 21 * DAY + 1))
    good = desks.propose(rule_id="confirmed-case", ended_at=rfc3339(AT + 21 * DAY))

    assert (late.status_code, good.status_code) == (422, 201)


def test_c0_officers_act_only_for_their_own_division(region: RegionNode, desks: Desks) -> None:
    region.person(1, division="150102")
    region.person(2, division="150202")
    elsewhere = region.officer(Role.SECOND_OFFICER, division="150200")

    assert desks.propose(2).status_code == 403
    assert desks.confirm(desks.propose(1), by=elsewhere).status_code == 403


def test_nobody_who_is_not_registered_is_assigned_anything(desks: Desks) -> None:
    assert desks.propose(5).status_code == 404


def test_a_proposal_lapses_after_a_day_and_can_be_declined(region: RegionNode, desks: Desks) -> None:
    region.person()
    old, declined = desks.propose(), desks.propose()

    path = f"/assignments/{declined.json()['assignment_id']}/declining"
    assert desks.post(desks.second, path).json()["state"] == "declined"
    assert desks.confirm(declined).status_code == 409
    region.at += PROPOSAL_LIFETIME
    assert desks.confirm(old).status_code == 409


def test_a_proposal_of_an_officer_who_lost_the_role_is_not_confirmed(
    region: RegionNode, desks: Desks
) -> None:
    region.person()
    proposed = desks.propose()
    region.close(desks.proposer)

    assert desks.confirm(proposed).status_code == 409


def test_rule_10_the_21st_within_an_hour_asks_a_third_officer(region: RegionNode, desks: Desks) -> None:
    for order in range(1, 24):
        region.person(order)
    states = [desks.confirm(desks.propose(order)).json()["state"] for order in range(1, 21)]
    last = desks.propose(21)

    stopped = desks.confirm(last)
    assert states == ["in_effect"] * 20
    assert stopped.json()["state"] == "stopped"
    assert desks.confirm(last).status_code == 403
    assert desks.confirm(last, by=desks.third).json()["state"] == "in_effect"

    region.at += HOUR
    assert desks.confirm(desks.propose(22)).json()["state"] == "in_effect"


def test_rule_10_one_source_through_many_officers_stops_as_well(region: RegionNode, desks: Desks) -> None:
    for order in range(1, 23):
        region.person(order)
    for order in range(1, 21):
        desks.confirm(
            desks.propose(order, by=region.officer(Role.EPIDEMIOLOGIST)),
            by=region.officer(Role.SECOND_OFFICER),
        )

    other = {"source_name": "Baotou CDC"}
    fresh = [region.officer(Role.EPIDEMIOLOGIST), region.officer(Role.SECOND_OFFICER)]
    same_source = desks.confirm(desks.propose(21, by=fresh[0]), by=fresh[1])
    other_source = desks.confirm(desks.propose(22, by=fresh[0], **other), by=fresh[1])

    assert same_source.json()["state"] == "stopped"
    assert other_source.json()["state"] == "in_effect"


def test_a_second_officer_sees_what_waits_without_the_name(region: RegionNode, desks: Desks) -> None:
    region.person()
    desks.propose()

    (waiting,) = desks.client.get("/assignments", headers=headers(region.token(desks.second))).json()

    assert waiting["masked_name"] != people.name(1)
    assert people.resident_number(1) not in json.dumps(waiting)


def test_what_an_assignment_becomes_cites_the_rule(region: RegionNode, desks: Desks) -> None:
    holder = region.person()
    desks.confirm(desks.propose())

    with region.issuer.store.reading() as transaction:
        (row,) = transaction.of(EvidenceRow).select(equal("holder", holder))
    assert (row.kind, row.rule_id, row.ended_at) == ("assignment", "close-contact", AT + 7 * DAY)
