"""Gate devices (C0): planned for a county by its own manager, enrolled once, disabled for good."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest

from comity.domain.instant import DAY
from comity.issuance.gates import Gate
from comity.officers.permissions import Role
from comity.trust.bundle import read_anchor
from tests.builders import AT, HOST, key
from tests.server.gate_node import COUNTY, OTHER_COUNTY, URL, GateNode

PLAN = {"division": COUNTY, "name": "Station, exit 2"}


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


def test_an_enrolled_device_has_its_key_the_anchor_and_where_the_files_are(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        planned = client.post("/gates", json=PLAN, headers=manager).json()
        device = client.post("/gates/enrol", json={"enrolment_code": planned["enrolment_code"]}).json()

    anchor = read_anchor(b64decode(device["anchor"]))
    assert planned["qr_text"] == f"CMG1 {HOST} {planned['enrolment_code']} {URL}"
    assert (anchor.host, anchor.root) == (HOST, key(HOST, "root").public)
    assert len(b64decode(device["secret"])) == 32
    assert device["bundle_url"] == f"{URL}/bundle"
    assert gate_node.acts("gate_enrolled") == [device["gate_id"]]


def test_a_code_enrols_once(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        code = client.post("/gates", json=PLAN, headers=manager).json()["enrolment_code"]

        first = client.post("/gates/enrol", json={"enrolment_code": code})
        second = client.post("/gates/enrol", json={"enrolment_code": code})

    assert (first.status_code, second.status_code) == (201, 401)


@pytest.mark.parametrize(("later", "status"), [(DAY - 1, 201), (DAY, 401)])
def test_a_code_is_good_for_a_day(gate_node: GateNode, later: int, status: int) -> None:
    with gate_node.served() as client:
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        code = client.post("/gates", json=PLAN, headers=manager).json()["enrolment_code"]
        gate_node.at = AT + later

        assert client.post("/gates/enrol", json={"enrolment_code": code}).status_code == status


def test_neither_code_nor_secret_is_kept_in_the_clear(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        code = client.post("/gates", json=PLAN, headers=manager).json()["enrolment_code"]
        device = client.post("/gates/enrol", json={"enrolment_code": code}).json()
        seen = client.get("/gates", headers=manager).text

    with gate_node.issuer.store.reading() as transaction:
        (gate,) = transaction.of(Gate).select()
    secret = b64decode(device["secret"])
    assert gate.sealed is not None
    assert secret not in gate.sealed
    assert secret.hex().encode() not in gate.sealed
    assert code not in repr(gate) + seen
    assert device["secret"] not in seen


def test_a_new_code_puts_the_old_device_out_once_it_is_used(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        old = gate_node.enrol(client)
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        renewed = client.post(f"/gates/{old.keyid}/enrolment-code", headers=manager).json()
        still = old.post(client, "/manual-cases", {"reason": "referred"}, created=AT)

        client.post("/gates/enrol", json={"enrolment_code": renewed["enrolment_code"]})
        out = old.post(client, "/manual-cases", {"reason": "referred"}, created=AT)

    assert (still.status_code, out.status_code) == (201, 401)


def test_a_disabled_gate_is_out_for_good(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        client.post(f"/gates/{gate.keyid}/disable", headers=manager)
        disabled = client.post(f"/gates/{gate.keyid}/disable", headers=manager)

        out = gate.post(client, "/manual-cases", {"reason": "referred"}, created=AT)
        renewed = client.post(f"/gates/{gate.keyid}/enrolment-code", headers=manager)

    assert disabled.json()["state"] == "disabled"
    assert (out.status_code, renewed.status_code) == (401, 409)
    assert gate_node.acts("gate_disabled") == [gate.keyid]


def test_c0_a_manager_acts_for_the_own_county_alone(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        stranger = gate_node.signed_in(Role.CHECKPOINT_MANAGER, division=OTHER_COUNTY)

        answers = {
            "plan": client.post("/gates", json=PLAN, headers=stranger).status_code,
            "disable": client.post(f"/gates/{gate.keyid}/disable", headers=stranger).status_code,
            "code": client.post(f"/gates/{gate.keyid}/enrolment-code", headers=stranger).status_code,
            "list": client.get("/gates", headers=stranger).json(),
        }

    assert answers == {"plan": 403, "disable": 404, "code": 404, "list": []}


@pytest.mark.parametrize("division", ["150000", "150100", "440106", "150199"])
def test_c0_a_gate_belongs_to_a_county(gate_node: GateNode, division: str) -> None:
    with gate_node.served() as client:
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER, division="150000")

        answer = client.post("/gates", json=PLAN | {"division": division}, headers=manager)

    assert (answer.status_code, answer.json()["field"]) == (422, "division")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CHECKPOINT_MANAGER])
def test_only_checkpoint_managers_manage_gates(gate_node: GateNode, role: Role) -> None:
    with gate_node.served() as client:
        officer = gate_node.signed_in(role, division="150000")

        assert client.post("/gates", json=PLAN, headers=officer).status_code == 403


def test_a_gate_signs_each_request_once(gate_node: GateNode) -> None:
    body = b'{"reason": "referred"}'
    with gate_node.served() as one, gate_node.served() as other:
        gate = gate_node.enrol(one)
        signed = gate.fields("POST", "/manual-cases", body, created=AT)

        first = one.post("/manual-cases", content=body, headers=signed)
        second = other.post("/manual-cases", content=body, headers=signed)

    assert (first.status_code, second.status_code) == (201, 401)
