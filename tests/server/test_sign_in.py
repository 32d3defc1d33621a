"""Sign-in over HTTP: by the demo provider there and back, and every way in which it must not succeed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from comity.bootstrap.demo_people import demo_people
from comity.domain.colour import PassClass
from comity.domain.instant import DAY, MINUTE
from comity.domain.region import RegionCode
from comity.errors import ProviderUnavailable, UsageError
from comity.issuance.application import apply_for_pass
from comity.issuance.duties import DUTIES
from comity.issuance.guardians import allow_guardian
from comity.issuance.pass_life import VoidReason, void_pass
from comity.issuance.pass_request import PassRequest
from comity.issuance.people import get_person, holder_of, open_person, register_person
from comity.issuance.records import HolderKey, Person
from comity.issuance.sign_in import CODE_LIFE, SIGN_IN_LIFE, PendingSignIn
from comity.officers.permissions import Role
from comity.records.sessions import Session
from comity.server import apps
from comity.server.app import make_app
from comity.server.demo_provider import DemoProvider
from comity.server.sign_in import MissingProvider
from tests.builders import AT, PHONE
from tests.region import RegionNode, headers
from tests.server.newcomer import COOKIE, choice, cookie_of, path_of, sign_in

SAMPLE = demo_people()


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    made = RegionNode(tmp_path)
    made.node = replace(made.node, is_demo=True)
    return made


@pytest.fixture
def client(region: RegionNode) -> Iterator[TestClient]:
    app = make_app(region.node)
    apps.install(app, region.node.published / "no-apps")
    with TestClient(app, base_url=region.node.public_url) as served:
        yield served


def callback(client: TestClient, person: int = 0) -> tuple[str, str]:
    """Begin a sign-in: the path by which the browser comes back, and its cookie."""
    begun = client.get("/sign-in", follow_redirects=False)
    chosen = client.get(choice(client, begun.headers["location"], person), follow_redirects=False)
    client.cookies.clear()
    return path_of(chosen.headers["location"]), cookie_of(begun)


def come_back(client: TestClient, path: str, cookie: str) -> str:
    answer = client.get(path, headers={"cookie": cookie}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).fragment)["code"][0]


@pytest.mark.parametrize("person", range(len(SAMPLE)))
def test_c1_1_a_newcomer_signs_in_by_plain_requests_and_is_known(
    region: RegionNode, client: TestClient, person: int
) -> None:
    newcomer = sign_in(client, person)

    with region.node.store.reading() as transaction:
        known = get_person(transaction, HolderKey(newcomer.holder))
    details = open_person(region.issuer, known)
    assert (details.name, details.document) == (SAMPLE[person].name, SAMPLE[person].document)
    assert (known.division, known.proved_at) == (SAMPLE[person].division, AT)


def test_signing_in_again_gives_another_session_of_the_same_person(
    region: RegionNode, client: TestClient
) -> None:
    first, second = sign_in(client), sign_in(client)

    assert first.holder == second.holder
    assert first.token != second.token
    with region.node.store.reading() as transaction:
        assert len(transaction.of(Person).select()) == 1
        assert len(transaction.of(Session).select()) == 2


def test_signing_out_ends_this_session_and_no_other(client: TestClient) -> None:
    first, second = sign_in(client), sign_in(client)

    assert client.delete("/sign-in/session", headers=first.headers).status_code == 204
    assert client.delete("/sign-in/session", headers=first.headers).status_code == 401
    assert client.delete("/sign-in/session", headers=second.headers).status_code == 204


def test_the_cookie_is_bound_to_this_host_and_to_https_and_no_script_reads_it(client: TestClient) -> None:
    answer = client.get("/sign-in", follow_redirects=False)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-comity-sign-in=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", f"max-age={SIGN_IN_LIFE}", "path=/", "samesite=lax", "secure"}
    assert answer.headers["cache-control"] == "no-store"


def test_the_code_of_the_end_stands_where_no_server_is_sent_it(client: TestClient) -> None:
    path, cookie = callback(client)
    answer = client.get(path, headers={"cookie": cookie}, follow_redirects=False)

    target = urlsplit(answer.headers["location"])
    assert (target.path, target.query) == ("/sign-in/complete", "")
    page = client.get("/sign-in/complete")
    assert page.status_code == 200
    assert "身份已核验" in page.text
    assert "<script" not in page.text


def test_csrf_the_state_of_another_browser_signs_nobody_in(client: TestClient) -> None:
    path, _ = callback(client)
    _, other = callback(client)

    for cookies in ({"cookie": other}, {}, {"cookie": f"{COOKIE}="}, {"cookie": f"{COOKIE}=guess"}):
        answer = client.get(path, headers=cookies, follow_redirects=False)
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:comity:error:not-signed-in"


def test_csrf_no_request_of_the_api_is_signed_in_by_a_cookie(client: TestClient) -> None:
    newcomer = sign_in(client)
    client.cookies.clear()
    cookies = {"cookie": f"{COOKIE}={newcomer.token}; session={newcomer.token}; token={newcomer.token}"}

    assert client.delete("/sign-in/session", headers=cookies).status_code == 401


def test_csrf_another_site_is_not_allowed_to_read_or_send_by_cors(client: TestClient) -> None:
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    answer = client.options("/sign-in/session", headers=asked)

    assert "access-control-allow-origin" not in answer.headers


def test_a_state_serves_once(client: TestClient) -> None:
    path, cookie = callback(client)
    come_back(client, path, cookie)

    assert client.get(path, headers={"cookie": cookie}, follow_redirects=False).status_code == 401


def test_a_sign_in_has_ten_minutes_and_not_a_second_more(region: RegionNode, client: TestClient) -> None:
    for late, status in ((SIGN_IN_LIFE - 1, 303), (SIGN_IN_LIFE, 401)):
        begun = client.get("/sign-in", follow_redirects=False)
        region.at += late
        chosen = client.get(choice(client, begun.headers["location"], 0), follow_redirects=False)
        back = client.get(
            path_of(chosen.headers["location"]),
            headers={"cookie": cookie_of(begun)},
            follow_redirects=False,
        )
        assert back.status_code == status


def test_the_code_of_the_end_serves_once_for_two_minutes_and_in_its_browser(
    region: RegionNode, client: TestClient
) -> None:
    path, cookie = callback(client)
    code = come_back(client, path, cookie)
    _, other = callback(client)
    for cookies in ({"cookie": other}, {}):
        assert client.post("/sign-in/session", json={"code": code}, headers=cookies).status_code == 401
    region.at += CODE_LIFE
    assert client.post("/sign-in/session", json={"code": code}, headers={"cookie": cookie}).status_code == 401
    region.at -= 1
    answers = [client.post("/sign-in/session", json={"code": code}, headers={"cookie": cookie}) for _ in "12"]

    assert [answer.status_code for answer in answers] == [201, 401]
    assert "Max-Age=0" in answers[0].headers["set-cookie"]
    assert answers[0].json()["ends_at"] == "2020-04-19T12:01:59+08:00"


@pytest.mark.parametrize(
    "body",
    [{}, {"code": ""}, {"code": "g" * 64}, {"code": "0" * 65}, {"code": "0" * 64, "more": 1}, [], "x"],
)
def test_a_body_that_is_none_is_a_problem(client: TestClient, body: object) -> None:
    answer = client.post("/sign-in/session", json=body)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:comity:error:invalid-input"


@pytest.mark.parametrize("query", ["", "state=a", "code=b", "error=access_denied&state=a", "state=a&code=b"])
def test_who_comes_back_without_an_answer_is_told_to_sign_in_again(client: TestClient, query: str) -> None:
    answer = client.get(f"/sign-in/callback?{query}", headers={"cookie": f"{COOKIE}=x"})

    assert answer.status_code == 401
    assert answer.json()["next_step"] == "Sign in again."


def test_a_code_that_the_provider_did_not_give_signs_nobody_in(client: TestClient) -> None:
    begun = client.get("/sign-in", follow_redirects=False)
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    answer = client.get(
        f"/sign-in/callback?{urlencode({'state': state, 'code': 'guess'})}",
        headers={"cookie": cookie_of(begun)},
    )

    assert answer.status_code == 401


def test_a_code_of_another_sign_in_is_of_no_use(client: TestClient) -> None:
    first, _ = callback(client)
    second, cookie = callback(client)
    mixed = parse_qs(urlsplit(second).query)["state"], parse_qs(urlsplit(first).query)["code"]
    query = urlencode({"state": mixed[0][0], "code": mixed[1][0]})

    assert client.get(f"/sign-in/callback?{query}", headers={"cookie": cookie}).status_code == 401


def test_settled_rule_15_what_is_kept_of_a_sign_in_is_hashes(region: RegionNode, client: TestClient) -> None:
    path, cookie = callback(client)
    code = come_back(client, path, cookie)

    with region.node.store.reading() as transaction:
        kept = repr(transaction.of(PendingSignIn).select())
    state = parse_qs(urlsplit(path).query)["state"][0]
    for secret in (state, cookie.partition("=")[2], code, SAMPLE[0].document.number, SAMPLE[0].name):
        assert secret not in kept


def test_a_session_ends_after_thirty_days(region: RegionNode, client: TestClient) -> None:
    newcomer = sign_in(client)
    region.at += 30 * DAY

    assert client.delete("/sign-in/session", headers=newcomer.headers).status_code == 401


def test_every_page_of_the_demo_provider_says_in_both_languages_that_it_is_a_demo(client: TestClient) -> None:
    begun = client.get("/sign-in", follow_redirects=False)
    pages = [
        client.get(path_of(begun.headers["location"])),
        client.get(path_of(begun.headers["location"]) + "&person=99"),
        client.get("/demo-provider/authorize"),
    ]

    assert [page.status_code for page in pages] == [200, 200, 400]
    for page in pages:
        assert "演示（DEMO）：这里不核验任何人的身份" in page.text
        assert "DEMO: nobody&#x27;s identity is proved here" in page.text
        assert "<script" not in page.text
        policy = page.headers.get_list("content-security-policy")
        assert len(policy) == 1
        assert policy[0].startswith("default-src 'none'; base-uri 'none'; form-action 'self';")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redirect_uri", "https://elsewhere.example/sign-in/callback"),
        ("client_id", "another"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("nonce", ""),
        ("state", ""),
    ],
)
def test_the_demo_provider_answers_only_this_nodes_own_sign_ins(
    client: TestClient, name: str, value: str
) -> None:
    begun = client.get("/sign-in", follow_redirects=False)
    asked = {key: each[0] for key, each in parse_qs(urlsplit(begun.headers["location"]).query).items()}

    answer = client.get(
        f"/demo-provider/authorize?{urlencode(asked | {name: value, 'person': '0'})}", follow_redirects=False
    )

    assert answer.status_code == 400


def test_what_is_written_on_the_demo_page_cannot_become_markup(client: TestClient) -> None:
    begun = client.get("/sign-in", follow_redirects=False)
    asked = {key: each[0] for key, each in parse_qs(urlsplit(begun.headers["location"]).query).items()}
    page = client.get(f"/demo-provider/authorize?{urlencode(asked | {'state': chr(34) + '><script>'})}")

    assert page.status_code == 200
    assert "<script>" not in page.text


def test_the_demo_provider_is_an_openid_provider_like_others(client: TestClient) -> None:
    description = client.get("/demo-provider/.well-known/openid-configuration").json()
    keys = client.get("/demo-provider/jwks").json()["keys"]

    assert description["issuer"] == "https://node.example/demo-provider"
    assert [(key["crv"], "d" in key) for key in keys] == [("P-256", False)]
    for form, error in (
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x", "code_verifier": "y"}, "invalid_grant"),
        ({"grant_type": "authorization_code"}, "invalid_grant"),
    ):
        answer = client.post("/demo-provider/token", content=urlencode(form))
        assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_the_demo_provider_gives_a_token_over_http_for_the_verifier_and_for_a_minute(
    region: RegionNode, client: TestClient
) -> None:
    verifier, challenge = "v" * 43, "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
    asked = {
        "response_type": "code",
        "client_id": "comity-demo",
        "redirect_uri": "https://node.example/sign-in/callback",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "person": "1",
    }
    chosen = client.get(f"/demo-provider/authorize?{urlencode(asked)}", follow_redirects=False)
    code = parse_qs(urlsplit(chosen.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}

    assert client.post("/demo-provider/token", content=urlencode(form)).status_code == 200
    assert client.post("/demo-provider/token", content=urlencode(form | {"code_verifier": "w"})).json() == {
        "error": "invalid_grant"
    }
    region.at += MINUTE
    assert client.post("/demo-provider/token", content=urlencode(form)).status_code == 400


def test_the_demo_provider_refuses_to_be_made_outside_demo_mode(region: RegionNode, tmp_path: Path) -> None:
    real = replace(region.node, issuer=replace(region.issuer, is_test=False))
    for node in (real, replace(region.node, is_demo=False)):
        with pytest.raises(UsageError, match="demo mode only"):
            DemoProvider(node)
    with pytest.raises(UsageError, match="demo mode only"):
        make_app(real)


def test_outside_demo_mode_there_is_no_demo_provider_and_no_provider_is_a_clear_problem(
    tmp_path: Path,
) -> None:
    region = RegionNode(tmp_path)
    client = TestClient(make_app(region.node), base_url=region.node.public_url)

    assert client.get("/demo-provider/authorize").status_code == 404
    answer = client.get("/sign-in", follow_redirects=False)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:comity:error:identity-provider")
    assert answer.headers["retry-after"]
    with pytest.raises(ProviderUnavailable):
        MissingProvider().prove("code", verifier="v", nonce="n", redirect_uri="r", at=AT)
    assert client.delete("/sign-in/session", headers=headers(region.token("0" * 32))).status_code == 204


def test_sample_people_belong_to_nobody_and_differ() -> None:
    assert all(person.document.is_test for person in SAMPLE)
    assert len({person.document for person in SAMPLE}) == len(SAMPLE)


def test_the_sample_people_have_keys_of_their_own(region: RegionNode) -> None:
    keys = {holder_of(region.issuer, person.document) for person in SAMPLE}

    assert len(keys) == len(SAMPLE)


def test_sign_ins_that_took_too_long_are_forgotten_by_a_duty(region: RegionNode, client: TestClient) -> None:
    client.get("/sign-in", follow_redirects=False)
    duty = next(each for each in DUTIES if each.name == "sign-ins")
    for late, left in ((SIGN_IN_LIFE - 1, 1), (SIGN_IN_LIFE, 0)):
        duty.run(region.issuer, region.node.published, AT + late)
        with region.node.store.reading() as transaction:
            assert len(transaction.of(PendingSignIn).select()) == left


def test_the_purge_and_the_vault_are_duties_that_do_nothing_when_nothing_is_due(region: RegionNode) -> None:
    region.person(1)
    for duty in DUTIES:
        if duty.name in ("purge", "vault"):
            duty.run(region.issuer, region.node.published, AT)
    with region.node.store.reading() as transaction:
        assert len(transaction.of(Person).select()) == 1


def test_a_demo_on_another_address_of_this_house_signs_people_in_too(region: RegionNode) -> None:
    node = replace(region.node, public_url="http://192.168.1.20:8150")

    assert sign_in(TestClient(make_app(node), base_url=node.public_url), 4).token


def test_settled_rule_14_a_code_just_given_does_not_outlive_the_leave_for_a_guardian(
    region: RegionNode, client: TestClient
) -> None:
    path, cookie = callback(client)
    code = come_back(client, path, cookie)
    clerk = region.officer(Role.APPLICANT_CLERK)
    with region.node.store.transaction() as transaction:
        allow_guardian(transaction, region.issuer, clerk, SAMPLE[0].document, at=AT)

    answer = client.post("/sign-in/session", json={"code": code}, headers={"cookie": cookie})

    assert answer.status_code == 401
    with region.node.store.reading() as transaction:
        assert transaction.of(Session).select() == []


def test_a_code_just_given_does_not_outlive_a_theft_that_was_told(
    region: RegionNode, client: TestClient
) -> None:
    known = sign_in(client)
    holder = HolderKey(known.holder)
    request = PassRequest(
        holder=holder,
        carrier=holder,
        pass_class=PassClass.DEVICE,
        device_key=PHONE.as_device_key(),
        request_id="phone",
    )
    issued = apply_for_pass(region.issuer, request, at=AT).issued
    path, cookie = callback(client)
    code = come_back(client, path, cookie)
    with region.node.store.transaction() as transaction:
        void_pass(transaction, region.issuer, issued.pass_id, VoidReason.STOLEN, at=AT, actor="holder")

    answer = client.post("/sign-in/session", json={"code": code}, headers={"cookie": cookie})

    assert answer.status_code == 401


def test_rule_17_who_signs_in_alone_is_asked_about_as_everybody_who_lives_there(
    region: RegionNode, client: TestClient
) -> None:
    person = SAMPLE[0]
    with region.node.store.transaction() as transaction:
        asked = register_person(
            transaction,
            region.issuer,
            person.document,
            person.name,
            "150102",
            at=AT,
            asked_region=RegionCode("420000"),
        )

    sign_in(client)

    assert region.find(Person, asked.holder).asked_region is None
