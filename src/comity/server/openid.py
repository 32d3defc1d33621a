"""The identity provider by OpenID Connect (Core 1.0, Discovery 1.0): code flow, PKCE S256, state and nonce.

Any provider will do that has a discovery document and signs ID tokens with a public key; settings name the
claims in which it says kind, number, name and division. What it answers is bounded, and believed only signed:
issuer, audience, times and nonce are checked. Its keys are kept for an hour and asked for again, at most once
a minute, when a token names one that is not there. No user info endpoint is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from typing_extensions import override

from comity.domain.identity import DocumentKind, read_identity
from comity.domain.instant import HOUR, MINUTE, Instant
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import InvalidInput, NotSignedIn, ProviderUnavailable, UsageError
from comity.issuance.identity_provider import ProvenIdentity
from comity.issuance.people import read_division, read_name

DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
KEPT: Final = HOUR
"""Seconds for which discovery and keys are used without asking again."""
ASK_AGAIN: Final = MINUTE
"""Seconds between two askings for a key that was not there."""
TIMEOUT: Final = 5.0
"""Seconds a provider has to answer one request."""
MOST_AT_ONCE: Final = 12
"""Requests to a provider at once: one that is slow holds up sign-ins, and no thread of anything else."""
TURN_WAIT: Final = 1.0
"""Seconds a sign-in waits for its turn."""
PAUSE: Final = 5
"""Seconds for which a provider that could not be reached is not asked for its description again."""
MAX_ANSWER: Final = 256 * 2**10
"""Bytes of one answer."""
ALGORITHMS: Final = ("ES256", "ES384", "PS256", "RS256")
"""Signatures taken on ID tokens: with public keys only, so that no shared secret ever signs."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OK: Final = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderClaims:
    """In which claims of the ID token a provider says who somebody is."""

    kind: str = "document_kind"
    number: str = "document_number"
    name: str = "name"
    division: str = "division"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """What a provider and this region agreed on; `secret` is None for a public client.

    `is_inside` is for the demo provider, which is asked without any connection.
    """

    issuer: str
    client_id: str
    secret: str | None = field(default=None, repr=False)
    scope: str = "openid profile"
    claims: ProviderClaims = ProviderClaims()
    is_inside: bool = False

    def __post_init__(self) -> None:
        if not self.is_inside and not _is_safe(self.issuer):
            raise UsageError(
                "the identity provider's issuer is not an https address",
                next_step="Check COMITY_IDENTITY_ISSUER; plain http is for this machine only.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A provider's endpoints and keys, as of an instant."""

    authorization: str
    token: str
    keys: KeySet
    at: Instant


class OpenIDProvider:
    """One provider: see `issuance.identity_provider.IdentityProvider`. Safe to use from several threads."""

    def __init__(
        self, account: ProviderAccount, *, allow_test: bool, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._account = account
        self._allow_test = allow_test
        self._transport = BoundedTransport(transport or httpx2.HTTPTransport())
        self._asking = threading.Lock()
        self._turns = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._known: _Known | None = None
        self._failed_at: Instant | None = None

    def authorization_url(
        self, *, state: str, nonce: str, challenge: str, redirect_uri: str, at: Instant
    ) -> str:
        """Give the address to which the browser is sent. Raises: ProviderUnavailable."""
        known = self._current(at)
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                known.authorization,
                state=state,
                nonce=nonce,
                code_challenge=challenge,
                code_challenge_method="S256",
            )
        return str(url)

    def prove(
        self, code: str, *, verifier: str, nonce: str, redirect_uri: str, at: Instant
    ) -> ProvenIdentity:
        """Turn the code into an identity.

        1. The provider gives an ID token for the code and the verifier.
        2. One of its keys signed it.
        3. It is for us, for now, and for this sign-in.
        4. It names a person.

        Raises: ProviderUnavailable, NotSignedIn.
        """
        answer = self._exchange(code, verifier=verifier, redirect_uri=redirect_uri, at=at)  # 1
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderUnavailable("the identity provider gave no ID token")
        header, claims = self._signed(token, at=at)  # 2
        self._check(header, claims, nonce=nonce, access_token=answer.get("access_token"), at=at)  # 3
        return self._identity(claims, at=at)  # 4

    def _exchange(self, code: str, *, verifier: str, redirect_uri: str, at: Instant) -> dict[str, object]:
        endpoint = self._current(at).token
        try:
            with self._turn(), self._client(redirect_uri) as client:
                answer = client.fetch_token(
                    endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
                )
            return dict(answer)
        except AuthlibBaseError as error:
            if error.error == "invalid_grant":
                raise NotSignedIn("the identity provider does not know the code of this sign-in") from error
            raise ProviderUnavailable("the identity provider does not take this region's account") from error
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            raise ProviderUnavailable(f"the identity provider gave no token: {_kind(error)}") from error

    def _signed(self, token: str, *, at: Instant) -> tuple[dict[str, object], dict[str, object]]:
        """Give header and claims of a token that one of the provider's keys signed."""
        try:
            for keys in self._key_sets(at):
                try:
                    read = jwt.decode(token, keys, algorithms=ALGORITHMS)
                    return dict(read.header), dict(read.claims)
                except InvalidKeyIdError:  # the provider may have a new one
                    continue
        except (JoseError, ValueError, TypeError) as error:
            raise NotSignedIn(f"the ID token does not hold: {_kind(error)}") from error
        raise NotSignedIn("the ID token is signed with a key that the identity provider does not list")

    def _check(
        self,
        header: dict[str, object],
        claims: dict[str, object],
        *,
        nonce: str,
        access_token: object,
        at: Instant,
    ) -> None:
        options = {
            "iss": {"essential": True, "value": self._account.issuer},
            "aud": {"essential": True, "value": self._account.client_id},
        }
        params = {"nonce": nonce, "client_id": self._account.client_id, "access_token": access_token}
        try:
            CodeIDToken(claims, header, options, params).validate(now=at, leeway=CLOCK_LEEWAY)
        except (AuthlibBaseError, JoseError, ValueError, TypeError) as error:
            raise NotSignedIn(f"the ID token does not hold: {_kind(error)}") from error

    def _identity(self, claims: dict[str, object], *, at: Instant) -> ProvenIdentity:
        names = self._account.claims
        kind = claims.get(names.kind, str(DocumentKind.RESIDENT_ID))
        number, name, division = (claims.get(each) for each in (names.number, names.name, names.division))
        try:
            if not isinstance(kind, str) or not isinstance(number, str) or not isinstance(name, str):
                raise InvalidInput("kind, number and name are texts", field="claims")
            return ProvenIdentity(
                document=read_identity(kind, number, at=at, allow_test=self._allow_test),
                name=read_name(name),
                division=read_division(division) if isinstance(division, str) else None,
            )
        except InvalidInput as error:
            raise NotSignedIn(
                f"the identity provider vouches for nobody whom this region can know: {error}",
                next_step="Ask the identity provider which document your account has.",
            ) from error

    def _key_sets(self, at: Instant) -> Iterator[KeySet]:
        """Give the keys as known, then, if that was long enough ago, as they are now."""
        known = self._current(at)
        yield known.keys
        if at - known.at >= ASK_AGAIN:
            yield self._ask(at, known).keys

    def _current(self, at: Instant) -> _Known:
        known = self._known
        return known if known is not None and 0 <= at - known.at < KEPT else self._ask(at, known)

    def _ask(self, at: Instant, seen: _Known | None) -> _Known:
        """Ask for endpoints and keys, unless another thread just has. Raises: ProviderUnavailable."""
        with self._turn(), self._asking:
            if self._known is not seen and self._known is not None:
                return self._known
            if self._failed_at is not None and abs(at - self._failed_at) < PAUSE:
                raise ProviderUnavailable("the identity provider could not be reached a moment ago")
            try:
                with self._client("") as client:
                    self._known, self._failed_at = self._discover(client, at), None
            except (httpx2.HTTPError, JoseError, ValueError, TypeError, KeyError) as error:
                self._failed_at = at
                raise ProviderUnavailable(
                    f"the identity provider's description cannot be had: {_kind(error)}"
                ) from error
            return self._known

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be one of a few who ask at once. Raises: ProviderUnavailable."""
        if not self._turns.acquire(timeout=TURN_WAIT):
            raise ProviderUnavailable("the identity provider is slow, and others wait for it already")
        try:
            yield
        finally:
            self._turns.release()

    def _discover(self, client: OAuth2Client, at: Instant) -> _Known:
        document = _json(client, self._account.issuer.rstrip("/") + DISCOVERY_PATH)
        if document["issuer"] != self._account.issuer:
            raise ValueError("another issuer")
        endpoints = [str(document[name]) for name in _ENDPOINTS]
        if not self._account.is_inside and not all(_is_safe(each) for each in endpoints):
            raise ValueError("an endpoint without https")
        authorization, token, keys = endpoints
        return _Known(
            authorization=authorization,
            token=token,
            keys=KeySet.import_key_set(_json(client, keys)),  # type: ignore[arg-type]
            at=at,
        )

    def _client(self, redirect_uri: str) -> OAuth2Client:
        account = self._account
        return OAuth2Client(
            client_id=account.client_id,
            client_secret=account.secret,
            scope=account.scope,
            redirect_uri=redirect_uri,
            transport=_Kept(self._transport),
            timeout=TIMEOUT,
            trust_env=False,
        )


class BoundedTransport(httpx2.BaseTransport):
    """A transport whose answers end at `MAX_ANSWER` bytes."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and read its whole answer. Raises: httpx2.ReadError for one that is too long."""
        request.headers["accept-encoding"] = "identity"
        answer, content = self._inner.handle_request(request), bytearray()
        try:
            assert isinstance(answer.stream, httpx2.SyncByteStream)  # noqa: S101 - transports give these
            for chunk in answer.stream:
                content += chunk
                if len(content) > MAX_ANSWER:
                    raise httpx2.ReadError("too long", request=request)
        finally:
            answer.close()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=bytes(content))

    @override
    def close(self) -> None:
        """Let go of connections."""
        self._inner.close()


class _Kept(httpx2.BaseTransport):
    """A transport that outlives its client, so that connections are used again."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._inner.handle_request(request)


def _is_safe(url: str) -> bool:
    """Say whether an address is https, or http on this machine."""
    address = urlsplit(url)
    is_https = address.scheme == "https" and address.hostname is not None
    return (is_https or (address.scheme == "http" and address.hostname in _LOOPBACK)) and not address.fragment


def _json(client: OAuth2Client, url: str) -> dict[str, object]:
    answer = client.request("GET", url, withhold_token=True)
    if answer.status_code != _OK:
        raise ValueError("another status than 200")
    document = answer.json()
    if not isinstance(document, dict):
        raise TypeError("no JSON object")
    return document


def _kind(error: Exception) -> str:
    """Say which kind of failure it was, since its words may hold what nobody should read."""
    return type(error).__name__
