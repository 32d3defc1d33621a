"""The ID card read at a gate (settled rule 14): masked, limited for each gate, logged without whom."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, MINUTE
from comity.issuance.gate_log import GateLog
from comity.issuance.people import holder_of, register_person
from comity.issuance.records import IssuedPass, PassState, Standing
from comity.officers.permissions import Role
from comity.server.gate_limits import CARDS_PER_MINUTE
from tests.builders import AT
from tests.people import name, resident
from tests.server.gate_node import COUNTY, GateNode

CARD = {"kind": "resident_id", "number": resident(1).number}


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


def known(
    gate_node: GateNode,
    colour: Colour = Colour.GREEN,
    *,
    state: PassState = PassState.CURRENT,
    expires_at: int = AT + DAY,
) -> None:
    """Somebody with a paper pass and a standing."""
    is_green, issuer = colour is Colour.GREEN, gate_node.issuer
    holder = holder_of(issuer, resident(1))
    with issuer.store.transaction() as transaction:
        register_person(transaction, issuer, resident(1), name(1), COUNTY, at=AT - DAY)
        transaction.of(Standing).add(
            Standing(
                holder=holder,
                colour=colour,
                reason=None if is_green else ColourReason.CLOSE_CONTACT,
                rule=None if is_green else "contact",
                rulebook_version=1,
                basis=None if is_green else AT - DAY,
                until=None if is_green else AT + DAY,
                origin=None if is_green else issuer.region,
                since=AT - DAY,
                assessed_at=AT - DAY,
                changes=0,
            )
        )
        transaction.of(IssuedPass).add(
            IssuedPass(
                pass_id="0102030405060708",
                holder=holder,
                carrier=holder,
                pass_class=PassClass.PAPER,
                colour=colour,
                issued_at=AT - DAY,
                expires_at=expires_at,
                list_number=1,
                list_index=1,
                state=state,
                state_since=AT - DAY,
                state_reason=None,
                request=None,
                kid="",
                data=b"",
            )
        )


@pytest.mark.parametrize(
    ("colour", "outcome"), [("green", "PASS"), ("yellow", "CONTROL"), ("red", "CONTROL")]
)
def test_rule_14_the_card_is_answered_as_an_online_pass(
    gate_node: GateNode, colour: str, outcome: str
) -> None:
    known(gate_node, Colour(colour))
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify-by-id", CARD, created=AT)

    decision = answer.json()["decision"]
    assert (decision["outcome"], decision["colour"], decision["class"]) == (outcome, colour, "online")
    assert decision["holder"] == {"name": "李*", "id_last4": CARD["number"][-4:]}
    assert CARD["number"] not in answer.text
    assert "李娜" not in answer.text


@pytest.mark.parametrize(
    "changes", [None, {"state": PassState.VOID}, {"state": PassState.SUPERSEDED}, {"expires_at": AT}]
)
def test_without_a_current_pass_nobody_learns_who_is_known(
    gate_node: GateNode, changes: dict[str, Any] | None
) -> None:
    if changes is not None:
        known(gate_node, **changes)
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify-by-id", CARD, created=AT)

    assert answer.status_code == 200
    assert (answer.json()["is_found"], answer.json()["decision"]) == (False, None)
    assert answer.json()["routes"] == ["home", "host", "manual"]


def test_a_gate_looks_up_so_many_cards_a_minute_whichever_worker_answers(gate_node: GateNode) -> None:
    with gate_node.served() as one, gate_node.served() as other:
        gate, second = gate_node.enrol(one), gate_node.enrol(one)
        within = [
            gate.post(client, "/codes/verify-by-id", CARD, created=AT).status_code
            for client in (one, other) * (CARDS_PER_MINUTE // 2)
        ]

        beyond = gate.post(one, "/codes/verify-by-id", CARD, created=AT)
        another_gate = second.post(one, "/codes/verify-by-id", CARD, created=AT)
        gate_node.at = AT + MINUTE
        later = gate.post(one, "/codes/verify-by-id", CARD, created=AT + MINUTE)

    assert set(within) == {200}
    assert (beyond.status_code, beyond.headers["retry-after"]) == (429, "60")
    assert (another_gate.status_code, later.status_code) == (200, 200)


def test_the_log_has_no_field_for_whom_or_which_pass(gate_node: GateNode) -> None:
    known(gate_node)
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        gate.post(client, "/codes/verify-by-id", CARD, created=AT)

    with gate_node.issuer.store.reading() as transaction:
        (row,) = transaction.of(GateLog).select()
    assert (row.device, row.at, row.outcome, row.verified_by) == (gate.keyid, AT, "PASS", "id_card")
    assert {field.name for field in fields(GateLog)} == {
        "log_id",
        "device",
        "at",
        "verified_by",
        "outcome",
        "count",
    }


def test_only_an_enrolled_gate_reads_cards(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        officer = gate_node.signed_in(Role.CHECKPOINT_MANAGER)

        unsigned = client.post("/codes/verify-by-id", json=CARD)
        by_session = client.post("/codes/verify-by-id", json=CARD, headers=officer)

    assert (unsigned.status_code, by_session.status_code) == (401, 401)


def test_a_number_that_is_none_is_refused_without_repeating_it(gate_node: GateNode) -> None:
    wrong = CARD["number"][:-1] + ("0" if CARD["number"][-1] != "0" else "1")
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify-by-id", CARD | {"number": wrong}, created=AT)

    assert (answer.status_code, answer.json()["field"]) == (422, "number")
    assert wrong not in answer.text
