"""Hosted regions: whoever belongs to one is a stranger at the other, for every route and every credential."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.testclient import TestClient

from comity.domain.colour import PassClass
from comity.errors import KeyStoreError
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.people import get_person, open_person
from comity.issuance.records import Person
from comity.officers.accounts import NewAccount, add_officer
from comity.officers.permissions import Role
from tests.builders import AT
from tests.region import RegionNode, headers
from tests.server.authenticator import Authenticator
from tests.server.authorisation import ProtectedRoute, documented_others
from tests.server.hosted import NAMES, PATHS, HostedPair, ask, hosted_pair
from tests.server.newcomer import choice, path_of
from tests.server.scopes import BUILDERS, World
from tests.server.signing_client import SigningClient
from tests.server.test_access_applications import registration
from tests.server.test_authorisation import OFFICERS, all_routes

OTHERS = {name: who for name, who in documented_others().items() if who != "anybody"}
RESIDENTS_AND_DEVICES = [route for route in all_routes() if route.name in OTHERS]


@pytest.fixture(scope="module", params=[NAMES, PATHS], ids=["by name", "by path"])
def pair(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[HostedPair]:
    with hosted_pair(tmp_path_factory.mktemp("hosted"), request.param) as both:
        yield both


@pytest.fixture(scope="module")
def world(pair: HostedPair) -> World:
    """What is in the region that is reached for."""
    return World(pair.own, pair.at_own)


def send(client: TestClient, route: ProtectedRoute, path: str, body: Any, **given: Any) -> int:
    if route.method in ("POST", "PUT"):
        given |= {"content": body} if isinstance(body, bytes) else {"json": body or {}}
    return int(client.request(route.method, path, **given).status_code)


def test_an_officer_of_another_region_is_a_stranger_at_every_route(pair: HostedPair, world: World) -> None:
    stranger = headers(pair.other.token(officer_of(pair.other)))
    asked = {
        route: BUILDERS[route.name](world) if route.name in BUILDERS else (route.path, None)
        for route in OFFICERS
    }

    answers = {
        route.name: send(pair.at_own, route, path, body, headers=stranger)
        for route, (path, body) in asked.items()
    }

    assert len(answers) > 40
    assert set(answers.values()) == {401}, answers


def test_residents_officers_and_devices_of_another_region_are_strangers_at_every_other_route(
    pair: HostedPair, gate: SigningClient, application: SigningClient
) -> None:
    tokens = [headers(pair.other.token(who)) for who in (pair.other.person(), officer_of(pair.other))]
    answers = {}
    for route in RESIDENTS_AND_DEVICES:
        asked = [send(pair.at_own, route, route.path, None, headers=token) for token in tokens]
        asked += [
            send_signed(pair.at_own, route, signer.but(origin=node.node.public_url))
            for signer in (gate, application)
            for node in (pair.own, pair.other)
        ]
        answers[route.name] = set(asked)

    assert len(answers) > 25
    assert all(statuses == {401} for statuses in answers.values()), answers


def send_signed(client: TestClient, route: ProtectedRoute, signer: SigningClient) -> int:
    has_body = route.method in ("POST", "PUT")
    fields = signer.fields(route.method, route.path, b"{}" if has_body else b"", created=AT)
    given: dict[str, Any] = {"content": b"{}"} if has_body else {}
    return int(client.request(route.method, route.path, headers=fields, **given).status_code)


def officer_of(region: RegionNode) -> Any:
    return region.officer(*Role, division=region.issuer.region)


@pytest.fixture(scope="module")
def gate(pair: HostedPair) -> SigningClient:
    """A gate that is enrolled in the other region."""
    manager = headers(pair.other.token(officer_of(pair.other)))
    planned = pair.at_other.post("/gates", json={"division": "440103", "name": "G"}, headers=manager)
    enrolled = pair.at_other.post("/gates/enrol", json={"enrolment_code": planned.json()["enrolment_code"]})
    return SigningClient.of_enrolment(enrolled.json(), origin=pair.other.node.public_url)


@pytest.fixture(scope="module")
def application(pair: HostedPair) -> SigningClient:
    """A relying application that the other region approved."""
    asked = pair.at_other.post("/access-applications", json=registration(division="440103"))
    application_id = asked.json()["application_id"]
    approval = pair.at_other.post(
        f"/access-applications/{application_id}/state",
        json={"to": "approved", "why": "seen"},
        headers=headers(pair.other.token(officer_of(pair.other))),
    )
    assert approval.status_code == 200
    return SigningClient.of_application(
        application_id, ec.derive_private_key(7, ec.SECP256R1()), origin=pair.other.node.public_url
    )


def test_what_another_region_enrolled_works_there(
    pair: HostedPair, gate: SigningClient, application: SigningClient
) -> None:
    counts = {"period": "2020-03-20T11:00:00+08:00", "looked_at": 1, "verified": {}, "refusals": []}
    prefix = urlsplit(pair.other.node.public_url).path
    asked = [
        (gate, "/gate-counts", counts),
        (application, "/health-query", {"text": "CM1:"}),
    ]
    for signer, path, body in asked:
        origin = pair.other.node.public_url.removesuffix(prefix)
        answer = signed(pair.at_other, signer.but(origin=origin), prefix, path, body)
        assert answer.status_code not in (401, 404), answer.text


def signed(client: TestClient, signer: SigningClient, prefix: str, path: str, body: Any) -> Any:
    """Send what was signed for the public address, prefix included."""
    content = json.dumps(body).encode()
    fields = signer.fields("POST", prefix + path, content, created=AT)
    return client.post(path, content=content, headers=fields)


def enrolment_code(region: RegionNode) -> str:
    """Add an account and give the code that enrols its first passkey."""
    new = NewAccount(display_name="Desk", roles=[Role.SUPERVISOR], division=region.issuer.region)
    return add_officer(region.issuer, officer_of(region), new, at=AT)[1]


def test_secrets_that_one_region_gave_out_are_unknown_at_the_other(pair: HostedPair, world: World) -> None:
    region = pair.own
    manager = headers(region.token(officer_of(region)))
    planned = pair.at_own.post("/gates", json={"division": "150102", "name": "G"}, headers=manager).json()
    demand = pair.at_own.post(
        "/extra-demands", json={"division": "150102", "kind": "community_letter"}
    ).json()
    enrolment = enrolment_code(region)
    asked = {
        "/gates/enrol": {"enrolment_code": planned["enrolment_code"]},
        "/officers/enrolment/options": {"code": enrolment},
        "/extra-demands/follow": {"token": demand["token"]},
    }

    there = {path: pair.at_other.post(path, json=body).status_code for path, body in asked.items()}
    here = {path: pair.at_own.post(path, json=body).status_code for path, body in asked.items()}

    assert set(there.values()) <= {401, 404}, there
    assert all(status < 300 for status in here.values()), here
    application = world.access_application()
    assert pair.at_other.get(f"/access-applications/{application}").status_code == 404


def test_a_passkey_signs_in_at_its_own_region_alone(pair: HostedPair) -> None:
    region = pair.own
    code = enrolment_code(region)
    origin = f"https://{urlsplit(region.node.public_url).netloc}"
    passkey = Authenticator(origin, label=region.node.public_url)
    begun = pair.at_own.post("/officers/enrolment/options", json={"code": code}).json()
    credential = passkey.register(begun["options"])
    enrolled = {"code": code, "challenge_id": begun["challenge_id"], "credential": credential}
    assert pair.at_own.post("/officers/enrolment", json=enrolled).status_code == 201

    def answered(asks: TestClient, takes: TestClient) -> int:
        asked = asks.post("/officers/sign-in/options").json()
        body = {"challenge_id": asked["challenge_id"], "credential": passkey.sign_in(asked["options"])}
        return int(takes.post("/officers/sign-in", json=body).status_code)

    assert answered(pair.at_own, pair.at_own) == 200
    assert answered(pair.at_other, pair.at_other) == 401
    assert answered(pair.at_other, pair.at_own) == 401  # a challenge of the other, handed on
    assert answered(pair.at_own, pair.at_other) == 401


def test_a_sign_in_that_began_at_one_region_ends_at_no_other(pair: HostedPair) -> None:
    begun = pair.at_own.get("/sign-in", follow_redirects=False)
    cookie = begun.headers["set-cookie"].partition(";")[0]
    prefix = urlsplit(pair.own.node.public_url).path
    back = choice_of(pair.at_own, begun.headers["location"], prefix)

    elsewhere = pair.at_other.get(back, headers={"cookie": cookie}, follow_redirects=False)
    at_home = pair.at_own.get(back, headers={"cookie": cookie}, follow_redirects=False)
    code = {"code": parse_qs(urlsplit(at_home.headers["location"]).fragment)["code"][0]}

    assert (elsewhere.status_code, at_home.status_code) == (401, 303)
    assert pair.at_other.post("/sign-in/session", json=code, headers={"cookie": cookie}).status_code == 401
    assert pair.at_own.post("/sign-in/session", json=code, headers={"cookie": cookie}).status_code == 201


def choice_of(client: TestClient, authorize: str, prefix: str) -> str:
    """Choose a person at the demo provider; give the path that comes back, below the region's own."""
    chosen = client.get(
        choice(client, path_of(authorize).removeprefix(prefix), 0).removeprefix(prefix),
        follow_redirects=False,
    )
    return path_of(chosen.headers["location"]).removeprefix(prefix)


def test_csrf_cookies_of_both_regions_together_sign_nobody_in(pair: HostedPair) -> None:
    begun = [client.get("/sign-in", follow_redirects=False) for client in (pair.at_own, pair.at_other)]
    cookies = "; ".join(answer.headers["set-cookie"].partition(";")[0] for answer in begun)
    sent = {"cookie": cookies, "origin": pair.other.node.public_url}

    assert pair.at_own.get("/codes", headers=sent).status_code == 401
    assert pair.at_own.post("/codes", json={}, headers=sent).status_code == 401
    assert "access-control-allow-origin" not in pair.at_own.get("/me", headers=sent).headers


def test_a_pass_and_what_is_told_of_it_is_found_at_its_own_region_alone(pair: HostedPair) -> None:
    holder = pair.own.person(77)
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id="r")
    issued = apply_for_pass(pair.own.issuer, request, at=AT).issued
    own, stranger = pair.own.token(holder), pair.other.token(pair.other.person(77))

    for path in (f"/codes/{issued.pass_id}", f"/codes/{issued.pass_id}/paper.pdf"):
        assert pair.at_own.get(path, headers=headers(own)).status_code == 200
        assert pair.at_other.get(path, headers=headers(stranger)).status_code == 404
        assert pair.at_other.get(path, headers=headers(own)).status_code == 401
    exported = pair.at_other.get("/me/export", headers=headers(stranger))
    assert exported.status_code == 200
    assert issued.pass_id not in exported.text


def test_settled_rule_15_what_one_region_sealed_no_other_opens(pair: HostedPair) -> None:
    holder = pair.own.person(78)
    sealed = pair.own.find(Person, holder)
    with pair.other.issuer.store.transaction() as transaction:
        transaction.of(Person).add(sealed)

    with pair.other.issuer.store.reading() as transaction, pytest.raises(KeyStoreError):
        open_person(pair.other.issuer, get_person(transaction, holder))


@pytest.mark.parametrize(
    "path",
    [
        "/../150000/anchor",
        "/%2e%2e/150000/anchor",
        "/..%2f150000/anchor",
        "/..\\150000\\anchor",
        "//150000/anchor",
        "/150000/anchor",
        "/./../150000/anchor",
        "/status/..%2f..%2f..%2f150000%2fpublished%2fanchor.cbor",
        "/status/150000-1.cbor",
        "/statements/..%2fanchor.cbor",
        "/anchor/../../150000/anchor",
        "https://nmg.example/anchor",
    ],
)
def test_no_path_leads_from_one_region_to_the_files_of_another(pair: HostedPair, path: str) -> None:
    (pair.own.node.published / "anchor.cbor").write_bytes(b"the anchor of 150000")
    (pair.own.node.published / "status").mkdir(exist_ok=True)
    (pair.own.node.published / "status" / "150000-1.cbor").write_bytes(b"a list of 150000")
    site = urlsplit(pair.other.node.public_url)

    status, content = ask(pair.front, site.path + path, ("host", site.netloc))

    assert status in (404, 422)
    assert b" of 150000" not in content
