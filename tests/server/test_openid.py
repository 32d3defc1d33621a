"""The OpenID adapter against a provider made of answers: never believed unsigned, never a fault."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.testclient import TestClient
from typing_extensions import override

from comity.bootstrap.identity_settings import read_identity_settings
from comity.domain.identity import DocumentKind
from comity.errors import NotSignedIn, ProviderUnavailable, UsageError
from comity.issuance.identity_provider import ProvenIdentity
from comity.server.app import make_app
from comity.server.openid import (
    ASK_AGAIN,
    KEPT,
    MAX_ANSWER,
    OpenIDProvider,
    ProviderAccount,
    ProviderClaims,
)
from tests.builders import AT
from tests.people import name, resident
from tests.region import RegionNode
from tests.server.newcomer import cookie_of

ISSUER = "https://id.example/realm"
BACK = "https://node.example/sign-in/callback"
VERIFIER, NONCE = "v" * 43, "n" * 43
KEY = ECKey.generate_key("P-256", {"kid": "first"}, private=True)
OTHER = ECKey.generate_key("P-256", {"kid": "second"}, private=True)

Claims = dict[str, Any]


def claims(**changed: object) -> Claims:
    """The claims of a good ID token, some of them changed; None leaves one out."""
    good: Claims = {
        "iss": ISSUER,
        "sub": "somebody",
        "aud": "comity",
        "iat": AT,
        "exp": AT + 60,
        "nonce": NONCE,
        "name": name(1),
        "document_kind": "resident_id",
        "document_number": resident(1).number,
        "division": "150102",
    }
    return {key: value for key, value in (good | changed).items() if value is not None}


def signed(given: Claims, key: ECKey = KEY, *, kid: str | None = None) -> str:
    return jwt.encode({"alg": "ES256", "kid": kid or key.kid}, given, key)


def described(**changed: object) -> dict[str, object]:
    """A provider's description, some of it changed."""
    good: dict[str, object] = {
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize?tenant=1",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/keys",
    }
    return good | changed


@dataclass
class Elsewhere(httpx2.BaseTransport):
    """A provider in another place, made of answers."""

    id_token: object = field(default_factory=lambda: signed(claims()))
    keys: object = field(default_factory=lambda: {"keys": [KEY.as_dict(private=False)]})
    described: dict[str, object] = field(default_factory=lambda: described())
    token_answer: Callable[[], httpx2.Response] | None = None
    asked: list[httpx2.Request] = field(default_factory=list)

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        path = request.url.path
        if path == "/token":
            if self.token_answer is not None:
                return self.token_answer()
            return httpx2.Response(
                200, json={"access_token": "a", "token_type": "Bearer", "id_token": self.id_token}
            )
        if path == "/keys":
            return httpx2.Response(200, json=self.keys)
        return httpx2.Response(200, json=self.described)

    def count(self, path: str) -> int:
        return sum(request.url.path == path for request in self.asked)


def provider(elsewhere: httpx2.BaseTransport, **changed: Any) -> OpenIDProvider:
    account = ProviderAccount(**({"issuer": ISSUER, "client_id": "comity"} | changed))
    return OpenIDProvider(account, allow_test=True, transport=elsewhere)


def prove(elsewhere: httpx2.BaseTransport, *, at: int = AT, **changed: Any) -> ProvenIdentity:
    return provider(elsewhere, **changed).prove(
        "code", verifier=VERIFIER, nonce=NONCE, redirect_uri=BACK, at=at
    )


def test_the_browser_is_sent_with_state_nonce_and_an_s256_challenge() -> None:
    url = provider(Elsewhere()).authorization_url(
        state="s", nonce="n", challenge="c", redirect_uri=BACK, at=AT
    )

    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://id.example/authorize"
    assert {key: value[0] for key, value in parse_qs(parts.query).items()} == {
        "tenant": "1",
        "response_type": "code",
        "client_id": "comity",
        "redirect_uri": BACK,
        "scope": "openid profile",
        "state": "s",
        "nonce": "n",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }


def test_a_code_becomes_the_identity_that_the_provider_signed() -> None:
    elsewhere = Elsewhere()

    proven = prove(elsewhere)

    assert proven == ProvenIdentity(document=resident(1), name=name(1), division="150102")
    token_request = next(request for request in elsewhere.asked if request.url.path == "/token")
    form = dict(parse_qsl(token_request.read().decode()))
    assert form == {
        "grant_type": "authorization_code",
        "code": "code",
        "code_verifier": VERIFIER,
        "redirect_uri": BACK,
        "client_id": "comity",
    }


def test_a_client_secret_is_sent_in_the_header_and_stands_in_no_trace() -> None:
    elsewhere = Elsewhere()
    prove(elsewhere, secret="not told")

    token_request = next(request for request in elsewhere.asked if request.url.path == "/token")
    assert token_request.headers["authorization"].startswith("Basic ")
    assert b"not told" not in token_request.read()
    assert "not told" not in repr(ProviderAccount(issuer=ISSUER, client_id="c", secret="not told"))


def test_the_claims_may_have_other_names_and_the_kind_and_division_may_be_absent() -> None:
    named = ProviderClaims(kind="k", number="n", name="m", division="d")
    given = {key: claims()[key] for key in ("iss", "sub", "aud", "iat", "exp", "nonce")}
    full = given | {"k": "passport", "n": "GBR-123456789", "m": "Zhang San", "d": "440100"}

    proven = prove(Elsewhere(id_token=signed(full)), claims=named)
    assert (proven.document.kind, proven.division) == (DocumentKind.PASSPORT, "440100")
    bare = prove(Elsewhere(id_token=signed(claims(document_kind=None, division=None))))
    assert (bare.document, bare.division) == (resident(1), None)


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
def test_an_rsa_provider_will_do(alg: str) -> None:
    key = RSAKey.generate_key(2048, {"kid": "rsa"}, private=True)
    token = jwt.encode({"alg": alg, "kid": "rsa"}, claims(), key, algorithms=[alg])

    assert prove(Elsewhere(id_token=token, keys={"keys": [key.as_dict(private=False)]})).name == name(1)


def forged_with_the_public_key() -> str:
    """The classic: the public key taken for a shared secret."""
    pem = KEY.as_pem(private=False)
    head = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "first"}).encode()).rstrip(b"=")
    body = urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=")
    mac = urlsafe_b64encode(hmac.new(pem, head + b"." + body, sha256).digest()).rstrip(b"=")
    return b".".join((head, body, mac)).decode()


def unsigned() -> str:
    head = urlsafe_b64encode(b'{"alg":"none","kid":"first"}').rstrip(b"=")
    body = urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=")
    return f"{head.decode()}.{body.decode()}."


HOSTILE: list[tuple[str, str]] = [
    ("signed by another key of the same id", signed(claims(), OTHER, kid="first")),
    ("signed by a key that is not listed", signed(claims(), OTHER)),
    ("unsigned", unsigned()),
    ("the public key taken for a secret", forged_with_the_public_key()),
    ("a secret's signature", jwt.encode({"alg": "HS256"}, claims(), OctKey.import_key("k" * 32))),
    ("no token at all", "x"),
    ("an empty token", ""),
    ("of another issuer", signed(claims(iss="https://other.example"))),
    ("without an issuer", signed(claims(iss=None))),
    ("for another region", signed(claims(aud="another"))),
    ("for nobody", signed(claims(aud=None))),
    ("for two, by another party", signed(claims(aud=["comity", "b"], azp="b"))),
    ("expired", signed(claims(exp=AT - 61))),
    ("without an end", signed(claims(exp=None))),
    ("an end that is a text", signed(claims(exp="soon"))),
    ("from the future", signed(claims(iat=AT + 61))),
    ("not yet valid", signed(claims(nbf=AT + 61))),
    ("without a subject", signed(claims(sub=None))),
    ("of another sign-in", signed(claims(nonce="m" * 43))),
    ("without a nonce", signed(claims(nonce=None))),
    ("for another access token", signed(claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"))),
    ("without a number", signed(claims(document_number=None))),
    ("a number that is a number", signed(claims(document_number=110105194912310020))),
    ("a number that is none", signed(claims(document_number="990000198206170029"))),
    ("an unknown kind", signed(claims(document_kind="library_card"))),
    ("a kind that is a list", signed(claims(document_kind=["passport"]))),
    ("without a name", signed(claims(name=None))),
    ("a name that is none", signed(claims(name="<script>"))),
    ("a division that is none", signed(claims(division="000000"))),
]


@pytest.mark.parametrize("token", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_token_that_does_not_hold_signs_nobody_in(token: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        prove(Elsewhere(id_token=token))

    assert resident(1).number not in str(refused.value)
    assert name(1) not in str(refused.value)


def test_a_real_region_takes_no_test_number() -> None:
    real = OpenIDProvider(
        ProviderAccount(issuer=ISSUER, client_id="comity"), allow_test=False, transport=Elsewhere()
    )
    with pytest.raises(NotSignedIn, match="for tests"):
        real.prove("code", verifier=VERIFIER, nonce=NONCE, redirect_uri=BACK, at=AT)


def test_a_code_that_the_provider_refuses_signs_nobody_in() -> None:
    refusing = Elsewhere(token_answer=lambda: httpx2.Response(400, json={"error": "invalid_grant"}))
    with pytest.raises(NotSignedIn):
        prove(refusing)


class Cut(httpx2.BaseTransport):
    """A provider that cannot be reached."""

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("cut", request=request)


def answering(status: int, content: bytes) -> Callable[[], httpx2.Response]:
    return lambda: httpx2.Response(status, content=content, headers={"content-type": "application/json"})


FAILING: list[tuple[str, httpx2.BaseTransport]] = [
    ("out of reach", Cut()),
    ("a description of another issuer", Elsewhere(described={"issuer": "https://other.example"})),
    ("a description without endpoints", Elsewhere(described={"issuer": ISSUER})),
    ("keys over plain http", Elsewhere(described=described(jwks_uri="http://id.example/keys"))),
    (
        "a token endpoint over plain http",
        Elsewhere(described=described(token_endpoint="http://id.example/t")),
    ),
    ("an empty description", Elsewhere(described={})),
    ("keys that are a list", Elsewhere(keys=[])),
    ("keys that are a number", Elsewhere(keys={"keys": 5})),
    ("a key of no kind", Elsewhere(keys={"keys": [{"kty": "none"}]})),
    ("no keys", Elsewhere(keys={})),
    ("a token answer of 500", Elsewhere(token_answer=answering(500, b"oops"))),
    ("a token answer in HTML", Elsewhere(token_answer=answering(200, b"<html>"))),
    ("a token answer that is a list", Elsewhere(token_answer=answering(200, b"[]"))),
    ("a token answer that is not text", Elsewhere(token_answer=answering(200, b"\xff\xfe\x00"))),
    ("a token answer without ID token", Elsewhere(token_answer=answering(200, b'{"access_token":"a"}'))),
    ("an ID token that is a number", Elsewhere(id_token=5)),
    (
        "an account that it does not know",
        Elsewhere(token_answer=answering(401, b'{"error":"invalid_client"}')),
    ),
    ("an endless answer", Elsewhere(token_answer=answering(200, b" " * (MAX_ANSWER + 1)))),
]


@pytest.mark.parametrize("elsewhere", [row[1] for row in FAILING], ids=[row[0] for row in FAILING])
def test_a_failing_provider_is_a_clear_problem(elsewhere: httpx2.BaseTransport) -> None:
    with pytest.raises(ProviderUnavailable):
        prove(elsewhere)


def test_a_failing_provider_is_503_over_http_and_never_a_fault(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    cut = TestClient(make_app(region.node, provider=provider(Cut())), base_url=region.node.public_url)
    broken = Elsewhere(token_answer=answering(500, b"oops"))
    late = TestClient(make_app(region.node, provider=provider(broken)), base_url=region.node.public_url)

    assert cut.get("/sign-in", follow_redirects=False).status_code == 503
    begun = late.get("/sign-in", follow_redirects=False)
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    answer = late.get(f"/sign-in/callback?state={state}&code=x", headers={"cookie": cookie_of(begun)})
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:comity:error:identity-provider")


def test_keys_are_asked_for_once_an_hour() -> None:
    elsewhere = Elsewhere()
    asked = provider(elsewhere)
    for at in (AT, AT + 1, AT + KEPT - 1):
        asked.authorization_url(state="s", nonce="n", challenge="c", redirect_uri=BACK, at=at)
    assert elsewhere.count("/keys") == 1

    asked.authorization_url(state="s", nonce="n", challenge="c", redirect_uri=BACK, at=AT + KEPT)
    assert elsewhere.count("/keys") == 2


def test_a_new_key_of_the_provider_is_found_but_asked_for_at_most_once_a_minute() -> None:
    elsewhere = Elsewhere()
    asked = provider(elsewhere)
    asked.prove("code", verifier=VERIFIER, nonce=NONCE, redirect_uri=BACK, at=AT)
    elsewhere.keys = {"keys": [KEY.as_dict(private=False), OTHER.as_dict(private=False)]}
    elsewhere.id_token = signed(claims(), OTHER)
    with pytest.raises(NotSignedIn, match="does not list"):
        asked.prove("code", verifier=VERIFIER, nonce=NONCE, redirect_uri=BACK, at=AT + ASK_AGAIN - 1)
    assert elsewhere.count("/keys") == 1

    later = AT + ASK_AGAIN
    assert asked.prove("code", verifier=VERIFIER, nonce=NONCE, redirect_uri=BACK, at=later).name == name(1)
    assert elsewhere.count("/keys") == 2


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "ftp://id.example", "id.example", "https://", "https://a#b"]
)
def test_an_issuer_that_is_no_https_address_is_refused(issuer: str) -> None:
    with pytest.raises(UsageError, match="https"):
        ProviderAccount(issuer=issuer, client_id="c")


def test_plain_http_is_for_this_machine() -> None:
    assert ProviderAccount(issuer="http://127.0.0.1:8080/realm", client_id="c").client_id == "c"


def test_the_settings_name_the_provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not told\n", encoding="utf-8")
    monkeypatch.setenv("COMITY_IDENTITY_ISSUER", ISSUER)
    monkeypatch.setenv("COMITY_IDENTITY_CLIENT_SECRET_FILE", str(secret))
    monkeypatch.setenv("COMITY_IDENTITY_CLAIM_NUMBER", "id_number")

    settings = read_identity_settings()

    assert (settings.issuer, settings.secret(), settings.claim_number) == (ISSUER, "not told", "id_number")
    assert isinstance(make_app(RegionNode(tmp_path).node).state.identity_provider, OpenIDProvider)
    monkeypatch.setenv("COMITY_IDENTITY_CLIENT_SECRET", "other")
    assert read_identity_settings().secret() == "other"


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMITY_IDENTITY_SCOPE", "profile")
    with pytest.raises(UsageError, match="COMITY_IDENTITY_SCOPE"):
        read_identity_settings()
    monkeypatch.setenv("COMITY_IDENTITY_SCOPE", "openid")
    monkeypatch.setenv("COMITY_IDENTITY_CLIENT_SECRET_FILE", str(tmp_path / "absent"))
    with pytest.raises(UsageError, match="cannot be read"):
        read_identity_settings().secret()
    monkeypatch.setenv("COMITY_IDENTITY_CLIENT_SECRET_FILE", "")
    assert read_identity_settings().secret() is None
