"""Extra demands (C3.2): anonymous reports, an answer in 3 days, a county that never sees a reporter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.issuance.extra_demands import ANSWER_CLOCK, ExtraDemand, escalate_demands
from comity.officers.permissions import Role
from tests.builders import AT
from tests.server.gate_node import COUNTY, OTHER_COUNTY, GateNode

CONTACT = "138 0000 0000"
REPORT = {"division": COUNTY, "kind": "community_letter", "words": "estate gate", "contact": CONTACT}
ANSWER = {"remedy": "stopped", "answer": "The estate was told."}


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


def reported(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/extra-demands", json=REPORT | changes)
    assert answer.status_code == 201
    taken: dict[str, Any] = answer.json()
    return taken


def test_c3_2_anybody_reports_and_follows_the_answer_without_signing_in(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        taken = reported(client)
        county = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        client.post(f"/extra-demands/{taken['demand']['demand_id']}/answer", json=ANSWER, headers=county)

        followed = client.post("/extra-demands/follow", json={"token": taken["token"]}).json()
        unknown = client.post("/extra-demands/follow", json={"token": "0" * 48})

    assert (followed["state"], followed["remedy"], followed["answer"]) == (
        "answered",
        "stopped",
        "The estate was told.",
    )
    assert unknown.status_code == 404


def test_c3_2_a_county_never_sees_a_reporter(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        taken = reported(client)
        county = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        path = f"/extra-demands/{taken['demand']['demand_id']}"

        seen = client.get("/extra-demands", headers=county)
        answered = client.post(f"{path}/answer", json=ANSWER, headers=county)
        refused = client.post(f"/supervision{path}/contact", headers=county)

    for answer in (seen, answered):
        assert CONTACT not in answer.text
        assert taken["token"] not in answer.text
        assert "T12:" not in answer.json()[0]["reported_on"] if answer is seen else True
    assert refused.status_code == 403


def test_the_contact_is_sealed_and_opened_by_the_supervisor_alone_on_record(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        taken = reported(client)
        supervisor = gate_node.signed_in(Role.SUPERVISOR, division="150000")
        path = f"/supervision/extra-demands/{taken['demand']['demand_id']}/contact"

        opened = client.post(path, headers=supervisor).json()

    with gate_node.issuer.store.reading() as transaction:
        kept = transaction.of(ExtraDemand).select()[0]
    assert opened["contact"] == CONTACT
    assert kept.contact is not None
    assert CONTACT.encode() not in kept.contact
    assert gate_node.acts("demand_contact_opened") == [kept.demand_id]


def test_a_report_without_contact_has_none(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        reported(client, contact=None)

    with gate_node.issuer.store.reading() as transaction:
        kept = transaction.of(ExtraDemand).select()[0]
    assert (kept.contact, kept.vault_key) == (None, None)


def test_after_three_days_without_answer_it_goes_to_the_supervisor(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        reported(client)

        early = escalate_demands(gate_node.issuer, at=AT + ANSWER_CLOCK - 1)
        due = escalate_demands(gate_node.issuer, at=AT + ANSWER_CLOCK)
        again = escalate_demands(gate_node.issuer, at=AT + ANSWER_CLOCK)
        supervisor = gate_node.signed_in(Role.SUPERVISOR, division="150000")
        seen = client.get("/supervision/extra-demands", headers=supervisor).json()

    assert (early, due, again) == (0, 1, 0)
    assert seen["reports"][0]["is_escalated"]


def test_an_escalated_report_can_still_be_answered_once(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        path = f"/extra-demands/{reported(client)['demand']['demand_id']}/answer"
        escalate_demands(gate_node.issuer, at=AT + ANSWER_CLOCK)
        gate_node.at = AT + ANSWER_CLOCK
        county = gate_node.signed_in(Role.CHECKPOINT_MANAGER)

        first = client.post(path, json=ANSWER, headers=county)
        second = client.post(path, json=ANSWER, headers=county)

    assert (first.json()["state"], first.json()["is_escalated"]) == ("answered", True)
    assert second.status_code == 409


def test_a_county_sees_and_answers_its_own_reports_only(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        path = f"/extra-demands/{reported(client)['demand']['demand_id']}/answer"
        stranger = gate_node.signed_in(Role.CHECKPOINT_MANAGER, division=OTHER_COUNTY)

        seen = client.get("/extra-demands", headers=stranger).json()
        answered = client.post(path, json=ANSWER, headers=stranger)

    assert seen == []
    assert answered.status_code == 404


@pytest.mark.parametrize("division", ["150000", "150100", "440106", "150199", "999999"])
def test_the_place_is_a_county_of_the_list(gate_node: GateNode, division: str) -> None:
    with gate_node.served() as client:
        answer = client.post("/extra-demands", json=REPORT | {"division": division})
        counties = [county["code"] for county in client.get("/counties").json()]

    assert (answer.status_code, answer.json()["field"]) == (422, "division")
    assert len(counties) == 103
    assert division not in counties
