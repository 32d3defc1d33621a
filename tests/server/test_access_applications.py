"""Access applications (健康码调用申请) and the signed health query (用户健康信息查询)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.testclient import TestClient

from comity.domain.colour import PassClass
from comity.officers.permissions import Role
from comity.trust.algorithm import PublicKey
from tests.builders import AT, crossing
from tests.server.gate_node import GateNode
from tests.server.signing_client import SigningClient


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


KEY = ec.derive_private_key(7, ec.SECP256R1())


def jwk(key: ec.EllipticCurvePrivateKey = KEY) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (urlsafe_b64encode(n.to_bytes(32, "big")).decode().rstrip("=") for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def registration(**changes: Any) -> dict[str, Any]:
    given = {"name": "Coaches", "purpose": "Tickets", "division": "150100", "public_key": jwk()}
    return given | changes


def registered(client: TestClient) -> str:
    answer = client.post("/access-applications", json=registration())
    assert answer.status_code == 201
    return str(answer.json()["application_id"])


def moved(
    gate_node: GateNode, client: TestClient, application: str, to: str, division: str = "150000"
) -> Any:
    officer = gate_node.signed_in(Role.SUPERVISOR, division=division)
    path = f"/access-applications/{application}/state"
    return client.post(path, json={"to": to, "why": "seen"}, headers=officer)


def test_an_application_asks_once_an_officer_approved_it(gate_node: GateNode) -> None:
    text = crossing(PassClass.DEVICE).text()
    with gate_node.served() as client:
        application = registered(client)
        asker = SigningClient.of_application(application, KEY)
        before = asker.post(client, "/health-query", {"text": text}, created=AT)

        moved(gate_node, client, application, "approved")
        state = client.get(f"/access-applications/{application}").json()["state"]
        after = asker.post(client, "/health-query", {"text": text}, created=AT)
        hot = asker.post(client, "/codes/verify", {"text": text}, created=AT)

    assert before.status_code == 401
    assert state == "approved"
    assert (after.json()["outcome"], after.json()["holder"]["name"]) == ("PASS", "张*")
    assert hot.json() == after.json()


def test_nobody_is_asked_about_by_number(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        application = registered(client)
        moved(gate_node, client, application, "approved")
        asker = SigningClient.of_application(application, KEY)
        card = {"kind": "resident_id", "number": "990000199001010007"}

        by_number = asker.post(client, "/health-query", card, created=AT)
        by_card = asker.post(client, "/codes/verify-by-id", card, created=AT)

    assert (by_number.status_code, by_card.status_code) == (422, 401)


@pytest.mark.parametrize("to", ["suspended", "closed"])
def test_a_suspended_or_closed_application_is_out(gate_node: GateNode, to: str) -> None:
    with gate_node.served() as client:
        application = registered(client)
        moved(gate_node, client, application, "approved")
        asker = SigningClient.of_application(application, KEY)
        asker.post(client, "/codes/verify", {"text": "x"}, created=AT)

        moved(gate_node, client, application, to)
        gate_node.at = AT + 2
        answers = [
            asker.post(client, path, {"text": "x"}, created=AT + 2)
            for path in ("/codes/verify", "/health-query")
        ]
        again = moved(gate_node, client, application, "approved")

    assert {answer.status_code for answer in answers} == {401}
    assert again.status_code == (200 if to == "suspended" else 409)


def test_an_officer_decides_for_the_own_divisions_alone(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        application = registered(client)
        stranger = gate_node.signed_in(Role.SUPERVISOR, division="150200")

        refused = moved(gate_node, client, application, "approved", division="150200")
        seen = client.get("/access-applications", headers=stranger).json()

    assert refused.status_code == 403
    assert seen == []


def test_the_officer_sees_the_thumbprint_to_compare(gate_node: GateNode) -> None:
    numbers = KEY.public_key().public_numbers()
    key = PublicKey(numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big"))
    with gate_node.served() as client:
        registered(client)
        officer = gate_node.signed_in(Role.SUPERVISOR, division="150000")

        (seen,) = client.get("/access-applications", headers=officer).json()

    assert seen["thumbprint"] == key.thumbprint.hex()


@pytest.mark.parametrize(
    "changes",
    [
        {"division": "440100"},
        {"division": "1501"},
        {"name": ""},
        {"public_key": jwk() | {"x": jwk()["y"]}},
        {"public_key": jwk() | {"crv": "P-384"}},
        {"public_key": jwk() | {"d": "A" * 43}},
        {"secret": "x"},
    ],
    ids=["elsewhere", "no code", "no name", "off the curve", "another curve", "private", "more"],
)
def test_a_registration_that_breaks_a_rule_is_refused(gate_node: GateNode, changes: dict[str, Any]) -> None:
    with gate_node.served() as client:
        assert client.post("/access-applications", json=registration(**changes)).status_code == 422


def test_another_key_does_not_sign_for_an_application(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        application = registered(client)
        moved(gate_node, client, application, "approved")
        thief = SigningClient.of_application(application, ec.derive_private_key(8, ec.SECP256R1()))
        as_gate = SigningClient.of_gate(application, b"x" * 32)

        answers = [
            signer.post(client, path, {"text": "x"}, created=AT)
            for signer in (thief, as_gate)
            for path in ("/codes/verify", "/health-query")
        ]

    assert {answer.status_code for answer in answers} == {401}
