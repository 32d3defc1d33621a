"""`POST /codes/verify`: the same Decision as offline, for enrolled gates and approved applications alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity import verify
from comity.domain.colour import Colour, PassClass
from comity.issuance.gate_log import GateLog
from comity.officers.permissions import Role
from comity.trust.status import VOID
from comity.verify import as_json
from tests.builders import AT, crossing, moment
from tests.server.gate_node import COUNTY, GateNode


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("pass_class", list(PassClass))
def test_the_online_answer_is_the_offline_answer(
    gate_node: GateNode, pass_class: PassClass, colour: Colour
) -> None:
    shown = crossing(pass_class, colour)
    bundle = shown.bundle()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify", {"text": shown.text()}, created=AT)

    offline = verify(shown.text(), bundle, at=moment(AT), lists=shown.lists(bundle))
    assert answer.status_code == 200
    assert answer.json() == as_json(offline)


def test_a_request_sent_twice_is_refused_the_second_time(gate_node: GateNode) -> None:
    content = json.dumps({"text": "CM1:"}).encode()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        fields = gate.fields("POST", "/codes/verify", content, created=AT)

        first = client.post("/codes/verify", content=content, headers=fields)
        second = client.post("/codes/verify", content=content, headers=fields)

    assert (first.status_code, second.status_code) == (200, 401)


def test_a_request_answered_by_one_worker_is_refused_by_another(gate_node: GateNode) -> None:
    content = json.dumps({"text": "CM1:"}).encode()
    with gate_node.served() as one, gate_node.served() as other:
        gate = gate_node.enrol(one)
        fields = gate.fields("POST", "/codes/verify", content, created=AT)

        first = one.post("/codes/verify", content=content, headers=fields)
        second = other.post("/codes/verify", content=content, headers=fields)

    assert (first.status_code, second.status_code) == (200, 401)


def test_a_disabled_gate_is_out_within_two_seconds(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        before = gate.post(client, "/codes/verify", {"text": "x"}, created=AT)

        client.post(f"/gates/{gate.keyid}/disable", headers=manager)
        gate_node.at = AT + 2
        after = gate.post(client, "/codes/verify", {"text": "x"}, created=AT + 2)

    assert (before.status_code, after.status_code) == (200, 401)


def test_a_newly_published_list_is_used(gate_node: GateNode) -> None:
    text = crossing().text()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        before = gate.post(client, "/codes/verify", {"text": text}, created=AT).json()

        gate_node.publish(status=VOID)
        client.app.state.hot_verifier.refresh()  # type: ignore[attr-defined]
        after = gate.post(client, "/codes/verify", {"text": text}, created=AT).json()

    assert (before["outcome"], after["outcome"]) == ("PASS", "REAPPLY")


def test_the_log_holds_device_time_and_outcome_and_is_written_at_shutdown(gate_node: GateNode) -> None:
    text = crossing().text()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        for _ in range(3):
            gate.post(client, "/codes/verify", {"text": text}, created=AT)

    with gate_node.issuer.store.reading() as transaction:
        rows = transaction.of(GateLog).select()
    assert [(row.device, row.at, row.outcome, row.count) for row in rows] == [(gate.keyid, AT, "PASS", 3)]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"text": 1}', b'{"text": "a", "at": 5}', b"\xff", b"[" * 8000],
    ids=["empty", "no JSON", "no object", "no text", "a time", "no UTF-8", "deep"],
)
def test_a_body_that_is_no_shown_text_is_told_so(gate_node: GateNode, content: bytes) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify", content, created=AT)

    assert answer.status_code == 422


def test_who_is_not_enrolled_gets_no_answer(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER, division=COUNTY)

        answers = [
            client.post("/codes/verify", json={"text": "x"}),
            client.post("/codes/verify", json={"text": "x"}, headers=manager),
            gate.but(keyid="f" * 32).post(client, "/codes/verify", {"text": "x"}, created=AT),
            gate.but(sign=lambda base: bytes(32)).post(client, "/codes/verify", {"text": "x"}, created=AT),
        ]

    assert {answer.status_code for answer in answers} == {401}
