"""DEMO: an OpenID provider inside the node, where anybody may be any of the sample people.

It proves nothing, says so on every page in Chinese and English, and refuses to be made outside demo mode and
outside a test federation. Otherwise it is a provider like others: discovery, keys, code flow with PKCE S256;
sign-in is the same with it. It keeps nothing: the code it gives is signed and says what it stands for.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import APIRouter, Depends, Query, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, RedirectResponse, Response
from typing_extensions import override

from comity.bootstrap.demo_people import DemoPerson, demo_people
from comity.domain.claims import masked
from comity.domain.instant import MINUTE, Instant
from comity.domain.region import path_of
from comity.domain.texts import Text, text
from comity.errors import UnknownRecord, UsageError
from comity.server.node import Node
from comity.server.page import page, words

PREFIX: Final = "/demo-provider"
CLIENT_ID: Final = "comity-demo"
CALLBACK: Final = "/sign-in/callback"
CODE_LIFE: Final = MINUTE
"""Seconds from the choice of a person to the token."""
_ALG: Final = "ES256"
_MAX_FORM: Final = 8_192

router = APIRouter(prefix=PREFIX, include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRequest:
    """What a region asks of the provider in the browser."""

    response_type: Annotated[str, Query(max_length=64)] = ""
    client_id: Annotated[str, Query(max_length=64)] = ""
    redirect_uri: Annotated[str, Query(max_length=512)] = ""
    state: Annotated[str, Query(max_length=128)] = ""
    nonce: Annotated[str, Query(max_length=128)] = ""
    code_challenge: Annotated[str, Query(max_length=128)] = ""
    code_challenge_method: Annotated[str, Query(max_length=16)] = ""


class DemoProvider:
    """The provider of one node. Raises: UsageError outside demo mode."""

    def __init__(self, node: Node) -> None:
        if not (node.is_demo and node.issuer.is_test):
            raise UsageError(
                "the demo provider proves nobody's identity and runs in demo mode only",
                next_step="Set COMITY_IDENTITY_ISSUER to the region's identity provider.",
            )
        self.issuer: Final = node.public_url + PREFIX
        self.people: Final = demo_people()
        self._node = node
        self._key = _key(node)

    def discovery(self) -> dict[str, object]:
        """Describe the provider (OpenID Connect Discovery 1.0 section 3)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [_ALG],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }

    def keys(self) -> dict[str, object]:
        """Give the public key (RFC 7517)."""
        return {"keys": [self._key.as_dict(private=False)]}

    def accepts(self, asked: DemoRequest) -> bool:
        """Say whether a request is one of this node's own sign-ins."""
        return (
            asked.response_type == "code"
            and asked.client_id == CLIENT_ID
            and asked.redirect_uri == self._node.public_url + CALLBACK
            and asked.code_challenge_method == "S256"
            and bool(asked.state and asked.nonce and asked.code_challenge)
        )

    def grant(self, asked: DemoRequest, person: int) -> str:
        """Give the address to which the browser goes back as one of the people."""
        at = self._node.clock()
        claims = {
            "aud": f"{self.issuer}/token",
            "exp": at + CODE_LIFE,
            "person": person,
            "nonce": asked.nonce,
            "challenge": asked.code_challenge,
        }
        back = urlencode({"code": self._signed(claims), "state": asked.state, "iss": self.issuer})
        return f"{asked.redirect_uri}?{back}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Answer the token request: status and JSON (RFC 6749 sections 5.1 and 5.2)."""
        if form.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        granted, at = self._opened(form.get("code", "")), self._node.clock()
        is_whole = granted.get("aud") == f"{self.issuer}/token" and _number(granted, "exp") > at
        if not is_whole or not _answers(form.get("code_verifier", ""), str(granted.get("challenge"))):
            return 400, {"error": "invalid_grant"}
        person = _number(granted, "person")
        id_token = self._signed(self._claims(person, str(granted["nonce"]), at))
        return 200, {
            "access_token": id_token[-43:],
            "token_type": "Bearer",
            "expires_in": CODE_LIFE,
            "id_token": id_token,
        }

    def _claims(self, number: int, nonce: str, at: Instant) -> dict[str, object]:
        person = self.people[number]
        return {
            "iss": self.issuer,
            "sub": f"demo-{number}",
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + CODE_LIFE,
            "nonce": nonce,
            "name": person.name,
            "document_kind": str(person.document.kind),
            "document_number": person.document.number,
            "division": person.division,
        }

    def _signed(self, claims: dict[str, object]) -> str:
        return jwt.encode({"alg": _ALG, "kid": self._key.kid}, claims, self._key, algorithms=[_ALG])

    def _opened(self, code: str) -> dict[str, object]:
        try:
            return dict(jwt.decode(code, self._key, algorithms=[_ALG]).claims)
        except (JoseError, ValueError):
            return {}


class DemoTransport(httpx2.BaseTransport):
    """How the node asks its own demo provider: without a connection to itself."""

    def __init__(self, provider: DemoProvider) -> None:
        self._provider = provider

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = str(request.url).removeprefix(self._provider.issuer)
        if request.method == "POST" and path == "/token":
            status, answer = self._provider.token(dict(parse_qsl(request.read().decode())))
            return httpx2.Response(status, json=answer)
        if path == "/jwks":
            return httpx2.Response(200, json=self._provider.keys())
        return httpx2.Response(200, json=self._provider.discovery())


def _provider(request: Request) -> DemoProvider:
    provider = getattr(request.app.state, "demo_provider", None)
    if not isinstance(provider, DemoProvider):
        raise UnknownRecord("this node has no demo provider")
    return provider


Provider = Annotated[DemoProvider, Depends(_provider)]


@router.get("/.well-known/openid-configuration")
def discovery(provider: Provider) -> Response:
    """Describe the provider."""
    return JSONResponse(provider.discovery())


@router.get("/jwks")
def jwks(provider: Provider) -> Response:
    """Give the public key."""
    return JSONResponse(provider.keys())


@router.get("/authorize")
def authorize(
    provider: Provider,
    asked: Annotated[DemoRequest, Depends()],
    person: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Let the browser choose one of the sample people, and go back as that one."""
    if not provider.accepts(asked):
        return _page(words(text("demo_provider.not_asked")), status=400)
    if person is None or person >= len(provider.people):
        return _page(words(text("demo_provider.choose")), _choice(provider.people, asked))
    return RedirectResponse(provider.grant(asked, person), 303, headers={"cache-control": "no-store"})


@router.post("/token")
async def token(provider: Provider, request: Request) -> Response:
    """Give the ID token for a code."""
    body = (await request.body())[:_MAX_FORM]
    status, answer = provider.token(dict(parse_qsl(body.decode("ascii", "replace"))))
    return JSONResponse(answer, status, headers={"cache-control": "no-store"})


def _page(*parts: str, status: int = 200) -> Response:
    """Make a page that says in both languages that it is a demo."""
    mark = words(text("demo_provider.demo"), kind="mark")
    return page(text("demo_provider.title"), mark, *parts, status=status)


def _choice(people: tuple[DemoPerson, ...], asked: DemoRequest) -> str:
    """Write the form in which a person is chosen."""
    fields = {name: getattr(asked, name) for name in DemoRequest.__slots__}
    hidden = (
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items()
    )
    buttons = (
        f'<button name="person" value="{number}">{escape(person.name)} {escape(masked(person.name))} '
        f"{person.document.last4} · {escape(_home(person.division))}</button>"
        for number, person in enumerate(people)
    )
    return f'<form action="{PREFIX}/authorize">{"".join(hidden)}{"".join(buttons)}</form>'


def _home(division: str) -> str:
    names = [Text(zh=place.name_zh, en=place.name_en) for place in path_of(division)]
    return " / ".join((names[-1].zh, names[-1].en)) if names else division


def _answers(verifier: str, challenge: str) -> bool:
    """Say whether a verifier is the one of an S256 challenge (RFC 7636 section 4.6)."""
    digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest.encode(), challenge.encode())


def _number(claims: dict[str, object], name: str) -> int:
    value = claims.get(name)
    return value if isinstance(value, int) else 0


def _key(node: Node) -> ECKey:
    """Derive the provider's key from the node's secrets, the same in every process of the node."""
    digest = hmac.new(node.issuer.vault.finding, b"comity demo provider", sha256).digest()
    scalar = int.from_bytes(digest) >> 1 | 1
    key = ECKey.import_key(_pem(ec.derive_private_key(scalar, ec.SECP256R1())), {"use": "sig", "alg": _ALG})
    key.ensure_kid()
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
