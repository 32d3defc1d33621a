"""The manual path (settled rule 16): 30 minutes, six outcomes or a note, and no way to hold anybody."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.colour import Colour
from comity.domain.decision import RULINGS, Outcome, ReasonCode
from comity.domain.instant import DAY, HOUR
from comity.errors import StatementRefused, UnreadableStatement
from comity.issuance.manual_cases import CASE_CLOCK, ManualCase, end_due_cases
from comity.officers.permissions import Role
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from comity.server.gate_limits import CARDS_PER_MINUTE
from comity.trust.interim_note import read_interim_note
from tests.builders import AT, HOME, HOST, key_list
from tests.server.gate_node import COUNTY, OTHER_COUNTY, GateNode
from tests.server.test_verify_by_id import CARD, known, relieve


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


def opened(gate_node: GateNode, client: TestClient) -> dict[str, Any]:
    officer = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
    body = {"reason": "status_missing", "division": COUNTY}
    case: dict[str, Any] = client.post("/manual-cases", json=body, headers=officer).json()
    return case


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_case_ends_with_one_of_the_six_outcomes(gate_node: GateNode, outcome: Outcome) -> None:
    with gate_node.served() as client:
        case, officer = opened(gate_node, client), gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        body = {"outcome": outcome, "means": "issuer_telephoned"}

        ended = client.post(f"/manual-cases/{case['case_id']}/ending", json=body, headers=officer).json()
        again = client.post(f"/manual-cases/{case['case_id']}/ending", json=body, headers=officer)

    assert (ended["state"], ended["outcome"]) == ("ended", outcome)
    assert (ended["note"] is not None) is (outcome in ("UNDECIDED", "REFER"))
    assert again.status_code == 409


def test_when_the_clock_runs_out_the_note_is_made_by_itself(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        case = gate.post(client, "/manual-cases", {"reason": "referred"}, created=AT).json()

        early = end_due_cases(gate_node.issuer, at=AT + CASE_CLOCK - 1)
        due = end_due_cases(gate_node.issuer, at=AT + CASE_CLOCK)
        again = end_due_cases(gate_node.issuer, at=AT + CASE_CLOCK)
        gate_node.at = AT + CASE_CLOCK
        seen = gate.get(client, f"/manual-cases/{case['case_id']}", created=AT + CASE_CLOCK).json()

    assert (early, due, again) == (0, 1, 0)
    assert (seen["state"], seen["outcome"]) == ("noted", None)
    note = read_interim_note(seen["note"], key_list(HOST), at=AT + CASE_CLOCK, is_test=True)
    assert (note.region, note.division, note.case) == (HOST, COUNTY, case["case_id"])
    assert note.expires_at == AT + CASE_CLOCK + DAY


def test_after_the_clock_no_officer_ends_the_case(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        case, officer = opened(gate_node, client), gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        gate_node.at = AT + CASE_CLOCK
        body = {"outcome": "REJECT", "means": "id_card_checked"}

        late = client.post(f"/manual-cases/{case['case_id']}/ending", json=body, headers=officer)

    assert late.status_code == 409
    assert late.json()["clause"] == "settled rule 16"


def test_a_case_has_no_field_to_hold_or_isolate_anybody_and_none_for_who_it_is() -> None:
    assert {field.name for field in fields(ManualCase)} == {
        "case_id",
        "division",
        "opened_by",
        "opened_at",
        "due_at",
        "reason",
        "state",
        "outcome",
        "means",
        "ended_by",
        "ended_at",
        "note",
    }


@pytest.mark.parametrize(
    "reason", [code for code in ReasonCode if RULINGS[code].outcome not in ("UNDECIDED", "REFER")]
)
def test_what_is_answered_already_opens_no_case(gate_node: GateNode, reason: ReasonCode) -> None:
    with gate_node.served() as client:
        officer = gate_node.signed_in(Role.CHECKPOINT_MANAGER)

        answer = client.post("/manual-cases", json={"reason": reason, "division": COUNTY}, headers=officer)

    assert answer.status_code == 422


def test_an_officer_may_give_the_note_at_once(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        case, officer = opened(gate_node, client), gate_node.signed_in(Role.CHECKPOINT_MANAGER)

        noted = client.post(f"/manual-cases/{case['case_id']}/interim-note", headers=officer).json()
        left = client.get("/manual-cases", headers=officer).json()

    assert noted["note"].startswith("CMN1:")
    assert left == []


def test_a_case_is_of_its_county_alone(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        case = opened(gate_node, client)
        stranger = gate_node.signed_in(Role.CHECKPOINT_MANAGER, division=OTHER_COUNTY)
        gate = gate_node.enrol(client, OTHER_COUNTY)
        path = f"/manual-cases/{case['case_id']}"

        answers = [
            client.get(path, headers=stranger),
            client.post(f"{path}/interim-note", headers=stranger),
            gate.get(client, path, created=AT),
        ]
        elsewhere = gate.post(client, "/manual-cases", {"reason": "referred", "division": COUNTY}, created=AT)

    assert {answer.status_code for answer in answers} == {404}
    assert elsewhere.status_code == 422


def test_a_note_is_good_only_as_signed(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        case, officer = opened(gate_node, client), gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        text = client.post(f"/manual-cases/{case['case_id']}/interim-note", headers=officer).json()["note"]

    with pytest.raises(StatementRefused):
        read_interim_note(text, key_list(HOME), at=AT, is_test=True)
    for wrong in (text[:-3], "CM1:" + text[5:], text + "X" * 1_024):
        with pytest.raises(UnreadableStatement):
            read_interim_note(wrong, key_list(HOST), at=AT, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_interim_note(text, key_list(HOST), at=AT, is_test=False)


def test_rule_16_who_has_interim_passage_goes_on_with_a_note_at_once(gate_node: GateNode) -> None:
    known(gate_node, Colour.YELLOW)
    relieve(gate_node)
    with gate_node.served() as client:
        gate, officer = gate_node.enrol(client), gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        asked = {"reason": "status_missing", "document": CARD}

        at_gate = gate.post(client, "/manual-cases", asked, created=AT)
        at_desk = client.post("/manual-cases", json=asked | {"division": COUNTY}, headers=officer)

    for answer in (at_gate, at_desk):
        case = answer.json()
        assert (answer.status_code, case["state"], case["outcome"]) == (201, "noted", None)
        note = read_interim_note(case["note"], key_list(HOST), at=AT, is_test=True)
        assert (note.case, note.division, note.expires_at) == (case["case_id"], COUNTY, AT + HOUR)
        assert CARD["number"] not in answer.text
    with gate_node.issuer.store.reading() as transaction:
        acts = transaction.of(AuditRow).select(equal("subject", at_gate.json()["case_id"]))
        assert CARD["number"] not in repr(transaction.of(ManualCase).select())
    assert [act.act for act in acts] == ["case_opened", "case_noted"]


def test_without_interim_passage_a_case_opens_as_ever(gate_node: GateNode) -> None:
    known(gate_node, Colour.YELLOW)
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        asked = {"reason": "status_missing", "document": CARD}

        case = gate.post(client, "/manual-cases", asked, created=AT).json()

    assert (case["state"], case["note"]) == ("open", None)


def test_looking_up_a_document_on_the_manual_path_counts_as_reading_a_card(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        asked = {"reason": "status_missing", "document": CARD}
        answers = [
            gate.post(client, "/manual-cases", asked, created=AT).status_code
            for _ in range(CARDS_PER_MINUTE + 1)
        ]

    assert answers == [201] * CARDS_PER_MINUTE + [429]
