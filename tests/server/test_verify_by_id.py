"""The ID card read at a gate (settled rule 14): masked, limited for each gate, logged without whom."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, HOUR, MINUTE, rfc3339
from comity.issuance.corrections import Correction, CorrectionKind, CorrectionState
from comity.issuance.gate_log import GateLog
from comity.issuance.people import holder_of, register_person
from comity.issuance.records import IssuedPass, PassState, Standing
from comity.officers.permissions import Role
from comity.server.gate_limits import CARDS_PER_MINUTE
from comity.server.hot_verify import hot_verifier
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


def relieve(
    gate_node: GateNode,
    *,
    since: int = AT - HOUR,
    until: int = AT + HOUR,
    state: CorrectionState = CorrectionState.OPEN,
) -> None:
    """Grant the holder of the card interim passage while a foreign colour is in dispute."""
    holder = holder_of(gate_node.issuer, resident(1))
    correction = Correction(
        correction_id="c1",
        holder=holder,
        asked_by=holder,
        kind=CorrectionKind.FOREIGN_COLOUR,
        identity_field=None,
        issuer="440000",
        division=COUNTY,
        state=state,
        opened_at=AT - HOUR,
        due_at=AT + DAY,
        relief_from=since,
        relief_until=until,
        relief_note="CMN1:",
    )
    with gate_node.issuer.store.transaction() as transaction:
        transaction.of(Correction).add(correction)


def card_answer(gate_node: GateNode) -> dict[str, Any]:
    """What a gate is told of the card, and that its log has a row of it."""
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        answer: dict[str, Any] = gate.post(client, "/codes/verify-by-id", CARD, created=AT).json()
        hot_verifier(client.app).refresh()  # type: ignore[arg-type]
    return answer


@pytest.mark.parametrize("colour", ["yellow", "red"])
def test_rule_11_who_has_interim_passage_is_answered_as_if_the_note_were_shown(
    gate_node: GateNode, colour: str
) -> None:
    known(gate_node, Colour(colour))
    relieve(gate_node)

    answer = card_answer(gate_node)

    assert (answer["is_found"], answer["decision"], answer["routes"]) == (True, None, [])
    note = answer["interim_note"]
    assert (note["region"], note["division"], note["case"]) == ("150000", COUNTY, "c1")
    assert note["expires_at"] == rfc3339(AT + HOUR)
    assert note["text"] == answer["text"]
    assert colour not in str(answer)
    with gate_node.issuer.store.reading() as transaction:
        assert [row.outcome for row in transaction.of(GateLog).select()] == ["INTERIM_NOTE"]


def test_rule_16_interim_passage_goes_before_no_current_pass(gate_node: GateNode) -> None:
    known(gate_node, Colour.YELLOW, state=PassState.SUPERSEDED)
    relieve(gate_node)

    assert card_answer(gate_node)["interim_note"]["case"] == "c1"


WITHOUT_RELIEF: list[tuple[str, Colour, dict[str, Any], str]] = [
    ("green needs none", Colour.GREEN, {}, "PASS"),
    ("a colour found after it was granted", Colour.YELLOW, {"since": AT - 2 * DAY}, "CONTROL"),
    ("over", Colour.YELLOW, {"until": AT}, "CONTROL"),
    ("decided", Colour.YELLOW, {"state": CorrectionState.DECIDED}, "CONTROL"),
]


@pytest.mark.parametrize(
    ("colour", "changed", "outcome"),
    [row[1:] for row in WITHOUT_RELIEF],
    ids=[row[0] for row in WITHOUT_RELIEF],
)
def test_rule_11_interim_passage_hides_no_other_answer(
    gate_node: GateNode, colour: Colour, changed: dict[str, Any], outcome: str
) -> None:
    known(gate_node, colour)
    relieve(gate_node, **changed)

    answer = card_answer(gate_node)

    assert answer["interim_note"] is None
    assert answer["decision"]["outcome"] == outcome
