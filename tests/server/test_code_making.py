"""Code making over HTTP: from application to a pass that a gate reads (C1.1)."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity import StatusLists, open_bundle, read_status_list, verify
from comity.codec.base45 import decode
from comity.codec.qrtext import write_text
from comity.domain.decision import Outcome
from comity.domain.instant import DAY
from comity.issuance.phone_keys import renewal_message
from comity.server.app import make_app
from comity.trust.algorithm import PrivateKey
from comity.trust.status import pack, write_status_list
from tests.builders import AT, HOME, bundle_parts, key, list_uri, moment, present_bytes, signed_bundle
from tests.pass_office import LIST_SIZE, Clock, add_holder, make_issuer, make_node, sign_in


def point(phone: PrivateKey) -> str:
    """A phone's key as its browser exports it."""
    return base64.urlsafe_b64encode(phone.public.point).rstrip(b"=").decode()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> TestClient:
    return TestClient(make_app(make_node(make_issuer(), tmp_path, clock)))


@pytest.fixture
def headers(client: TestClient) -> dict[str, str]:
    issuer = client.app.state.node.issuer  # type: ignore[attr-defined]  # the app is a FastAPI
    return sign_in(issuer, add_holder(issuer))


def device(number: int = 1, **others: str) -> dict[str, str]:
    """An application of the phone with this number, its next key deposited."""
    body = {
        "request_id": f"request-{number}",
        "pass_class": "device",
        "device_key": point(key("phone", str(number))),
        "next_device_key": point(key("phone", str(number + 1))),
    }
    return body | others


def test_c1_1_a_resident_applies_and_shows_a_pass_that_a_gate_in_another_region_lets_through(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post("/codes", json=device(), headers=headers)

    assert answer.status_code == 201
    signed_pass = decode(answer.json()["text"].removeprefix("CM1:").encode())
    shown = present_bytes(signed_pass, phone=key("phone", "1"))
    bundle = open_bundle(signed_bundle(bundle_parts()))
    token = write_status_list(pack({}, size=LIST_SIZE), key(HOME, "status"), uri=list_uri(HOME), issued_at=AT)
    lists = StatusLists((read_status_list(token, bundle.key_lists),))

    assert verify(write_text(shown), bundle, at=moment(AT), lists=lists).outcome is Outcome.PASS


def test_the_same_request_again_gets_the_same_pass(client: TestClient, headers: dict[str, str]) -> None:
    first = client.post("/codes", json=device(), headers=headers)
    again = client.post("/codes", json=device(), headers=headers)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_without_a_session_nobody_applies(client: TestClient) -> None:
    assert client.post("/codes", json=device()).status_code == 401


def test_c2_4_a_pass_is_renewed_from_its_tenth_day_on_and_not_before(
    client: TestClient, headers: dict[str, str], clock: Clock
) -> None:
    client.post("/codes", json=device(1), headers=headers)
    clock.at = AT + 10 * DAY - 1
    early = client.post("/codes", json=device(2), headers=headers)
    clock.at += 1
    renewed = client.post("/codes", json=device(2), headers=headers)

    assert (early.status_code, renewed.status_code) == (409, 201)
    assert early.json()["clause"] == "C2.4"


def test_a_holder_reads_voids_and_is_told(client: TestClient, headers: dict[str, str]) -> None:
    made = client.post("/codes", json=device(), headers=headers).json()
    address = f"/codes/{made['pass_id']}"

    read = client.get(address, headers=headers).json()
    voided = client.post(f"{address}/void", json={"reason": "lost"}, headers=headers)
    again = client.post(f"{address}/void", json={"reason": "lost"}, headers=headers)
    messages = client.get("/messages", headers=headers).json()
    marked = client.post(f"/messages/{messages[0]['message_id']}/read", headers=headers).json()

    assert read == made
    assert (voided.json()["state"], voided.json()["text"]) == ("void", None)
    assert again.status_code == 409
    assert messages[0]["kind"] == "message.pass_void"
    assert messages[0]["text"]["zh"]
    assert marked["read_at"] == "2020-03-20T12:00:00+08:00"
    assert [each["state"] for each in client.get("/codes", headers=headers).json()] == ["void"]


def test_nobody_reads_voids_or_feeds_the_pass_of_another(client: TestClient, headers: dict[str, str]) -> None:
    made = client.post("/codes", json=device(), headers=headers).json()
    issuer = client.app.state.node.issuer  # type: ignore[attr-defined]
    other = sign_in(issuer, add_holder(issuer, 1))
    address = f"/codes/{made['pass_id']}"

    answers = [
        client.get(address, headers=other),
        client.post(f"{address}/void", json={"reason": "lost"}, headers=other),
        client.post(f"{address}/next-key", json={"next_device_key": point(key("phone", "9"))}, headers=other),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert client.get("/codes", headers=other).json() == []


def test_a_next_key_is_deposited_once(client: TestClient, headers: dict[str, str]) -> None:
    body = {name: value for name, value in device().items() if name != "next_device_key"}
    made = client.post("/codes", json=body, headers=headers).json()
    address = f"/codes/{made['pass_id']}/next-key"

    def deposit(label: str) -> int:
        body = {"next_device_key": point(key("phone", label))}
        return client.post(address, json=body, headers=headers).status_code

    assert [deposit("2"), deposit("2"), deposit("3"), deposit("1")] == [204, 204, 409, 409]


WRONG_BODIES: list[tuple[str, dict[str, str]]] = [
    ("no base64url", device(device_key="!" * 87)),
    ("no point of the curve", device(device_key="A" * 87)),
    ("an unknown class", device(pass_class="card")),
    ("an online pass", device(pass_class="online")),
    ("another field", device(colour="green")),
    ("a holder key that is none", device(holder="1")),
    ("a request id with a space", device(request_id="a b")),
]


@pytest.mark.parametrize("body", [row[1] for row in WRONG_BODIES], ids=[row[0] for row in WRONG_BODIES])
def test_what_is_not_asked_rightly_is_refused(
    client: TestClient, headers: dict[str, str], body: dict[str, str]
) -> None:
    refused = client.post("/codes", json=body, headers=headers)

    assert refused.status_code == 422
    assert refused.json()["field"]


def test_c2_7_a_visitor_is_told_that_the_home_region_is_asked(client: TestClient) -> None:
    issuer = client.app.state.node.issuer  # type: ignore[attr-defined]
    visitor = sign_in(issuer, add_holder(issuer, 1, division="420100"))

    answer = client.post("/codes", json=device(), headers=visitor)

    assert answer.status_code == 202
    assert answer.json()["decided_by"] == "2020-03-21T12:00:00+08:00"


def test_rule_18_a_phone_renews_by_its_signature_and_the_old_pass_stays_until_it_expires(
    client: TestClient, headers: dict[str, str], clock: Clock
) -> None:
    first = client.post("/codes", json=device(1) | {"next_device_key": None}, headers=headers).json()
    clock.at = AT + 10 * DAY
    body = device(2) | {"next_device_key": None}
    message = renewal_message(HOME, first["pass_id"], key("phone", "2").as_device_key(), "request-2")
    signature = base64.urlsafe_b64encode(key("phone", "1").sign(message)).rstrip(b"=").decode()

    forged = {"pass_id": first["pass_id"], "signature": "A" * 86}
    refused = client.post("/codes", json=body | {"renewal": forged}, headers=headers)
    renewal = {"pass_id": first["pass_id"], "signature": signature}
    renewed = client.post("/codes", json=body | {"renewal": renewal}, headers=headers)

    assert (refused.status_code, refused.json()["field"], renewed.status_code) == (422, "renewal", 201)
    assert [each["state"] for each in client.get("/codes", headers=headers).json()] == ["current"] * 2


def test_an_application_that_is_not_json_is_refused_as_everywhere(
    client: TestClient, headers: dict[str, str]
) -> None:
    text = json.dumps(device())

    plain = client.post("/codes", content=text, headers=headers | {"content-type": "text/plain"})
    broken = client.post("/codes", content=text[:-1], headers=headers | {"content-type": "application/json"})

    assert [(each.status_code, each.json()["field"]) for each in (plain, broken)] == [(422, "body")] * 2
    assert broken.json()["next_step"].startswith("Send one JSON object")


def test_an_application_is_bounded_counted_and_answered_as_any_other_request(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post("/codes", json=device(), headers=headers)
    large = client.post("/codes", content=b" " * (2**20 + 1), headers=headers)
    stranger = client.post("/codes", json=device(), headers={"authorization": "Bearer nobody"})

    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert {"x-request-id", "x-frame-options"} <= set(answer.headers)
    assert (large.status_code, stranger.status_code) == (413, 401)
    assert 'comity_requests_total{method="POST",route="/codes",status="201"}' in client.get("/metrics").text
